/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the native interface (kpi/impl/) needs of this kernel. */
#ifndef KERNEL_DOMAIN_PRIMITIVES_H
#define KERNEL_DOMAIN_PRIMITIVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/sched/lock.h"
#include "tenon/kpi_host.h"

extern const struct tenon_kpi_host domain_primitives;

/* ---- pages.c: addresses for arenas and buffers ---- */

int pages_commit(struct tenon_kpi_domain *d, tenon_addr address, size_t bytes);
void pages_decommit(struct tenon_kpi_domain *d, tenon_addr address, size_t bytes);

/* ---- text.c ---- */

/* While a page of instructions of the kernel's own domain is mapped a second time, to be written. */
extern struct mutex text_window_lock;

int text_write(struct tenon_kpi_domain *d, tenon_addr address, const void *code, size_t bytes);

/* ---- sleep.c: the locks of kpi/impl/, and sleeping on them ---- */

void sleep_lock_init(struct tenon_kpi_lock *l);
void sleep_lock(struct tenon_kpi_lock *l);
void sleep_unlock(struct tenon_kpi_lock *l);
int sleep_wait(struct tenon_kpi_lock *l, uint64_t deadline_ns);
void sleep_wake(struct tenon_kpi_lock *l);
/* End the wait that @t is in, or else its next. */
void sleep_interrupt(struct tenon_kpi_thread *t);

/* ---- syscall.c: files in /proc/syscalls; memory of the program that runs ---- */

int syscall_node_add(const char *name, uint32_t number, void **node);
void syscall_node_remove(void *node);
int syscall_program_read(void *to, uint64_t from, size_t bytes);
int syscall_program_write(uint64_t to, const void *from, size_t bytes);

/* ---- device.c: nodes in /dev of the devices that modules offer ---- */

int device_node_add(const char *name, void **node);
void device_node_remove(void *node);
void device_node_wake(void *node);

#endif
