/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of native/ have of one another. */
#ifndef LINUX_NATIVE_H
#define LINUX_NATIVE_H

#include "linux/glue.h"
#include "tenon/module.h"

#define NEVER_NS UINT64_MAX

/* What not every host has. */
#pragma weak tenon_driver_register
#pragma weak tenon_driver_unregister
#pragma weak tenon_dma_addresses
#pragma weak tenon_dma_map
#pragma weak tenon_dma_unmap
#pragma weak tenon_filesystem_register
#pragma weak tenon_filesystem_unregister
#pragma weak tenon_mmio_map
#pragma weak tenon_mmio_unmap
#pragma weak tenon_netdev_carrier
#pragma weak tenon_netdev_read
#pragma weak tenon_netdev_register
#pragma weak tenon_netdev_sent
#pragma weak tenon_netdev_unregister
#pragma weak tenon_netdev_write
#pragma weak tenon_pci_config_read
#pragma weak tenon_volume_read

/* A lock that is held for a few instructions, so whoever finds it taken lets the other go on. 0: free. */
static inline void brief_lock(int *lock)
{
	while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE))
		tenon_yield();
}

static inline void brief_unlock(int *lock)
{
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

/* vcpu.c: the virtual CPUs. Return: 0 or a negative errno value; after a failure nothing is left. */
int vcpus_create(void);
void vcpus_destroy(void);
/* While a module is watched: a thread that has had a CPU for long says which function it is in. Once a tick. */
void vcpus_watch(void);

/* tick.c: likewise. */
int tick_start(void);
void tick_stop(void);

/* trap.c: likewise. */
int traps_start(void);
void traps_stop(void);

/* filesystem.c: the kind of file systems "linux". Likewise. */
int filesystem_start(void);
void filesystem_stop(void);

/* nls_device.c: the device "nls". Likewise. */
int nls_device_create(void);
void nls_device_destroy(void);

#endif
