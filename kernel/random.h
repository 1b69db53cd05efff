/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Random bytes. Seeded from the CPU's generator where it has one, and from the time-stamp counter; where it has none
 * they are not fit for keys.
 */
#ifndef KERNEL_RANDOM_H
#define KERNEL_RANDOM_H

#include <stddef.h>

/* Any context. */
void random_bytes(void *buf, size_t bytes);

#endif
