/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Which patterns of an index match a word?
 *
 * The trie is walked once, with the set of places in the word up to which the pattern so far can match. Where the set
 * gets empty, the whole branch is out: a `*` early in a pattern costs no more than any other character. Brackets and
 * backslashes are rare; below the first of them the rest of a branch is left to fnmatch(), whose meaning this is. As
 * with kmod that is so from the first `*`, `?` or `[` on: a backslash before that is a character like others.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "user/lib/buf.h"
#include "user/lib/index_read.h"
#include "tenon/fmt/modindex.h"

#define WORD_BYTES_MAX 4095
#define SET_WORDS ((WORD_BYTES_MAX + 1 + 63) / 64)
#define DEPTH_MAX 1024

struct hit {
	uint32_t priority, order, key;
	const char *value;
};

struct walk {
	const struct index_file *f;
	const char *word;
	size_t len, words;  /* of the word; of a set of its len + 1 places */
	uint64_t *where;    /* for each byte, the set of places in the word that have it; '?': all */
	struct buf pattern; /* from the root to here */
	struct buf keys, hits;
	size_t steps; /* nodes seen; no file has more than bytes */
	unsigned int depth;
};

/* Places after which the rest of the word may go on. Bit i: the first i characters are matched. */
struct places {
	uint64_t bits[SET_WORDS];
	bool wild;      /* there was a `*`, `?` or `[` */
	bool undecided; /* there was a bracket, or then a backslash */
	size_t plain;   /* characters before the first of these */
};

static bool has(const struct places *p, size_t i)
{
	return p->bits[i / 64] >> i % 64 & 1;
}

/* From the lowest place on, any. */
static void take_star(const struct walk *w, struct places *p)
{
	size_t i = 0;

	while (i < w->words && !p->bits[i])
		i++;
	if (i == w->words)
		return;
	p->bits[i] |= ~(p->bits[i] & -p->bits[i]) + 1;
	while (++i < w->words)
		p->bits[i] = UINT64_MAX;
	if ((w->len + 1) % 64)
		p->bits[w->words - 1] &= (1ull << (w->len + 1) % 64) - 1;
}

/* One character on, where the word has that character. */
static void take_char(const struct walk *w, struct places *p, char c)
{
	const uint64_t *where = w->where + (uint8_t)c * w->words;
	uint64_t carry = 0;

	for (size_t i = 0; i < w->words; i++) {
		uint64_t there = p->bits[i] & where[i];

		p->bits[i] = there << 1 | carry;
		carry = there >> 63;
	}
}

/* Add a character to the pattern. Return: whether it can still match. */
static bool take(struct walk *w, struct places *p, char c)
{
	uint64_t any = 0;

	if (!p->wild && (c == '*' || c == '?' || c == '[')) {
		p->wild = true;
		p->plain = w->pattern.len;
	}
	buf_char(&w->pattern, c);
	if (c == '[' || (c == '\\' && p->wild))
		p->undecided = true;
	if (p->undecided)
		return true;
	if (c == '*')
		take_star(w, p);
	else
		take_char(w, p, c);
	for (size_t i = 0; i < w->words; i++)
		any |= p->bits[i];
	return any;
}

static bool matches(struct walk *w, const struct places *p)
{
	if (!p->undecided)
		return has(p, w->len);
	buf_char(&w->pattern, '\0');
	if (w->pattern.failed)
		return false;
	w->pattern.len--;
	return !fnmatch(w->pattern.data + p->plain, w->word + p->plain, 0);
}

static int keep_values(struct walk *w, const struct index_node *n)
{
	const uint8_t *at = n->values;
	struct hit before = { 0 };
	uint32_t key = (uint32_t)w->keys.len;

	buf_add(&w->keys, w->pattern.data ? w->pattern.data : "", w->pattern.len);
	buf_char(&w->keys, '\0');
	for (uint32_t i = 0; i < n->value_cnt; i++) {
		struct hit hit = { .order = (uint32_t)(w->hits.len / sizeof(hit)), .key = key };

		hit.value = index_value(w->f, &at, &hit.priority);
		/* No file has more values than bytes, unless nodes are shared. */
		if (!hit.value || hit.order > w->f->size)
			return -EBADMSG;
		/* Equal values of one key are one answer. */
		if (!before.value || before.priority != hit.priority || strcmp(before.value, hit.value))
			buf_add(&w->hits, &hit, sizeof(hit));
		before = hit;
	}
	return 0;
}

/* The node and all below. @p: what holds before its prefix. */
static int walk_node(struct walk *w, uint32_t ref, struct places *p)
{
	struct index_node n;
	size_t start = w->pattern.len, here;
	int err = index_node(w->f, ref, &n);

	if (!err && (++w->steps > w->f->size || w->depth == DEPTH_MAX))
		err = -EBADMSG;
	for (const char *c = n.prefix; !err && *c; c++) {
		if (!take(w, p, *c))
			goto out;
	}
	here = w->pattern.len;
	w->depth++;
	if (!err && n.value_cnt && matches(w, p))
		err = keep_values(w, &n);
	for (unsigned int c = n.first; !err && c <= n.last; c++) {
		uint32_t child = index_child(&n, (uint8_t)c);
		struct places there;

		if (!child)
			continue;
		memcpy(there.bits, p->bits, w->words * sizeof(there.bits[0]));
		there.wild = p->wild;
		there.plain = p->plain;
		there.undecided = p->undecided;
		if (take(w, &there, (char)c))
			err = walk_node(w, child, &there);
		w->pattern.len = here;
	}
	w->depth--;
out:
	w->pattern.len = start;
	return w->pattern.failed ? -ENOMEM : err;
}

/* By priority; of equal ones, the one found last comes first, as with kmod. */
static int by_priority(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return x->order > y->order ? -1 : x->order < y->order;
}

static int tell(struct walk *w, tmod_found_fn *found, void *data)
{
	struct hit *hits = (void *)w->hits.data;
	size_t cnt = w->hits.len / sizeof(*hits);
	int err = w->hits.failed || w->keys.failed ? -ENOMEM : 0;

	if (!err && cnt)
		qsort(hits, cnt, sizeof(*hits), by_priority);
	for (size_t i = 0; i < cnt && !err; i++)
		err = found(data, w->keys.data + hits[i].key, hits[i].value, hits[i].priority);
	return err ? err : (int)cnt;
}

static bool find_places(struct walk *w)
{
	w->where = calloc((UINT8_MAX + 1) * w->words, sizeof(*w->where));
	for (size_t i = 0; w->where && i < w->len; i++) {
		w->where[(uint8_t)w->word[i] * w->words + i / 64] |= 1ull << i % 64;
		w->where['?' * w->words + i / 64] |= 1ull << i % 64;
	}
	return w->where;
}

int index_match(const struct index_file *f, const char *word, tmod_found_fn *found, void *data)
{
	struct walk w = { .f = f, .word = word, .len = strlen(word) };
	struct places start = { .bits = { 1 } };
	int ret;

	if (w.len > WORD_BYTES_MAX)
		return -ENAMETOOLONG;
	w.words = (w.len + 1 + 63) / 64;
	if (!find_places(&w))
		return -ENOMEM;
	ret = walk_node(&w, index_root(f), &start);
	if (!ret)
		ret = tell(&w, found, data);
	free(w.where);
	buf_free(&w.pattern);
	buf_free(&w.keys);
	buf_free(&w.hits);
	return ret;
}
