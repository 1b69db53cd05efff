/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Why a device has no driver. */
#include <limits.h>
#include <string.h>

#include "user/tools/why_not.h"

struct found {
	struct question *q;
	char *modalias;
	size_t size;
};

/* A file of the device that has one line, "" if there is none. */
static void read_attribute(const char *device, const char *name, char *text, size_t size)
{
	char path[PATH_MAX];

	*text = '\0';
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", device, name) < sizeof(path))
		tools_line(path, text, size);
}

/* What keeps the kernel from binding drivers to it. */
static void check_attributes(struct question *q, const char *device)
{
	struct source source = { device, 0 };
	char text[256];

	read_attribute(device, "driver_override", text, sizeof(text));
	if (*text && strcmp(text, "(null)"))
		why_not_add(q, "driver-override", NULL, true, &source,
			    "driver_override says that only the driver '%s' may have it", text);
	read_attribute(device, "authorized", text, sizeof(text));
	if (!strcmp(text, "0"))
		why_not_add(q, "not-authorized", NULL, true, &source,
			    "the device is not authorized ('authorized' is 0)");
	read_attribute(device, "subsystem/drivers_autoprobe", text, sizeof(text));
	if (!strcmp(text, "0"))
		why_not_add(q, "no-autoprobe", NULL, true, &source,
			    "the bus gives no drivers to devices by itself (drivers_autoprobe is 0)");
}

static int look(void *data, const struct tmod_device *device)
{
	struct found *f = data;
	struct source source = { device->path, 0 };

	snprintf(f->modalias, f->size, "%s", device->modalias);
	if (device->driver) {
		why_not_add(f->q, "bound", device->module, false, &source, "the device has a driver: %s%s%s",
			    device->driver, device->module ? ", of module " : "", device->module ? device->module : "");
		*f->modalias = '\0'; /* what else could be for it does not matter */
		return 0;
	}
	f->q->unbound = true;
	if (!*device->modalias)
		why_not_add(f->q, "no-modalias", NULL, true, &source,
			    "the device has no alias, so that no module is looked for");
	check_attributes(f->q, device->path);
	return 0;
}

bool why_not_device(struct question *q, const char *path, char *modalias, size_t size)
{
	struct found found = { q, modalias, size };

	*modalias = '\0';
	return !tmod_device_find(path, look, &found);
}
