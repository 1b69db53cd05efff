/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <string.h>

#include "modpost/text.h"
#include "modpost/type_text.h"
#include "modpost/types.h"

/* A function or variable at file scope that others can link to. */
static bool describes_export(Dwarf_Die *entry, const char *name)
{
	const char *own = dwarf_diename(entry);
	int tag = dwarf_tag(entry);

	return (tag == DW_TAG_subprogram || tag == DW_TAG_variable) && own && !strcmp(own, name) &&
	       dwarf_hasattr_integrate(entry, DW_AT_external) && !dwarf_hasattr(entry, DW_AT_declaration);
}

static bool find_die(Dwarf *dwarf, const char *name, Dwarf_Die *entry)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit;

	while (!dwarf_get_units(dwarf, cu, &cu, NULL, NULL, &unit, NULL)) {
		if (dwarf_child(&unit, entry))
			continue;
		do {
			if (describes_export(entry, name))
				return true;
		} while (!dwarf_siblingof(entry, entry));
	}
	return false;
}

static char *export_type(const struct object *o, Dwarf *dwarf, const char *name)
{
	Dwarf_Die entry;

	if (!find_die(dwarf, name, &entry))
		die("%s: no type information for export %s; build with -g", o->path, name);
	return type_text(o->path, name, &entry);
}

uint32_t types_crc(const char *text)
{
	uint32_t crc = ~0u;

	for (; *text; text++) {
		crc ^= (uint8_t)*text;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

/* libdwfl, because in a relocatable object the debug sections must be relocated before they can be read. */
void types_read(struct object *o)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_build_id_find_elf,
		.find_debuginfo = dwfl_standard_find_debuginfo,
		.section_address = dwfl_offline_section_address,
	};
	Dwarf_Addr bias;
	Dwfl_Module *module;
	Dwarf *dwarf;
	Dwfl *dwfl;

	if (!o->export_cnt)
		return;
	dwfl = dwfl_begin(&callbacks);
	module = dwfl ? dwfl_report_offline(dwfl, o->path, o->path, -1) : NULL;
	if (!module || dwfl_report_end(dwfl, NULL, NULL))
		die("%s: %s", o->path, dwfl_errmsg(-1));
	dwarf = dwfl_module_getdwarf(module, &bias);
	if (!dwarf)
		die("%s: no type information for its exports; build with -g", o->path);
	for (size_t i = 0; i < o->export_cnt; i++) {
		if (o->exports[i].type)
			continue;
		o->exports[i].type = export_type(o, dwarf, o->exports[i].name);
		o->exports[i].crc = types_crc(o->exports[i].type);
	}
	dwfl_end(dwfl);
}
