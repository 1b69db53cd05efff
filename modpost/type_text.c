/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <dwarf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "modpost/text.h"
#include "modpost/type_text.h"

#define TYPE_BYTES_MAX 65535 /* longest text; more is a mistake in what is exported */
#define DEPTH_MAX 200 /* deepest nesting of types */

/* One text being written. */
struct writer {
	const char *path, *symbol; /* for messages */
	struct text text;
	Dwarf_Off *seen; /* structures, unions and enumerations written out so far */
	size_t seen_cnt;
	unsigned depth;
};

static void write_type(struct writer *w, Dwarf_Die *entry);

static uint64_t number(Dwarf_Die *entry, unsigned name, uint64_t otherwise)
{
	Dwarf_Attribute attr;
	Dwarf_Word value;

	return dwarf_formudata(dwarf_attr_integrate(entry, name, &attr), &value) ? otherwise : value;
}

static bool flag(Dwarf_Die *entry, unsigned name)
{
	return dwarf_hasattr_integrate(entry, name);
}

static bool type_of(Dwarf_Die *entry, Dwarf_Die *type)
{
	Dwarf_Attribute attr;

	return dwarf_formref_die(dwarf_attr_integrate(entry, DW_AT_type, &attr), type) != NULL;
}

/* The type that @entry refers to; none means void. */
static void write_type_of(struct writer *w, Dwarf_Die *entry)
{
	Dwarf_Die type;

	if (type_of(entry, &type))
		write_type(w, &type);
	else
		text_add(&w->text, "void");
}

static void write_base(struct writer *w, Dwarf_Die *entry)
{
	const char *name = dwarf_diename(entry);
	uint64_t bits = 8 * number(entry, DW_AT_byte_size, 0);

	switch (number(entry, DW_AT_encoding, 0)) {
	case DW_ATE_boolean:
		text_add(&w->text, "bool");
		return;
	case DW_ATE_signed_char:
	case DW_ATE_unsigned_char:
		if (name && !strcmp(name, "char")) { /* a type of its own, signed on some CPUs only */
			text_add(&w->text, "char");
			return;
		}
		break;
	default:
		break;
	}
	switch (number(entry, DW_AT_encoding, 0)) {
	case DW_ATE_signed:
	case DW_ATE_signed_char:
		text_add(&w->text, "s%llu", (unsigned long long)bits);
		break;
	case DW_ATE_unsigned:
	case DW_ATE_unsigned_char:
		text_add(&w->text, "u%llu", (unsigned long long)bits);
		break;
	default:
		text_add(&w->text, "%s", name ? name : "?");
	}
}

static void write_array(struct writer *w, Dwarf_Die *entry)
{
	Dwarf_Die child;

	write_type_of(w, entry);
	if (dwarf_child(entry, &child))
		return;
	do {
		uint64_t count = number(&child, DW_AT_count, 0);

		if (!count && flag(&child, DW_AT_upper_bound))
			count = number(&child, DW_AT_upper_bound, 0) + 1;
		if (count)
			text_add(&w->text, "[%llu]", (unsigned long long)count);
		else
			text_add(&w->text, "[]");
	} while (!dwarf_siblingof(&child, &child));
}

/* A parameter's own qualifiers are no business of the caller. */
static void write_parameter(struct writer *w, Dwarf_Die *entry)
{
	Dwarf_Die type;
	int tag;

	if (!type_of(entry, &type))
		die("%s: %s: a parameter without a type", w->path, w->symbol);
	while (tag = dwarf_tag(&type), tag == DW_TAG_const_type || tag == DW_TAG_volatile_type ||
					   tag == DW_TAG_restrict_type || tag == DW_TAG_typedef) {
		if (!type_of(&type, &type))
			break;
	}
	write_type(w, &type);
}

static void write_function(struct writer *w, Dwarf_Die *entry)
{
	const char *comma = "";
	Dwarf_Die child;

	write_type_of(w, entry);
	text_add(&w->text, "(");
	if (!dwarf_child(entry, &child)) {
		do {
			int tag = dwarf_tag(&child);

			if (tag != DW_TAG_formal_parameter && tag != DW_TAG_unspecified_parameters)
				continue;
			text_add(&w->text, "%s", comma);
			comma = ",";
			if (tag == DW_TAG_formal_parameter)
				write_parameter(w, &child);
			else
				text_add(&w->text, "...");
		} while (!dwarf_siblingof(&child, &child));
	}
	if (!*comma)
		text_add(&w->text, "void");
	text_add(&w->text, ")");
}

static void write_member(struct writer *w, Dwarf_Die *entry)
{
	const char *name = dwarf_diename(entry);
	uint64_t offset = number(entry, DW_AT_data_member_location, 0);

	if (flag(entry, DW_AT_bit_size)) {
		uint64_t bit = number(entry, DW_AT_data_bit_offset, 8 * offset);

		text_add(&w->text, "%llu.%llu:%llu ", (unsigned long long)(bit / 8), (unsigned long long)(bit % 8),
			 (unsigned long long)number(entry, DW_AT_bit_size, 0));
	} else {
		text_add(&w->text, "%llu ", (unsigned long long)offset);
	}
	write_type_of(w, entry);
	text_add(&w->text, "%s%s;", name ? " " : "", name ? name : "");
}

static void write_enumerator(struct writer *w, Dwarf_Die *entry)
{
	Dwarf_Attribute attr;
	Dwarf_Sword value = 0;

	dwarf_formsdata(dwarf_attr(entry, DW_AT_const_value, &attr), &value);
	text_add(&w->text, "%s=%lld;", dwarf_diename(entry), (long long)value);
}

static bool seen_before(struct writer *w, Dwarf_Die *entry)
{
	Dwarf_Off offset = dwarf_dieoffset(entry);

	for (size_t i = 0; i < w->seen_cnt; i++) {
		if (w->seen[i] == offset)
			return true;
	}
	w->seen = xrealloc(w->seen, (w->seen_cnt + 1) * sizeof(*w->seen));
	w->seen[w->seen_cnt++] = offset;
	return false;
}

/* A structure, union or enumeration. Those without a tag are written out each time; a cycle always has a tag in it. */
static void write_tagged(struct writer *w, Dwarf_Die *entry, const char *keyword)
{
	const char *tag = dwarf_diename(entry);
	Dwarf_Die child;

	text_add(&w->text, "%s%s%s", keyword, tag ? " " : "", tag ? tag : "");
	if (flag(entry, DW_AT_declaration) || (tag && seen_before(w, entry)))
		return;
	text_add(&w->text, "{");
	if (!dwarf_child(entry, &child)) {
		do {
			if (dwarf_tag(&child) == DW_TAG_member)
				write_member(w, &child);
			else if (dwarf_tag(&child) == DW_TAG_enumerator)
				write_enumerator(w, &child);
		} while (!dwarf_siblingof(&child, &child));
	}
	text_add(&w->text, "}:%llu", (unsigned long long)number(entry, DW_AT_byte_size, 0));
}

static void write_behind(struct writer *w, Dwarf_Die *entry, const char *suffix)
{
	write_type_of(w, entry);
	text_add(&w->text, "%s", suffix);
}

static void write_type(struct writer *w, Dwarf_Die *entry)
{
	if (++w->depth > DEPTH_MAX || w->text.len > TYPE_BYTES_MAX)
		die("%s: the type of %s is too large to be an interface", w->path, w->symbol);
	switch (dwarf_tag(entry)) {
	case DW_TAG_base_type:
		write_base(w, entry);
		break;
	case DW_TAG_pointer_type:
		write_behind(w, entry, "*");
		break;
	case DW_TAG_const_type:
		write_behind(w, entry, " const");
		break;
	case DW_TAG_volatile_type:
		write_behind(w, entry, " volatile");
		break;
	case DW_TAG_typedef:
	case DW_TAG_restrict_type:
		write_behind(w, entry, "");
		break;
	case DW_TAG_array_type:
		write_array(w, entry);
		break;
	case DW_TAG_subroutine_type:
	case DW_TAG_subprogram:
		write_function(w, entry);
		break;
	case DW_TAG_structure_type:
		write_tagged(w, entry, "struct");
		break;
	case DW_TAG_union_type:
		write_tagged(w, entry, "union");
		break;
	case DW_TAG_enumeration_type:
		write_tagged(w, entry, "enum");
		break;
	default:
		die("%s: the type of %s contains DWARF tag 0x%x, which is not C", w->path, w->symbol, dwarf_tag(entry));
	}
	w->depth--;
}

char *type_text(const char *path, const char *symbol, Dwarf_Die *entry)
{
	struct writer w = { .path = path, .symbol = symbol };

	if (dwarf_tag(entry) == DW_TAG_subprogram)
		write_type(&w, entry);
	else
		write_type_of(&w, entry);
	free(w.seen);
	return w.text.s;
}
