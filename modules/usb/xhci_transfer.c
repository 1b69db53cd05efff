// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Transfers (4.11.2): of each the TRBs, and what becomes of them. */
#include "xhci.h"

enum {
	TRT_OUT = 2 << 16, /* of a setup stage: data goes to the device, 6.4.1.2.1 */
	TRT_IN = 3 << 16,
	REMAINING_MAX = 31, /* packets that follow, 4.11.2.4 */
	REMAINING_SHIFT = 17,
	STATE_HALTED = 2, /* of an endpoint's context, 6.2.3 */
	STATE_RUNNING = 1,
	STATE_MASK = 7,
};

static struct ring *ring_of(const struct usb_device *dev, uint8_t endpoint)
{
	struct slot *s = dev->slot;

	return s ? s->ring[context_index(endpoint)] : NULL;
}

static void complete(struct ring *r, int status, uint32_t done_bytes)
{
	struct usb_transfer *t = __atomic_exchange_n(&r->transfer, NULL, __ATOMIC_ACQ_REL);

	if (!t)
		return;
	t->status = status;
	t->done_bytes = done_bytes;
	t->complete(t);
}

void transfer_end(struct xhci *x, struct ring *r, int status)
{
	bool locked = !tenon_mutex_lock(x->lock, UINT64_MAX);

	complete(r, status, 0);
	if (locked)
		tenon_mutex_unlock(x->lock);
}

/* ---- beginning --------------------------------------------------------------------------------------------------- */

static uint32_t bytes_of(const struct usb_transfer *t)
{
	uint32_t bytes = 0;

	for (unsigned int i = 0; i < t->segment_cnt; i++)
		bytes += t->segment[i].bytes;
	return bytes;
}

/* How many packets come after these bytes, as far as can be said. */
static uint32_t remaining(const struct ring *r, uint32_t bytes)
{
	uint32_t packets = (bytes + r->packet_bytes - 1) / r->packet_bytes;

	return (packets < REMAINING_MAX ? packets : REMAINING_MAX) << REMAINING_SHIFT;
}

static void push_control(struct ring *r, const struct usb_transfer *t)
{
	const struct usb_setup *s = &t->setup;
	bool in = s->type & USB_IN, data = t->segment_cnt;
	uint64_t setup =
	    s->type | s->request << 8 | (uint64_t)s->value << 16 | (uint64_t)s->index << 32 | (uint64_t)s->length << 48;

	r->first = ring_push(r, setup, sizeof(*s),
			     TRB_SETUP << TRB_TYPE_SHIFT | TRB_INLINE |
				 (!data ? 0 :
				  in    ? TRT_IN :
					  TRT_OUT),
			     true);
	if (data)
		ring_push(r, t->segment[0].bus, t->segment[0].bytes,
			  TRB_DATA << TRB_TYPE_SHIFT | TRB_SHORT | (in ? TRB_TO_HOST : 0), false);
	ring_push(r, 0, 0, TRB_STATUS << TRB_TYPE_SHIFT | TRB_EVENT | (data && in ? 0 : TRB_TO_HOST), false);
	r->trb_cnt = data ? 3 : 2;
}

static void push_normal(struct ring *r, const struct usb_transfer *t)
{
	uint32_t left = bytes_of(t);

	for (unsigned int i = 0; i < t->segment_cnt; i++) {
		bool last = i + 1u == t->segment_cnt;
		uint32_t at;

		left -= t->segment[i].bytes;
		at = ring_push(r, t->segment[i].bus, t->segment[i].bytes | remaining(r, left),
			       TRB_NORMAL << TRB_TYPE_SHIFT | TRB_SHORT | (last ? TRB_EVENT : TRB_CHAIN), !i);
		if (!i)
			r->first = at;
	}
	r->trb_cnt = t->segment_cnt;
}

/*
 * Have the controller forget what the endpoint had: it is stopped, or its halt is ended, and it goes on with what will be
 * pushed next (4.6.8, 4.6.9, 4.6.10). May wait.
 */
static int recover(struct slot *s, unsigned int index)
{
	struct ring *r = s->ring[index];
	uint32_t of = (uint32_t)index << TRB_ENDPOINT_SHIFT;
	uint32_t state = *(volatile uint32_t *)context_at(s->x, s->context, index) & STATE_MASK;
	uint8_t id = s->id;
	int err = 0;

	if (state == STATE_RUNNING) {
		err = xhci_command(s->x, 0, TRB_STOP_ENDPOINT << TRB_TYPE_SHIFT | of, &id);
		state = *(volatile uint32_t *)context_at(s->x, s->context, index) & STATE_MASK;
	}
	if (state == STATE_HALTED)
		err = xhci_command(s->x, 0, TRB_RESET_ENDPOINT << TRB_TYPE_SHIFT | of, &id);
	if (err >= 0)
		err = xhci_command(s->x, ring_position(r), TRB_SET_DEQUEUE << TRB_TYPE_SHIFT | of, &id);
	if (!err)
		__atomic_store_n(&r->halted, false, __ATOMIC_RELAXED);
	return err > 0 ? -TENON_EIO : err;
}

/* Is there as much as it says, and no more than the ring has room for? */
static bool valid(const struct usb_transfer *t)
{
	if (!t->endpoint)
		return t->segment_cnt <= 1;
	return t->segment_cnt && t->segment_cnt <= XHCI_RING_TRBS / 4;
}

int transfer_submit(struct usb_transfer *t)
{
	unsigned int index = context_index(t->endpoint);
	struct slot *s = t->device->slot;
	struct ring *r = ring_of(t->device, t->endpoint);
	struct usb_transfer *none = NULL;
	int err = 0;

	if (!r || !valid(t))
		return -TENON_EINVAL;
	if (__atomic_load_n(&s->stopped, __ATOMIC_ACQUIRE) || !xhci_works(s->x))
		return -TENON_ENODEV;
	if (__atomic_load_n(&r->transfer, __ATOMIC_ACQUIRE))
		return -TENON_EBUSY;
	if (__atomic_load_n(&r->halted, __ATOMIC_RELAXED))
		err = recover(s, index);
	if (err)
		return err;
	r->missing_bytes = 0;
	if (t->endpoint)
		push_normal(r, t);
	else
		push_control(r, t);
	if (!__atomic_compare_exchange_n(&r->transfer, &none, t, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return -TENON_EBUSY;
	ring_publish(r, r->first);
	s->x->doorbell[s->id] = index;
	/* Whoever stopped the device meanwhile has completed it, or did not see it: then it is not begun. */
	if (__atomic_load_n(&s->stopped, __ATOMIC_SEQ_CST) && __atomic_exchange_n(&r->transfer, NULL, __ATOMIC_ACQ_REL))
		return -TENON_ENODEV;
	return 0;
}

void transfer_cancel(struct usb_device *dev, uint8_t endpoint)
{
	struct ring *r = ring_of(dev, endpoint);
	struct slot *s = dev->slot;

	if (!r || !__atomic_load_n(&r->transfer, __ATOMIC_ACQUIRE))
		return;
	if (recover(s, context_index(endpoint)))
		slot_stop(dev); /* its memory is to be given back, so the controller must not have it */
	transfer_end(s->x, r, -TENON_EINTR);
}

/* ---- ending ------------------------------------------------------------------------------------------------------ */

/* Which of the TRBs of what is under way stands at @bus? Return: its number, or trb_cnt: none. */
static uint32_t number_of(const struct ring *r, uint64_t bus)
{
	uint64_t at = (bus - r->bus) / sizeof(struct trb), number;

	if (bus < r->bus || at >= XHCI_RING_TRBS - 1)
		return r->trb_cnt;
	number = (at + XHCI_RING_TRBS - 1 - r->first) % (XHCI_RING_TRBS - 1);
	return number < r->trb_cnt ? (uint32_t)number : r->trb_cnt;
}

/* How much was exchanged, if @missing bytes of TRB @number were not and nothing after it was. */
static uint32_t done_bytes(const struct usb_transfer *t, uint32_t number, uint32_t missing)
{
	uint32_t bytes = 0;

	for (uint32_t i = 0; i <= number && i < t->segment_cnt; i++)
		bytes += t->segment[i].bytes;
	return missing < bytes ? bytes - missing : 0;
}

static int status_of(uint32_t code)
{
	switch (code) {
	case DONE_SUCCESS:
	case DONE_SHORT:
		return 0;
	case DONE_STALL:
		return -TENON_EPIPE;
	default:
		return -TENON_EIO;
	}
}

void transfer_event(struct xhci *x, const struct trb *event)
{
	uint32_t id = event->control >> TRB_SLOT_SHIFT, index = event->control >> TRB_ENDPOINT_SHIFT & 31;
	uint32_t code = event->status >> 24, missing = event->status & 0xffffff, number;
	struct slot *s = id <= x->slot_cnt ? x->slot[id] : NULL;
	struct ring *r = s ? s->ring[index] : NULL;
	struct usb_transfer *t = r ? __atomic_load_n(&r->transfer, __ATOMIC_ACQUIRE) : NULL;

	/* Who stopped it completes it. */
	if (!t || code == DONE_STOPPED || code == DONE_STOPPED_LENGTH || code == DONE_STOPPED_SHORT)
		return;
	number = number_of(r, event->parameter);
	if (number == r->trb_cnt)
		return;
	if (status_of(code)) {
		__atomic_store_n(&r->halted, true, __ATOMIC_RELAXED);
		complete(r, status_of(code), 0);
	} else if (index != 1) {
		complete(r, 0, done_bytes(t, number, missing));
	} else if (number + 1 == r->trb_cnt) {
		complete(r, 0, done_bytes(t, 0, r->missing_bytes));
	} else {
		r->missing_bytes = missing; /* of the data stage; the status stage follows */
	}
}
