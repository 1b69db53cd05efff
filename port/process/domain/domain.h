/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The program that an isolated domain is: it gives up every right it has, then lends its address space and threads to
 * modules. It needs no protection from them, only the rest of the system does; so it is kept small, not careful.
 */
#ifndef PORT_PROCESS_DOMAIN_DOMAIN_H
#define PORT_PROCESS_DOMAIN_DOMAIN_H

#include "port/process/domain/protocol.h"

/* How a program of this kind ends when it cannot do what it must, as exit status. */
enum { EXIT_MAP = 10, EXIT_SIGNAL, EXIT_RIGHTS, EXIT_SECCOMP, EXIT_PROTOCOL };

/* entry.S: interface calls of modules end up here, with the number of the function in eax. */
extern const char gate_entry[];
/* Call a function with arguments on the current stack. */
int64_t call_module(uint64_t address, const uint64_t args[DOMAIN_ARGS], uint64_t seventh);
/* Start a thread with this stack whose own base register is @own; it runs thread_main(own). Return: its id or an error. */
long thread_start(void *stack_top, struct channel *own);
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
/* Faults of the calling thread are handled on its channel's signal stack. */
void fault_stack(const struct channel *ch);

/* rights.c: give up everything that can be given up; last of all most system calls. */
void rights_drop(void);
/* The calling thread will run modules: give up what only the control loop needs. */
void rights_drop_thread(void);

extern struct domain_start domain;
_Noreturn void domain_main(const char *const *argv);

#endif
