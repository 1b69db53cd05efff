/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Memory that processes share after fork (MAP_SHARED | MAP_ANONYMOUS): a file in memory that has no name. */
#ifndef KERNEL_MM_SHARED_MEMORY_H
#define KERNEL_MM_SHARED_MEMORY_H

#include <stdint.h>

struct file;

/* At boot, once; with space_init(). */
int shared_memory_init(void);

/**
 * shared_memory_make - zeroed memory, all of it there from the beginning
 * @bytes: whole pages
 *
 * Return: 0 and a reference; -TENON_ENOMEM.
 */
int shared_memory_make(uint64_t bytes, struct file **file);

#endif
