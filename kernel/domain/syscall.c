// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * System calls of modules: /proc/syscalls has a file for each that is offered, with its number. Opening the name of
 * another asks for the module that has it.
 */
#include "kernel/domain/domain.h"
#include "kernel/domain/primitives.h"
#include "kernel/init.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/user_space.h"
#include "kernel/module/request.h"
#include "kernel/process/process.h"
#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"
#include "kernel/syscall/syscall.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/ramfs.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"
#include "tenon/kpi_program.h"
#include "tenon/runtime.h"

struct syscall_node {
	struct attr attr;
	uint32_t number;
	char name[TENON_SYSCALL_NAME_BYTES];
};

static struct node *directory;

static int show(struct text *t, void *data)
{
	text_printf(t, "%u\n", ((struct syscall_node *)data)->number);
	return 0;
}

int syscall_node_add(const char *name, uint32_t number, void **out)
{
	struct syscall_node *n;
	int err;

	if (syscall_is_there(number))
		return -TENON_EEXIST;
	n = heap_alloc_zeroed(sizeof(*n));
	if (!n)
		return -TENON_ENOMEM;
	strscpy(n->name, name, sizeof(n->name));
	n->number = number;
	n->attr = (struct attr){ n->name, 0444, show, NULL };
	err = attr_file(directory, &n->attr, n);
	if (err)
		heap_free(n);
	else
		*out = n;
	return err;
}

void syscall_node_remove(void *node)
{
	attr_remove(directory, ((struct syscall_node *)node)->name);
	heap_free(node);
}

static bool want(struct node *dir, const char *name)
{
	(void)dir;
	return strlen(name) < TENON_SYSCALL_NAME_BYTES && !module_request("syscall-%s", name);
}

int __init syscall_procfs_init(struct node *root)
{
	static const struct node_ops ops = {
		.lookup = ramfs_lookup,
		.list = ramfs_dir_list,
		.want = want,
		.release = ramfs_release,
	};

	return attr_dir_of(root, "syscalls", &ops, &directory);
}

/* ---- programs ---------------------------------------------------------------------------------------------------- */

/* Not by the address: the thread may be in a domain, whose address space it has meanwhile. */
int syscall_program_read(void *to, uint64_t from, size_t bytes)
{
	return space_peek(process_space(process_current()), from, to, bytes) == bytes ? 0 : -TENON_EFAULT;
}

int syscall_program_write(uint64_t to, const void *from, size_t bytes)
{
	return space_poke(process_space(process_current()), to, from, bytes);
}

#define CLOSED_LOOK_NS (10 * NS_PER_MS)
#define CLOSED_MAX_NS (40 * NS_PER_SECOND) /* longer than an unload waits */

/* What an unload has closed is called when that has failed; no call fails because one was tried. */
static int64_t call(uint32_t number, const uint64_t arg[6], char name[TENON_SYSCALL_NAME_BYTES])
{
	uint64_t until = clock_ns() + CLOSED_MAX_NS;
	int64_t result;

	for (;;) {
		result = tenon_syscall_call(number, arg, name);
		if (result != -TENON_EBUSY || !name[0])
			return result;
		if (clock_ns() > until)
			return -TENON_ENOSYS;
		if (sleep_until(clock_ns() + CLOSED_LOOK_NS, WAIT_KILL) == -TENON_EINTR)
			return -TENON_EINTR;
	}
}

int64_t syscall_of_module(uint32_t number, const uint64_t arg[6])
{
	char name[TENON_SYSCALL_NAME_BYTES];
	int64_t result = call(number, arg, name);

	if (result == -TENON_ENOSYS && name[0] && number >= TENON_SYSCALL_FIRST && !module_request("syscall-%s", name))
		result = call(number, arg, name);
	return result;
}
