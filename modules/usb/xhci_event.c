// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Events (4.9.4): what the controller has done. Nothing that stands in one is used before it is checked. */
#include "xhci.h"

#define LOOK_NS 1000000000u

enum {
	INTERRUPTER = 0x20, /* the first, in the runtime registers: 5.5.2 */
	PENDING = 1,
	DEQUEUE = 0x18,
	DEQUEUE_BUSY = 8,
	STATUS = 4, /* an operational register, 5.4.2 */
	STATUS_EVENT = 8,
};

static void handle(struct xhci *x, const struct trb *event)
{
	struct usb_host *host;

	switch (event->control >> TRB_TYPE_SHIFT & 0x3f) {
	case TRB_EVENT_TRANSFER:
		transfer_event(x, event);
		break;
	case TRB_EVENT_COMMAND:
		if (event->parameter ==
		    x->command.bus + __atomic_load_n(&x->asked, __ATOMIC_ACQUIRE) * sizeof(*event)) {
			x->answer = *event;
			tenon_event_set(x->command_event);
		}
		break;
	case TRB_EVENT_PORT:
		host = __atomic_load_n(&x->host, __ATOMIC_ACQUIRE);
		if (host)
			usb_host_changed(host);
		break;
	}
}

/* Return: whether there was one. */
static bool next(struct xhci *x)
{
	const volatile struct trb *from = &x->event[x->event_idx];
	struct trb event;

	event.control = __atomic_load_n(&from->control, __ATOMIC_ACQUIRE);
	if ((event.control & TRB_CYCLE) != x->event_cycle)
		return false;
	event.parameter = from->parameter;
	event.status = from->status;
	if (++x->event_idx == XHCI_RING_TRBS) {
		x->event_idx = 0;
		x->event_cycle ^= TRB_CYCLE;
	}
	handle(x, &event);
	return true;
}

/* The interrupt is acknowledged before looking, so what comes while we look raises another. */
static void look(struct xhci *x)
{
	bool any = false;

	write32(x->operation + STATUS, STATUS_EVENT);
	write32(x->runtime + INTERRUPTER, read32(x->runtime + INTERRUPTER) | PENDING);
	while (next(x))
		any = true;
	if (any)
		write64(x->runtime + INTERRUPTER + DEQUEUE,
			(x->event_bus + x->event_idx * sizeof(struct trb)) | DEQUEUE_BUSY);
}

/* Looks once a second even if no interrupt comes: so it is seen that the controller has gone. */
void xhci_work(void *arg)
{
	struct xhci *x = arg;
	long came = 0;

	while (came >= 0 || came == -TENON_ETIMEDOUT) {
		came = tenon_irq_wait(x->irq, tenon_clock_ns() + LOOK_NS);
		if (tenon_thread_should_stop() || tenon_mutex_lock(x->lock, UINT64_MAX))
			return;
		if (xhci_works(x))
			look(x);
		tenon_mutex_unlock(x->lock);
	}
}
