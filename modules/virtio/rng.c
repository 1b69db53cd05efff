// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * A source of random numbers (5.4), as /dev/hwrng: whoever reads has the device fill a page, and waits for it. There is
 * one /dev/hwrng, which is there as long as the module, so it serves the first device that comes.
 */
#include "virtio.h"

#define ANSWER_NS 5000000000ull

static struct {
	struct virtio virtio;
	struct queue queue;
	bool there;
	bool broken; /* it did not answer, or nonsense: its page is the device's until it is reset */
} rng;               /* the mutex */

static tenon_handle mutex, chrdev;
static struct virtio_driver driver;

/* Wait for what was asked for. Return: bytes in the page, at most @len; negative errno. */
static long answer(uint32_t len)
{
	uint64_t until = tenon_clock_ns() + ANSWER_NS;
	uint32_t bytes = 0;
	uint16_t head;
	int got;

	while (!(got = queue_pop(&rng.queue, &head, &bytes))) {
		long err = queue_wait(&rng.queue, until);

		if (err < 0)
			return err;
	}
	if (got < 0 || head || !bytes || bytes > len) {
		pr_err("hwrng: impossible answer: %u of %u bytes\n", (unsigned int)bytes, (unsigned int)len);
		return -TENON_EIO;
	}
	return bytes;
}

static long ask(void *data, size_t len)
{
	uint32_t bytes = len < QUEUE_PAGE_BYTES ? (uint32_t)len : QUEUE_PAGE_BYTES;
	long got;

	if (!rng.there)
		return -TENON_ENODEV;
	if (rng.broken)
		return -TENON_EIO;
	rng.queue.descriptors[0] =
	    (struct queue_descriptor){ .address = rng.queue.own_bus[0], .bytes = bytes, .flags = QUEUE_DEVICE_WRITES };
	queue_push(&rng.queue, &(uint16_t){ 0 }, 1);
	got = answer(bytes);
	if (got < 0)
		rng.broken = true;
	else
		memcpy(data, rng.queue.own, (size_t)got);
	return got;
}

static long read(void *ctx, void *file, void *data, size_t len, uint64_t offset)
{
	long got;

	(void)ctx;
	(void)file;
	(void)offset;
	if (!len)
		return 0;
	got = tenon_mutex_lock(mutex, tenon_clock_ns() + 2 * ANSWER_NS);
	if (got)
		return got;
	got = ask(data, len);
	tenon_mutex_unlock(mutex);
	return got;
}

/* ---- devices ----------------------------------------------------------------------------------------------------- */

static int begin(tenon_handle device)
{
	int err = virtio_open(&rng.virtio, device, 0);

	if (err)
		return err;
	err = queue_open(&rng.queue, &rng.virtio, 0, 1);
	if (err) {
		virtio_close(&rng.virtio);
		return err;
	}
	virtio_start(&rng.virtio);
	rng.broken = false;
	return 0;
}

static int probe(tenon_handle device, struct tenon_driver_probe *p)
{
	int err = tenon_mutex_lock(mutex, tenon_clock_ns() + 2 * ANSWER_NS);

	(void)p;
	if (err)
		return err;
	err = rng.there ? -TENON_EBUSY : begin(device);
	rng.there |= !err;
	tenon_mutex_unlock(mutex);
	return err;
}

/* A reader has given up by then at the latest. */
static void remove(tenon_handle device, void *data)
{
	int err = tenon_mutex_lock(mutex, tenon_clock_ns() + 2 * ANSWER_NS);

	(void)device;
	(void)data;
	rng.there = false;
	virtio_reset(&rng.virtio);
	queue_close(&rng.queue);
	virtio_close(&rng.virtio);
	if (!err)
		tenon_mutex_unlock(mutex);
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(0x1af4, 0x1005) }, /* of before 1.0, and both */
	{ PCI_DEVICE(0x1af4, 0x1044) },
	{ 0 },
};
MODULE_DEVICE_TABLE(pci, ids);

static const struct platform_device_id platform_ids[] = { { PLATFORM_DEVICE("virtio-mmio-4") }, {} };
MODULE_DEVICE_TABLE(platform, platform_ids);

static void rng_exit(void)
{
	virtio_unregister(&driver);
	tenon_chrdev_unregister(chrdev);
	tenon_mutex_destroy(mutex);
}

static int __init rng_init(void)
{
	static const struct tenon_chrdev_ops chrdev_ops = { .read = read };
	static const struct tenon_driver_ops driver_ops = { .probe = probe, .remove = remove };
	int err;

	mutex = tenon_mutex_create(THIS_MODULE);
	err = tenon_handle_error(mutex);
	if (err)
		return err;
	err = virtio_register(&driver, "virtio_rng", ids, sizeof(ids) - sizeof(ids[0]), platform_ids, &driver_ops);
	if (!err) { /* after it: whoever finds /dev/hwrng finds the device that there is */
		chrdev = tenon_chrdev_register(THIS_MODULE, "hwrng", &chrdev_ops, NULL);
		err = tenon_handle_error(chrdev);
		if (err)
			virtio_unregister(&driver);
	}
	if (err)
		tenon_mutex_destroy(mutex);
	return err;
}

module_init(rng_init);
module_exit(rng_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Virtio random numbers");
MODULE_AUTHOR("The Tenon authors");
