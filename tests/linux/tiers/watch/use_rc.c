// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The key map that a module of remote controls registers, printed for tiers.py to compare with those of ir-keytable. */
#include <linux/slab.h>
#include <media/rc-core.h>

#include "watch.h"

static void use(struct module *mod)
{
	char name[MODULE_NAME_LEN];
	struct rc_map *map;

	strscpy(name, mod->name, sizeof(name));
	strreplace(name, '_', '-');
	map = strncmp(name, "rc-", 3) ? NULL : rc_map_get(name);
	for (unsigned int i = 0; map && i < map->size; i++)
		report("key %s %llx %u\n", mod->name, map->scan[i].scancode, map->scan[i].keycode);
}

WATCH_HELPER(use)
