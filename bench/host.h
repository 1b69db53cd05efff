/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A host of plain memory, for loads that are counted and not executed: it costs little itself, and counts what the core
 * requests.
 */
#ifndef BENCH_HOST_H
#define BENCH_HOST_H

#include "tenon/core.h"

#define BENCH_BLOCK_BYTES (2ul << 20)

struct bench_file {
	const char *name;
	const void *data;
	size_t size;
};

struct bench_host {
	struct tenon_host host;
	uint64_t next_run;
	uint32_t blocks; /* mapped now */
	size_t heap, peak,
	    largest; /* bytes from alloc: in use, most at a time; the largest piece, which is the private copy */
	const struct bench_file *files; /* that find knows */
	size_t file_cnt;
};

/* An instance that takes the objects of object.h, with one domain. The process ends if that fails. */
struct tenon *bench_open(struct bench_host *h, struct tenon_domain **d);
/* Give it @cnt exports by the names of object_import_name, with checksums from bench_crc(). */
void bench_provide(struct tenon *t, struct tenon_domain *d, uint32_t cnt);
uint32_t bench_crc(uint32_t idx);
/* A source that is read, so that the load makes its private copy. */
struct tenon_source bench_source(const struct bench_file *file);
/* Load or end the process with the diagnosis. */
struct tenon_module *bench_load(struct tenon *t, const struct tenon_request *req);

/* One figure: "name value limit ok|over", and what the peer has. limit < 0: none. Return: whether it is within. */
int figure(const char *name, double value, double limit, const char *peer, ...) __attribute__((format(printf, 4, 5)));

#endif
