/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Any bytes as events, one behind the other: what is read of one lies in it, and the hotplug daemon keeps its books. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "user/hotplugd/devices.h"
#include "user/hotplugd/uevent.h"

#define EVENT_END 0xff

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void promise(bool kept)
{
	if (!kept)
		abort();
}

/* A string in the event, with its end. */
static void promise_inside(const char *text, const char *bytes, size_t len)
{
	promise(text >= bytes && text < bytes + len && memchr(text, 0, (size_t)(bytes + len - text)));
}

static void take(struct devices *devices, const char *bytes, size_t len)
{
	struct uevent event;

	if (!uevent_parse(bytes, len, &event))
		return;
	promise_inside(event.device, bytes, len);
	promise(*event.device == '/');
	if (*event.modalias)
		promise_inside(event.modalias, bytes, len);
	if (*event.from)
		promise_inside(event.from, bytes, len);
	if (event.action == UEVENT_MOVE)
		devices_known(devices, event.from);
	else if (event.action == UEVENT_REMOVE)
		devices_remove(devices, event.device, 0);
	else if (event.action == UEVENT_ADD)
		devices_add(devices, event.device, event.modalias, 0);
	else
		devices_end(devices, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drivers drivers = { .idle_ms = 0 };
	struct devices devices = { .drivers = &drivers };
	char *event = malloc(size);
	size_t len = 0;

	promise(event || !size);
	for (size_t i = 0; i < size; i++) {
		event[len++] = (char)data[i];
		if (data[i] != EVENT_END)
			continue;
		take(&devices, event, len - 1);
		len = 0;
		if (i & 1) {
			const struct alias *alias = devices_next(&devices);

			promise(!alias || (alias->devices && !alias->waits && alias->asked_by));
		} else {
			devices_begin(&devices);
		}
	}
	free(event);
	devices_free(&devices);
	promise(!devices.by_path && !devices.by_alias && !devices.first);
	return 0;
}
