/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Native modules for x86-64, made up in memory: any number of relocations, imports and bytes. */
#ifndef BENCH_OBJECT_H
#define BENCH_OBJECT_H

#include <stddef.h>
#include <stdint.h>

#define OBJECT_VERMAGIC "tenon-bench"

struct object_spec {
	const char *name;
	const char *depends;        /* list of names, or NULL */
	const char *const *imports; /* import_cnt names, and their checksums */
	const uint32_t *crcs;
	uint32_t import_cnt;
	uint32_t calls, relatives, absolutes; /* relocations: calls to imports, addresses of data in text and in data */
	const void *code;                     /* what the text begins with; it gets the global symbol entry_<name> */
	size_t code_bytes;
	size_t text_bytes, rodata_bytes, data_bytes, sealed_bytes; /* at least */
};

/* Return: the file, to be freed; its size in *size. The process ends if there is no memory. */
void *object_make(const struct object_spec *spec, size_t *size);

/* The name of the kernel's export number @idx: 24 characters that begin like those of all others. */
void object_import_name(char name[32], uint32_t idx);

#endif
