/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A module that has its domain's memory mapped in as many pieces as the system allows, so that none can be cut in two, and then gives
 * back the middle of one: its domain ends, the host lives, and everything comes back. Where the system allows more, nothing happens.
 */
#include "tests/process/rig.h"

int main(void)
{
	struct tenon_domain *box;
	char *before;
	bool died;

	rig_open(NULL);
	neighbour_open();
	before = snapshot();
	box = rig_domain("box");
	rig_load(box, "hoard", "what=pieces when=init");
	process_settle(rig_host);
	died = rig_logged("its memory could not be taken back");
	ok(died == (rig_logged("of all pieces") == 0), "its domain ends, or has all it wanted: %s",
	   died ? "ends" : "all");
	ok(neighbour_served(), "a neighbour is served");
	rig_unload_all(rig_domain("box"));
	rig_domain_close("box");
	ok(snapshot_same(before, snapshot()), "nothing is left");
	neighbour_close();
	rig_unload_all(rig_domain("other"));
	rig_domain_close("other");
	ok(rig_close(), "everything goes");
	return tap_done();
}
