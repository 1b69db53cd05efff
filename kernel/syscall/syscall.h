/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Linux's system calls for x86-64. There is one table, table.def: a line a call, with its number and what happens to it
 * when a signal interrupts it. A family of calls is a file of this directory. A call that is not there returns
 * -TENON_ENOSYS and is counted by its number, which /proc shows.
 *
 * A system call runs in the context of a task, interrupts on, no lock held. It may sleep. Its arguments are what the
 * program had in its registers: nothing about them has been checked, and of an `int` or `unsigned` the upper half means
 * nothing. It returns a value, or a negative errno; values from -4095 on are errors to a program.
 */
#ifndef KERNEL_SYSCALL_SYSCALL_H
#define KERNEL_SYSCALL_SYSCALL_H

#include <stdbool.h>
#include <stdint.h>

#define SYSCALL_TABLE_CNT 512

typedef int64_t syscall_fn(const uint64_t arg[6]);

/* What becomes of a call that returned -TENON_EINTR, as signal(7) of Linux lists them. */
enum syscall_interrupted {
	SYSCALL_ENDS,            /* the program sees EINTR */
	SYSCALL_AGAIN,           /* called again after a handler with SA_RESTART, and if no handler ran */
	SYSCALL_AGAIN_UNHANDLED, /* called again if no handler ran (a stop and a continuation) */
};

#define CALL(number, name, interrupted) syscall_fn sys_##name;
#include "kernel/syscall/table.def"
#undef CALL

struct user_frame;

/**
 * syscall_enter - a program made a system call; called by the entry stub on the task's kernel stack
 *
 * Takes the call's number and arguments from @frame and puts the result there. The stub then calls user_return().
 */
void syscall_enter(struct user_frame *frame);

/**
 * user_return - what must be done before a task goes back to its program: signals, stops, its end
 *
 * The last thing on every way back to a program: after a system call, a fault, or an interrupt that came from user
 * mode. Called with interrupts on and no lock held; may change @frame, or not return. The caller then turns interrupts
 * off and must call it again if task_work_pending().
 */
void user_return(struct user_frame *frame);

/* Does the kernel itself have a call of this number? */
bool syscall_is_there(uint32_t number);

/* How often call @number was made although there is none; numbers from SYSCALL_TABLE_CNT on are counted at that. */
uint64_t syscall_unknown_cnt(unsigned number);

/**
 * syscall_deadline - the deadline of a call that takes how long to wait
 * @ns: from now on; UINT64_MAX: without end
 *
 * A call that is made again because no handler ran keeps the deadline of the first time.
 */
uint64_t syscall_deadline(uint64_t ns);

#endif
