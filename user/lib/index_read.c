/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Decoding nodes, and looking up a key. Every offset is checked where it is turned into a pointer: in index_node(). */
#include <errno.h>
#include <string.h>

#include "user/lib/index_read.h"
#include "tenon/fmt/modindex.h"

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

int index_check(const struct index_file *f)
{
	if (f->size < TENON_INDEX_HEADER_BYTES || be32(f->data) != TENON_INDEX_MAGIC)
		return -EBADMSG;
	if (TENON_INDEX_VERSION_MAJOR(be32(f->data + 4)) != TENON_INDEX_VERSION_MAJOR(TENON_INDEX_VERSION))
		return -EBADMSG;
	return 0;
}

uint32_t index_root(const struct index_file *f)
{
	return be32(f->data + 8);
}

uint32_t index_child(const struct index_node *n, uint8_t c)
{
	return c >= n->first && c <= n->last ? be32(n->table + 4 * (c - n->first)) : 0;
}

/* The string at @p. Return: the byte after its NUL, or NULL if it has none in the file. */
static const uint8_t *skip_string(const struct index_file *f, const uint8_t *p)
{
	const uint8_t *nul = memchr(p, '\0', (size_t)(f->data + f->size - p));

	return nul ? nul + 1 : NULL;
}

int index_node(const struct index_file *f, uint32_t ref, struct index_node *n)
{
	const uint8_t *p = f->data + (ref & TENON_INDEX_OFFSET), *end = f->data + f->size;

	*n = (struct index_node){ .prefix = "", .first = 1, .last = 0 };
	if ((ref & TENON_INDEX_OFFSET) > f->size)
		return -EBADMSG;
	if (ref & TENON_INDEX_PREFIX) {
		n->prefix = (const char *)p;
		p = skip_string(f, p);
		if (!p)
			return -EBADMSG;
	}
	if (ref & TENON_INDEX_CHILDREN) {
		if (end - p < 2 || p[0] > p[1] || p[1] >= TENON_INDEX_CHARS || end - p - 2 < 4 * (p[1] - p[0] + 1))
			return -EBADMSG;
		n->first = p[0];
		n->last = p[1];
		n->table = p + 2;
		p = n->table + 4 * (n->last - n->first + 1);
	}
	if (ref & TENON_INDEX_VALUES) {
		if (end - p < 4)
			return -EBADMSG;
		n->value_cnt = be32(p);
		n->values = p + 4;
	}
	return 0;
}

const char *index_value(const struct index_file *f, const uint8_t **at, uint32_t *priority)
{
	const uint8_t *p = *at, *next = f->data + f->size - p < 5 ? NULL : skip_string(f, p + 4);

	if (!next)
		return NULL;
	*priority = be32(p);
	*at = next;
	return (const char *)p + 4;
}

static int tell_values(const struct index_file *f, const struct index_node *n, const char *key, tmod_found_fn *found,
		       void *data)
{
	const uint8_t *at = n->values;
	const char *before = NULL;
	uint32_t cnt = 0, before_priority = 0;

	for (uint32_t i = 0; i < n->value_cnt; i++) {
		uint32_t priority;
		const char *value = index_value(f, &at, &priority);
		int ret;

		/* A module that says the same twice has its values side by side, for they have its priority. */
		if (value && before && priority == before_priority && !strcmp(value, before))
			continue;
		ret = value ? found(data, key, value, priority) : -EBADMSG;
		if (ret)
			return ret;
		before = value;
		before_priority = priority;
		cnt++;
	}
	return cnt > INT32_MAX ? INT32_MAX : (int)cnt;
}

int index_find(const struct index_file *f, const char *key, tmod_found_fn *found, void *data)
{
	const char *rest = key;
	struct index_node n;

	/* Each step takes a character of the key: it ends whatever the file says. */
	for (uint32_t ref = index_root(f);; rest++) {
		size_t len;
		int err = index_node(f, ref, &n);

		if (err)
			return err;
		len = strlen(n.prefix);
		if (strncmp(rest, n.prefix, len))
			return 0;
		rest += len;
		if (!*rest)
			return tell_values(f, &n, key, found, data);
		ref = index_child(&n, (uint8_t)*rest);
		if (!ref)
			return 0;
	}
}
