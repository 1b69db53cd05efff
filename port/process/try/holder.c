/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Variables of other modules of the domain, by their address: whose symbols are read when there is a finding, from their files. */
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port/process/try/try.h"

/* The symbol table of the file, and the number of its section @name. Return: false: it has none. */
static bool find_sections(Elf *elf, const char *name, size_t *section, Elf_Scn **symbols)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;
	size_t names;

	*section = 0;
	*symbols = NULL;
	if (elf_getshdrstrndx(elf, &names))
		return false;
	while ((scn = elf_nextscn(elf, scn))) {
		const char *is = gelf_getshdr(scn, &sh) ? elf_strptr(elf, names, sh.sh_name) : NULL;

		if (is && !strcmp(is, name))
			*section = elf_ndxscn(scn);
		if (is && sh.sh_type == SHT_SYMTAB)
			*symbols = scn;
	}
	return *section && *symbols;
}

/* Return: how large it is, 0: there is none. */
static uint64_t name_variable(Elf *elf, const char *section_name, uint64_t offset, char *text, size_t size)
{
	Elf_Scn *symbols;
	size_t section;
	GElf_Shdr sh;
	GElf_Sym sym;
	Elf_Data *data;

	if (!find_sections(elf, section_name, &section, &symbols) || !gelf_getshdr(symbols, &sh))
		return 0;
	data = elf_getdata(symbols, NULL);
	for (int i = 0; data && gelf_getsym(data, i, &sym); i++) {
		const char *name = elf_strptr(elf, sh.sh_link, sym.st_name);

		if (name && sym.st_shndx == section && GELF_ST_TYPE(sym.st_info) == STT_OBJECT &&
		    offset - sym.st_value < sym.st_size) {
			snprintf(text, size, "%s", name);
			return sym.st_size;
		}
	}
	return 0;
}

uint64_t holder_name(struct process_host *h, const struct report *r, uint64_t address, char *text, size_t size)
{
	char path[PROCESS_PATH_BYTES], name[TENON_SYMBOL_BYTES] = "memory";
	const struct variables *v = NULL;
	Elf *elf = NULL;
	uint64_t variable_size = 0;
	int fd = -1;

	for (size_t i = 0; i < r->variables_cnt; i++)
		if (address - r->variables[i].address < r->variables[i].size)
			v = &r->variables[i];
	if (v && process_find_path(h, v->module, path, sizeof(path)) && elf_version(EV_CURRENT) != EV_NONE)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf)
		variable_size = name_variable(elf, v->section, address - v->address, name, sizeof(name));
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	snprintf(text, size, "%s of %s", name, v ? v->module : "linux");
	return variable_size;
}
