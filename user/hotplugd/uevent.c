/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The kernel's lib/kobject_uevent.c makes the format: "add@/devices/...", "ACTION=add", "DEVPATH=..." and so on. */
#include <string.h>

#include "user/hotplugd/uevent.h"

static enum uevent_action action_of(const char *text, size_t len)
{
	if (len == 3 && !memcmp(text, "add", 3))
		return UEVENT_ADD;
	if (len == 6 && !memcmp(text, "remove", 6))
		return UEVENT_REMOVE;
	if (len == 4 && !memcmp(text, "move", 4))
		return UEVENT_MOVE;
	return UEVENT_OTHER;
}

/* Set *@value if the variable has that key, which ends in '='. */
static void read_variable(const char *variable, const char *key, const char **value)
{
	size_t len = strlen(key);

	if (!strncmp(variable, key, len))
		*value = variable + len;
}

bool uevent_parse(const char *bytes, size_t len, struct uevent *event)
{
	const char *at;

	if (!len || bytes[len - 1])
		return false;
	at = strchr(bytes, '@');
	if (!at || at == bytes || at[1] != '/')
		return false;
	*event = (struct uevent){ action_of(bytes, (size_t)(at - bytes)), at + 1, "", "" };
	for (const char *var = bytes; var < bytes + len; var += strlen(var) + 1) {
		read_variable(var, "MODALIAS=", &event->modalias);
		read_variable(var, "DEVPATH_OLD=", &event->from);
	}
	return true;
}
