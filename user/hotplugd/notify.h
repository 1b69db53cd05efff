/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef HOTPLUGD_NOTIFY_H
#define HOTPLUGD_NOTIFY_H

/** notify - tell the service manager, if there is one, in the manner of sd_notify(3): "READY=1", "STOPPING=1" */
void notify(const char *text);

#endif
