/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * How a program and the kernel meet: the registers of a program while it is in the kernel, the way into a program, and
 * the floating-point unit. The hooks that the processes' side has are at the end.
 */
#ifndef KERNEL_ARCH_X86_64_USER_H
#define KERNEL_ARCH_X86_64_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* At the top of the thread's kernel stack, in the order in which the entries push them. */
struct user_frame {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
	uint64_t vector; /* or USER_FRAME_SYSCALL */
	uint64_t error;  /* of the CPU; of a system call: its number, rax having been overwritten by the result */
	uint64_t rip, cs, rflags, rsp, ss;
};

#define USER_FRAME_SYSCALL 0x100

enum {
	SELECTOR_USER_DATA = 0x23,
	SELECTOR_USER_CODE = 0x2b,
};

#define RFLAGS_TF (1ull << 8)
#define RFLAGS_IF (1ull << 9)
/*
 * What a program may set in its flags (sigreturn): carry, parity, adjust, zero, sign, trap, direction, overflow, AC, ID
 */
#define RFLAGS_USER 0x240dd5ull

struct user_table;

/* Of a thread that runs programs. Loaded when the thread is put on a CPU. */
struct user_context {
	struct user_table *table;  /* NULL: the kernel's own address space */
	uint64_t fs_base, gs_base; /* valid only while it does not run; see user_fs_base() */
	void *fpu;                 /* fpu_bytes() of the heap, or NULL: has no such state */
	bool fpu_closed;           /* it is in an isolated domain, where using the FPU's registers is a fault */
};

/* The frame of the thread that runs, which must have a user context. */
struct user_frame *user_frame(void);

/**
 * user_enter - go to the program for the first time, with the registers in @frame
 *
 * The thread's user context must be set. @frame is copied to the stack's top; user_return() is called on the way.
 */
_Noreturn void user_enter(const struct user_frame *frame);

/* Change the address space of the thread that runs (exec); the old one is no longer used by this CPU afterwards. */
void user_set_table(struct user_table *table);

/* FS and GS bases of the thread that runs. @base must lie in user space. */
uint64_t user_fs_base(void);
void user_set_fs_base(uint64_t base);
uint64_t user_gs_base(void);
void user_set_gs_base(uint64_t base);

/*
 * The FPU's registers belong to the program all the time; the kernel does not touch them. The layout is that of XSAVE,
 * standard form (SDM volume 1, 13.4), or FXSAVE on CPUs without.
 */
size_t fpu_bytes(void);
uint64_t fpu_features(void); /* the XCR0 mask in use */
/* The state of a new program. @state: fpu_bytes(), aligned to 64. */
void fpu_state_init(void *state);
/* The registers as they are now, of the thread that runs. */
void fpu_save(void *state);
/* Return: 0, or -TENON_EINVAL: the CPU does not accept it, and the registers are those of a new program. */
int fpu_load(const void *state);

/* ---- a user's page table ---------------------------------------------------------------------------------------- */

/*
 * Every page that is mapped has a reference of the table's. All calls on one table under the lock of its address space,
 * which is a mutex: no spin lock is held, interrupts are on. Page tables come from what the owner has promised
 * (page_commit): one for the root, and those below it that the ranges in use need.
 */
struct page;

enum { USER_READ = 1, USER_WRITE = 2, USER_EXEC = 4 };

/* NULL: no memory for this small object. Takes one page of the caller's promise. */
struct user_table *user_table_make(void);
/* Nothing may be mapped in it, and no thread may use it. */
void user_table_free(struct user_table *t);

/* Takes the caller's reference. What was mapped at @addr before is replaced, and other CPUs' TLBs know. */
void user_table_map(struct user_table *t, uint64_t addr, struct page *page, unsigned access);

/* Registers of a device at @phys, not cached, read and written. Nothing was mapped there, and user_table_find() finds none. */
void user_table_map_device(struct user_table *t, uint64_t addr, uint64_t phys);

/* Return: the page at @addr, without a reference, or NULL; *@access as it was mapped. */
struct page *user_table_find(struct user_table *t, uint64_t addr, unsigned *access);

/* Give back what is mapped in [start, end) and tables that become empty. Waits for other CPUs. */
void user_table_unmap(struct user_table *t, uint64_t start, uint64_t end);

/* Take rights away from what is mapped in [start, end), or all if @access is 0: the pages stay. Gives none. Waits. */
void user_table_restrict(struct user_table *t, uint64_t start, uint64_t end, unsigned access);

/**
 * user_table_copy - map what @from has in [start, end) in @to as well, each page with another reference
 * @writable: as they are; otherwise writable by neither afterwards (copy on write)
 *
 * Call user_table_flush(@from) after the last range if not @writable.
 */
void user_table_copy(struct user_table *to, struct user_table *from, uint64_t start, uint64_t end, bool writable);
void user_table_flush(struct user_table *t);

/* Pages mapped now. */
uint64_t user_table_pages(const struct user_table *t);

/* ---- hooks: called here, written in kernel/process and kernel/mm ------------------------------------------------- */

/**
 * user_page_fault - a page fault at an address of user space, by a program or by a copy to or from it
 * @access: USER_READ, USER_WRITE or USER_EXEC, what was tried
 *
 * In the faulting thread, interrupts on, no spin lock held; may sleep.
 *
 * Return: 0: try again; else the signal that a program gets, with Linux's si_code at @code. A copy ends with EFAULT.
 */
int user_page_fault(uint64_t addr, unsigned access, int *code);

#endif
