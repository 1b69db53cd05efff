/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What is done with the device of each module that faults are put into: every callback, with every kind of answer. */
#ifndef TESTS_CAMPAIGN_WORKLOAD_H
#define TESTS_CAMPAIGN_WORKLOAD_H

enum answer { RIGHT, WRONG, FAILED };

/* Use the device of @module (queue, ramdisk, chardev, virtio_blk). FAILED: a call that must succeed did not. */
enum answer workload(const char *module);

#endif
