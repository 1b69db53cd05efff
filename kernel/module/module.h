/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Modules of this kernel: the port of the core, seen from the rest of the kernel. */
#ifndef KERNEL_MODULE_MODULE_H
#define KERNEL_MODULE_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tenon/core.h"
#include "tenon/kpi_host.h"
#include "kernel/release.h"

#define MODULE_BASE "runtime"     /* what every native module needs */
#define MODULE_LINUX_BASE "linux" /* what Linux's own need */
#define MODULE_DIRECTORY "/lib/modules/" KERNEL_RELEASE

extern struct tenon *module_core; /* NULL: not there yet */
extern struct tenon_kpi_domain module_kernel;
extern const struct tenon_host module_host;

/* The module core, the kernel's own domain and what modules can call. Once, in a thread, before the first program. */
void module_init(void);

/**
 * module_load - load a module from its file's bytes
 * @file: of heap_alloc(); not changed by anybody until this returns
 * @params: "name=value ...", of which what says the domain is taken out: kernel/domain/choose.c
 * @flags: enum tenon_load_flags
 *
 * What goes wrong is in the log, with its reason.
 *
 * Return: 0; -TENON_ENOMEM: also if there is no room for modules; -TENON_EKEYREJECTED: no signature of a trusted key;
 * -TENON_EBUSY: somebody else's load or unload that it waited for did not end; and others of tenon_load().
 */
int module_load(const void *file, size_t bytes, char *params, uint32_t flags);

extern _Atomic uint64_t module_load_cnt; /* loads that have succeeded */

struct domain;

/* Likewise, into this isolated domain, which the caller holds. */
int module_load_into(struct domain *d, const void *file, size_t bytes, const char *params);

/**
 * module_unload - unload a module that nobody uses
 * @wait: for threads that execute it, half a minute and not one second
 *
 * Return: 0; -TENON_ENOENT; -TENON_EAGAIN: it is used by others or executed; -TENON_EBUSY: it is just being loaded or
 * unloaded, or can never be; and others of tenon_unload().
 */
int module_unload(const char *name, bool wait);

#define PASSING_NS NS_PER_SECOND /* threads that only pass through a module have left by then */

typedef int module_unload_fn(struct tenon *t, struct tenon_domain *d, const char *name, uint64_t deadline_ns,
			     struct tenon_diag *diag);

/* Likewise, by tenon_unload() or its kind, whose error it returns. @d: the isolated domain that it is in, or NULL; it is put. */
int module_unload_from(struct domain *d, const char *name, module_unload_fn *unload, uint64_t wait_ns,
		       struct tenon_diag *diag);

/**
 * module_read, module_write - memory of a module, at its addresses
 * Of an isolated domain's, what is there was copied once. Return: 0, -TENON_EFAULT.
 */
int module_read(struct tenon_domain *d, void *to, tenon_addr from, size_t bytes);
int module_write(struct tenon_domain *d, tenon_addr to, const void *from, size_t bytes);

#endif
