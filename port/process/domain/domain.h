/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The program that an isolated domain is: it gives up every right it has, then lends its address space and threads to
 * modules. It needs no protection from them, only the rest of the system does; so it is kept small, not careful.
 */
#ifndef PORT_PROCESS_DOMAIN_DOMAIN_H
#define PORT_PROCESS_DOMAIN_DOMAIN_H

#include "port/process/domain/protocol.h"

/* What the control loop passes to system calls, whose headers do not go with an assembler: rights.c compares. */
#define LOOP_MAP_FLAGS 0x11
#define LOOP_CLONE_FLAGS 0xd0f00
#define LOOP_MEMBARRIER 32
#define LOOP_SECCOMP 1
/* Instructions in the lists of system calls. */
#define LISTENER_LIST_LEN 7
#define CONTROL_LIST_LEN 52
#define MODULE_LIST_LEN 19

#ifndef __ASSEMBLER__
#pragma GCC visibility push(hidden) /* or addresses would be looked up in a table that can be written */

/* How a program of this kind ends when it cannot do what it must, as exit status. */
enum { EXIT_MAP = 10, EXIT_SIGNAL, EXIT_RIGHTS, EXIT_SECCOMP, EXIT_LISTENER, EXIT_PROTOCOL };

/* What the host says, in memory that nobody here can write. */
#define START ((const volatile struct domain_start *)DOMAIN_START)

/* Call a function with arguments on the current stack. */
int64_t call_module(uint64_t address, const uint64_t args[DOMAIN_ARGS], uint64_t seventh);
/* Carry out the host's orders; each new thread runs thread_main(its channel). */
_Noreturn void control_loop(uint64_t base, uint64_t channels);
/* Where a signal handler returns to. */
void signal_return(void);

/* loop.c */
void channel_wait(struct channel *ch);
void channel_give(struct channel *ch, uint32_t op);
/* Serve calls of the host until it answers. Return: result. */
int64_t channel_serve(struct channel *ch);
_Noreturn void thread_main(struct channel *ch);
/* What the gate is in C. */
int64_t gate(uint32_t index, const uint64_t args[DOMAIN_ARGS], uint64_t from);

/* fault.c */
void fault_init(void);

/*
 * entry.S: the lists of rights.c, for the kernel. The program has no memory that can be written, so modules cannot
 * change them: a new thread takes its list from here while others run already.
 */
struct sock_fprog;
extern const struct sock_fprog listener_program, control_program, module_program;

/*
 * rights.c: give up everything that can be given up, last of all most system calls; the host gets the end of the
 * orders.
 */
void rights_drop(void);

/* send.c */
void send_file(int socket, int file);

_Noreturn void domain_main(void);

#pragma GCC visibility pop
#endif

#endif
