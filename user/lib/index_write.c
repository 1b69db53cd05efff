/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The trie is never built. A node stands for a run of entries whose keys begin alike: find how far, sort the run by
 * the byte that follows, write the runs that result (the children), then the node.
 */
#include <errno.h>

#include "user/lib/index_write.h"
#include "tenon/fmt/modindex.h"

struct run {
	const char *text;
	struct index_entry *entries;
	struct index_entry *scratch; /* as many */
	struct buf *out;
	bool preorder;
};

uint32_t index_text(struct index_writer *w, const char *text)
{
	uint32_t off = (uint32_t)w->text.len;

	buf_string(&w->text, text);
	return off;
}

void index_add(struct index_writer *w, uint32_t key, uint32_t value, uint32_t priority)
{
	struct index_entry entry = { key, value, priority };

	buf_add(&w->entries, &entry, sizeof(entry));
}

/* How many bytes after @depth the keys of a run have in common. */
static uint32_t common(const struct run *r, uint32_t lo, uint32_t hi, uint32_t depth)
{
	const char *first = r->text + r->entries[lo].key + depth;
	uint32_t len = (uint32_t)strlen(first);

	for (uint32_t i = lo + 1; i < hi && len; i++) {
		const char *key = r->text + r->entries[i].key + depth;
		uint32_t n = 0;

		while (n < len && key[n] == first[n])
			n++;
		len = n;
	}
	return len;
}

static uint8_t byte_at(const struct run *r, uint32_t entry, uint32_t depth)
{
	return (uint8_t)r->text[r->entries[entry].key + depth];
}

/* A run with few entries, as most have. */
#define FEW 16

static void sort_few(const struct run *r, uint32_t lo, uint32_t hi, uint32_t depth)
{
	for (uint32_t i = lo + 1; i < hi; i++) {
		struct index_entry moved = r->entries[i];
		uint8_t byte = byte_at(r, i, depth);
		uint32_t to = i;

		for (; to > lo && byte_at(r, to - 1, depth) > byte; to--)
			r->entries[to] = r->entries[to - 1];
		r->entries[to] = moved;
	}
}

static void sort_many(const struct run *r, uint32_t lo, uint32_t hi, uint32_t depth)
{
	uint32_t at[TENON_INDEX_CHARS] = { 0 }, sum = lo;

	for (uint32_t i = lo; i < hi; i++)
		at[byte_at(r, i, depth)]++;
	for (uint32_t c = 0; c < TENON_INDEX_CHARS; c++) {
		uint32_t cnt = at[c];

		at[c] = sum;
		sum += cnt;
	}
	memcpy(r->scratch, r->entries + lo, (hi - lo) * sizeof(*r->scratch));
	for (uint32_t i = 0; i < hi - lo; i++)
		r->entries[at[(uint8_t)r->text[r->scratch[i].key + depth]]++] = r->scratch[i];
}

/* Sort by the byte at @depth, keeping the order of equals. */
static void sort_run(const struct run *r, uint32_t lo, uint32_t hi, uint32_t depth)
{
	if (hi - lo <= FEW)
		sort_few(r, lo, hi, depth);
	else
		sort_many(r, lo, hi, depth);
}

/* The first entry of a sorted run that has another byte than the one at @lo. */
static uint32_t end_of_byte(const struct run *r, uint32_t lo, uint32_t hi, uint32_t depth)
{
	uint8_t byte = byte_at(r, lo, depth);

	while (lo < hi && byte_at(r, lo, depth) == byte)
		lo++;
	return lo;
}

/* Most are in order, for modules add their entries in order of priority; those of one module, which may be many, are. */
static void sort_by_priority(const struct run *r, uint32_t lo, uint32_t hi)
{
	for (uint32_t i = lo + 1; i < hi; i++) {
		struct index_entry moved = r->entries[i];
		uint32_t to = i;

		for (; to > lo && r->entries[to - 1].priority > moved.priority; to--)
			r->entries[to] = r->entries[to - 1];
		r->entries[to] = moved;
	}
}

/* Values in ascending order of priority; among equals the one added last comes first, as kmod has it. */
static void write_values(const struct run *r, uint32_t lo, uint32_t hi)
{
	uint32_t end;

	buf_be32(r->out, hi - lo);
	sort_by_priority(r, lo, hi);
	for (; lo < hi; lo = end) {
		for (end = lo; end < hi && r->entries[end].priority == r->entries[lo].priority;)
			end++;
		for (uint32_t i = end; i-- > lo;) {
			buf_be32(r->out, r->entries[i].priority);
			buf_string(r->out, r->text + r->entries[i].value);
		}
	}
}

static void write_prefix(const struct run *r, uint32_t entry, uint32_t depth, uint32_t len)
{
	buf_add(r->out, r->text + r->entries[entry].key + depth, len);
	buf_char(r->out, '\0');
}

/* A single entry: most nodes. */
static uint32_t write_leaf(const struct run *r, uint32_t entry, uint32_t depth)
{
	uint32_t ref = (uint32_t)r->out->len | TENON_INDEX_VALUES;
	size_t len = strlen(r->text + r->entries[entry].key + depth);

	if (len) {
		write_prefix(r, entry, depth, (uint32_t)len);
		ref |= TENON_INDEX_PREFIX;
	}
	write_values(r, entry, entry + 1);
	return ref;
}

static void put_be32(char *to, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (char)(value >> (24 - 8 * i));
}

static uint32_t write_node(const struct run *r, uint32_t lo, uint32_t hi, uint32_t depth);

/* Write what is after each byte that entries of a sorted run have at @depth. @child: the references, by byte. */
static void write_children(const struct run *r, uint32_t lo, uint32_t hi, uint32_t depth, uint32_t *child)
{
	uint8_t first = byte_at(r, lo, depth), last = byte_at(r, hi - 1, depth);

	memset(child + first, 0, (last - first + 1u) * sizeof(*child));
	while (lo < hi) {
		uint32_t end = end_of_byte(r, lo, hi, depth);
		uint8_t byte = byte_at(r, lo, depth);

		child[byte] = end - lo == 1 ? write_leaf(r, lo, depth + 1) : write_node(r, lo, end, depth + 1);
		lo = end;
	}
}

/* Write the table of references; its place in the file. */
static size_t write_table(const struct run *r, uint8_t first, uint8_t last, const uint32_t *child)
{
	size_t at, bytes = (last - first + 1u) * sizeof(*child);
	char *to;

	buf_char(r->out, (char)first);
	buf_char(r->out, (char)last);
	at = r->out->len;
	to = buf_room(r->out, bytes);
	if (!to)
		return at;
	for (uint32_t c = first; c <= last; c++, to += sizeof(*child))
		put_be32(to, child[c]);
	r->out->len += bytes;
	return at;
}

/* Return: the reference to the node of a run, whose keys are alike up to @depth; at depth 0, the root. */
static uint32_t write_node(const struct run *r, uint32_t lo, uint32_t hi, uint32_t depth)
{
	uint32_t len = depth ? common(r, lo, hi, depth) : 0;
	uint32_t ref, child[TENON_INDEX_CHARS], values = lo; /* the end of those whose keys end here */
	uint8_t first = 0, last = 0;
	size_t table = 0;

	sort_run(r, lo, hi, depth + len);
	if (lo < hi && !byte_at(r, lo, depth + len))
		values = end_of_byte(r, lo, hi, depth + len);
	if (values < hi) {
		first = byte_at(r, values, depth + len);
		last = byte_at(r, hi - 1, depth + len);
		if (r->preorder)
			memset(child + first, 0, (last - first + 1u) * sizeof(*child));
		else
			write_children(r, values, hi, depth + len, child);
	}
	ref = (uint32_t)r->out->len;
	if (len) {
		write_prefix(r, lo, depth, len);
		ref |= TENON_INDEX_PREFIX;
	}
	if (last) {
		table = write_table(r, first, last, child);
		ref |= TENON_INDEX_CHILDREN;
	}
	if (lo < values) {
		write_values(r, lo, values);
		ref |= TENON_INDEX_VALUES;
	}
	if (last && r->preorder) {
		write_children(r, values, hi, depth + len, child);
		for (uint32_t c = first; c <= last && !r->out->failed; c++)
			put_be32(r->out->data + table + 4 * (c - first), child[c]);
	}
	return ref;
}

int index_write(struct index_writer *w, struct buf *out)
{
	uint32_t cnt = (uint32_t)(w->entries.len / sizeof(struct index_entry)), ref;
	struct index_entry *scratch = malloc(w->entries.len + 1);
	struct run r = { w->text.data, cnt ? (void *)w->entries.data : scratch, scratch, out, w->preorder };
	int err = !scratch || w->text.failed || w->entries.failed ? -ENOMEM : 0;

	if (w->text.len > UINT32_MAX)
		err = -EFBIG;

	if (!err) {
		buf_be32(out, TENON_INDEX_MAGIC);
		buf_be32(out, TENON_INDEX_VERSION);
		buf_be32(out, 0);
		ref = write_node(&r, 0, cnt, 0);
		if (out->failed)
			err = -ENOMEM;
		else if (out->len > TENON_INDEX_OFFSET)
			err = -EFBIG;
		else
			put_be32(out->data + 8, ref);
	}
	free(scratch);
	buf_free(&w->text);
	buf_free(&w->entries);
	return err;
}
