// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Buses: what stands where. */
#include "pci.h"

#define SLOTS 32
#define DEPTH_MAX 16 /* of bridges behind bridges */

struct walk {
	struct function *parent;
	unsigned int at;
};

/* The next place of a bus, functions above 0 only where function 0 says that there are any. Return: false: the end. */
static bool next_place(const struct host *host, unsigned int *at)
{
	uint32_t function = *at & 7;
	bool multi = function || config_read(host, *at, PCI_HEADER_TYPE, 1) & PCI_HEADER_MULTI;

	if (!function && config_read(host, *at, PCI_VENDOR, 2) == 0xffff)
		multi = false;
	*at += multi ? 1 : PCI_FUNCTIONS - function;
	return *at & 0xff;
}

/* Depth first, with a stack of its own: how deep bridges stand is the hardware's to say. */
void scan_bus(struct host *host, unsigned int at, struct function *parent)
{
	struct walk stack[DEPTH_MAX];
	uint32_t seen[8] = { 0 }, bus = at >> 8 & 0xff;
	unsigned int depth = 1;

	if (!config_open(host, at))
		return;
	stack[0] = (struct walk){ parent, at & ~0xffu };
	seen[bus / 32] |= 1u << bus % 32;
	while (depth) {
		struct walk *w = &stack[depth - 1];
		struct function *f = function_add(host, w->at, w->parent);
		unsigned int below = f ? f->bus_below : 0;

		if (!next_place(host, &w->at))
			depth--;
		if (!below || seen[below / 32] & 1u << below % 32)
			continue;
		seen[below / 32] |= 1u << below % 32;
		at = (host->first & ~0xffffu) | below << 8;
		if (depth == DEPTH_MAX || !config_open(host, at)) {
			pr_warn("bus %02x cannot be reached\n", below);
			continue;
		}
		stack[depth++] = (struct walk){ f, at };
	}
}
