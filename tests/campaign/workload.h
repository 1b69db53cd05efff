/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What is done with the device of each module that faults are put into: every callback, with every kind of answer. */
#ifndef TESTS_CAMPAIGN_WORKLOAD_H
#define TESTS_CAMPAIGN_WORKLOAD_H

#include <stdbool.h>

enum answer { RIGHT, WRONG, FAILED };

/*
 * What a module with faults uses, and one without. File systems have a disk for each, so that one that was harmed is no
 * fault of the module that comes next.
 */
enum disk { HARMED, SPARE };

/*
 * Use the device of @module (queue, ramdisk, chardev, virtio_blk, virtio_net, tcpip, ext2, fat, xhci, usb_storage), a file
 * system on @disk. FAILED: a call that must succeed did not.
 */
enum answer workload(const char *module, enum disk disk);

/* Wait for the disks of a file system. Return: they are there, or @module needs none. */
bool find_disks(const char *module);
/* Nothing of them is mounted any more, whoever could not do it. */
void leave_disks(void);

#endif
