/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Per-CPU variables of Linux's modules. References to them are offsets in a virtual CPU's window of linux.ko, which the
 * CPU's segment register adds to, so their section is linked to such an offset; where it is loaded is what linux.ko copies
 * to each window. A module has its part of the windows as long as it has memory.
 */
#ifndef CORE_PERSONALITY_PERCPU_H
#define CORE_PERSONALITY_PERCPU_H

#include "core/load.h"

#define PERCPU_SECTION ".data..percpu"

/*
 * Give the section, if the module has one, its part of the windows, and its symbols their values. Return: 0, SEC_DUPLICATE,
 * SEC_FLAGS: it is not writable data, SEC_SPECIAL: it is too large or aligned to more than a page, NO_MODULE_SPACE: other
 * modules have too much; the diagnosis then names domain and section. Core's lock held.
 */
int percpu_link(struct load *l);

/* Is @value an offset in the part of @m? */
bool percpu_has(const struct tenon_module *m, tenon_addr value);

#endif
