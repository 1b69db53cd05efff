/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A host made of plain memory, for tests: modules of any CPU can be linked in it, none can run. Addresses are chosen
 * by the test, memory protection is a note in a table, the n-th call that can fail can be made to fail.
 */
#ifndef TESTS_MODEL_HOST_H
#define TESTS_MODEL_HOST_H

#include "tenon/core.h"

#define MODEL_BLOCK_CNT_MAX 1024

struct model_host {
	struct tenon_host host;
	uint64_t next_run; /* where the next block will be */
	long fail_at;      /* the n-th call that can fail does, from 1; 0: none */
	long calls;        /* calls that could have failed since fail_at was set */
	long live_allocs, live_blocks;
	size_t live_bytes, peak_bytes;
	long protect_calls;
	bool lockless; /* the lock is not looked at: tenon/small.h takes none */
	bool locked;
	uint64_t clock_ns;
	char last_log[512];
	/* What calls of init and exit do: the test's own. NULL: they return 0. */
	int (*call)(void *arg, struct tenon_module *m, uint64_t address, int64_t *result);
	void *call_arg;
	/* Files that find() knows. */
	struct model_file {
		const char *name;
		const void *data;
		size_t size;
	} files[64];
	int file_cnt;
};

/* A host with blocks of @block_size from @run on. Functions are called on behalf of that CPU only through `call`. */
void model_host_init(struct model_host *mh, const struct tenon_arch *arch, uint64_t run, size_t block_size);
void model_host_file(struct model_host *mh, const char *name, const void *data, size_t size);
/* A source over memory; constant says whether the core may use it in place. */
struct tenon_source model_source(const void *data, size_t size, bool constant);
/* Nothing is allocated or mapped. */
bool model_host_clean(const struct model_host *mh);

#endif
