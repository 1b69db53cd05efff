/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What the hotplug daemon keeps of devices and drivers, with the 1st, 2nd, 3rd ... allocation failing: nothing is lost,
 * and all that was told as kept is there. The C library's calls go through the functions below (ld --wrap).
 */
#include <string.h>

#include "tests/tap.h"

#include "user/hotplugd/devices.h"

static unsigned int until_failure; /* allocations; 0: none fails */

static bool fails(void)
{
	return until_failure && !--until_failure;
}

void *__real_calloc(size_t cnt, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
void *__wrap_calloc(size_t cnt, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);

void *__wrap_calloc(size_t cnt, size_t size)
{
	return fails() ? NULL : __real_calloc(cnt, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

/* Aliases that wait, in their order: "a b". */
static const char *waiting(struct devices *devices)
{
	static char text[64];
	struct alias *alias;

	*text = '\0';
	while ((alias = devices_next(devices))) {
		strcat(text, *text ? " " : "");
		strcat(text, alias->text);
	}
	return text;
}

/* Three devices with two aliases; each adds what @added tells. */
static void add_all(struct devices *devices, bool added[3])
{
	added[0] = devices_add(devices, "/devices/1", "one", 0);
	added[1] = devices_add(devices, "/devices/2", "two", 0);
	added[2] = devices_add(devices, "/devices/3", "one", 0);
}

static const char *expected(const bool added[3])
{
	if (added[0] && added[1])
		return "one two";
	if (added[1])
		return added[2] ? "two one" : "two";
	return added[0] || added[2] ? "one" : "";
}

/* Return: whether an allocation failed. */
static bool try_devices(unsigned int failing)
{
	struct drivers drivers = { .idle_ms = 10 };
	struct devices devices = { .drivers = &drivers };
	bool added[3], failed;
	const char *got;

	until_failure = failing;
	add_all(&devices, added);
	failed = failing && !until_failure;
	until_failure = 0;
	got = waiting(&devices);
	ok(!strcmp(got, expected(added)), "allocation %u fails: '%s' wait", failing, got);
	ok(failed == !(added[0] && added[1] && added[2]), "... and who asked is told");
	add_all(&devices, added);
	ok(!strcmp(waiting(&devices), "one two"), "... and later all is as ever");
	devices_remove(&devices, "/devices/2", 0);
	ok(devices_add(&devices, "/devices/1", "other", 0) && !strcmp(waiting(&devices), "other"), "... changes, too");
	devices_free(&devices);
	ok(!devices.by_path && !devices.by_alias && !devices.first, "... and nothing is left");
	return failed;
}

static bool try_drivers(unsigned int failing)
{
	struct drivers drivers = { .idle_ms = 10 };
	struct uses uses = { 0 };
	struct driver *one, *two;
	bool used, failed;

	until_failure = failing;
	one = drivers_add(&drivers, "one");
	two = drivers_add(&drivers, "two");
	used = one && two && uses_add(&uses, one) && uses_add(&one->uses, two) && uses_add(&uses, one);
	failed = failing && !until_failure;
	until_failure = 0;
	ok(failed == !used, "allocation %u fails: it is told", failing);
	ok(drivers_find(&drivers, "one") == one && drivers_find(&drivers, "two") == two, "... what is there is found");
	ok(drivers_next_due(&drivers) == NOT_DUE, "... and nothing is due");
	uses_drop(&uses, 5);
	if (used)
		ok(one->due == 5 && two->due == NOT_DUE, "with its last user a driver is due, but not what it uses");
	ok(drivers_next_due(&drivers) == (one && one->due == 5 ? 5 : NOT_DUE), "... and that is when");
	drivers_free(&drivers);
	return failed;
}

int main(void)
{
	unsigned int failing = 0;

	try_devices(0);
	try_drivers(0);
	while (try_devices(++failing))
		;
	ok(failing > 10, "%u allocations have failed", failing - 1);
	failing = 0;
	while (try_drivers(++failing))
		;
	ok(failing > 5, "%u allocations have failed", failing - 1);
	return tap_done();
}
