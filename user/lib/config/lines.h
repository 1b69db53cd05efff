/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The lines of a configuration file (modprobe.d, depmod.d). A '\' takes the meaning from the character after it:
 * before a line's end it joins the line with the next. Lines that start with '#' are comments, and a comment too goes
 * on after a '\'. Words stand between blanks; there are no quotes.
 */
#ifndef LIB_CONFIG_LINES_H
#define LIB_CONFIG_LINES_H

#include "user/lib/config/arena.h"
#include "user/lib/say.h"

struct lines {
	const char *file; /* its path, for messages */
	const struct tmod_messages *messages;
	const char *next, *end; /* of the bytes as they are in the file */
	char *out;              /* where the next line's text goes */
	uint32_t next_number;

	/* The line at hand. */
	uint32_t number;   /* in the file, from 1 */
	const char *raw;   /* as it is in the file */
	char *text, *rest; /* without '\'; what line_word() has not taken */
	bool cut;          /* there was a NUL byte, which ends the text */
	const char *first; /* its first word, cut off by line_word(), which it may be called for once */
};

/**
 * lines_open - start reading lines
 * @bytes: of the file, unchanged as long as lines are read
 * @arena: gets the text of the lines
 *
 * Return: 0 or -ENOMEM.
 */
int lines_open(struct lines *l, struct arena *arena, const char *file, const char *bytes, size_t size,
	       const struct tmod_messages *messages);

/** lines_next - go to the next line that has words; the first is in @first. Return: whether there is one. */
bool lines_next(struct lines *l);

/** line_word - the next word of the line, or NULL. It lives as long as the arena. */
char *line_word(struct lines *l);

/** line_rest - all after the one blank that ends the last word, or NULL if nothing is there. */
char *line_rest(struct lines *l);

/** line_place - where in the file something of the line stands; @at: NULL: its end. Lines and columns count from 1. */
void line_place(const struct lines *l, const char *at, uint32_t *line, uint32_t *column);

/**
 * line_bad - say that the line is ignored
 * @at: where in the line the trouble is; NULL: at its end
 * @why: in a few words
 */
void line_bad(const struct lines *l, const char *at, const char *why);

/* Say something else of the line. */
void line_warn(const struct lines *l, const char *at, const char *what);

/* The line's first word as a message should have it. Return: @text. */
const char *line_start(const struct lines *l, char *text, size_t size);

#endif
