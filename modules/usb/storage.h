/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Between the files of usb-storage: disks that take SCSI's commands one after the other over two bulk endpoints. A disk's
 * commands are made by one thread at a time: by probe, then by the disk's own.
 */
#ifndef MODULES_USB_STORAGE_H
#define MODULES_USB_STORAGE_H

#include "usb.h"

#define STORAGE_DEPTH 16
#define STORAGE_DATA_BYTES 256u /* of commands that ask about the disk */

struct storage_disk {
	struct usb_interface *interface;
	uint8_t in, out;   /* endpoints */
	tenon_handle done; /* set by the end of a transfer */
	uint32_t tag;      /* of the last command */
	bool leaving;      /* atomic: nothing is begun any more */
	bool wide;         /* blocks have numbers of more than 32 bits */
	struct tenon_blkdev_config config;
	tenon_handle blkdev, thread, mutex, work;
	unsigned int letter;
	/* Requests in the order in which they came; mutex. */
	unsigned int first, cnt;
	struct tenon_blkdev_request queue[STORAGE_DEPTH];
};

/* ---- bulk.c: the transport (USB Mass Storage Class, Bulk-Only Transport 1.0) ---- */

struct storage_command {
	uint8_t bytes[16];
	uint8_t len;
	bool in;                           /* data comes from the disk */
	const struct usb_segment *segment; /* of its data */
	uint8_t segment_cnt;
	uint32_t data_bytes;
	uint32_t done_bytes; /* out: of its data */
};

/*
 * bulk_command - have a command done, and wait for it
 * Return: 0: the disk has done it; 1: it has not, REQUEST SENSE says why; -TENON_EIO: it is not known, the disk has been
 * reset; -TENON_ENODEV: it has gone, or its driver leaves it.
 */
int bulk_command(struct storage_disk *d, struct storage_command *c);
/* Where the data of small commands is: STORAGE_DATA_BYTES. */
uint8_t *bulk_data(const struct storage_disk *d, uint64_t *bus);

/* ---- scsi.c: commands (SPC-3, SBC-2) ---- */

/* Find out what the disk is like. Return: 0, and d->config; -TENON_ENODEV: it is none of ours, or has no medium; as above. */
int scsi_look(struct storage_disk *d);
/* Do what a request asks for. Return: enum tenon_blkdev_result. */
uint32_t scsi_request(struct storage_disk *d, const struct tenon_blkdev_request *r);

#endif
