/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A module file in memory, as far as one looks at it without loading it. */
#ifndef PORT_PROCESS_PROGRAM_MODULE_FILE_H
#define PORT_PROCESS_PROGRAM_MODULE_FILE_H

#include "core/fmt/modinfo.h"
#include "core/fmt/modsig.h"

struct module_file {
	void *bytes;
	size_t size;
	struct modsig_parts signature;
	struct modinfo info;
};

/*
 * Read a file and find its information. Return: 0, and it must be closed; or a negative errno value, with
 * @diag saying why if it could be read but is not a module.
 */
int module_file_open(const char *path, struct module_file *f, struct tenon_diag *diag);
void module_file_close(struct module_file *f);

#endif
