/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What /sys shows of the device model; inside the directory. Nothing is locked; all may sleep. */
#ifndef KERNEL_DEVICE_DEVICE_FILES_H
#define KERNEL_DEVICE_DEVICE_FILES_H

struct bus;
struct device;
struct driver;

/* Return of all: 0, -TENON_EEXIST, -TENON_ENOMEM; on errors nothing has been made. */
int bus_files_make(struct bus *bus);
/* Its directories go, with what is left in them; they are used until it has no reference any more. */
void bus_files_remove(struct bus *bus);
void bus_files_release(struct bus *bus);
int device_files_make(struct device *dev); /* also -TENON_ENAMETOOLONG */
/* Its directory goes, with those of devices below it; it is used until the last reference has gone, for one below may go or come later. */
void device_files_remove(struct device *dev);
void device_files_release(struct device *dev);
int driver_files_make(struct driver *drv);
void driver_files_remove(struct driver *drv);
/* That @drv serves @dev. Missing memory is missing links, and nothing else. */
void driver_files_link(struct driver *drv, struct device *dev);
void driver_files_unlink(struct driver *drv, struct device *dev);

#endif
