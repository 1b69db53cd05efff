/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the files about one module file share. */
#ifndef LIB_FILE_H
#define LIB_FILE_H

#include "user/lib/image.h"
#include "tenon/mod.h"

struct tmod_file {
	struct image image; /* stays open: symbols are read when they are asked for */
	struct elf_file elf;
	struct modinfo info;
	const uint8_t *message; /* of the signature; NULL: unsigned */
	size_t message_size;
	/* The trailer of a signature that is no PKCS#7 message; then name, key and signature are in `message`. Or NULL. */
	const struct tenon_modsig *old;
};

/*
 * The name in .modinfo, by which the kernel will know the module; that of the file may have been changed.
 * Return: false: there is none, or no such file, or it is longer than @size.
 */
bool file_own_name(const char *path, char *name, size_t size);

#endif
