/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Between the files of xhci (eXtensible Host Controller Interface 1.2; sections are its): registers, rings and slots.
 *
 * A thread takes events off the event ring. `lock` is held while it does, and by who takes a slot away, so a slot stays
 * while an event of it is handled. Commands come one after the other under `command_mutex`. An endpoint has one transfer
 * at a time: whoever exchanges `transfer` of its ring for NULL completes it, so nothing else protects a ring.
 */
#ifndef MODULES_USB_XHCI_H
#define MODULES_USB_XHCI_H

#include "usb.h"

#define XHCI_PAGE_BYTES 4096u
#define XHCI_SLOTS 64 /* devices that we serve at a time */
#define XHCI_RING_TRBS (XHCI_PAGE_BYTES / sizeof(struct trb))
#define XHCI_ENDPOINTS 32 /* contexts of a device: the slot's, the control endpoint's, those of endpoints 1 to 15 */

struct trb { /* 4.11.1 */
	uint64_t parameter;
	uint32_t status, control;
};

enum { /* of trb.control */
       TRB_CYCLE = 1,
       TRB_TOGGLE = 2,      /* of a link: the cycle changes there */
       TRB_SHORT = 1 << 2,  /* an event if less comes than there is room for */
       TRB_CHAIN = 1 << 4,  /* goes on in the next */
       TRB_EVENT = 1 << 5,  /* an event when it is done */
       TRB_INLINE = 1 << 6, /* the parameter is the data */
       TRB_TO_HOST = 1 << 16,
       TRB_TYPE_SHIFT = 10,
       TRB_ENDPOINT_SHIFT = 16,
       TRB_SLOT_SHIFT = 24,
};

enum { /* 6.4.6 */
       TRB_NORMAL = 1,
       TRB_SETUP = 2,
       TRB_DATA = 3,
       TRB_STATUS = 4,
       TRB_LINK = 6,
       TRB_ENABLE_SLOT = 9,
       TRB_DISABLE_SLOT = 10,
       TRB_ADDRESS_DEVICE = 11,
       TRB_CONFIGURE = 12,
       TRB_EVALUATE = 13,
       TRB_RESET_ENDPOINT = 14,
       TRB_STOP_ENDPOINT = 15,
       TRB_SET_DEQUEUE = 16,
       TRB_EVENT_TRANSFER = 32,
       TRB_EVENT_COMMAND = 33,
       TRB_EVENT_PORT = 34,
};

enum { /* completion codes, 6.4.5 */
       DONE_SUCCESS = 1,
       DONE_STALL = 6,
       DONE_CONTEXT_STATE = 19,
       DONE_SHORT = 13,
       DONE_STOPPED = 26,
       DONE_STOPPED_LENGTH = 27,
       DONE_STOPPED_SHORT = 28,
};

/* Pages that the controller reaches. */
struct memory {
	tenon_handle buffer, dma;
	uint8_t *at;
};

/* Return: 0, with the address on the bus of each page in @bus; -TENON_ENOMEM, and what tenon_dma_map() says. */
int memory_open(struct memory *m, tenon_handle device, size_t pages, uint64_t *bus);
/* Also of one that was never opened, and is zeros. */
void memory_close(struct memory *m);

/* A ring that we fill: commands, or the transfers of an endpoint (4.9). */
struct ring {
	struct memory memory;
	struct trb *trb;
	uint64_t bus;
	uint32_t enqueue, cycle;
	struct usb_transfer *transfer;          /* atomic; NULL: none is under way */
	uint32_t first, trb_cnt, missing_bytes; /* of it */
	uint32_t packet_bytes;
	bool halted; /* atomic: it is to be reset before the next transfer */
};

int ring_open(struct ring *r, tenon_handle device);
void ring_close(struct ring *r);
/* Append a TRB. If it is the @first of several the controller does not go on to it before ring_publish(). Return: where. */
uint32_t ring_push(struct ring *r, uint64_t parameter, uint32_t status, uint32_t control, bool first);
void ring_publish(struct ring *r, uint32_t first);
/* Where the controller goes on, with the cycle bit. */
uint64_t ring_position(const struct ring *r);

struct slot {
	struct xhci *x;
	struct usb_device *device;
	uint8_t id;
	struct memory memory;
	uint8_t *context, *input; /* what the controller writes, and what we do */
	uint64_t input_bus;
	struct ring *ring[XHCI_ENDPOINTS]; /* by context index; NULL: it is not open */
	uint32_t stopped;                  /* atomic */
};

struct xhci {
	tenon_handle device, mmio, irq, thread;
	volatile uint8_t *capability, *operation, *runtime;
	volatile uint32_t *doorbell;
	unsigned int port_cnt, slot_cnt, context_bytes;
	struct memory memory;
	uint64_t *contexts; /* of the device context base address array */
	struct trb *event;
	uint64_t event_bus;
	uint32_t event_idx, event_cycle;
	tenon_handle lock, command_mutex, command_event;
	struct ring command;
	struct trb answer;     /* to the command that is under way */
	uint32_t asked;        /* atomic: where that is in the ring */
	uint32_t broken;       /* atomic: it has gone, or does not answer */
	struct usb_host *host; /* atomic: NULL: not yet, or no more */
	struct slot *slot[XHCI_SLOTS + 1];
};

/* ---- xhci_controller.c: registers ---- */

enum { PORT_FIRST = 0x400, PORT_BYTES = 16 };

static inline uint32_t read32(const volatile uint8_t *at)
{
	return *(const volatile uint32_t *)at;
}

static inline void write32(volatile uint8_t *at, uint32_t value)
{
	*(volatile uint32_t *)at = value;
}

/* A register of 64 bits, low half first (5.1). */
static inline void write64(volatile uint8_t *at, uint64_t value)
{
	write32(at, (uint32_t)value);
	write32(at + 4, (uint32_t)(value >> 32));
}

/* Does it still answer? What reads as ones has gone. */
bool xhci_works(struct xhci *x);
/*
 * xhci_command - have a command done
 * @slot: in: of the command, out: of its answer
 * Return: 0; a positive completion code other than success; -TENON_ENODEV: it does not answer any more.
 */
int xhci_command(struct xhci *x, uint64_t parameter, uint32_t control, uint8_t *slot);

/* ---- xhci_event.c ---- */

/* The thread that handles events. */
void xhci_work(void *x);

/* ---- xhci_slot.c: devices; xhci_transfer.c: what goes to and from them ---- */

extern const struct usb_host_ops xhci_ops;
int slot_open(void *hc, struct usb_device *dev);
int slot_set_packet_bytes(struct usb_device *dev, unsigned int bytes);
int slot_configure(struct usb_device *dev, unsigned int port_cnt);
void slot_stop(struct usb_device *dev);
void slot_close(struct usb_device *dev);

/* Which context an endpoint has (4.5.1). */
static inline unsigned int context_index(uint8_t endpoint)
{
	return endpoint ? (endpoint & 15u) * 2 + !!(endpoint & USB_IN) : 1;
}

/* The 32-bit words of a context. */
static inline uint32_t *context_at(const struct xhci *x, uint8_t *contexts, unsigned int index)
{
	return (uint32_t *)(void *)(contexts + index * x->context_bytes);
}

int transfer_submit(struct usb_transfer *t);
void transfer_cancel(struct usb_device *dev, uint8_t endpoint);
/* Complete what is under way on @r, if anything still is. The controller has been made to forget it. Takes lock. */
void transfer_end(struct xhci *x, struct ring *r, int status);
/* An event of a transfer (6.4.2.1). lock is held. */
void transfer_event(struct xhci *x, const struct trb *event);

#endif
