/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Devices that no bus finds. Bridges to PCI are those that ACPI names, "pci-host", of which resource 0 is the configuration space
 * of the buses behind it, and the identity segment << 8 | the first of these. For others words of the command line say where they
 * are. These are virtio's (1.2, 4.2), in Linux's words:
 *
 *	virtio_mmio.device=SIZE@ADDRESS:INTERRUPT
 *
 * Each is called virtio-mmio-KIND, after the register that says what it is. Places where none is are left out.
 */
#ifndef KERNEL_DEVICE_PLATFORM_H
#define KERNEL_DEVICE_PLATFORM_H

/* Once, in a thread, after device_model_init(). */
void platform_init(void);

#endif
