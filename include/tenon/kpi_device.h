/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Character devices of modules (kpi/chrdev.def), as the kernel and its programs use them. An open file holds the
 * module, so it is not unloaded meanwhile; should its domain die, every use fails with -TENON_EOWNERDEAD or
 * -TENON_ENODEV.
 * Context: thread, no lock is held.
 */
#ifndef TENON_KPI_DEVICE_H
#define TENON_KPI_DEVICE_H

#include "tenon/core.h"
#include "tenon/kpi/chrdev.h"

struct tenon_file;

/**
 * tenon_device_each - call @fn for each device, newest first, until it returns non-zero; what it returned last
 * @fn must neither sleep nor call the interface: a lock is held.
 */
int tenon_device_each(int (*fn)(const char *name, const struct tenon_module *m, void *arg), void *arg);

/**
 * tenon_device_open - open a device by name
 * @mode: enum tenon_chrdev_mode
 *
 * Return: 0, -TENON_ENOENT, -TENON_ENODEV (its module is going), -TENON_ENOMEM, or what its open said.
 */
int tenon_device_open(const char *name, uint32_t mode, struct tenon_file **out);
/** tenon_device_close - the file is gone afterwards, whatever the device's release does. */
void tenon_device_close(struct tenon_file *f);

/**
 * tenon_device_read, tenon_device_write - Return: bytes moved, or a negative errno value if there were none; -TENON_EAGAIN:
 * later, see the primitive device_wake.
 */
int64_t tenon_device_read(struct tenon_file *f, void *data, size_t len, uint64_t offset);
int64_t tenon_device_write(struct tenon_file *f, const void *data, size_t len, uint64_t offset);

/**
 * tenon_device_ioctl - make a control call
 * @out_len: room in @out, then bytes in it; NULL: nothing is wanted
 *
 * Return: what the device's ioctl said; -TENON_EINVAL (@in_len is too large).
 */
int tenon_device_ioctl(struct tenon_file *f, uint32_t command, const void *in, size_t in_len, void *out,
		       size_t *out_len);

/** tenon_device_poll - Return: enum tenon_chrdev_ready, or'ed, or a negative errno value. */
int tenon_device_poll(struct tenon_file *f);

/* The buffer that a device shares. It stays readable until it is unmapped, whatever becomes of module and domain. */
struct tenon_mapping {
	void *address;
	size_t bytes;
	struct shared_pages *pages;
};

/** tenon_device_map - Return: 0, -TENON_ENODEV (it shares none), -TENON_ENOMEM. */
int tenon_device_map(struct tenon_file *f, struct tenon_mapping *out);
void tenon_device_unmap(struct tenon_mapping *m);

#endif
