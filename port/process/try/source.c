/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Source lines of addresses, from a module's debugging information, if it has some: libdw places the file's sections itself, so
 * an address goes by way of its section.
 */
#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/try/try.h"

struct source {
	Dwfl *dwfl;
	Dwfl_Module *mod;
};

static const Dwfl_Callbacks callbacks = { .section_address = dwfl_offline_section_address,
					  .find_elf = dwfl_build_id_find_elf,
					  .find_debuginfo = dwfl_standard_find_debuginfo };

struct source *source_open(const char *path)
{
	struct source *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->dwfl = dwfl_begin(&callbacks);
	s->mod = s->dwfl ? dwfl_report_offline(s->dwfl, "module", path, -1) : NULL;
	if (s->mod && !dwfl_report_end(s->dwfl, NULL, NULL))
		return s;
	source_close(s);
	return NULL;
}

void source_close(struct source *s)
{
	if (s && s->dwfl)
		dwfl_end(s->dwfl);
	free(s);
}

/* Where libdw has the section of this name. Return: false: nowhere. */
static bool section_address(const struct source *s, const char *name, Dwarf_Addr *out)
{
	Dwarf_Addr bias;
	Elf *elf = dwfl_module_getelf(s->mod, &bias);
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;
	size_t names;

	if (!elf || elf_getshdrstrndx(elf, &names))
		return false;
	while ((scn = elf_nextscn(elf, scn))) {
		const char *is = gelf_getshdr(scn, &sh) ? elf_strptr(elf, names, sh.sh_name) : NULL;

		if (is && !strcmp(is, name)) {
			*out = sh.sh_addr + bias;
			return true;
		}
	}
	return false;
}

static bool is_header(const char *file)
{
	size_t len = strlen(file);

	return len > 2 && !strcmp(file + len - 2, ".h");
}

/* Where a call stands that was compiled into another function. Return: false: it was not. */
static bool call_site(Dwarf_Die *cu, Dwarf_Die *scope, const char **file, int *number)
{
	Dwarf_Attribute at;
	Dwarf_Word line, index;
	Dwarf_Files *files;
	size_t cnt;

	if (dwarf_tag(scope) != DW_TAG_inlined_subroutine ||
	    dwarf_formudata(dwarf_attr(scope, DW_AT_call_line, &at), &line) ||
	    dwarf_formudata(dwarf_attr(scope, DW_AT_call_file, &at), &index) || dwarf_getsrcfiles(cu, &files, &cnt) ||
	    index >= cnt)
		return false;
	*file = dwarf_filesrc(files, index, NULL, NULL);
	*number = (int)line;
	return *file;
}

/* A line of a header that was compiled into a function says little: then the line that calls it. */
static void leave_headers(Dwfl_Module *mod, Dwarf_Addr address, const char **file, int *number)
{
	Dwarf_Addr bias;
	Dwarf_Die *cu = dwfl_module_addrdie(mod, address, &bias), *inner = NULL, *scopes = NULL;
	int cnt = cu && dwarf_getscopes(cu, address - bias, &inner) > 0 ? dwarf_getscopes_die(inner, &scopes) : 0;

	for (int i = 0; i < cnt && is_header(*file); i++)
		call_site(cu, &scopes[i], file, number);
	free(inner);
	free(scopes);
}

void source_line(const struct source *s, const char *section, uint64_t offset, char *text, size_t size)
{
	Dwarf_Addr address;
	Dwfl_Line *line;
	const char *file, *base;
	int number = 0;

	text[0] = 0;
	if (!s || !section_address(s, section, &address))
		return;
	line = dwfl_module_getsrc(s->mod, address + offset);
	file = line ? dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL) : NULL;
	if (file)
		leave_headers(s->mod, address + offset, &file, &number);
	base = file ? strrchr(file, '/') : NULL;
	if (file)
		snprintf(text, size, "%s:%d", base ? base + 1 : file, number);
}
