/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A user address space: its areas, its page table, and what it has promised.
 *
 * The promise (page_commit) covers what the space may come to need: a page for each page of its charged areas, whether
 * it is there yet or not, and the page tables for all areas. So a page fault never lacks memory, and what would lack it
 * is the call that asks: mmap, brk, mprotect, fork, execve. The one exception is the stack, which grows without a call.
 *
 * `lock` protects all of it. A fault takes it, so nobody copies to or from user memory with it held.
 */
#ifndef KERNEL_MM_USER_SPACE_H
#define KERNEL_MM_USER_SPACE_H

#include <stdatomic.h>
#include <stddef.h>

#include "kernel/mm/user.h"
#include "kernel/mm/user_areas.h"
#include "kernel/sched/lock.h"

struct node;
struct user_table;

#define USER_STACK_TOP (USER_END - USER_PAGE)
#define USER_STACK_MAX (8ull << 20)
#define USER_STACK_GUARD (1ull << 20) /* kept free below a stack, at least at the time of an mmap */
#define USER_MMAP_TOP (USER_STACK_TOP - USER_STACK_MAX - USER_STACK_GUARD)

struct user_space {
	struct mutex lock;
	_Atomic uint32_t refs;
	struct user_table *table;
	struct user_areas areas;
	uint64_t promised; /* pages */
	uint64_t brk_start, brk;
	uint64_t arg_start, arg_end, env_start, env_end; /* where execve put them */
};

/* At boot, once. Return: 0 or -TENON_ENOMEM. */
int space_init(void);

/* An empty one, with one reference. NULL: no memory. */
struct user_space *space_make(void);
struct user_space *space_get(struct user_space *s);
/* The last reference frees it; no thread may have it as its own then. May sleep. */
void space_put(struct user_space *s);

/**
 * space_fork - a copy: shared areas are shared, of all others each side gets pages of its own when it writes
 *
 * Return: 0, -TENON_ENOMEM.
 */
int space_fork(struct user_space *from, struct user_space **copy);

/**
 * space_map - map a file or zeroed memory
 * @where: whole pages; start 0: anywhere below USER_MMAP_TOP. Takes the caller's reference on its file if it succeeds.
 * @replace: what is there goes; else -TENON_EEXIST
 *
 * Return: 0 with the address in @where->start; -TENON_ENOMEM.
 */
int space_map(struct user_space *s, struct user_area *where, bool replace);
int space_unmap(struct user_space *s, uint64_t start, uint64_t end);

/* Return: 0; -TENON_ENOMEM: not everything there is mapped, or no memory to promise; -TENON_EACCES. */
int space_protect(struct user_space *s, uint64_t start, uint64_t end, uint8_t access);

/* Change the end of the heap. Return: where it is now, which is as before if it cannot be. */
uint64_t space_set_brk(struct user_space *s, uint64_t brk);

/**
 * space_remap - mremap: change the size of a mapping, or where it is
 * @to: 0: anywhere; else there, replacing
 * @may_move: else it grows in place or not at all
 *
 * Return: 0 with the address at @result; -TENON_EFAULT: not one mapping; -TENON_ENOMEM.
 */
int space_remap(struct user_space *s, uint64_t start, uint64_t old_bytes, uint64_t bytes, uint64_t to, bool may_move,
		uint64_t *result);

/* madvise(MADV_DONTNEED): private pages are as new afterwards. Return: 0 or -TENON_ENOMEM: not all mapped. */
int space_forget(struct user_space *s, uint64_t start, uint64_t end);

/* What stands at an address, whoever sees it from where: the same for all who map the same file there. For futexes. */
struct user_place {
	const void *object; /* only to compare */
	uint64_t offset;
};

struct user_place space_place(struct user_space *s, user_addr addr);

/*
 * @node ended or ends at @offset, and its size has changed: pages beyond that are not there any more, nor the page with the end
 * where it is shared, so that whoever writes to it makes room in the file.
 */
void space_forget_file(struct user_space *s, const struct node *node, uint64_t offset);
/* Is all of it mapped? */
bool space_covers(struct user_space *s, uint64_t start, uint64_t end);
/* The file, with a reference, of the first shared mapping in [*@start, @end), and in *@start where that ends; NULL: none. */
struct file *space_shared_file(struct user_space *s, uint64_t *start, uint64_t end);

/* See user_page_fault(). */
int space_fault(struct user_space *s, uint64_t addr, unsigned access, int *code);

/**
 * space_peek - read another process's memory
 *
 * Return: bytes read until the first that cannot be.
 */
size_t space_peek(struct user_space *s, uint64_t addr, void *buf, size_t bytes);

/* Write to it; @bytes NULL: zeros. Return: 0 or -TENON_EFAULT: some of it may have been written. */
int space_poke(struct user_space *s, uint64_t addr, const void *bytes, size_t cnt);

/* ---- inside ---- */

/* Let the promise be what the areas need, with the lock held. Return: 0 or -TENON_ENOMEM: it is as before. */
int space_promise(struct user_space *s);

#endif
