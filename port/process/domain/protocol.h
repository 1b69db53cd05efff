/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Between the host and the program of an isolated domain (port/process/domain/): memory layout and channels.
 *
 * Domain memory is one memfd, sealed against shrinking. Offset 0 appears in the domain at the window's first address;
 * first the blocks of modules, then the channels, then the heap. The host sees all of it writable and none executable;
 * the domain maps parts of it as the host says.
 *
 * A channel is a thread of the domain and the page that it shares with the host. The two take turns: whoever has the
 * turn fills in the message and gives the turn away. Calls nest like a stack: while the domain waits for the answer to
 * a gate call, the host may call into the domain again on the same channel.
 *
 * The host believes nothing that stands in a channel: it copies each field once and checks it.
 */
#ifndef PORT_PROCESS_DOMAIN_PROTOCOL_H
#define PORT_PROCESS_DOMAIN_PROTOCOL_H

#include <stdint.h>

#define DOMAIN_ARGS 6
#define DOMAIN_REGS 18 /* in the order of DWARF: rax rdx rcx rbx rsi rdi rbp rsp r8-r15, then pc and flags */
#define DOMAIN_REG_PC 16
#define DOMAIN_REG_FLAGS 17

#define DOMAIN_MEMFD 3 /* file descriptors that the program is started with */
#define DOMAIN_EXEFD 4

/* Parts of one channel's memory, offsets in bytes. Between scratch and stack is a page without access. */
#define CHANNEL_BYTES 0x100000u
#define CHANNEL_SIGNAL_STACK 0x1000u
#define CHANNEL_SCRATCH 0x11000u
#define CHANNEL_SCRATCH_BYTES 0x2e000u
#define CHANNEL_GUARD 0x3f000u
#define CHANNEL_STACK 0x40000u
#define CHANNEL_CNT 64u /* channel 0 is the control loop's */

/* Values of struct channel's turn. */
enum { TURN_HOST = 0, TURN_DOMAIN = 1, TURN_WHOSE = 1, TURN_SLEEPS = 2, TURN_DEAD = 4 };

enum channel_op {
	/* from the host */
	OP_CALL = 1,    /* run the function at address with args */
	OP_RETURN,      /* the gate call or fault is dealt with: result; for a fault: go on with reg */
	OP_MAP,         /* control: map args[1] bytes at args[0] with access args[2] */
	OP_PROTECT,     /* control: likewise, change the access */
	OP_UNMAP,       /* control: likewise, take away */
	OP_THREAD,      /* control: start the thread of channel args[0] */
	OP_CODE,        /* control: forget fetched instructions on all CPUs */
	/* from the domain */
	OP_READY,       /* address is that of the gate */
	OP_GATE,        /* interface function number index is called with args, from address */
	OP_DONE,        /* the function has returned result */
	OP_FAULT,       /* signal index at reg, address accessed, args[0] is the hardware's error code */
};

struct channel {
	uint32_t turn; /* a futex */
	uint32_t op, index;
	uint32_t set_base;  /* with CALL and RETURN: load the CPU's base register for data (x86-64: GS) with base */
	uint64_t address;
	uint64_t args[DOMAIN_ARGS];
	uint64_t seventh;   /* with CALL: one more argument, on the stack */
	int64_t result;
	uint64_t base;
	uint64_t reg[DOMAIN_REGS];
	uint64_t own; /* address of this structure in the domain: the base of its thread's own register (x86-64: FS) */
};

/* What the program is told, in the first bytes of channel 0's scratch memory. */
struct domain_start {
	uint64_t base, size;      /* of domain memory: address in the domain, bytes */
	uint64_t channels;        /* offset of channel 0 */
	uint64_t heap, heap_size; /* offset and bytes: mapped from the start */
	uint64_t spin;            /* how often to look for the turn before sleeping */
};

#endif
