/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Unpackers of modules (kpi/unpack.def), as the kernel has them. */
#ifndef TENON_KPI_UNPACKER_H
#define TENON_KPI_UNPACKER_H

#include <stdbool.h>
#include <stddef.h>

struct tenon_unpacking;

/**
 * tenon_unpack_begin - begin to unpack data of a format
 *
 * Its module is held until tenon_unpack_end(). Return: 0; -TENON_ENOENT: nobody offers it; -TENON_ENOMEM; what the module says.
 * Context of all: thread, no lock is held.
 */
int tenon_unpack_begin(const char *format, struct tenon_unpacking **out);
/**
 * tenon_unpack_go_on - unpack as much as there is room for
 * @packed: where the data goes on; moved on, as @len is, by what was used of it
 * @plain: filled in, at most @room bytes
 * @ended: set when the data has ended
 *
 * Return: bytes put into @plain, 0: it needs more room or more data; -TENON_EINVAL: it is damaged, or ends too soon; -TENON_EIO:
 * the module answers nonsense; -TENON_EOWNERDEAD and others: it has died, or cannot.
 */
long tenon_unpack_go_on(struct tenon_unpacking *u, const unsigned char **packed, size_t *len, void *plain, size_t room,
			bool *ended);
void tenon_unpack_end(struct tenon_unpacking *u);

#endif
