/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A thread that a module made. */
#ifndef KPI_IMPL_TASK_H
#define KPI_IMPL_TASK_H

#include "kpi/impl/impl.h"

struct kpi_task {
	struct object object;
	struct tenon_kpi_code code;
	uint64_t arg;
	struct tenon_kpi_thread *record; /* NULL: not begun, or ended; object's lock */
	uint64_t number;                 /* of the thread; 0: not begun. Object's lock, as the next two */
	bool ended, joining;
	bool stop; /* asked to end; atomic */
	char name[TENON_THREAD_NAME_BYTES];
};

#endif
