// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Devices and drivers find each other, /sys shows it, and whoever listens hears of it. */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/device/device.h"
#include "kernel/net/netlink.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/io.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#include "tests/kernel/host.h"
#include "tests/kernel/tree.h"
#include "tests/tap.h"

/* A bus whose devices have a number, by which drivers mean them. */
struct thing {
	struct device device;
	uint32_t number;
	bool dma;
};

static unsigned released;

static bool match(const struct device *dev, const void *id)
{
	uint32_t number;

	memcpy(&number, id, sizeof(number));
	return number == ((const struct thing *)dev)->number;
}

static int set_dma(struct device *dev, bool on)
{
	((struct thing *)dev)->dma = on;
	return 0;
}

static struct bus bus = { .name = "things", .id_bytes = sizeof(uint32_t), .match = match, .set_dma = set_dma };

static void release(struct device *dev)
{
	released++;
	free(dev);
}

static struct thing *add(uint32_t number, struct device *parent)
{
	struct thing *t = calloc(1, sizeof(*t));

	t->number = number;
	snprintf(t->device.name, sizeof(t->device.name), "t%u", number);
	snprintf(t->device.modalias, sizeof(t->device.modalias), "thing:%u", number);
	t->device.bus = &bus;
	t->device.parent = parent;
	t->device.release = release;
	if (!device_add(&t->device))
		return t;
	free(t);
	return NULL;
}

/* A driver writes down what it is asked. */
static char said[256];

static int probe(struct driver *drv, struct device *dev, size_t id_idx)
{
	size_t len = strlen(said);

	snprintf(said + len, sizeof(said) - len, "%s+%s:%zu ", drv->name, dev->name, id_idx);
	dev->driver_data = drv;
	return 0;
}

static void let_go(struct driver *drv, struct device *dev)
{
	size_t len = strlen(said);

	snprintf(said + len, sizeof(said) - len, "%s-%s ", drv->name, dev->name);
}

static bool was_said(const char *text)
{
	bool same = !strcmp(said, text);

	if (!same)
		diag("said: %s", said);
	said[0] = '\0';
	return same;
}

static int refuse(struct driver *drv, struct device *dev, size_t id_idx)
{
	probe(drv, dev, id_idx);
	device_dma_begin(dev); /* and leaves it so */
	return -TENON_EIO;
}

static const uint32_t ids[] = { 7, 8, 9 };
static struct driver driver = { .name = "d", .bus = &bus, .ids = ids, .id_cnt = 3, .probe = probe, .remove = let_go };

/* ---- finding each other ------------------------------------------------------------------------------------------ */

static char requested[128];

static void request(void)
{
	struct device *dev = device_unserved();

	snprintf(requested, sizeof(requested), "%s", dev ? dev->modalias : "nobody");
	if (dev)
		device_put(dev);
}

static void matching(void)
{
	struct thing *a = add(8, NULL), *b = add(5, NULL), *c;
	struct driver same = driver;

	ok(!strcmp(requested, "thing:5"), "for a device without driver its module is asked");
	ok(!driver_register(&driver) && was_said("d+t8:1 "),
	   "a driver gets what is there and fits, and is told which id it was");
	ok(driver_register(&same) == -TENON_EEXIST, "two drivers of one name are one too many");
	requested[0] = '\0';
	c = add(9, NULL);
	ok(was_said("d+t9:2 ") && !*requested, "... and what comes, without asking for a module");
	ok(!strcmp(path_again("/sys/bus/things/devices/t8"), "/sys/devices/t8") &&
	       !strcmp(path_again("/sys/bus/things/drivers/d/t8"), "/sys/devices/t8") &&
	       !strcmp(path_again("/sys/devices/t8/driver"), "/sys/bus/things/drivers/d") &&
	       !strcmp(path_again("/sys/devices/t8/subsystem"), "/sys/bus/things"),
	   "/sys leads from each to the others");
	ok(!strcmp(text_of("/sys/devices/t8/modalias"), "thing:8\n") &&
	       !strcmp(text_of("/sys/devices/t8/uevent"), "MODALIAS=thing:8\n"),
	   "... and says what it is");
	device_dma_begin(&a->device);
	ok(a->dma, "a device may use memory when its driver says so");
	driver_unregister(&driver);
	ok(was_said("d-t8 d-t9 ") && look("/sys/bus/things/drivers/d") == -TENON_ENOENT &&
	       look("/sys/devices/t8/driver") == -TENON_ENOENT,
	   "a driver that goes leaves its devices");
	ok(!a->dma, "... and whatever it left on, they use no memory");
	device_dma_end(&a->device);
	device_remove(&a->device);
	device_remove(&b->device);
	device_remove(&c->device);
	ok(released == 3 && look("/sys/devices/t8") == -TENON_ENOENT, "what is removed is gone");
}

static void going(void)
{
	struct thing *a, *below;
	struct driver other = driver;

	driver_register(&driver);
	a = add(7, NULL);
	below = add(5, &a->device);
	ok(!strcmp(path_again("/sys/bus/things/devices/t5"), "/sys/devices/t7/t5"), "devices stand below others");
	ok(!add(7, NULL), "not two of one name in one place");
	was_said("");
	device_remove(&below->device);
	device_remove(&a->device);
	ok(was_said("d-t7 "), "a device that goes is taken from its driver");
	driver_unregister(&driver);

	other.name = "r";
	other.probe = refuse;
	other.id_cnt = 1;
	driver_register(&other);
	driver_register(&driver);
	a = add(7, NULL);
	ok(was_said("r+t7:0 d+t7:0 "), "what one driver refuses the next one gets");
	driver_unregister(&other);
	ok(was_said(""), "... and the first has nothing to do with it any more");
	device_dma_end(&a->device);
	device_remove(&a->device);
	driver_unregister(&driver);
	was_said("");
}

/* ---- one needs the other ----------------------------------------------------------------------------------------- */

static bool first_is_there;

static int probe_first(struct driver *drv, struct device *dev, size_t id_idx)
{
	first_is_there = true;
	return probe(drv, dev, id_idx);
}

static int probe_second(struct driver *drv, struct device *dev, size_t id_idx)
{
	probe(drv, dev, id_idx);
	return first_is_there ? 0 : -TENON_EAGAIN;
}

static void deferred(void)
{
	struct driver first = driver, second = driver;
	struct thing *a, *b, *c;

	first.name = "first";
	first.probe = probe_first;
	first.id_cnt = 1; /* 7 */
	second.name = "second";
	second.probe = probe_second;
	second.ids = ids + 1; /* 8, 9 */
	second.id_cnt = 2;
	driver_register(&second);
	b = add(8, NULL);
	c = add(9, NULL);
	ok(was_said("second+t8:0 second+t9:1 "), "a driver that waits for another has nothing");
	driver_register(&first);
	a = add(7, NULL);
	ok(was_said("first+t7:0 second+t8:0 second+t9:1 "), "it is asked again when another device has got its driver");
	driver_unregister(&second);
	driver_unregister(&first);
	was_said("");
	device_remove(&a->device);
	device_remove(&b->device);
	device_remove(&c->device);
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

/* The next event, its strings separated by one blank; or the error, as text. */
static const char *next_event(struct file *f, unsigned how)
{
	static char buf[1024];
	struct io_segment segment;
	struct io io;
	long len;

	io_kernel(&io, &segment, buf, sizeof(buf));
	len = netlink_receive(f, &io, how | RECEIVE_NONBLOCK);
	if (len < 0) {
		snprintf(buf, sizeof(buf), "error %ld", -len);
		return buf;
	}
	for (long i = 0; i + 1 < len; i++)
		if (!buf[i])
			buf[i] = ' ';
	return buf;
}

static bool begins(const char *text, const char *with)
{
	bool does = !strncmp(text, with, strlen(with));

	if (!does)
		diag("got: %s", text);
	return does;
}

static void events(void)
{
	struct file *f, *deaf;
	struct thing *a;

	netlink_open(0, &f);
	netlink_open(0, &deaf);
	ok(!netlink_bind(f, 0, NETLINK_UEVENT_GROUP) && !netlink_bind(deaf, 0, 2), "sockets listen to groups");
	driver_register(&driver);
	a = add(7, NULL);
	ok(begins(next_event(f, RECEIVE_PEEK),
		  "add@/devices/t7 ACTION=add DEVPATH=/devices/t7 SUBSYSTEM=things MODALIAS=thing:7 SEQNUM="),
	   "a device is announced, with all that is to be known");
	ok(begins(next_event(f, 0), "add@/devices/t7 "), "... and what was only looked at is still there");
	ok(begins(next_event(f, 0), "bind@/devices/t7 ACTION=bind DEVPATH=/devices/t7 SUBSYSTEM=things DRIVER=d "),
	   "... and its driver");
	put_text("/sys/devices/t7/uevent", "change\n");
	ok(begins(next_event(f, 0), "change@/devices/t7 "), "by its file an event is asked for");
	ok(put_text("/sys/devices/t7/uevent", "nonsense\n") == -TENON_EINVAL, "... if it is one");
	device_remove(&a->device);
	ok(begins(next_event(f, 0), "unbind@/devices/t7 ") && begins(next_event(f, 0), "remove@/devices/t7 "),
	   "its end too");
	ok(begins(next_event(f, 0), "error 11") && begins(next_event(deaf, 0), "error 11"), "and that is all");
	driver_unregister(&driver);
	a = add(5, NULL);
	netlink_set_room(f, 0);
	for (unsigned i = 0; i < 100; i++)
		device_changed(&a->device);
	ok(begins(next_event(f, 0), "error 105"), "who does not read loses some, and is told");
	ok(begins(next_event(f, 0), "add@/devices/t5"), "... and has the first ones");
	device_remove(&a->device);
	file_put(f);
	file_put(deaf);
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

static void sweep(void)
{
	unsigned n = 0, leaks = 0;
	bool failed;
	long before = host_allocations();

	do {
		struct thing *a;

		host_fail_allocation(++n);
		a = add(7, NULL);
		if (!driver_register(&driver))
			driver_unregister(&driver);
		if (a)
			device_remove(&a->device);
		failed = host_allocation_failed();
		host_fail_allocation(0);
		leaks += host_allocations() != before;
	} while (failed && n < 500);
	ok(n > 20 && n < 500 && !leaks, "each of %u allocations failing leaves nothing behind (%u did)", n - 1, leaks);
}

/* ---- a driver that does not come back ----------------------------------------------------------------------------- */

static _Atomic bool in_probe, stays;

static int stay(struct driver *drv, struct device *dev, size_t id_idx)
{
	in_probe = true;
	while (stays && !id_idx)
		sched_yield();
	return probe(drv, dev, id_idx);
}

static struct driver staying = {
	.name = "stays", .bus = &bus, .ids = ids, .id_cnt = 3, .probe = stay, .remove = let_go
};

static void *offer(void *unused)
{
	(void)unused;
	return driver_register(&staying) ? &staying : NULL;
}

/* An interrupted wait stands for one that is over its time. */
static void busy(void)
{
	struct thing *a = add(7, NULL);
	pthread_t thread;
	unsigned before = released;

	stays = true;
	pthread_create(&thread, NULL, offer, NULL);
	while (!in_probe)
		sched_yield();
	host_interrupt(true);
	ok(device_remove(&a->device) == -TENON_EBUSY && released == before, "a device whose driver holds it stays");
	host_interrupt(false);
	stays = false;
	pthread_join(thread, NULL);
	ok(was_said("stays+t7:0 "), "... and its driver has it when it comes back");
	ok(!device_remove(&a->device) && was_said("stays-t7 ") && released == before + 1,
	   "... until it is removed again");
	driver_unregister(&staying);
}

/* Names that drivers give are in the order of the devices, also if one comes while the driver is with another. */
static void in_order(void)
{
	struct thing *a = add(7, NULL), *b;
	pthread_t thread;

	in_probe = false;
	stays = true;
	pthread_create(&thread, NULL, offer, NULL);
	while (!in_probe)
		sched_yield();
	b = add(8, NULL);
	ok(was_said(""), "a device that comes while its driver looks at an earlier one waits");
	stays = false;
	pthread_join(thread, NULL);
	ok(was_said("stays+t7:0 stays+t8:1 "), "... and is the next one");
	driver_unregister(&staying);
	device_remove(&a->device);
	device_remove(&b->device);
	said[0] = '\0';
}

/* A disk is opened as soon as it has a node in /dev. */
static void found_early(void)
{
	struct thing *t = calloc(1, sizeof(*t));

	strcpy(t->device.name, "early");
	t->device.bus = &bus;
	t->device.release = release;
	device_init(&t->device);
	device_get(&t->device);
	released = 0;
	ok(!device_add(&t->device) && !device_remove(&t->device) && !released,
	   "who found a device before it was added keeps it");
	device_put(&t->device);
	ok(released == 1, "... as long as they like");
	said[0] = '\0';
}

/* A stick is pulled while the disk on it is still being taken away. */
static void out_of_order(void)
{
	struct thing *parent = add(20, NULL), *child = add(21, &parent->device);

	device_get(&parent->device);
	device_remove(&parent->device);
	ok(look("/sys/devices/t20") == -TENON_ENOENT, "with a device goes what /sys shows below it");
	ok(!device_remove(&child->device), "... and a device below it can go after it");
	ok(!add(22, &parent->device) && look("/sys/devices/t22") == -TENON_ENOENT, "... but none can come");
	device_put(&parent->device);
	said[0] = '\0';
}

int main(void)
{
	struct node *at;
	long before;

	tree_begin(1 << 20);
	sysfs_init();
	make_dir("/sys");
	if (path_find(&tree_start, "/sys", PATH_FOLLOW, &at) || filesystem_mount("sysfs", "sysfs", "", 0, at))
		abort();
	node_put(at);
	device_model_init();
	device_set_request(request);
	ok(!bus_register(&bus) && bus_find("things") == &bus && !bus_find("others"), "a bus is known by its name");
	matching(); /* directories keep room for names that they once had */
	released = 0;
	before = host_allocations();
	matching();
	going();
	found_early();
	out_of_order();
	deferred();
	events();
	sweep();
	said[0] = '\0';
	busy();
	in_order();
	ok(host_allocations() == before, "all memory comes back");
	return tap_done();
}
