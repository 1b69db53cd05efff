/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What threads execute. Core's lock held. */
#ifndef CORE_THREAD_H
#define CORE_THREAD_H

#include "core/module.h"

/* Also without the lock, for the calling thread. */
bool thread_executes(const struct tenon_thread *thread, const struct tenon_module *m);
/* The thread that executes @m, or NULL; @own: also threads that the module made. */
const struct tenon_thread *module_executing(struct tenon_module *m, bool own);
/*
 * After this a thread's frame can be seen here, or the thread has seen that the module is closed. The lock is released
 * meanwhile.
 */
void threads_sync(struct tenon *t);
/*
 * Wait for a moment before looking again: a thread that leaves a module signals nobody. Return: 0, -TENON_EINTR, or
 * -TENON_ETIMEDOUT: the deadline has passed, or the host cannot wait. The lock is released meanwhile.
 */
int threads_wait(struct tenon *t, uint64_t deadline_ns);
/*
 * Wait, until the deadline of its plan, for nobody to execute it, but for threads of its own that its exit will end;
 * @last: nor they, nor anybody has a reference. Return: 0, -TENON_EBUSY (IN_USE_THREAD, IN_USE_REFS, REF_SATURATED) or,
 * if not @last, -TENON_EINTR. The lock is released meanwhile.
 */
int module_quiesce(struct tenon_module *m, bool last, struct tenon_diag *diag);

#endif
