// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/arch/x86_64/user.h"
#include "kernel/domain/domain.h"
#include "kernel/process/types.h"
#include "kernel/syscall/syscall.h"
#include "tenon/errno.h"
#include "tenon/kpi_program.h"

struct entry {
	syscall_fn *fn;
	uint8_t interrupted;
};

static const struct entry table[SYSCALL_TABLE_CNT] = {
#define CALL(number, name, interrupted) [number] = { sys_##name, interrupted },
#include "kernel/syscall/table.def"
#undef CALL
};

static _Atomic uint64_t unknown_cnt[SYSCALL_TABLE_CNT + 1];

static unsigned unknown_index(uint64_t number)
{
	return number < SYSCALL_TABLE_CNT ? (unsigned)number : SYSCALL_TABLE_CNT;
}

uint64_t syscall_unknown_cnt(unsigned number)
{
	return atomic_load(&unknown_cnt[unknown_index(number)]);
}

bool syscall_is_there(uint32_t number)
{
	return number < SYSCALL_TABLE_CNT && table[number].fn;
}

static int64_t call_outside_table(uint64_t number, const uint64_t arg[6])
{
	int64_t result = -TENON_ENOSYS;

	if (number < SYSCALL_TABLE_CNT || number - TENON_SYSCALL_FIRST < TENON_SYSCALL_CNT)
		result = syscall_of_module((uint32_t)number, arg);
	if (result == -TENON_ENOSYS)
		atomic_fetch_add(&unknown_cnt[unknown_index(number)], 1);
	return result;
}

void syscall_enter(struct user_frame *f)
{
	const uint64_t arg[6] = { f->rdi, f->rsi, f->rdx, f->r10, f->r8, f->r9 };
	struct task *t = task_current();
	uint64_t number = f->error;
	const struct entry *e = number < SYSCALL_TABLE_CNT ? &table[number] : NULL;
	int64_t result;

	if (!e || !e->fn) {
		f->rax = (uint64_t)call_outside_table(number, arg);
		return;
	}
	result = e->fn(arg);
	t->again = false;
	/* execve and rt_sigreturn have put other registers there, and say so by the vector. */
	if (f->vector != USER_FRAME_SYSCALL)
		return;
	f->rax = (uint64_t)result;
	t->interrupted = result == -TENON_EINTR ? e->interrupted : SYSCALL_ENDS;
}

uint64_t syscall_deadline(uint64_t ns)
{
	struct task *t = task_current();
	uint64_t now = clock_ns();

	if (!t->again)
		t->deadline_ns = ns > UINT64_MAX - now ? DEADLINE_NONE : now + ns;
	return t->deadline_ns;
}
