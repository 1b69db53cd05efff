/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* All keys and values of an index, in the order of the keys. */
#include <errno.h>

#include "lib/buf.h"
#include "lib/index_read.h"

#define DEPTH_MAX 1024

struct walk {
	const struct index_file *f;
	tmod_found_fn *found;
	void *data;
	struct buf key; /* from the root to here */
	size_t steps;   /* nodes seen; no file has more than bytes */
	unsigned int depth;
	int cnt;
};

static int tell_values(struct walk *w, const struct index_node *n)
{
	const uint8_t *at = n->values;
	int ret = 0;

	buf_char(&w->key, '\0');
	w->key.len--;
	for (uint32_t i = 0; i < n->value_cnt && !ret && !w->key.failed; i++, w->cnt++) {
		uint32_t priority;
		const char *value = index_value(w->f, &at, &priority);

		ret = value ? w->found(w->data, w->key.data, value, priority) : -EBADMSG;
	}
	return ret;
}

/* The node and all below. */
static int walk_node(struct walk *w, uint32_t ref)
{
	struct index_node n;
	size_t start = w->key.len;
	int ret = index_node(w->f, ref, &n);

	if (!ret && (++w->steps > w->f->size || w->depth == DEPTH_MAX))
		ret = -EBADMSG;
	if (ret)
		return ret;
	buf_text(&w->key, n.prefix);
	if (n.value_cnt)
		ret = tell_values(w, &n);
	w->depth++;
	for (unsigned int c = n.first; !ret && !w->key.failed && c <= n.last; c++) {
		uint32_t child = index_child(&n, (uint8_t)c);

		if (!child)
			continue;
		buf_char(&w->key, (char)c);
		ret = walk_node(w, child);
		w->key.len--;
	}
	w->depth--;
	w->key.len = start;
	return w->key.failed ? -ENOMEM : ret;
}

int index_each(const struct index_file *f, tmod_found_fn *found, void *data)
{
	struct walk w = { .f = f, .found = found, .data = data };
	int ret = walk_node(&w, index_root(f));

	buf_free(&w.key);
	return ret ? ret : w.cnt;
}
