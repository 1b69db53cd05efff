/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Input devices: /dev/input/eventN, from which each open file reads the events that came since it was opened. */
#ifndef KERNEL_DEVICE_INPUT_H
#define KERNEL_DEVICE_INPUT_H

#include <stdint.h>

struct input_device;
struct tenon_input_event;

/* Return: 0, -TENON_ENOMEM, -TENON_ENOSPC: there are as many as there can be. Thread. */
int input_register(struct input_device **out);
/* To all who have it open, at this moment. Any context. */
void input_report(struct input_device *dev, const struct tenon_input_event *events, unsigned cnt);
/* It is freed with the last file that has it open. Nobody reports any more. Thread. */
void input_unregister(struct input_device *dev);

#endif
