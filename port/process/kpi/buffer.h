/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Shared buffers, as devices and their clients see them. */
#ifndef PORT_PROCESS_KPI_BUFFER_H
#define PORT_PROCESS_KPI_BUFFER_H

#include "port/process/kpi/pages.h"

/* The memory of a buffer, which clients keep alive. */
struct shared_memory {
	_Atomic uint32_t refs; /* the buffer, and each client's mapping */
	int fd;
	off_t offset;
	size_t bytes;
};

struct buffer {
	struct object object;
	struct pages pages;
	struct shared_memory *memory;
	bool attached; /* to a device; kpi_lock */
};

extern const struct object_type buffer_type;

/* Map it for a client. @m->refs has been raised for this. NULL: no memory, and it was lowered again. */
void *shared_map(struct shared_memory *m);
void shared_unmap(struct shared_memory *m, void *at);

/* No device offers it any more. kpi_lock held. */
void device_forget_buffer(const struct buffer *b);

#endif
