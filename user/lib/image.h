/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The bytes of a module file, read only where they are needed.
 *
 * A window of memory is as large as the file. Bytes come to their own offset in it when image_need() asks for them; the
 * rest of the window costs no memory and holds nothing that means anything. So the ELF reader sees a whole file, while
 * of a module of 100 KiB depmod reads 10. A private copy also cannot change or vanish under the reader, as a mapped
 * file can. A compressed file is unpacked whole. A window serves any number of files, one after the other.
 */
#ifndef LIB_IMAGE_H
#define LIB_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/fmt/elf.h"
#include "core/fmt/modinfo.h"
#include "tenon/mod.h"
#include "user/lib/unpack.h"

#define IMAGE_BYTES_MAX (1ull << 30)

struct image {
	uint8_t *data; /* the file's bytes: in the window or, of a packed file, in `unpacked` */
	size_t size;   /* of the file, or of what it was packed from */
	int fd;        /* -1: all is there */
	struct {
		size_t off, end;
	} had[2]; /* ranges that have been read: at the end of the file, and the largest other one */
	uint8_t *window;
	size_t cap; /* of the window */
	struct buf packed, unpacked;
	struct buf modinfo; /* a copy, where the last string of .modinfo has no NUL */
	struct unpacker unpacker;
};

/**
 * image_open - open a file, by its first bytes plain, gz, xz or zstd
 * @img: zeroed before its first use; afterwards the file before must be closed
 * @dir: where @path starts from, or AT_FDCWD
 *
 * Return: 0 or a negative errno value: those of regular_open() and read, -EFBIG, -ELIBACC if the library that unpacks it
 * is not there, -EILSEQ if it is damaged.
 */
int image_open(struct image *img, int dir, const char *path);
void image_close(struct image *img);
/* Give all memory back. */
void image_free(struct image *img);

/** image_need - read a range, which may lie outside the file. Return: 0, -ENOEXEC if it does, or what pread says. */
int image_need(struct image *img, uint64_t off, uint64_t len);

/**
 * image_elf - read headers and section names and open the file as ELF
 *
 * Return: 0, -ENOEXEC (@diag says why), or a read error.
 */
int image_elf(struct image *img, struct elf_file *elf, struct tenon_diag *diag);

/** image_symbols - read the symbol table from its first global symbol on, or @all of it, and the string table. */
int image_symbols(struct image *img, const struct elf_file *elf, bool all);

/**
 * image_symbol_bytes - the bytes of the name of a symbol, whose name_off is in range, with its NUL; 0: it is longer than
 * exports' names are. No kernel has a longer one, and many symbols of a small file could share it.
 */
size_t image_symbol_bytes(const struct elf_file *elf, const struct elf_symbol *s);

/**
 * image_modinfo - read .modinfo of an opened file, as tolerantly as Linux does
 *
 * Strings may be without '=' or without a key, and the last one without its NUL (then @info has a copy with one).
 * Return: 0, -ENOENT without the section, -ENOMEM, or a read error.
 */
int image_modinfo(struct image *img, const struct elf_file *elf, struct modinfo *info);
/* The same, where the section is known; its type is SHT_NULL if there is none. */
int image_modinfo_section(struct image *img, const struct elf_section *section, struct modinfo *info);

/** image_info_next - as tmod_file_info(), also through strings without '=' (an empty value) or with an empty key. */
bool image_info_next(const struct modinfo *info, const char **at, struct tmod_info *out);

#endif
