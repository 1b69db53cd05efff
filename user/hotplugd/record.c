/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tenon/mod.h"

#include "user/hotplugd/log.h"
#include "user/hotplugd/record.h"

static void take_over(struct drivers *drivers, const char *line, int64_t now)
{
	unsigned long long node;
	char name[64], end;
	struct driver *d;

	if (sscanf(line, "%63[^/ \n] %llu%c", name, &node, &end) != 2 || !node || drivers_node(name) != node)
		return;
	d = drivers_add(drivers, name);
	if (!d)
		log_text(TMOD_ERROR, "out of memory: %s will stay loaded", name);
	else if (drivers->idle_ms >= 0)
		d->due = now + drivers->idle_ms;
}

void record_read(const char *path, struct drivers *drivers, int64_t now)
{
	FILE *file = fopen(path, "re");
	char *text = NULL, *line;
	size_t cap = 0;

	if (!file) {
		if (errno != ENOENT)
			log_text(TMOD_WARNING, "%s: %s; what was loaded before stays", path, strerror(errno));
		return;
	}
	/* Up to a NUL, so all of it. From its end, for the newest is added last. */
	if (getdelim(&text, &cap, '\0', file) > 0) {
		while ((line = strrchr(text, '\n'))) {
			*line = '\0';
			line = strrchr(text, '\n');
			take_over(drivers, line ? line + 1 : text, now);
		}
	}
	free(text);
	fclose(file);
}

void record_write(const char *path, const struct drivers *drivers)
{
	char next[PATH_MAX];
	FILE *file;
	int err;

	snprintf(next, sizeof(next), "%s.new", path);
	file = fopen(next, "we");
	if (file) {
		for (const struct driver *d = drivers->newest; d; d = d->next)
			fprintf(file, "%s %llu\n", d->name, d->node);
		err = ferror(file);
		if (!fclose(file) && !err && !rename(next, path))
			return;
	}
	log_text(TMOD_WARNING, "%s: %s; when this process ends, what it has loaded will stay", path, strerror(errno));
	unlink(next);
}
