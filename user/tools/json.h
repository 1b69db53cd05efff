/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What --json prints (docs/json.md), through jansson. Memory that ends, ends the program: nothing needs to be checked
 * until json_print().
 */
#ifndef TOOLS_JSON_H
#define TOOLS_JSON_H

#include <jansson.h>
#include <stddef.h>

/**
 * json_bytes - a string of any bytes
 *
 * JSON has only UTF-8. A byte that is no part of it becomes \xNN, four characters; so does a backslash with an x after
 * it, so that nothing is lost and all else stands as it is.
 */
json_t *json_bytes(const char *bytes, size_t len);

/* The same of text that ends in a NUL; null for NULL. */
json_t *json_text(const char *text);

/* Give a value to an object, or to the end of an array; it belongs to that then. */
void json_put(json_t *object, const char *key, json_t *value);
void json_add(json_t *array, json_t *value);

/**
 * json_words - an array of the words of a text
 * @between: the characters between words
 */
json_t *json_words(const char *text, size_t len, const char *between);

/* The function that gets the text files from depmod; @data: an object, to which it adds them. */
int depmod_json(void *data, const char *file, const char *bytes, size_t len);

/* For people: control characters in all strings become '?', so that no file or process speaks to the terminal. */
void json_make_printable(json_t *value);

/* Write to standard output, and give the value back. Return: the exit status. */
int json_print(json_t *value);

#endif
