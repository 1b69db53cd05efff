// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * A command goes out in a wrapper, then its data moves, then the disk says in a wrapper of its own what has become of it
 * (sections are those of Bulk-Only Transport 1.0). After anything that cannot be the disk is reset.
 */
#include "storage.h"

#define COMMAND_NS 10000000000u
#define RESET_REQUEST 0xff /* 3.1 */

enum { COMMAND_SIGNATURE = 0x43425355, STATUS_SIGNATURE = 0x53425355 };
enum { STATUS_PASSED = 0, STATUS_FAILED = 1 };

struct command_wrapper { /* 5.1 */
	uint32_t signature, tag, data_bytes;
	uint8_t flags, unit, len;
	uint8_t command[16];
} __attribute__((packed));

struct status_wrapper { /* 5.2 */
	uint32_t signature, tag, residue;
	uint8_t status;
} __attribute__((packed));

/* In the part of the device's page that is this interface's. */
enum { COMMAND_OFF = 0, STATUS_OFF = 64, DATA_OFF = 128 };
_Static_assert(DATA_OFF + STORAGE_DATA_BYTES <= USB_PART_BYTES, "all of it fits");

uint8_t *bulk_data(const struct storage_disk *d, uint64_t *bus)
{
	*bus = d->interface->part_bus + DATA_OFF;
	return d->interface->part + DATA_OFF;
}

static int run(struct storage_disk *d, uint8_t endpoint, const struct usb_segment *segment, uint8_t segment_cnt,
	       uint64_t until, uint32_t *done_bytes)
{
	struct usb_transfer t = {
		.device = d->interface->device, .endpoint = endpoint, .segment = segment, .segment_cnt = segment_cnt
	};
	int err = __atomic_load_n(&d->leaving, __ATOMIC_ACQUIRE) ? -TENON_ENODEV : usb_run(&t, d->done, until);

	*done_bytes = err ? 0 : t.done_bytes;
	return err;
}

static int send_command(struct storage_disk *d, const struct storage_command *c, uint64_t until)
{
	struct command_wrapper *w = (void *)(d->interface->part + COMMAND_OFF);
	const struct usb_segment segment = { d->interface->part_bus + COMMAND_OFF, sizeof(*w) };
	uint32_t done;
	int err;

	*w = (struct command_wrapper){ .signature = COMMAND_SIGNATURE,
				       .tag = ++d->tag,
				       .data_bytes = c->data_bytes,
				       .flags = c->in ? USB_IN : 0,
				       .len = c->len };
	memcpy(w->command, c->bytes, c->len);
	err = run(d, d->out, &segment, 1, until, &done);
	return err ? err : done == sizeof(*w) ? 0 : -TENON_EIO;
}

/* A disk may stall instead of moving all of the data; then it says how it went like otherwise (6.7.2, 6.7.3). */
static int move_data(struct storage_disk *d, struct storage_command *c, uint64_t until)
{
	uint8_t endpoint = c->in ? d->in : d->out;
	int err = run(d, endpoint, c->segment, c->segment_cnt, until, &c->done_bytes);

	return err == -TENON_EPIPE ? usb_clear_halt(d->interface->device, endpoint) : err;
}

/* Return: as bulk_command(); -TENON_EPROTO: what it says cannot be. */
static int receive_status(struct storage_disk *d, struct storage_command *c, uint64_t until)
{
	const volatile struct status_wrapper *shared = (void *)(d->interface->part + STATUS_OFF);
	const struct usb_segment segment = { d->interface->part_bus + STATUS_OFF, sizeof(*shared) };
	struct status_wrapper w;
	uint32_t done;
	int err = run(d, d->in, &segment, 1, until, &done);

	if (err == -TENON_EPIPE) {
		err = usb_clear_halt(d->interface->device, d->in); /* once: 6.7.2 */
		if (!err)
			err = run(d, d->in, &segment, 1, until, &done);
	}
	if (err)
		return err;
	w = *shared;
	if (done != sizeof(w) || w.signature != STATUS_SIGNATURE || w.tag != d->tag || w.status > STATUS_FAILED ||
	    w.residue > c->data_bytes)
		return -TENON_EPROTO;
	if (c->done_bytes > c->data_bytes - w.residue)
		c->done_bytes = c->data_bytes - w.residue;
	return w.status == STATUS_FAILED;
}

/* 5.3.4 */
static void reset(struct storage_disk *d)
{
	const struct usb_setup setup = { .type = USB_CLASS | USB_TO_INTERFACE,
					 .request = RESET_REQUEST,
					 .index = d->interface->info->number };

	if (usb_control(d->interface->device, &setup, NULL) < 0)
		return; /* the next command fails */
	usb_clear_halt(d->interface->device, d->in);
	usb_clear_halt(d->interface->device, d->out);
}

int bulk_command(struct storage_disk *d, struct storage_command *c)
{
	uint64_t until = tenon_clock_ns() + COMMAND_NS;
	int err = send_command(d, c, until);

	c->done_bytes = 0;
	if (!err && c->data_bytes)
		err = move_data(d, c, until);
	if (!err)
		err = receive_status(d, c, until);
	if (err >= 0 || err == -TENON_ENODEV)
		return err;
	pr_warn("usb %s: command %02x: error %d; the disk is reset\n", usb_name(d->interface->device), c->bytes[0],
		-err);
	reset(d);
	return -TENON_EIO;
}
