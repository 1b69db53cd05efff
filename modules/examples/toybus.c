/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A bus whose devices are what a program says: "add NAME ALIAS" or "remove NAME" written to /dev/toys, where NAME may be
 * PARENT/NAME, and further words are lines about the device.
 *
 *     > modprobe toybus
 *     > echo add ball0 toy:ball color=red >/dev/toys     # modprobe loads toyball, whose driver takes it
 *     > cat /sys/bus/toy/devices/ball0/color
 *     > echo remove ball0 >/dev/toys
 *
 * A real bus has a thread that looks at hardware instead, and is the driver of that on another bus.
 */
#include "toybus.h"
#include "tenon/module.h"

#define PATIENCE_NS 1000000000ull
#define TOYS 300 /* more than a bus can have */

enum state { FREE, COMING, THERE, GOING };

static struct toy {
	enum state state;
	char name[TENON_BUS_NAME_BYTES];
	tenon_handle device;
	int played;
} toys[TOYS]; /* the index + 1 is the identity. The mutex guards them; it is not held while drivers are called */
static tenon_handle bus, control, mutex;

static int lock(void)
{
	return tenon_mutex_lock(mutex, tenon_clock_ns() + PATIENCE_NS);
}

int toybus_play(uint32_t identity)
{
	int err = lock();

	if (err)
		return err;
	err = !identity || identity > TOYS || toys[identity - 1].state == FREE ? -TENON_ENODEV :
										 ++toys[identity - 1].played;
	tenon_mutex_unlock(mutex);
	return err;
}
EXPORT_SYMBOL(toybus_play);

/* The first toy in this state, of this name if there is one, which gets state @to. The mutex is taken. */
static struct toy *change(enum state from, const char *name, enum state to)
{
	struct toy *found = NULL;

	if (lock())
		return NULL;
	for (unsigned int i = 0; i < TOYS && !found; i++)
		if (toys[i].state == from && (!name || !strcmp(toys[i].name, name)))
			found = &toys[i];
	if (found)
		found->state = to;
	tenon_mutex_unlock(mutex);
	return found;
}

/* ---- commands ---- */

/* The next word of *@at, which is left behind it. */
static char *word(char **at)
{
	char *begin = *at, *end;

	while (*begin == ' ')
		begin++;
	for (end = begin; *end && *end != ' ' && *end != '\n'; end++)
		;
	*at = end + (*end != '\0');
	*end = '\0';
	return begin;
}

/* The words that are left, a line each. Return: their length. */
static size_t lines_of(char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if (text[i] == ' ')
			text[i] = '\n';
	return len;
}

static int add(char *name, char *rest)
{
	struct tenon_bus_device is = { .size = sizeof(is) };
	struct toy *parent = NULL, *toy;
	char *slash = strchr(name, '/');
	const char *alias = word(&rest);
	int err;

	if (slash) {
		*slash = '\0';
		parent = change(THERE, name, THERE);
		if (!parent)
			return -TENON_ENOENT;
		name = slash + 1;
	}
	toy = change(FREE, NULL, COMING);
	if (!toy)
		return -TENON_ENOSPC;
	toy->played = 0;
	is.identity = (uint32_t)(toy - toys) + 1;
	memcpy(is.name, name, strnlen(name, sizeof(is.name)));
	memcpy(is.alias, alias, strnlen(alias, sizeof(is.alias)));
	toy->device = tenon_device_add(THIS_MODULE, bus, parent ? parent->device : 0, &is, rest, lines_of(rest));
	err = tenon_handle_error(toy->device);
	if (!err)
		memcpy(toy->name, is.name, sizeof(toy->name));
	toy->state = err ? FREE : THERE;
	return err;
}

static int remove(const char *name)
{
	struct toy *toy = change(THERE, name, GOING);
	int err;

	if (!toy)
		return -TENON_ENOENT;
	err = tenon_device_remove(toy->device);
	toy->state = err ? THERE : FREE;
	return err;
}

static long control_write(void *ctx, void *file, const void *data, size_t len, uint64_t offset)
{
	char text[512], *rest = text, *command, *name;
	int err = -TENON_EINVAL;

	(void)ctx, (void)file, (void)offset;
	if (len >= sizeof(text))
		return -TENON_EINVAL;
	memcpy(text, data, len);
	text[len] = '\0';
	command = word(&rest);
	name = word(&rest);
	if (!strcmp(command, "add"))
		err = add(name, rest);
	else if (!strcmp(command, "remove"))
		err = remove(name);
	return err ? err : (long)len;
}

/* A driver has left: the next one begins anew. */
static void stop(void *ctx, uint32_t identity)
{
	(void)ctx;
	if (lock())
		return;
	toys[identity - 1].played = 0;
	tenon_mutex_unlock(mutex);
}

static const struct tenon_bus_ops bus_ops = { .stop = stop };
static const struct tenon_chrdev_ops control_ops = { .write = control_write };

/* Devices first, and first those that no other is behind. */
static void __exit toybus_exit(void)
{
	bool any;

	tenon_chrdev_unregister(control);
	do {
		any = false;
		for (unsigned int i = 0; i < TOYS; i++)
			if (toys[i].state == THERE && !tenon_device_remove(toys[i].device)) {
				toys[i].state = FREE;
				any = true;
			}
	} while (any);
	tenon_bus_unregister(bus);
	tenon_mutex_destroy(mutex);
}

static int __init toybus_init(void)
{
	int err;

	mutex = tenon_mutex_create(THIS_MODULE);
	err = tenon_handle_error(mutex);
	if (err)
		return err;
	bus = tenon_bus_register(THIS_MODULE, "toy", &bus_ops, NULL);
	err = tenon_handle_error(bus);
	if (!err) {
		control = tenon_chrdev_register(THIS_MODULE, "toys", &control_ops, NULL);
		err = tenon_handle_error(control);
		if (err)
			tenon_bus_unregister(bus);
	}
	if (err)
		tenon_mutex_destroy(mutex);
	return err;
}

module_init(toybus_init);
module_exit(toybus_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("A bus of toys, which come and go as programs say");
MODULE_AUTHOR("The Tenon authors");
