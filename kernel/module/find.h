/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Files of modules that the core asks for itself: the base of each kind, in the release's directory. */
#ifndef KERNEL_MODULE_FIND_H
#define KERNEL_MODULE_FIND_H

#include "tenon/host.h"

/* The port contract's find. All other modules come by /sbin/modprobe, which knows where they are. */
int module_find(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src);

#endif
