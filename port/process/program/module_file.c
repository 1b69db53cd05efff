/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "core/fmt/elf.h"
#include "port/process/process.h"
#include "port/process/program/module_file.h"

static int read_all(const char *path, struct module_file *f)
{
	struct tenon_source src;
	int err = process_open_file(path, &src);

	if (err)
		return err;
	f->size = (size_t)src.size;
	f->bytes = malloc(f->size + 1);
	if (!f->bytes)
		err = -TENON_ENOMEM;
	else if (src.read_at(&src, 0, f->bytes, f->size) != (int64_t)f->size)
		err = -TENON_EIO;
	src.close(&src);
	return err;
}

static int find_info(struct module_file *f, struct tenon_diag *diag)
{
	int err = modsig_split(f->bytes, f->size, &f->signature, diag);
	struct elf_section section;
	struct elf_file elf;

	if (!err)
		err = elf_open(&elf, f->bytes, f->signature.content_size, diag);
	if (err)
		return err;
	if (!elf_find_section(&elf, ".modinfo", &section) || !elf_section_data(&elf, &section)) {
		diag->reason = TENON_R_NO_PERSONALITY;
		return -TENON_ENOEXEC;
	}
	/* Or an entry could look like several. */
	for (char *c = (char *)f->bytes + (elf_section_data(&elf, &section) - f->bytes), *end = c + section.size;
	     c < end; c++)
		if (*c == '\n')
			*c = '?';
	f->info = (struct modinfo){ elf_section_data(&elf, &section), section.size };
	return modinfo_check(&f->info, diag);
}

int module_file_open(const char *path, struct module_file *f, struct tenon_diag *diag)
{
	int err;

	*f = (struct module_file){ 0 };
	*diag = (struct tenon_diag){ .module = "file" };
	err = read_all(path, f);
	if (!err)
		err = find_info(f, diag);
	if (err)
		module_file_close(f);
	return err;
}

void module_file_close(struct module_file *f)
{
	free(f->bytes);
	f->bytes = NULL;
}
