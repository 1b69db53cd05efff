/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Which modules may be loaded at all, as a table that is read once, before the first program: /etc/modules.policy of the
 * root in memory. Without that file all may. Nothing changes it afterwards.
 *
 *	forbid NAME	never
 *	allow NAME	with such a line only what has one, the base too
 *	isolate NAME	not into the kernel's own domain
 *	revoke HASH	SHA-256 of the module without its signature: no signature counts
 */
#ifndef KERNEL_TRUST_POLICY_H
#define KERNEL_TRUST_POLICY_H

#include <stdbool.h>
#include <stddef.h>

/* Read it. A line that is not one of these is the end of the boot: half a policy is none. Once, in a thread. */
void policy_init(void);
/* Is the module of this content revoked? Context: thread. */
bool policy_revokes(const void *data, size_t size);

#endif
