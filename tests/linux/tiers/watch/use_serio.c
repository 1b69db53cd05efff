// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Drivers of devices on a serial line, each with one packet of its device's protocol, as the makers have published these:
 * 3M's format tablet, Gunze's AHL, Microsoft's and DEC's mice, scan codes of set 1 and of the LK201, Magellan's.
 */
#include <linux/input.h>
#include <linux/serio.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "watch.h"

struct event {
	unsigned int type, code;
	int value;
};

static const struct {
	const char *module;
	u8 type, protocol, cnt;
	u8 bytes[12];
	struct event events[4];
} rows[] = {
	/* Seven bits each, the lower ones first, from the lower left corner. */
	{ "mtouch",
	  SERIO_RS232,
	  SERIO_MICROTOUCH,
	  5,
	  { 0xc0, 0x34, 0x24, 0x3c, 0x15 },
	  { { EV_ABS, ABS_X, 0x1234 }, { EV_ABS, ABS_Y, 0x3fff - 0x0abc }, { EV_KEY, BTN_TOUCH, 1 } } },
	{ "gunze",
	  SERIO_RS232,
	  SERIO_GUNZE,
	  11,
	  "T0512,0384\r",
	  { { EV_ABS, ABS_X, 512 }, { EV_ABS, ABS_Y, 1024 - 384 }, { EV_KEY, BTN_TOUCH, 1 } } },
	/* The left button, 1 to the right, 1 up. */
	{ "sermouse",
	  SERIO_RS232,
	  SERIO_MS,
	  3,
	  { 0x6c, 0x01, 0x3f },
	  { { EV_KEY, BTN_LEFT, 1 }, { EV_REL, REL_X, 1 }, { EV_REL, REL_Y, -1 } } },
	{ "vsxxxaa", SERIO_RS232, SERIO_VSXXXAA, 3, { 0x94, 5, 3 }, { { EV_KEY, BTN_LEFT, 1 }, { EV_REL, REL_X, 5 } } },
	{ "xtkbd",
	  SERIO_XT,
	  SERIO_UNKNOWN,
	  3,
	  { 0x1e, 0x9e, 0x30 },
	  { { EV_KEY, KEY_A, 1 }, { EV_KEY, KEY_A, 0 }, { EV_KEY, KEY_B, 1 } } },
	{ "lkkbd", SERIO_RS232, SERIO_LKKBD, 1, { 0xc2 }, { { EV_KEY, KEY_A, 1 } } },
	/* Nibbles as characters whose lower four bits they are: the first button. */
	{ "magellan", SERIO_RS232, SERIO_MAGELLAN, 5, "kA00\r", { { EV_KEY, BTN_1, 1 }, { EV_KEY, BTN_1, 1 } } },
};

static int accept(struct serio *serio, unsigned char byte)
{
	return 0;
}

static bool all_seen(const struct event *events)
{
	for (int i = 0; i < 4 && events[i].type; i++)
		if (!events_have(events[i].type, events[i].code, events[i].value))
			return false;
	return true;
}

static void use_row(struct module *mod, int row)
{
	struct serio *serio = kzalloc(sizeof(*serio), GFP_KERNEL); /* which its end frees */

	if (!serio)
		return;
	serio->id = (struct serio_device_id){ .type = rows[row].type, .proto = rows[row].protocol };
	serio->write = accept;
	strscpy(serio->name, "watch", sizeof(serio->name));
	strscpy(serio->phys, "watch", sizeof(serio->phys));
	serio_register_port(serio);
	__flush_workqueue(system_long_wq); /* where drivers are looked for */
	if (serio->drv) {
		events_clear();
		for (int i = 0; i < rows[row].cnt; i++)
			serio_interrupt(serio, rows[row].bytes[i], 0);
		if (all_seen(rows[row].events))
			report("compared %s a packet of its device's protocol\n", mod->name);
		else
			report("differs %s\n", mod->name);
	} else {
		report("differs %s: not bound\n", mod->name);
	}
	serio_unregister_port(serio);
}

static void use(struct module *mod)
{
	if (events_start())
		return;
	for (int i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(rows[i].module, mod->name))
			use_row(mod, i);
	events_end();
}

WATCH_HELPER(use)
