/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Drivers for devices that have none: modules, asked for by the device's alias. */
#ifndef KERNEL_DEVICE_AUTOLOAD_H
#define KERNEL_DEVICE_AUTOLOAD_H

/* Begin with the devices that the boot has found, one after the other; from now on for each that comes. Once programs run. */
void device_autoload_start(void);

#endif
