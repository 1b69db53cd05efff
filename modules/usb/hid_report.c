// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Reports of the boot protocol (HID 1.11, appendix B), as events with Linux's codes. */
#include "hid.h"

enum {
	EVENT_KEY = 1, /* as Linux numbers them */
	EVENT_RELATIVE = 2,
	RELATIVE_X = 0,
	RELATIVE_Y = 1,
	RELATIVE_WHEEL = 8,
	BUTTON_LEFT = 0x110,
	BUTTONS = 3,
	MODIFIERS = 8,
	KEY_FIRST = 2,   /* byte of a keyboard's report */
	USAGE_FIRST = 4, /* less says that too many keys are pressed */
};

/* By the bits of the first byte. */
static const uint8_t modifiers[MODIFIERS] = { 29, 42, 56, 125, 97, 54, 100, 126 };

/* By usage (HID Usage Tables, 10), from USAGE_FIRST on. */
static const uint8_t keys[] = {
	30,  48,  46,  32,  18, 33, 34, 35, 23, 36, 37, 38, 50, 49, 24, 25, 16, 19, 31,  20,  22,  47,  17,  45,  21,
	44,  2,   3,   4,   5,  6,  7,  8,  9,  10, 11, 28, 1,  14, 15, 57, 12, 13, 26,  27,  43,  43,  39,  40,  41,
	51,  52,  53,  58,  59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 87, 88, 99, 70, 119, 110, 102, 104, 111, 107, 109,
	106, 105, 108, 103, 69, 98, 55, 74, 78, 96, 79, 80, 81, 75, 76, 77, 71, 72, 73,  82,  83,  86,  127,
};

struct events {
	struct tenon_input_event *to;
	unsigned int cnt;
};

static void add(struct events *e, uint16_t type, uint16_t code, uint32_t value)
{
	e->to[e->cnt++] =
	    (struct tenon_input_event){ .size = sizeof(*e->to), .type = type, .code = code, .value = value };
}

/* What belongs together ends with an event of zeros. */
static unsigned int end(struct events *e)
{
	if (e->cnt)
		add(e, 0, 0, 0);
	return e->cnt;
}

static void add_bits(struct events *e, uint8_t last, uint8_t now, const uint8_t *codes, uint16_t base, unsigned int cnt)
{
	for (unsigned int i = 0; i < cnt; i++)
		if ((last ^ now) & 1u << i)
			add(e, EVENT_KEY, codes ? codes[i] : (uint16_t)(base + i), now >> i & 1);
}

static bool has(const uint8_t report[HID_REPORT_BYTES], uint8_t usage)
{
	return memchr(report + KEY_FIRST, usage, HID_REPORT_BYTES - KEY_FIRST) != NULL;
}

/* Keys that are in @a and not in @b. */
static void add_keys(struct events *e, const uint8_t *a, const uint8_t *b, uint32_t value)
{
	for (unsigned int i = KEY_FIRST; i < HID_REPORT_BYTES; i++)
		if (a[i] >= USAGE_FIRST && a[i] - USAGE_FIRST < (int)sizeof(keys) && !has(b, a[i]))
			add(e, EVENT_KEY, keys[a[i] - USAGE_FIRST], value);
}

unsigned int keyboard_events(const uint8_t last[HID_REPORT_BYTES], const uint8_t now[HID_REPORT_BYTES], uint32_t bytes,
			     struct tenon_input_event events[HID_EVENTS])
{
	struct events e = { .to = events };

	if (bytes < HID_REPORT_BYTES)
		return 0;
	add_bits(&e, last[0], now[0], modifiers, 0, MODIFIERS);
	add_keys(&e, last, now, 0);
	add_keys(&e, now, last, 1);
	return end(&e);
}

unsigned int mouse_events(const uint8_t last[HID_REPORT_BYTES], const uint8_t now[HID_REPORT_BYTES], uint32_t bytes,
			  struct tenon_input_event events[HID_EVENTS])
{
	static const uint16_t axes[] = { RELATIVE_X, RELATIVE_Y, RELATIVE_WHEEL };
	struct events e = { .to = events };

	if (bytes < 3)
		return 0;
	add_bits(&e, last[0], now[0], NULL, BUTTON_LEFT, BUTTONS);
	for (unsigned int i = 0; i < 3 && i + 1 < bytes; i++)
		if (now[i + 1])
			add(&e, EVENT_RELATIVE, axes[i], (uint32_t)(int8_t)now[i + 1]);
	return end(&e);
}
