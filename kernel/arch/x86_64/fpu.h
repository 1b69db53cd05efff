/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The floating-point unit, for the scheduler and the boot; what processes do with it is in user.h. */
#ifndef KERNEL_ARCH_X86_64_FPU_H
#define KERNEL_ARCH_X86_64_FPU_H

/* Once on each CPU. */
void fpu_init_cpu(void);
/* Load what fpu_save() stored: never faults. */
void fpu_restore(const void *state);

#endif
