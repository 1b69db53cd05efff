/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Character devices of modules, as the kernel uses them. Context: thread. */
#ifndef PORT_MPS2_CHRDEV_H
#define PORT_MPS2_CHRDEV_H

#include "tenon/kpi.h"

struct chrdev_file;

/**
 * chrdev_open - open a device; its module is held until chrdev_close()
 * Return: 0, -TENON_ENOENT (no such device), -TENON_ENODEV (its module is going), -TENON_ENOMEM, or the device's error.
 */
int chrdev_open(const char *name, uint32_t mode, struct chrdev_file **out);
void chrdev_close(struct chrdev_file *f);

/** chrdev_read, chrdev_write - at most TENON_CHRDEV_IO_BYTES. Return: bytes moved, or the device's error. */
long chrdev_read(struct chrdev_file *f, void *data, size_t len, uint64_t offset);
long chrdev_write(struct chrdev_file *f, const void *data, size_t len, uint64_t offset);
int chrdev_ioctl(struct chrdev_file *f, struct tenon_chrdev_ioctl *call);

/** chrdev_map - Return: the device's buffer, valid until the file is closed, or NULL: it has none. */
void *chrdev_map(struct chrdev_file *f, size_t *bytes);

#endif
