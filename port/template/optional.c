/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The eight functions that a port may have. Each can be left NULL in the contract, and is there until you want what it
 * gives; so none of these is called, and each says so if it is put into the contract unwritten.
 */
#include "port/template/template.h"

/*
 * 1, 2. Waiting: concurrent requests for one module become one load, unload waits for threads that are inside. Release
 * the lock of template_lock, sleep until template_wake or the deadline, lock again: a condition variable.
 */
int template_wait(void *context, uint64_t deadline_ns)
{
	(void)deadline_ns;
	template_panic(context, "template_wait is not written yet");
	return -TENON_ENOSYS;
}

void template_wake(void *context)
{
	template_panic(context, "template_wake is not written yet");
}

/*
 * 3. Several threads: keep a struct tenon_thread in your thread structure, tenon_thread_add() it when the thread starts
 * and tenon_thread_remove() it when it ends, and return it here.
 */
struct tenon_thread *template_thread(void *context)
{
	template_panic(context, "template_thread is not written yet");
	return NULL;
}

/*
 * 4. Dependencies: open the file of a module by name. '-' and '_' are the same in names. src->constant saves a copy
 * where the file lies in flash.
 */
int template_find(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src)
{
	(void)context, (void)domain, (void)name, (void)src;
	return -TENON_ENOSYS;
}

/* 5. Signatures: hand @sig, a detached CMS message, to your crypto library with the keys you trust. Never write one. */
int template_verify(void *context, const void *data, size_t size, const void *sig, size_t sig_size)
{
	(void)context, (void)data, (void)size, (void)sig, (void)sig_size;
	return -TENON_ENOSYS;
}

/* 6. Isolated domains: give the address of a gate for @e instead of its own. */
int template_bind(void *context, struct tenon_domain *domain, const struct tenon_export *e, tenon_addr *address)
{
	(void)context, (void)domain, (void)e, (void)address;
	return -TENON_ENOSYS;
}

/*
 * 7. Faults: call the function so that a trap in it comes back here, on a thread that can go on: save the registers,
 * have your trap handler restore them. -TENON_EFAULT and @why if that happened.
 */
int template_call(void *context, struct tenon_module *m, tenon_addr address, tenon_addr arg, int64_t *result,
		  char why[64])
{
	(void)context, (void)m, (void)address, (void)arg, (void)result, (void)why;
	return -TENON_ENOSYS;
}

/* 8. Hotplug: tell your device manager, or a log, that a module changed state. Must not call the core. */
void template_event(void *context, const struct tenon_module *m, const struct tenon_diag *diag)
{
	(void)m, (void)diag;
	template_panic(context, "template_event is not written yet");
}
