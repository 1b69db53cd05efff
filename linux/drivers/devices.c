// SPDX-License-Identifier: GPL-2.0-only
/* Starting the driver core and the tree of files behind it; and what Linux keeps of it in files that are not here. */
#include <linux/backing-dev.h>
#include <linux/device.h>
#include <linux/kernfs.h>
#include <linux/kobject.h>
#include <linux/pm.h>
#include <linux/suspend.h>
#include <linux/swiotlb.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "linux/drivers/drivers.h"
#include "linux/export.h"

/* /sys/kernel, and the work queue of runtime power management. */
struct kobject *kernel_kobj;
EXPORT_SYMBOL_GPL(kernel_kobj);
struct workqueue_struct *pm_wq;
EXPORT_SYMBOL_GPL(pm_wq);

/* The machine never sleeps. */
suspend_state_t pm_suspend_target_state;
EXPORT_SYMBOL_GPL(pm_suspend_target_state);
int pm_async_enabled;
#ifdef CONFIG_PM_SLEEP_DEBUG
bool pm_print_times_enabled;
bool pm_debug_messages_on;
#endif

/* No memory is set aside for devices that reach only a part of it. */
struct io_tlb_mem io_tlb_default_mem;

int linux_devices_start(void)
{
	int err;

	err = bdi_init(&noop_backing_dev_info); /* file systems in memory have it */
	if (err)
		return err;
	kernel_kobj = kobject_create_and_add("kernel", NULL);
	pm_wq = alloc_workqueue("pm", WQ_FREEZABLE, 0);
	if (!kernel_kobj || !pm_wq)
		return -ENOMEM;
	err = devices_init();
	err = err ?: buses_init();
	err = err ?: classes_init();
	err = err ?: firmware_init();
	if (err)
		return err;
	err = platform_bus_init();
	auxiliary_bus_init();
	return err ?: linux_acpi_start();
}
