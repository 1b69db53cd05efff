/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The smallest profile of the core: load, link and unload one object at a time, for systems that count bytes. It checks
 * a file as thoroughly as core.h does and relocates with the same tables, but keeps nothing of its own: no names, no
 * dependencies, versions, signatures, parameters, references or threads. Use this or core.h, not both.
 */
#ifndef TENON_SMALL_H
#define TENON_SMALL_H

#include "tenon/core.h"

/* What an object became. The caller's; valid until tenon_small_unload. */
struct tenon_small {
	struct tenon_block block[TENON_MEM_DATA + 1]; /* text, rodata, ro-after-init (unused), data; size 0: none */
	tenon_addr init, exit;                        /* of init_module and cleanup_module, 0: none */
};

/**
 * tenon_small_load - link an object into memory of the host
 * @host: alloc, free, block_map, block_unmap, block_write and protect are used
 * @image: the file, aligned to 8 bytes; not needed afterwards
 * @size: bytes
 * @exports: what it may use, sorted by name (strcmp); only name and value are looked at
 * @cnt: how many
 * @out: filled in on success
 * @diag: why it failed; not NULL
 *
 * Calling init, and exit before unloading, is the caller's.
 *
 * Return: 0, -TENON_ENOEXEC (malformed, wrong CPU), -TENON_ENOENT (SYM_UNDEFINED), -TENON_ENOMEM, or what the host's
 * functions returned. On failure nothing is left.
 * Context: one caller at a time; may sleep if the host's functions do.
 */
int tenon_small_load(const struct tenon_host *host, const void *image, size_t size, const struct tenon_export *exports,
		     size_t cnt, struct tenon_small *out, struct tenon_diag *diag);

/** tenon_small_unload - give the memory back. Nothing may execute it or point to it any more. */
void tenon_small_unload(const struct tenon_host *host, struct tenon_small *m);

#endif
