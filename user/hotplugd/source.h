/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Where events come from: the kernel's netlink socket, or one that who started us has opened. */
#ifndef HOTPLUGD_SOURCE_H
#define HOTPLUGD_SOURCE_H

#include "user/hotplugd/uevent.h"

/**
 * source_open - listen to the kernel's events
 *
 * A datagram socket handed over in the manner of sd_listen_fds(3) is used instead of an own one, so that nothing is
 * lost while the daemon is started anew.
 * Return: a descriptor that does not block, or a negative errno value.
 */
int source_open(void);

/**
 * source_next - the next event that waits
 * @bytes: UEVENT_BYTES_MAX of them, to which @event points
 *
 * Return: 1; 0: none waits; -EBADMSG: what came is no event of the kernel's; -ENOBUFS: events were lost; or another
 * negative errno value.
 */
int source_next(int fd, char *bytes, struct uevent *event);

#endif
