/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What each CPU has of its own. It is reached from the thread that runs there, with interrupts off. */
#ifndef KERNEL_ARCH_X86_64_CPU_H
#define KERNEL_ARCH_X86_64_CPU_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel/sched/lock.h"
#include "kernel/sched/thread.h"

#define CPU_MAX 8

/* Stacks that the CPU itself changes to. */
enum { IST_DOUBLE_FAULT = 1, IST_NMI, IST_MACHINE_CHECK, IST_DEBUG, IST_CNT = IST_DEBUG };

struct timer;
struct user_table;

struct tss {
	uint32_t reserved0;
	uint64_t rsp0, rsp1, rsp2, reserved1, ist[7], reserved2;
	uint16_t reserved3, io_map;
} __attribute__((packed));

/* Where a CPU enters the kernel; entry.S and crossing_entry.S know how it looks. */
struct cpu_entry {
	uint64_t program_sp; /* the program's stack pointer, for some instructions after SYSCALL */
	uint64_t syscall_sp;
	struct tss tss;
} __attribute__((aligned(128)));

struct cpu {
	unsigned index; /* 0: the one that boots */
	struct cpu_entry *entry;
	uint32_t apic_id;
	_Atomic bool online;
	struct thread *current, *idle;
	/* It has translations of no other tables of programs; both are the same but while they change. NULL: the kernel's. */
	_Atomic(struct user_table *) table, next_table;
	struct thread *previous;             /* for the one that runs after a switch */
	struct thread **ist_thread[IST_CNT]; /* where those stacks have the current thread's address */

	bool reschedule; /* looked at on the way out of an interrupt */
	_Atomic bool idling;
	uint64_t slice_end_ns;
	uint64_t idle_ns;

	struct spinlock timer_lock; /* of the two below */
	struct timer *timers;       /* the first to run; root of the heap */
	struct timer *timer_running;
	uint64_t armed_ns; /* when the timer interrupt comes; UINT64_MAX: it does not */

	_Atomic uint64_t tlb_done;   /* requests that it has served, see tlb.h */
	_Atomic uint64_t interrupts; /* counts up; the watchdog looks whether it does */
	uint64_t watchdog_seen;
	unsigned watchdog_cnt;
};

extern struct cpu cpus[CPU_MAX];
extern unsigned cpu_cnt; /* there are cpus[0] to cpus[cpu_cnt - 1], once all are up */

static inline struct cpu *cpu_current(void)
{
	return thread_current()->cpu;
}

/* Stops the machine with one line on the console that names the first feature that the CPU lacks. */
void cpu_check_features(void);
/* It is the CPU of this index. */
void cpu_number(struct cpu *cpu, unsigned index);
/* Control registers, descriptor tables and the entry for system calls, of the CPU that runs. */
void cpu_init(struct cpu *cpu);
/* The stack on which @t enters the kernel. Interrupts off. */
void cpu_set_thread(struct cpu *cpu, struct thread *t);
/* The second half of it: where the thread that runs enters the kernel, for exceptions, interrupts and SYSCALL. */
static inline void cpu_set_entry_sp(struct cpu_entry *entry, uint64_t sp)
{
	entry->tss.rsp0 = sp;
	entry->syscall_sp = sp;
}

/* The stacks that it changes to by itself. A machine too small stops here. */
void cpu_make_stacks(struct cpu *cpu);

/* Starts the others; returns when all are there. */
void cpus_start(void);

/* entry.S: store this stack's pointer at @save, go on on another. Returns when somebody goes on on this one. */
void switch_stacks(uint64_t *save, uint64_t sp);

#endif
