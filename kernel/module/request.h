/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Modules on need: the kernel asks for one by a name or alias, and /sbin/modprobe knows what to do. */
#ifndef KERNEL_MODULE_REQUEST_H
#define KERNEL_MODULE_REQUEST_H

#include "tenon/compiler.h"

/* How long modprobe may take, with all that it loads: what udev gives a program. It only ends what hangs. */
#define MODULE_REQUEST_NS (180 * NS_PER_SECOND)

/**
 * module_request - have the module loaded that a name stands for
 * @fmt: the name or alias
 *
 * All who ask for the same at the same time get one answer, that of one run. What fails is one line in the log, with who
 * asked. Thread, no lock is held.
 *
 * Return: 0: modprobe says that it has succeeded; -TENON_ENOENT: it has not; -TENON_EINVAL: no such name can be;
 * -TENON_EAGAIN: too many are being asked for; -TENON_ELOOP: asked for by the modprobe that is to load it;
 * -TENON_ETIMEDOUT, -TENON_EINTR, -TENON_ENOMEM.
 */
TENON_PRINTF(1, 2) int module_request(const char *fmt, ...);

/* The same, of an alias that can be a name, into an isolated domain unless modprobe's configuration says another; NULL: as above. */
int module_request_into(const char *domain, const char *alias);

struct tenon_diag;
struct tenon_request;

/* For a module, into its domain: by what its name is in the base, or by what modprobe knows. Return: tenon_request_module()'s. */
int module_request_load(const struct tenon_request *req, struct tenon_diag *diag);

/* Devices that nobody offers are asked for from now on. */
void module_request_init(void);

#endif
