/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A module's object file (the result of `ld -r` on its sources), as far as modpost must know it. Any CPU. */
#ifndef MODPOST_OBJECT_H
#define MODPOST_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/fmt/modinfo.h"

struct exported {
	const char *name;
	const char *space; /* namespace, "module:a,b" for named consumers, or "" */
	bool gpl;          /* in __ksymtab_gpl */
	uint64_t offset;   /* of its entry in that table */
	char *type;        /* canonical text of its type (types.h) */
	uint32_t crc;      /* checksum of that text */
};

/* A device table, still in the file's own bytes. */
struct device_table {
	const char *kind; /* "pci", "usb", "platform" */
	size_t kind_len;
	const uint8_t *data;
	size_t size; /* bytes */
};

/* Everything points into the file or the heap and stays until the program ends. Arrays are sorted, see object_read. */
struct object {
	const char *path;
	const char *cpu; /* "x86_64", "aarch64", "riscv64", "arm" */
	unsigned word;   /* bytes of a pointer */
	bool has_init, has_exit;
	struct modinfo info;  /* its .modinfo, checked */
	const char **imports; /* undefined symbols */
	size_t import_cnt;
	struct exported *exports;
	size_t export_cnt;
	struct device_table *tables;
	size_t table_cnt;
};

/**
 * object_read - read the symbols and tables of @path
 * Imports come sorted by name; exports in the order of their tables, the plain one first. Types are not filled in.
 * Ends the program if the file is malformed, or no relocatable object for a supported CPU.
 */
void object_read(struct object *o, const char *path);

#endif
