/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * modules.tenon.bin: what `depmod -A` read of each module, so that the next one reads only what has changed. A module's
 * part of it is used if the file has the same device, inode, size and times. It is in the byte order and layout of the
 * machine that wrote it; whatever is not as expected makes it no record at all, and all modules are read.
 *
 * The file: struct record_head, struct record_module for each module in their order, for each name that a module needs
 * its offset, the numbers of the names that modules need, then texts: paths and faults, .modinfo, exports, names.
 */
#ifndef LIB_DEPMOD_RECORD_H
#define LIB_DEPMOD_RECORD_H

#include "user/lib/depmod/files.h"

#define RECORD_MAGIC 0x31444d4e4f4e4554ull /* "TENONMD1", where the lowest byte is first */

enum record_input { RECORD_BUILTIN, RECORD_BUILTIN_MODINFO, RECORD_INPUT_CNT };

enum record_text { RECORD_PATHS, RECORD_INFO, RECORD_EXPORTS, RECORD_NAMES, RECORD_TEXT_CNT };

struct record_head {
	uint64_t magic;
	uint64_t bytes;    /* of the file */
	uint64_t body_sum; /* of all after the head */
	uint32_t module_cnt, name_cnt, need_cnt;
	uint32_t settings; /* record_settings() */
	uint64_t text_bytes[RECORD_TEXT_CNT];
	struct stamp inputs[RECORD_INPUT_CNT];
	struct stamp outputs[DEPMOD_FILE_CNT]; /* without ctime, which renaming changes */
	uint64_t head_sum;                     /* of the head before */
};

struct record_module {
	struct stamp stamp;   /* STAMP_NONE: to be read again */
	uint32_t path, fault; /* in the text; fault: 0 without one */
	int32_t err;
	struct span info, exports, needs;
	uint32_t unused;
};

/* The record of an earlier run, what still holds of it, and the head of the next. */
struct record {
	char *file; /* mapped */
	size_t file_bytes;
	const struct record_head *head; /* NULL: there is none */
	const struct record_module *modules;
	const char *paths;
	struct reader reader;                     /* as if it had read the modules; what it has is part of the file */
	struct names by_path;                     /* numbers are those of the modules; empty until it is asked */
	bool same_modules;                        /* the same paths in the same order ... */
	bool same_info, same_exports, same_needs; /* with the same contents */
	bool same_inputs[RECORD_INPUT_CNT];
	bool same_outputs[DEPMOD_FILE_CNT];
	struct record_head next;
};

/** record_load - read the record in the directory @dir. Return: it, empty if there is none; NULL: no memory. */
struct record *record_load(struct depmod *d, int dir);
void record_free(struct record *r);

/**
 * record_match - give each module that has not changed what the record has of it. Return: has nothing changed at all?
 */
bool record_match(struct depmod *d, struct record *r, int dir);

/** record_compare - all modules have been read: which of the record's contents are the same? */
void record_compare(const struct depmod *d, struct record *r);

/** record_keeps - is a file on the disk already what a full run would write? */
bool record_keeps(const struct record *r, enum depmod_file file);

/** record_settings - what of the request makes outputs different. */
static inline uint32_t record_settings(const struct depmod *d)
{
	return (uint8_t)d->request->symbol_prefix | (uint32_t)d->request->preorder << 8;
}

/** record_stamp - the stamp of a file as record_head.outputs has it. */
struct stamp record_stamp(const struct stat *st);

/** record_finish - write the next head, with @outputs, to the record @fd. Return: 0 or a negative errno value. */
int record_finish(struct record *r, int fd, const struct stamp outputs[DEPMOD_FILE_CNT]);

/* A sum that damage does not survive; not for hostile hands, against which every number is checked. */
uint64_t record_sum(const void *bytes, size_t len);

#endif
