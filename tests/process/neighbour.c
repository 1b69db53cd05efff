/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The domain "other", with a device that must go on working whatever becomes of the domain "box". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/process/rig.h"

static struct tenon_file *upper;

void neighbour_open(void)
{
	int err = rig_load(rig_domain("other"), "chardev", NULL);

	if (!err)
		err = tenon_device_open("upper", TENON_CHRDEV_READ | TENON_CHRDEV_WRITE, &upper);
	if (err) {
		printf("Bail out! no other module: %d\n", err);
		exit(2);
	}
}

bool neighbour_served(void)
{
	static unsigned int nr;
	char text[32], back[32] = "";
	int len = snprintf(text, sizeof(text), "REQUEST %u", ++nr);

	return tenon_device_write(upper, text, (size_t)len, 0) == len &&
	       tenon_device_read(upper, back, (size_t)len, 0) == len && !strcmp(text, back);
}

void neighbour_close(void)
{
	tenon_device_close(upper);
}
