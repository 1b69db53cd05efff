/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the module core and the native interface keep of each thread; in struct thread. */
#ifndef KERNEL_MODULE_THREAD_H
#define KERNEL_MODULE_THREAD_H

#include <stdbool.h>

#include "tenon/kpi_host.h"

struct module_thread {
	struct tenon_thread core;
	struct tenon_kpi_thread kpi;
	bool known; /* to the core: from the thread's first use of it until its end */
};

/* Of the thread that runs, made known to the core. Context: thread. */
struct module_thread *module_thread(void);
/* The thread that runs ends: the core shall forget it. */
void module_thread_end(void);

#endif
