/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What a program finds on its stack when it begins (AMD64 ABI 3.4.1): argc, argv, envp, the auxiliary vector, strings.
 */
#ifndef KERNEL_PROCESS_EXEC_STACK_H
#define KERNEL_PROCESS_EXEC_STACK_H

#include <stddef.h>
#include <stdint.h>

/* All strings of argv, then of envp, each with its NUL; as execve collects them. */
struct exec_words {
	char *bytes; /* of the heap */
	size_t used, size;
	unsigned arg_cnt, env_cnt;
};

#define EXEC_BYTES_MAX (256u << 10) /* of strings and pointers: beyond is E2BIG */

enum { /* Linux's AT_ numbers */
       AUX_NULL = 0,
       AUX_PHDR = 3,
       AUX_PHENT = 4,
       AUX_PHNUM = 5,
       AUX_PAGESZ = 6,
       AUX_BASE = 7,
       AUX_FLAGS = 8,
       AUX_ENTRY = 9,
       AUX_UID = 11,
       AUX_EUID = 12,
       AUX_GID = 13,
       AUX_EGID = 14,
       AUX_PLATFORM = 15,
       AUX_HWCAP = 16,
       AUX_CLKTCK = 17,
       AUX_SECURE = 23,
       AUX_RANDOM = 25,
       AUX_HWCAP2 = 26,
       AUX_EXECFN = 31,
};

struct exec_aux {
	uint64_t number, value;
};

struct exec_stack {
	uint64_t top; /* the address behind the last byte; a multiple of 16 */
	const struct exec_words *words;
	const struct exec_aux *aux; /* without AUX_NULL and those whose address is in here: RANDOM, EXECFN, PLATFORM */
	unsigned aux_cnt;
	const char *path; /* AUX_EXECFN */
	uint8_t random[16];

	/* Made: */
	uint64_t sp;
	uint64_t arg_start, arg_end, env_end;
	char *image; /* of the heap: what is at [sp, top) */
	size_t bytes;
};

/* Return: 0 with an image to free; -TENON_E2BIG, -TENON_ENOMEM. */
int exec_stack_make(struct exec_stack *s);

#endif
