/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Finding the modules that an alias stands for, and loading them. */
#ifndef HOTPLUGD_LOAD_H
#define HOTPLUGD_LOAD_H

#include "tenon/mod.h"

#include "user/hotplugd/devices.h"

struct loader {
	struct tmod_system *system;
	struct drivers *drivers;
	bool dry;    /* only say what would be loaded */
	bool failed; /* something could not be loaded */
	bool told;   /* that nothing can be looked up, which holds for every alias */
};

/**
 * load_alias - load the drivers for the devices that have an alias
 *
 * What is wrong is reported, with the device that asked, and kept in @loader->failed. A module that policy stops is reported
 * and no failure. Modules that were loaded by this, and those that were before, become what @alias uses.
 */
void load_alias(struct loader *loader, struct alias *alias);

#endif
