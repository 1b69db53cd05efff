/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Which modules may be loaded at all, as a table: /etc/modules.policy of the root in memory, read once, before the first
 * program. Without that file all may. Afterwards it only becomes stricter: root adds lines, but none that allows, by
 * writing them to /sys/kernel/security/modules; what is loaded and revoked by then is unloaded, if nobody uses it.
 *
 *	forbid NAME              never
 *	allow NAME               with such a line only what has one, the base too
 *	isolate NAME             not into the kernel's own domain
 *	manual NAME              not on need, only when somebody loads it
 *	revoke HASH              SHA-256 of the module without its signature: no signature counts
 *	revoke-key ID            nor does one by this key: the certificate's subjectKeyIdentifier, in hexadecimal
 *	revoke-version NAME V    this module up to this version, and without one
 *
 * A module that was loaded on need and has faulted three times within ten minutes gets its line `manual` by itself.
 */
#ifndef KERNEL_TRUST_POLICY_H
#define KERNEL_TRUST_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/trust/der.h"

struct attr;

/* Read it. A line that is not one of these is the end of the boot: half a policy is none. Once, in a thread. */
void policy_init(void);
/*
 * Is the module revoked whose SHA-256 begins with these bytes and is signed by this key, whose identifier may be empty?
 * Context: any, as the next.
 */
bool policy_revokes(const uint8_t *hash, size_t bytes, const struct der *key_id);
/* @version: NULL: it does not say. If so it is in the log. */
bool policy_revokes_version(const char *name, const char *version);
/* A module that was loaded on need has faulted. Context: any without spin locks. */
void policy_fault(const char *name);

extern const struct attr modules_policy_attr; /* the file */

#endif
