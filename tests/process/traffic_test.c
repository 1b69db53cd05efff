/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * F-15: after an unload nothing calls into what was freed. Modules with devices and running timers come and go at
 * random while other threads use whatever is there; a stale call would trap, for freed text is filled with traps.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "modules/examples/chardev.h"
#include "tests/process/rig.h"

#define CLIENTS 3
#define LOADERS 2
#define DURATION_NS (2500 * MS)

static const char *where;
static struct tenon_domain *domain;
static _Atomic bool stop;
static _Atomic long served, absent, strange, loads, unloads, busy;

/* A small generator of numbers, each thread with a seed of its own. */
static uint32_t next_number(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* ---- clients ---- */

/* What comes back from an open file: its module is held, so every use must succeed. */
static bool use(struct tenon_file *f, uint32_t number)
{
	struct upper_sum sum = { .offset = number % 1000, .len = 100 };
	char text[40], back[40] = "";
	size_t len = sizeof(sum);

	snprintf(text, sizeof(text), "%08X", number);
	switch (number % 3) {
	case 0:
		return tenon_device_write(f, text, 8, number % 8000) == 8;
	case 1:
		return tenon_device_read(f, back, 8, 0) >= 0;
	default:
		return !tenon_device_ioctl(f, UPPER_SUM, &sum, sizeof(sum), &sum, &len);
	}
}

static void *client(void *arg)
{
	uint32_t seed = (uint32_t)(uintptr_t)arg * 7919 + 1;
	struct tenon_file *f;

	while (!atomic_load(&stop)) {
		int err = tenon_device_open("upper", TENON_CHRDEV_READ | TENON_CHRDEV_WRITE, &f);

		if (err == -TENON_ENOENT || err == -TENON_ENODEV) {
			absent++;
			continue;
		}
		for (uint32_t i = next_number(&seed) % 20; !err && i; i--) {
			if (use(f, next_number(&seed)))
				served++;
			else
				strange++;
		}
		if (err)
			strange++;
		else
			tenon_device_close(f);
	}
	return NULL;
}

/* ---- loaders ---- */

static void *loader(void *arg)
{
	static const char *const names[] = { "chardev", "timer", "leak", "export_b" };
	static const char *const params[] = { NULL, "period_ms=1", "timer=4 memory=4 mutex=1", NULL };
	uint32_t seed = (uint32_t)(uintptr_t)arg * 104729 + 3;

	while (!atomic_load(&stop)) {
		uint32_t number = next_number(&seed), i = number % 4;
		struct tenon_request req = { .name = names[i], .domain = domain, .params = params[i] };
		struct tenon_diag why = { 0 };
		int err;

		if (number & 256) {
			err = tenon_load(rig_core, &req, NULL, &why);
			loads += !err;
		} else {
			err = tenon_unload(rig_core, domain, names[i], rig_now() + 20 * MS, &why);
			unloads += !err;
		}
		busy += err == -TENON_EBUSY;
		if (err && err != -TENON_EBUSY && err != -TENON_ENOENT && err != -TENON_ETIMEDOUT && !strange++)
			diag("%s: %d %s", names[i], err, tenon_reason_name(why.reason));
	}
	return NULL;
}

static bool enough(void *unused)
{
	(void)unused;
	return loads > 20 && unloads > 20 && served > 200;
}

static void traffic(void)
{
	pthread_t id[CLIENTS + LOADERS];

	stop = false;
	served = absent = strange = loads = unloads = busy = 0;
	process_log_clear(rig_host);
	for (uintptr_t i = 0; i < CLIENTS + LOADERS; i++)
		if (pthread_create(&id[i], NULL, i < CLIENTS ? client : loader, (void *)i))
			return;
	rig_sleep(DURATION_NS);
	rig_until(enough, NULL, 120000 * MS); /* on a busy machine that takes longer */
	stop = true;
	for (size_t i = 0; i < CLIENTS + LOADERS; i++)
		pthread_join(id[i], NULL);
	ok(!strange && enough(NULL),
	   "F-15 %s: %ld loads and %ld unloads (%ld busy) under %ld uses of the device (%ld times it was not there)",
	   where, loads, unloads, busy, served, absent);
	ok(!rig_logged("invalid access") && !rig_logged("breakpoint"), "F-15 %s: no stale call", where);
	ok(rig_unload_all(domain), "F-15 %s: all of them leave", where);
}

/* ---- freed text traps ---- */

static int text_of(const struct tenon_module *m, void *arg)
{
	struct tenon_module_info info;

	tenon_module_info(m, &info);
	if (strcmp(info.name, "hello"))
		return 0;
	*(uint64_t *)arg = info.address[TENON_MEM_TEXT];
	return 1;
}

static void poison(void)
{
	uint64_t text = 0;
	int64_t before = 0, after = 0;

	rig_load(domain, "pages", NULL);
	rig_load(domain, "hello", NULL);
	tenon_for_each(rig_core, text_of, &text);
	rig_call(domain, "pages_read", text, 0, &before);
	rig_unload(domain, "hello");
	rig_call(domain, "pages_read", text, 0, &after);
	ok(text && (uint32_t)before != 0xcccccccc && (uint32_t)after == 0xcccccccc,
	   "F-15 %s: the text of a module that has gone is full of traps (%#x, then %#x)", where, (unsigned)before,
	   (unsigned)after);
	rig_unload(domain, "pages");
}

int main(void)
{
	static const char *const domains[] = { "kernel", "box" };
	char *before;

	rig_open(NULL);
	for (int i = 0; i < 2; i++) {
		where = domains[i];
		domain = rig_domain(where);
		poison();
		traffic();
		/* What a second round of traffic leaves is what the first has left: nothing new. */
		before = snapshot();
		poison();
		rig_unload_all(domain);
		ok(snapshot_same(before, snapshot()), "F-15 %s: nothing is left", where);
	}
	rig_domain_close("box");
	ok(rig_close(), "the host closes");
	return tap_done();
}
