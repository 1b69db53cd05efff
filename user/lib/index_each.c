/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* All keys of an index with their values. */
#include <errno.h>

#include "user/lib/buf.h"
#include "user/lib/index_read.h"

#define DEPTH_MAX 1024

struct walk {
	const struct index_file *f;
	struct buf key; /* from the root to here; NUL-terminated only while values are given to the caller */
	size_t steps;   /* nodes seen; no file has more than bytes */
	unsigned int depth;
	tmod_found_fn *found;
	void *data;
	int cnt;
};

static int tell(struct walk *w, const struct index_node *n)
{
	const uint8_t *at = n->values;
	int err = 0;

	buf_char(&w->key, '\0');
	if (w->key.failed)
		return -ENOMEM;
	for (uint32_t i = 0; !err && i < n->value_cnt; i++) {
		uint32_t priority;
		const char *value = index_value(w->f, &at, &priority);

		/* No file has more values than bytes, unless nodes are shared. */
		if (!value || (size_t)w->cnt > w->f->size)
			return -EBADMSG;
		err = w->found(w->data, w->key.data, value, priority);
		w->cnt += w->cnt < INT32_MAX;
	}
	w->key.len--; /* the NUL */
	return err;
}

/* The node and all below. */
static int walk_node(struct walk *w, uint32_t ref)
{
	struct index_node n;
	size_t start = w->key.len, here;
	int err = index_node(w->f, ref, &n);

	if (!err && (++w->steps > w->f->size || w->depth == DEPTH_MAX))
		err = -EBADMSG;
	if (err)
		return err;
	buf_text(&w->key, n.prefix);
	here = w->key.len;
	if (n.value_cnt)
		err = tell(w, &n);
	w->depth++;
	for (unsigned int c = n.first; !err && c <= n.last; c++) {
		uint32_t child = index_child(&n, (uint8_t)c);

		if (!child)
			continue;
		buf_char(&w->key, (char)c);
		err = w->key.failed ? -ENOMEM : walk_node(w, child);
		w->key.len = here;
	}
	w->depth--;
	w->key.len = start;
	return err;
}

int index_each(const struct index_file *f, tmod_found_fn *found, void *data)
{
	struct walk w = { .f = f, .found = found, .data = data };
	int err = walk_node(&w, index_root(f));

	buf_free(&w.key);
	return err ? err : w.cnt;
}
