/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Between the host and the program of an isolated domain (port/process/domain/): memory layout and channels.
 *
 * Domain memory is one memfd, sealed against shrinking. Offset 0 appears in the domain at the window's first address;
 * first the block of the gates and those of modules, then the channels, then the heap. The host sees all of it writable
 * and none executable; the domain maps parts of it as the host says.
 *
 * A channel is a thread of the domain and the page that it shares with the host. The two take turns: whoever has the
 * turn fills in the message and gives the turn away. Calls nest like a stack: while the domain waits for the answer to
 * a gate call, the host may call into the domain again on the same channel. The host believes nothing that stands in a
 * channel: it copies each field once and checks it.
 *
 * Orders to the control loop, which maps memory and starts threads, pass through no memory at all, since modules could
 * write there. The loop asks for each with a system call that the kernel hands to the host (the user notification of
 * seccomp): its argument is the result of the order before, what it returns is the next order. Threads of modules may
 * not make that call, nor those that the loop makes.
 */
#ifndef PORT_PROCESS_DOMAIN_PROTOCOL_H
#define PORT_PROCESS_DOMAIN_PROTOCOL_H

#define DOMAIN_ARGS 6
#define DOMAIN_REGS 18 /* in the order of DWARF: rax rdx rcx rbx rsi rdi rbp rsp r8-r15, then pc and flags */
#define DOMAIN_REG_PC 16
#define DOMAIN_REG_FLAGS 17

#define DOMAIN_MEMFD 3 /* file descriptors that the program is started with */
#define DOMAIN_SOCKET 4 /* it sends the other end of its orders here, once */
#define DOMAIN_EXEFD 5

/* Parts of one channel's memory, offsets in bytes. Between scratch and stack is a page without access. */
#define CHANNEL_BYTES 0x100000
#define CHANNEL_SIGNAL_STACK 0x1000
#define CHANNEL_SCRATCH 0x11000
#define CHANNEL_SCRATCH_BYTES 0x2e000
#define CHANNEL_GUARD 0x3f000
#define CHANNEL_STACK 0x40000
#define CHANNEL_CNT 63

/* What the program needs to know: one page, where it sees it, for reading only, and where it lies in domain memory. */
#define DOMAIN_START 0xff00000000
#define DOMAIN_START_OFFSET 0x1ff000 /* the last page of the gates' block */
#define DOMAIN_START_STACKS 64       /* offset of signal_stack in struct domain_start */

/* ---- orders ---- */

#define CONTROL_CALL 1000000 /* number of the call: none that Linux has. Its argument at first: the address of the gate */
#define CONTROL_MAP 1        /* pages, with an access */
#define CONTROL_PROTECT 2    /* likewise, change the access */
#define CONTROL_UNMAP 3      /* take away pages */
#define CONTROL_THREAD 4     /* start the thread of the channel whose number is in the place of the first page */
#define CONTROL_CODE 5       /* forget fetched instructions on all CPUs */

/*
 * An order is one positive word: from bit 0 what to do, 4 the access, 8 how many pages, 32 the number of the first one.
 */
#define CONTROL_ACCESS_SHIFT 4
#define CONTROL_CNT_SHIFT 8
#define CONTROL_FIRST_SHIFT 32
#define CONTROL_PAGES_MAX (1 << 24)
#define DOMAIN_PAGE_SHIFT 12

#ifndef __ASSEMBLER__
#include <stdint.h>

static inline uint64_t control_order(unsigned int op, int access, uint64_t first, uint64_t cnt)
{
	return op | (uint64_t)access << CONTROL_ACCESS_SHIFT | cnt << CONTROL_CNT_SHIFT | first << CONTROL_FIRST_SHIFT;
}

/* ---- channels ---- */

/* Values of struct channel's turn. */
enum { TURN_HOST = 0, TURN_DOMAIN = 1, TURN_WHOSE = 1, TURN_SLEEPS = 2, TURN_DEAD = 4 };

enum channel_op {
	/* from the host */
	OP_CALL = 1, /* run the function at address with args */
	OP_RETURN,   /* the gate call or fault is dealt with: result; for a fault: go on with reg */
	/* from the domain */
	OP_GATE,  /* interface function number index is called with args, from address */
	OP_DONE,  /* the function has returned result */
	OP_FAULT, /* signal index at reg, address accessed, args[0] is the hardware's error code */
};

struct channel {
	uint32_t turn; /* a futex */
	uint32_t op, index;
	uint32_t set_base; /* with CALL and RETURN: load the CPU's base register for data (x86-64: GS) with base */
	uint64_t address;
	uint64_t args[DOMAIN_ARGS];
	uint64_t seventh; /* with CALL: one more argument, on the stack */
	int64_t result;
	uint64_t base;
	uint64_t reg[DOMAIN_REGS];
	uint64_t own; /* address of this structure in the domain: the base of its thread's own register (x86-64: FS) */
};

struct domain_start {
	uint64_t base, size;      /* of domain memory: address in the domain, bytes */
	uint64_t channels;        /* offset of channel 0 */
	uint64_t heap, heap_size; /* offset and bytes: mapped from the start */
	uint64_t spin;            /* how often to look for the turn before sleeping */
	uint64_t unused[2];
	/* Of each channel's thread, as sigaltstack(2) takes it. */
	struct {
		uint64_t address;
		uint64_t flags;
		uint64_t size;
	} signal_stack[CHANNEL_CNT];
};

_Static_assert(__builtin_offsetof(struct domain_start, signal_stack) == DOMAIN_START_STACKS, "as entry.S has it");
#endif

#endif
