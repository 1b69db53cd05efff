/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The drivers on record, for the next process when this one has ended: a file with a line "NAME NODE" for each, the
 * newest first. Node is the inode of /sys/module/NAME, which is another when somebody else has loaded the module anew.
 */
#ifndef HOTPLUGD_RECORD_H
#define HOTPLUGD_RECORD_H

#include "user/hotplugd/drivers.h"

/** record_read - take over the drivers that are still loaded; without devices they become due after the idle time. */
void record_read(const char *path, struct drivers *drivers, int64_t now);

/** record_write - replace the file. It is whole at any time. */
void record_write(const char *path, const struct drivers *drivers);

#endif
