// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/process/exec_stack.h"

#include "kernel/mm/heap.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

static const char platform[] = "x86_64";

/* Entries of the auxiliary vector that are made here, with the one that ends it. */
enum { AUX_OWN = 4 };

/* Addresses of @cnt strings from @at on, and a NULL. Return: the address behind the last string. */
static uint64_t put_pointers(uint64_t **to, const char **string, uint64_t at, unsigned cnt)
{
	for (unsigned i = 0; i < cnt; i++) {
		size_t bytes = strlen(*string) + 1;

		*(*to)++ = at;
		*string += bytes;
		at += bytes;
	}
	*(*to)++ = 0;
	return at;
}

static void put_aux(uint64_t **to, uint64_t number, uint64_t value)
{
	*(*to)++ = number;
	*(*to)++ = value;
}

int exec_stack_make(struct exec_stack *s)
{
	size_t path_bytes = strlen(s->path) + 1;
	size_t strings = (s->words->used + path_bytes + sizeof(platform) + sizeof(s->random) + 15) & ~15ul;
	size_t cells = 1 + s->words->arg_cnt + 1 + s->words->env_cnt + 1 + 2 * (s->aux_cnt + AUX_OWN);
	size_t pointers = (cells * 8 + 15) & ~15ul;
	const char *string = s->words->bytes;
	uint64_t at = s->top - strings, random, path, *to;
	char *text;

	if (strings + pointers > EXEC_BYTES_MAX)
		return -TENON_E2BIG;
	s->bytes = strings + pointers;
	s->sp = s->top - s->bytes;
	s->image = heap_alloc_zeroed(s->bytes);
	if (!s->image)
		return -TENON_ENOMEM;
	text = s->image + pointers;
	memcpy(text, s->words->bytes, s->words->used);
	path = at + s->words->used;
	memcpy(text + s->words->used, s->path, path_bytes);
	random = path + path_bytes;
	memcpy(text + s->words->used + path_bytes, s->random, sizeof(s->random));
	memcpy(text + s->words->used + path_bytes + sizeof(s->random), platform, sizeof(platform));

	to = (uint64_t *)s->image;
	*to++ = s->words->arg_cnt;
	s->arg_start = at;
	s->arg_end = put_pointers(&to, &string, at, s->words->arg_cnt);
	s->env_end = put_pointers(&to, &string, s->arg_end, s->words->env_cnt);
	for (unsigned i = 0; i < s->aux_cnt; i++)
		put_aux(&to, s->aux[i].number, s->aux[i].value);
	put_aux(&to, AUX_RANDOM, random);
	put_aux(&to, AUX_EXECFN, path);
	put_aux(&to, AUX_PLATFORM, random + sizeof(s->random));
	put_aux(&to, AUX_NULL, 0);
	return 0;
}
