/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A host with the address space of a 64-bit kernel in plain memory: text near the kernel's own exports, everything
 * else above it. Nothing can run in it. Module files come from a tree.
 */
#ifndef TESTS_DEBIAN_HOST_H
#define TESTS_DEBIAN_HOST_H

#include "tests/debian/t0.h"
#include "tests/unit/model_host.h"

#define DEBIAN_SLOT_BYTES (2ul << 20)
#define DEBIAN_SLOT_CNT 448
#define DEBIAN_TEXT_SLOTS 96 /* the first ones */

struct debian_host {
	struct model_host model; /* must be first */
	const struct tree *tree;
	uint64_t base; /* address of slot 0 */
	bool used[DEBIAN_SLOT_CNT];
};

void debian_host_init(struct debian_host *h, const struct tenon_arch *arch, uint64_t base, const struct tree *tree);

#endif
