/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Running init and exit, each with a frame of the module on the thread. */
#include "core/context.h"
#include "core/fail.h"
#include "core/start.h"

/* What the domain did not contain may have harmed anything, so it is said each time. Lock held. */
void module_note_fault(struct tenon_module *m, const char *why)
{
	m->taints |= TENON_TAINT_FAULTED;
	if (m->domain->kind == TENON_DOMAIN_KERNEL)
		core_log(m->t, TENON_LOG_ERR, m->name, "quarantined after an uncontained fault: ", why);
}

/* Call a function for init or exit, which returned *result; @fault is the reason if it did not come back. */
static int call_inside(struct tenon_module *m, tenon_addr address, int *result, enum tenon_reason fault,
		       struct tenon_diag *diag)
{
	const struct tenon_host *h = m->t->host;
	struct tenon_thread *self = core_thread(m->t);
	char why[64];
	int64_t value = 0;
	int err = 0;

	why[0] = '\0';
	/*
	 * Not tenon_enter(): exit runs when the module is closed to everybody else. A request begins with room for
	 * this.
	 */
	if (!tenon_push(self, m))
		return fail_value(diag, TENON_R_ENTRY_DEPTH, 0, TENON_FRAME_MAX);
	if (address && h->call)
		err = h->call(h->context, m, address, m->descriptor, &value, why);
	else if (address)
		value = ((int (*)(tenon_addr))address)(m->descriptor);
	tenon_leave(self);
	*result = (int)value; /* it is an int: the rest of the register has no meaning */
	if (!err)
		return 0;
	core_lock(m->t);
	module_note_fault(m, why);
	core_unlock(m->t);
	return fail_name(diag, fault, why);
}

int module_start(struct tenon_module *m, struct tenon_diag *diag)
{
	int result, err;

	if (m->no_start) {
		m->started = true;
		return 0;
	}
	err = call_inside(m, m->start, &result, TENON_R_INIT_FAULT, diag);
	if (err)
		return err;
	if (result) {
		err = fail_got(diag, result > 0 ? TENON_R_INIT_POSITIVE : TENON_R_INIT_FAILED,
			       (tenon_addr)(intptr_t)result);
		return result < 0 && result >= -4095 ? result : err;
	}
	/* A callback faulted meanwhile. If its domain died of that, the plan says so. */
	if (m->gate.closed && m->state == TENON_COMING)
		return fail_name(diag, TENON_R_CALL_FAULT, "during init");
	m->started = true;
	return 0;
}

int module_stop(struct tenon_module *m, struct tenon_diag *diag)
{
	int result;

	if (tenon_module_state(m) == TENON_QUARANTINED)
		return fail_name(diag, TENON_R_DOMAIN_DEAD, m->domain->name);
	if (!m->started || m->no_start)
		return 0;
	m->started = false;
	return call_inside(m, m->stop, &result, TENON_R_EXIT_FAULT, diag);
}
