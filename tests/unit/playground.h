/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Small native modules made in memory, one behaviour each, for tests of loading. They are x86-64 and never run: what
 * their init returns is the test's choice through model_host.call.
 */
#ifndef TESTS_PLAYGROUND_H
#define TESTS_PLAYGROUND_H

#include <stddef.h>
#include <stdint.h>

#include "tests/unit/model_host.h"

#define PG_VERMAGIC "tenon-1 x86_64"

struct pg_export {
	const char *name;
	uint32_t crc;
	const char *space; /* namespace or NULL */
	bool gpl;
};

struct pg_import {
	const char *name;
	uint32_t crc; /* 0: no entry in __versions */
	bool weak;
};

struct pg_module {
	const char *name;
	const char *depends;  /* NULL: none */
	const char *license;  /* NULL: GPL */
	const char *vermagic; /* NULL: PG_VERMAGIC */
	const char *import_ns;
	const char *build_id; /* 20 bytes, or NULL: none */
	bool no_exit, no_init;
	size_t text_bytes, data_bytes, bss_bytes, ro_after_init_bytes; /* on top of what it needs */
	size_t ro_after_init_align;                                    /* 0: 8 */
	const struct pg_export *exports;                               /* ended by a name of NULL */
	const struct pg_import *imports;
	bool
	    params; /* bool on, int count, int array[4], charp label, string text[8], int max_count (the same as count) */
};

/* The file, to be freed by the caller. */
uint8_t *pg_build(const struct pg_module *pm, size_t *size);
/* With a signature appended, whose message says nothing: the host's verify decides. */
uint8_t *pg_build_signed(const struct pg_module *pm, size_t *size);

/* ---- a core with a host of plain memory, one domain, and a few files ---- */

struct pg {
	struct model_host mh;
	struct tenon *t;
	struct tenon_domain *d;
	struct tenon_diag diag;
	void *images[64];
	int image_cnt;
	/* The next init of this name returns this. */
	const char *fail_name;
	int64_t fail_result;
	char calls[512]; /* "+a+b-b": inits and exits in order */
};

void pg_open(struct pg *pg);
/* Everything must be gone. Return: whether it was. */
bool pg_close(struct pg *pg);
void pg_file(struct pg *pg, const struct pg_module *pm);
void pg_signed_file(struct pg *pg, const struct pg_module *pm);
int pg_load(struct pg *pg, const char *name, uint32_t flags, const char *params);
int pg_insmod(struct pg *pg, const struct pg_module *pm, uint32_t flags, const char *params);
int pg_unload(struct pg *pg, const char *name);
/* "b a", newest first. */
const char *pg_list(struct pg *pg);
bool pg_info(struct pg *pg, const char *name, struct tenon_module_info *info);
/* Everything that can be seen of the core's state, as text: lists, exports, memory map, counters of what is held. */
const char *pg_snapshot(struct pg *pg);
/* ok() that the diagnosis has this reason, and says what it is if not. */
bool pg_reason(struct pg *pg, enum tenon_reason want, const char *what);

#endif
