/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Between the files of usb-hid. */
#ifndef MODULES_USB_HID_H
#define MODULES_USB_HID_H

#include "tenon/module.h"

#define HID_REPORT_BYTES 8u /* of a keyboard's; a mouse's are shorter */
#define HID_EVENTS 24       /* at most of one report: 8 modifiers, 6 keys that were released and 6 pressed, and the end */

/*
 * keyboard_events, mouse_events - what has changed from the report @last to @now (HID 1.11, appendix B)
 * @bytes: of @now. Return: how many events, 0: none.
 */
unsigned int keyboard_events(const uint8_t last[HID_REPORT_BYTES], const uint8_t now[HID_REPORT_BYTES], uint32_t bytes,
			     struct tenon_input_event events[HID_EVENTS]);
unsigned int mouse_events(const uint8_t last[HID_REPORT_BYTES], const uint8_t now[HID_REPORT_BYTES], uint32_t bytes,
			  struct tenon_input_event events[HID_EVENTS]);

#endif
