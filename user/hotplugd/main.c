/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * tenon-hotplugd - load drivers when devices come, unload them when devices have gone
 *
 * One process, one thread. Each turn of the loop takes what events there are, then loads for one alias: so events of
 * one kind that come while a module loads are one request, and requests are done in the order in which they came.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "user/hotplugd/arguments.h"
#include "user/hotplugd/load.h"
#include "user/hotplugd/log.h"
#include "user/hotplugd/notify.h"
#include "user/hotplugd/record.h"
#include "user/hotplugd/source.h"

/* Events taken in one turn: then it is the drivers' turn, however many come. */
#define EVENTS_PER_TURN 4096

struct daemon {
	const struct arguments *arguments;
	struct devices devices;
	struct drivers drivers;
	struct loader loader;
	char *record;        /* path; NULL: nothing is recorded */
	int events, signals; /* descriptors; -1: not open */
	bool look_again;     /* at all devices, for events may have been lost */
	bool busy;           /* aliases were waiting in the last turn */
	bool ready, stop;
	bool broken; /* there will be no events any more */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

/* Open the configuration and the indexes, anew if they are open. */
static int open_system(struct daemon *d)
{
	const struct tmod_where where = { .root = d->arguments->root, .config = d->arguments->config };
	const struct tmod_messages messages = { log_say, NULL };
	struct tmod_system *system;
	int err = tmod_system_open(&where, &messages, &system);

	if (err) {
		log_text(TMOD_ERROR, "cannot read the configuration: %s", strerror(-err));
		return err;
	}
	tmod_system_close(d->loader.system);
	d->loader.system = system;
	d->loader.told = false;
	/* Not the end: they may come later. */
	err = tmod_tree_load(tmod_system_tree(system), TMOD_INDEX_DEP);
	if (err) {
		log_text(TMOD_ERROR, "cannot read %s/modules.dep.bin: %s; depmod makes it",
			 tmod_tree_dir(tmod_system_tree(system)), strerror(-err));
		d->loader.failed = true;
	}
	return 0;
}

static int add(void *data, const struct tmod_device *device)
{
	struct daemon *d = data;

	/* Events have paths as the kernel writes them, without "/sys". */
	if (!*device->modalias)
		return 0;
	return devices_add(&d->devices, device->path + strlen("/sys"), device->modalias, now_ms()) ? 0 : -ENOMEM;
}

/* Ask for drivers of all devices that are there, and see which have gone. */
static void coldplug(struct daemon *d)
{
	int err;

	devices_begin(&d->devices);
	err = tmod_devices_each(add, d);
	if (err) {
		log_text(TMOD_ERROR, "cannot read which devices are there: %s", strerror(-err));
		d->loader.failed = true;
	} else {
		devices_end(&d->devices, now_ms());
	}
	d->look_again = false;
}

static void take_events(struct daemon *d)
{
	char bytes[UEVENT_BYTES_MAX];
	struct uevent event;
	int ret = 1;

	for (int n = 0; n < EVENTS_PER_TURN && ret; n++) {
		ret = source_next(d->events, bytes, &event);
		if (ret == -ENOBUFS) {
			log_text(TMOD_WARNING, "events were lost; looking at all devices");
			d->look_again = true;
		} else if (ret == -EBADMSG) {
			log_text(TMOD_DEBUG, "a message that is no event of the kernel's is ignored");
		} else if (ret < 0) {
			log_text(TMOD_ERROR, "cannot read events: %s", strerror(-ret));
			d->stop = d->broken = true;
			return;
		} else if (ret && event.action == UEVENT_REMOVE) {
			devices_remove(&d->devices, event.device, now_ms());
		} else if (ret && event.action == UEVENT_MOVE) {
			/* There is no event for what is below it. */
			d->look_again |= devices_known(&d->devices, event.from);
		} else if (ret && event.action == UEVENT_ADD && *event.modalias) {
			if (!devices_add(&d->devices, event.device, event.modalias, now_ms()))
				log_text(TMOD_ERROR, "out of memory: %s gets no driver", event.device);
		}
	}
}

static void take_signals(struct daemon *d)
{
	struct signalfd_siginfo info;

	while (read(d->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGHUP) {
			d->stop = true;
		} else {
			log_text(TMOD_INFO, "reading the configuration, and looking at all devices");
			open_system(d);
			d->look_again = true;
		}
	}
}

/* Load for one alias. Return: whether there was one. */
static bool load_next(struct daemon *d)
{
	struct alias *alias = devices_next(&d->devices);

	/* What changes while aliases wait counts for the next ones that come. */
	if (alias && !d->busy && tmod_system_changed(d->loader.system)) {
		log_text(TMOD_INFO, "the configuration or the indexes have changed");
		open_system(d);
	}
	if (alias)
		load_alias(&d->loader, alias);
	d->busy = alias;
	return alias;
}

static void keep_record(struct daemon *d)
{
	if (d->record && d->drivers.changed)
		record_write(d->record, &d->drivers);
	d->drivers.changed = false;
}

static void sleep_until_needed(const struct daemon *d)
{
	struct pollfd fds[] = { { d->events, POLLIN, 0 }, { d->signals, POLLIN, 0 } };
	int64_t due = drivers_next_due(&d->drivers), now = now_ms();
	int64_t wait = due == NOT_DUE ? -1 : due <= now ? 0 : due - now < INT32_MAX ? due - now : INT32_MAX;

	poll(fds, 2, (int)wait);
}

static void run(struct daemon *d)
{
	while (!d->stop) {
		take_signals(d);
		if (d->events >= 0)
			take_events(d);
		if (d->look_again)
			coldplug(d);
		if (d->stop)
			break;
		if (load_next(d)) {
			keep_record(d);
			continue;
		}
		if (d->arguments->once)
			break;
		if (!d->ready)
			notify("READY=1");
		d->ready = true;
		drivers_unload(&d->drivers, now_ms());
		keep_record(d);
		sleep_until_needed(d);
	}
}

/*
 * What was loaded before, and where to write what is loaded now: in the directory that systemd keeps for the service.
 */
static bool open_record(struct daemon *d)
{
	const char *dir = getenv("RUNTIME_DIRECTORY");

	if (!dir || d->arguments->dry)
		return true;
	if (asprintf(&d->record, "%.*s/drivers", (int)strcspn(dir, ":"), dir) < 0) {
		d->record = NULL;
		log_text(TMOD_ERROR, "out of memory");
		return false;
	}
	/* Without a look at the devices nobody would know which drivers they need. */
	if (d->look_again)
		record_read(d->record, &d->drivers, now_ms());
	return true;
}

/* Return: false after a message. */
static bool start(struct daemon *d)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	d->signals = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (d->signals < 0) {
		log_text(TMOD_ERROR, "cannot receive signals: %s", strerror(errno));
		return false;
	}
	/* Listen before looking, so that no device falls between the two. */
	d->events = d->arguments->once ? -1 : source_open();
	if (d->events < 0 && !d->arguments->once) {
		log_text(TMOD_ERROR, "cannot listen to the kernel's events: %s", strerror(-d->events));
		return false;
	}
	return !open_system(d) && open_record(d);
}

int main(int argc, char **argv)
{
	struct arguments arguments;
	struct daemon d = { .arguments = &arguments, .events = -1, .signals = -1 };
	int status = arguments_parse(argc, argv, &arguments);

	if (status < 0) {
		log_open(arguments.syslog, arguments.verbose ? TMOD_DEBUG : TMOD_NOTICE);
		d.drivers.idle_ms = arguments.idle_ms;
		d.devices.drivers = &d.drivers;
		d.loader = (struct loader){ .drivers = &d.drivers, .dry = arguments.dry };
		d.look_again = arguments.coldplug || arguments.once;
		status = EXIT_FAILURE;
		if (start(&d)) {
			run(&d);
			if (d.ready)
				notify("STOPPING=1");
			status = d.broken || (arguments.once && d.loader.failed) ? EXIT_FAILURE : EXIT_SUCCESS;
		}
		devices_free(&d.devices);
		drivers_free(&d.drivers);
		free(d.record);
		tmod_system_close(d.loader.system);
	}
	free(arguments.config);
	return status;
}
