/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Which name was meant: each name is kept under all that it becomes without one of its characters, and under itself. Two
 * words that differ in one place, or by two characters that are swapped, have one of these in common. So the time for a
 * word does not depend on how many names there are.
 */
#include <ctype.h>
#include <stdio.h>

#include "user/lib/lint/lint.h"

#define WORD_BYTES_MAX 64
/* With fewer characters, one more makes another word. */
#define WORD_BYTES_MIN 5

/* A name, and the next of those that have a shortened word in common. */
struct owner {
	const char *name;
	uint32_t next; /* + 1; 0: there is none */
};

struct near {
	struct names shortened;
	struct buf heads;  /* uint32_t of each of these: its newest owner */
	struct buf owners; /* struct owner */
	struct arena arena;
};

/* How one word becomes the other: @a and @b without what they have in common at both ends. */
bool near_is(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b);

	while (m && n && *a == *b)
		a++, b++, m--, n--;
	while (m && n && a[m - 1] == b[n - 1])
		m--, n--;
	if (m == 2 && n == 2)
		return a[0] == b[1] && a[1] == b[0];
	if (m + n > 2 || m > 1 || n > 1 || !(m + n))
		return false;
	/* radeon1 and radeon2, i740fb and i810fb are different things. */
	return !(m && isdigit((unsigned char)*a)) && !(n && isdigit((unsigned char)*b));
}

static void shorten(const char *word, size_t without, char *out)
{
	memcpy(out, word, without);
	strcpy(out + without, word + without + 1);
}

static void add(struct near *n, const char *text, const char *name)
{
	uint32_t cnt = n->shortened.cnt, number = names_add(&n->shortened, text), head = 0;
	struct owner owner = { .name = name };

	if (number == NAME_NONE)
		return;
	if (number == cnt)
		buf_add(&n->heads, &head, sizeof(head));
	if (n->heads.failed)
		return;
	owner.next = ((uint32_t *)(void *)n->heads.data)[number];
	buf_add(&n->owners, &owner, sizeof(owner));
	((uint32_t *)(void *)n->heads.data)[number] = (uint32_t)(n->owners.len / sizeof(owner));
}

static int add_name(void *data, const char *key, const char *value, uint32_t priority)
{
	struct near *n = data;
	size_t len = strlen(key);
	char text[WORD_BYTES_MAX + 1];
	const char *name;

	(void)value;
	(void)priority;
	if (len < WORD_BYTES_MIN || len > WORD_BYTES_MAX)
		return 0;
	name = arena_copy(&n->arena, key, len);
	if (!name)
		return 0;
	add(n, name, name);
	for (size_t i = 0; i < len; i++) {
		if (i && name[i] == name[i - 1])
			continue;
		shorten(name, i, text);
		add(n, text, name);
	}
	return 0;
}

struct near *near_open(struct tmod_tree *tree)
{
	struct near *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	tmod_tree_each(tree, TMOD_INDEX_DEP, add_name, n);
	tmod_tree_each(tree, TMOD_INDEX_BUILTIN, add_name, n);
	if (!n->shortened.text.failed && !n->heads.failed && !n->owners.failed)
		return n;
	near_close(n);
	return NULL;
}

void near_close(struct near *n)
{
	if (!n)
		return;
	names_free(&n->shortened);
	buf_free(&n->heads);
	buf_free(&n->owners);
	arena_close(&n->arena);
	free(n);
}

/* The first owner of a shortened word that is really like the name. */
static const char *try(const struct near *n, const char *text, const char *name)
{
	uint32_t number = names_find(&n->shortened, text);
	const struct owner *owners = (const struct owner *)(void *)n->owners.data;

	if (number == NAME_NONE)
		return NULL;
	for (uint32_t at = ((const uint32_t *)(void *)n->heads.data)[number]; at; at = owners[at - 1].next)
		if (near_is(owners[at - 1].name, name))
			return owners[at - 1].name;
	return NULL;
}

const char *near_find(const struct near *n, const char *name)
{
	size_t len = strlen(name);
	char text[WORD_BYTES_MAX + 1];
	const char *found = NULL;

	if (len < WORD_BYTES_MIN || len > WORD_BYTES_MAX)
		return NULL;
	found = try(n, name, name);
	for (size_t i = 0; i < len && !found; i++) {
		shorten(name, i, text);
		found = try(n, text, name);
	}
	return found;
}
