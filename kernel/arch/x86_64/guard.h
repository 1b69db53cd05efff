/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Calls of module code that runs with the kernel's own rights. A fault at an instruction of a module ends the innermost
 * of them. That is detection: whatever the module has harmed before stays so.
 */
#ifndef KERNEL_ARCH_X86_64_GUARD_H
#define KERNEL_ARCH_X86_64_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#define GUARD_WHY_BYTES 64

struct user_frame;

/* On the stack of the thread that calls. */
struct guard {
	uint64_t sp;         /* where guard_call() was; first, for guard.S */
	struct guard *outer; /* the call inside of which this one was made */
	char *why;           /* GUARD_WHY_BYTES: how it ended; "" if it returned */
};

/**
 * guard_call - call the function at @address with six arguments
 * @why: how it ended; "" if it returned
 *
 * Return: what it returned, 0 if it faulted. Context: thread, no spin lock held.
 */
int64_t guard_call(uint64_t address, const uint64_t args[6], char why[GUARD_WHY_BYTES]);

/* End the innermost call, as if its next instruction had faulted. There must be one. */
_Noreturn void guard_raise(const char *why);

/**
 * guard_fault - the kernel faulted with these registers, interrupts off
 * @what: what was tried, for the message
 *
 * Return: whether it was a module that a call can come back from; then @f does that.
 */
bool guard_fault(struct user_frame *f, const char *what);

#endif
