/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Module indexes. First byte 0: the rest up to the first NUL is a word, what follows are any bytes as an index:
 * whatever they are, a search ends, and what it finds lies in them. Else: lines, the first a word, the others keys of
 * an index that is made and searched: found are those keys that are the word, or, as patterns, match it: for fnmatch()
 * from the first of `*?[` on, as kmod takes them.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "user/lib/index_read.h"
#include "user/lib/index_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void promise(bool kept)
{
	if (!kept)
		abort();
}

static int look(void *data, const char *key, const char *value, uint32_t priority)
{
	uint32_t *last = data;

	promise(strlen(key) < SIZE_MAX / 2 && strlen(value) < SIZE_MAX / 2 && priority >= *last);
	*last = priority;
	return 0;
}

static int look_unordered(void *data, const char *key, const char *value, uint32_t priority)
{
	(void)priority;
	*(size_t *)data += strlen(key) + strlen(value);
	return 0;
}

static void try_bytes(const char *word, const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size + 1);
	struct index_file f = { copy, size };
	uint32_t last = 0;
	size_t len = 0;
	int ret;

	memcpy(copy, bytes, size);
	copy = realloc(copy, size ? size : 1); /* so that a byte behind the end is found */
	f.data = copy;
	if (!index_check(&f)) {
		ret = index_match(&f, word, look, &last);
		promise(ret >= 0 || ret == -EBADMSG || ret == -ENAMETOOLONG);
		ret = index_find(&f, word, look_unordered, &len);
		promise(ret >= 0 || ret == -EBADMSG);
		ret = index_each(&f, look_unordered, &len);
		promise(ret >= 0 || ret == -EBADMSG);
	}
	free(copy);
}

static bool is_key(const char *key, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((uint8_t)key[i] >= 128 || !key[i])
			return false;
	return len < 512;
}

struct entry {
	const char *key;
	uint32_t priority;
};

/* Equal values of a key are one answer to a search if they have one priority; the value is the key here. */
static bool is_new(struct buf *seen, const char *key, uint32_t priority)
{
	const struct entry *e = (const struct entry *)(const void *)seen->data, entry = { key, priority };

	for (size_t i = 0; i < seen->len / sizeof(*e); i++)
		if (e[i].priority == priority && !strcmp(e[i].key, key))
			return false;
	buf_add(seen, &entry, sizeof(entry));
	return true;
}

static bool matches(const char *key, const char *word)
{
	size_t plain = strcspn(key, "*?[");

	return !strncmp(key, word, plain) && !fnmatch(key + plain, word + plain, 0);
}

static void try_keys(char *text)
{
	struct index_writer w = { 0 };
	struct buf out = { 0 }, seen = { 0 };
	struct index_file f;
	int exact = 0, matching = 0, all = 0;
	uint32_t last = 0, n = 0;
	size_t len = 0;
	char *rest, *word = strtok_r(text, "\n", &rest);

	if (!word)
		return;
	for (char *key; (key = strtok_r(NULL, "\n", &rest)); n++) {
		uint32_t at;

		if (!is_key(key, strlen(key)))
			continue;
		at = index_text(&w, key);
		index_add(&w, at, at, n % 7);
		all++;
		if (!is_new(&seen, key, n % 7))
			continue;
		exact += !strcmp(key, word);
		matching += matches(key, word);
	}
	promise(!index_write(&w, &out));
	f = (struct index_file){ (const uint8_t *)out.data, out.len };
	promise(!index_check(&f));
	promise(index_find(&f, word, look_unordered, &len) == exact);
	promise(index_match(&f, word, look, &last) == matching);
	promise(index_each(&f, look_unordered, &len) == all);
	buf_free(&out);
	buf_free(&seen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size || size > 1 << 16)
		return 0;
	text = malloc(size);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	if (data[0])
		try_keys(text);
	else if (strlen(text) + 1 < size)
		try_bytes(text, data + strlen(text) + 2, size - strlen(text) - 2);
	free(text);
	return 0;
}
