// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Disks on USB as block devices: /dev/sda and so on. */
#include "storage.h"

#include "tenon/device_id.h"

enum { DISKS = 26 };

#define STOP_LOOK_NS 50000000u

static uint32_t letters; /* a bit for each name that is in use; atomic */

/* ---- requests ---------------------------------------------------------------------------------------------------- */

static int enqueue(struct storage_disk *d, const struct tenon_blkdev_request *r, size_t cnt)
{
	if (cnt > STORAGE_DEPTH - d->cnt)
		return -TENON_EINVAL; /* more than the device takes */
	if (__atomic_load_n(&d->leaving, __ATOMIC_ACQUIRE))
		return -TENON_EIO;
	for (size_t i = 0; i < cnt; i++)
		if (r[i].segment_cnt > TENON_BLKDEV_SEGMENTS || r[i].op > TENON_BLKDEV_FLUSH)
			return -TENON_EINVAL;
	for (size_t i = 0; i < cnt; i++)
		d->queue[(d->first + d->cnt++) % STORAGE_DEPTH] = r[i];
	return 0;
}

static int submit(void *ctx, const void *requests, size_t len)
{
	struct storage_disk *d = ctx;
	int err = tenon_mutex_lock(d->mutex, UINT64_MAX);

	if (err)
		return err;
	err = enqueue(d, requests, len / sizeof(struct tenon_blkdev_request));
	tenon_mutex_unlock(d->mutex);
	if (!err)
		tenon_event_set(d->work);
	return err;
}

/* Return: whether there was one. */
static bool dequeue(struct storage_disk *d, struct tenon_blkdev_request *r)
{
	bool any;

	if (tenon_mutex_lock(d->mutex, UINT64_MAX))
		return false;
	any = d->cnt;
	if (any) {
		*r = d->queue[d->first];
		d->first = (d->first + 1) % STORAGE_DEPTH;
		d->cnt--;
	}
	tenon_mutex_unlock(d->mutex);
	return any;
}

/* What is asked for while the disk is leaving fails at once: all requests have ended when this returns. */
static void work(void *arg)
{
	struct storage_disk *d = arg;
	struct tenon_blkdev_completion done = { .size = sizeof(done) };
	struct tenon_blkdev_request r;

	do {
		while (dequeue(d, &r)) {
			done.tag = r.tag;
			done.result = scsi_request(d, &r);
			tenon_blkdev_complete(d->blkdev, &done, sizeof(done));
		}
	} while (!__atomic_load_n(&d->leaving, __ATOMIC_ACQUIRE) && !tenon_event_wait(d->work, UINT64_MAX));
	while (dequeue(d, &r)) {
		done.tag = r.tag;
		done.result = TENON_BLKDEV_NOT_DONE;
		tenon_blkdev_complete(d->blkdev, &done, sizeof(done));
	}
}

/* ---- devices ----------------------------------------------------------------------------------------------------- */

static int take_letter(struct storage_disk *d)
{
	for (d->letter = 0; d->letter < DISKS; d->letter++)
		if (!(__atomic_fetch_or(&letters, 1u << d->letter, __ATOMIC_RELAXED) & 1u << d->letter))
			return 0;
	return -TENON_ENOSPC;
}

static void give_letter(struct storage_disk *d)
{
	__atomic_fetch_and(&letters, ~(1u << d->letter), __ATOMIC_RELAXED);
}

static int make_objects(struct storage_disk *d)
{
	int err;

	d->done = tenon_event_create(THIS_MODULE);
	d->work = tenon_event_create(THIS_MODULE);
	d->mutex = tenon_mutex_create(THIS_MODULE);
	err = tenon_handle_error(d->done);
	if (!err)
		err = tenon_handle_error(d->work);
	return err ? err : tenon_handle_error(d->mutex);
}

static void destroy_objects(struct storage_disk *d)
{
	if (!tenon_handle_error(d->done))
		tenon_event_destroy(d->done);
	if (!tenon_handle_error(d->work))
		tenon_event_destroy(d->work);
	if (!tenon_handle_error(d->mutex))
		tenon_mutex_destroy(d->mutex);
}

static int look(struct storage_disk *d)
{
	const struct usb_endpoint_info *in = usb_endpoint_of(d->interface, USB_BULK, USB_IN);
	const struct usb_endpoint_info *out = usb_endpoint_of(d->interface, USB_BULK, 0);

	if (!in || !out) {
		pr_err("usb %s: a disk without two bulk endpoints\n", usb_name(d->interface->device));
		return -TENON_EPROTO;
	}
	d->in = in->address;
	d->out = out->address;
	return scsi_look(d);
}

/* The thread comes last, so that it has the handle by which it completes: requests that come before wait in the queue. */
static int offer(struct storage_disk *d, tenon_handle device)
{
	static const struct tenon_blkdev_ops ops = { .submit = submit };
	char name[] = { 's', 'd', (char)('a' + d->letter), '\0' };
	int err;

	d->blkdev = tenon_blkdev_register(THIS_MODULE, device, name, &d->config, &ops, d);
	err = tenon_handle_error(d->blkdev);
	if (err)
		return err;
	d->thread = tenon_thread_create(THIS_MODULE, work, d, name);
	err = tenon_handle_error(d->thread);
	if (err)
		tenon_blkdev_unregister(d->blkdev);
	else
		pr_info("%s: %llu sectors of 512 bytes, on usb %s\n", name, (unsigned long long)d->config.sector_cnt,
			usb_name(d->interface->device));
	return err;
}

static int open(struct storage_disk *d, tenon_handle device)
{
	int err = make_objects(d);

	if (!err)
		err = look(d);
	if (err)
		return err;
	err = take_letter(d);
	if (err)
		return err;
	err = offer(d, device);
	if (err)
		give_letter(d);
	return err;
}

static int probe(tenon_handle device, struct tenon_driver_probe *p)
{
	struct storage_disk *d = tenon_alloc(THIS_MODULE, sizeof(*d));
	int err;

	if (!d)
		return -TENON_ENOMEM;
	*d = (struct storage_disk){ .interface = usb_interface_of(p->identity) };
	err = d->interface ? open(d, device) : -TENON_ENODEV;
	if (err) {
		destroy_objects(d);
		tenon_free(d);
	}
	p->data = d;
	return err;
}

/* The command that is under way is cancelled; the thread may just be about to begin a transfer of it, so more than once. */
static void stop(struct storage_disk *d)
{
	int err = -TENON_ETIMEDOUT;

	__atomic_store_n(&d->leaving, true, __ATOMIC_RELEASE);
	tenon_event_set(d->work);
	while (err == -TENON_ETIMEDOUT) {
		usb_cancel(d->interface->device, d->in);
		usb_cancel(d->interface->device, d->out);
		err = tenon_thread_join(d->thread, tenon_clock_ns() + STOP_LOOK_NS);
	}
}

static void remove(tenon_handle device, void *data)
{
	struct storage_disk *d = data;

	(void)device;
	stop(d);
	tenon_blkdev_unregister(d->blkdev);
	destroy_objects(d);
	give_letter(d);
	tenon_free(d);
}

static const struct bus_device_id ids[] = { { .alias = "usb:v*p*d*dc*dsc*dp*ic08isc06ip50in*" }, {} };
MODULE_DEVICE_TABLE(bus, ids);

static tenon_handle driver;

static int __init storage_init(void)
{
	static const struct tenon_driver_ops ops = { .probe = probe, .remove = remove };

	driver = tenon_driver_register(THIS_MODULE, "usb-storage", "usb", ids, sizeof(ids) - sizeof(ids[0]), &ops);
	return tenon_handle_error(driver);
}

static void __exit storage_exit(void)
{
	tenon_driver_unregister(driver);
}

module_init(storage_init);
module_exit(storage_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Disks on USB");
MODULE_AUTHOR("The Tenon authors");
