/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* System calls of modules (kpi/syscall.def), as the kernel has them. */
#ifndef TENON_KPI_PROGRAM_H
#define TENON_KPI_PROGRAM_H

#include "tenon/core.h"
#include "tenon/kpi/syscall.h"
#include "tenon/kpi_call.h"

/**
 * tenon_syscall_call - a program calls @number, one of TENON_SYSCALL_CNT from TENON_SYSCALL_FIRST on, or one of Linux's that
 * the kernel does not have
 * @name: of that number, if there is one and it was not called; else ""
 *
 * Return: what the module's function returned. Not called, -TENON_ENOSYS: nobody offers it; -TENON_EBUSY: an unload has closed
 * its module, which either goes or opens again: call it again after a moment. -TENON_EOWNERDEAD, -TENON_EFAULT: its module died of the call.
 * Context: the program's thread, no lock is held.
 */
int64_t tenon_syscall_call(uint32_t number, const uint64_t args[KPI_ARGS_MAX], char name[TENON_SYSCALL_NAME_BYTES]);

#endif
