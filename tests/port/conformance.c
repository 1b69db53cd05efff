/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The suite's main part: the contract's shape, and memory for the core's own objects. */
#include <stdalign.h>
#include <string.h>

#include "tests/port/conformance.h"
#include "tests/tap.h"

void test_contract(const struct port_under_test *port)
{
	const struct tenon_host *h = port->host;

	ok(h->alloc && h->free && h->block_map && h->block_unmap && h->block_write && h->protect && h->lock &&
	       h->unlock && h->sync_cpus && h->now_ns && h->log && h->panic,
	   "every required function is there");
	ok(!h->wait == !h->wake, "wait and wake come together");
	ok(h->page_size && !(h->page_size & (h->page_size - 1)), "page size %zu is a power of two", h->page_size);
	ok(h->block_size && !(h->block_size % h->page_size), "block size %zu is whole pages", h->block_size);
	ok(h->arch, "it says for which CPU modules are");
	h->log(h->context, TENON_LOG_INFO, "conformance", strlen("conformance"));
	h->log(h->context, TENON_LOG_DEBUG, "", 0);
	ok(true, "log takes a line and an empty line");
}

void test_heap(const struct port_under_test *port)
{
	static const size_t sizes[] = { 1, 7, 16, 24, 63, 64, 100, 1000, 4096, 70000 };
	enum { CNT = sizeof(sizes) / sizeof(sizes[0]) };
	const struct tenon_host *h = port->host;
	bool aligned = true, kept = true;
	uint8_t *p[CNT];

	for (size_t i = 0; i < CNT; i++) {
		p[i] = h->alloc(h->context, sizes[i]);
		if (!ok(p[i], "alloc of %zu bytes", sizes[i]))
			return;
		aligned &= !((uintptr_t)p[i] % alignof(max_align_t));
		memset(p[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < CNT; i++)
		for (size_t k = 0; k < sizes[i]; k++)
			kept &= p[i][k] == i + 1;
	ok(aligned, "alloc aligns for any object");
	ok(kept, "allocations do not overlap");
	for (size_t i = 0; i < CNT; i++)
		h->free(h->context, p[i], sizes[i]);
	for (int round = 0; round < 1000; round++) {
		void *q = h->alloc(h->context, 256);

		if (!q) {
			ok(false, "freed memory can be had again");
			return;
		}
		h->free(h->context, q, 256);
	}
	ok(true, "freed memory can be had again");
}

int port_conformance(const struct port_under_test *port)
{
	test_contract(port);
	test_heap(port);
	test_blocks(port);
	test_sync(port);
	test_watched(port);
	return tap_done();
}
