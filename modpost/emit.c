/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "modpost/alias.h"
#include "modpost/emit.h"
#include "modpost/text.h"
#include "tenon/fmt/modtables.h"
#include "tenon/vermagic.h"

/* The text while it is being written. */
struct emitter {
	const struct object *o;
	const char *name;
	const struct symvers *sv;
	struct text out;
};

size_t emit_version_name_max(const struct object *o)
{
	return TENON_VERSION_BYTES - o->word - 1;
}

/* A string and its NUL. */
static void emit_string(struct emitter *e, const char *s)
{
	text_add(&e->out, "\t.asciz \"");
	for (; *s; s++)
		text_add(&e->out, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
	text_add(&e->out, "\"\n");
}

/* A string in a field of @size bytes. */
static void emit_field(struct emitter *e, const char *s, size_t size)
{
	emit_string(e, s);
	if (strlen(s) + 1 < size)
		text_add(&e->out, "\t.zero %zu\n", size - strlen(s) - 1);
}

static void emit_this_module(struct emitter *e)
{
	const struct object *o = e->o;
	size_t size = 2 * sizeof(uint32_t) + 2 * o->word + TENON_MODULE_NAME_BYTES;

	text_add(&e->out, "\t.section .gnu.linkonce.this_module,\"aw\",%%progbits\n\t.balign %u\n", o->word);
	text_add(&e->out, "\t.globl __this_module\n\t.type __this_module,%%object\n\t.size __this_module,%zu\n", size);
	text_add(&e->out, "__this_module:\n\t.4byte %zu, %u\n", size, TENON_MODULE_ABI);
	text_add(&e->out, "\t.%ubyte %s\n", o->word, o->has_init ? "init_module" : "0");
	text_add(&e->out, "\t.%ubyte %s\n", o->word, o->has_exit ? "cleanup_module" : "0");
	emit_field(e, e->name, TENON_MODULE_NAME_BYTES);
}

/*
 * The modules that provide imports: sorted and each once, so that equal modules are equal files. Each turn finds the
 * next name after the last. The kernel's own interface is not a module.
 */
static void add_depends(struct emitter *e, struct text *line)
{
	const char *last = "";

	for (;;) {
		const char *next = NULL;

		for (size_t i = 0; i < e->o->import_cnt; i++) {
			const struct provided *p = symvers_find(e->sv, e->o->imports[i]);

			if (p && strcmp(p->module, SYMVERS_INTERFACE) && strcmp(p->module, last) > 0 &&
			    (!next || strcmp(p->module, next) < 0))
				next = p->module;
		}
		if (!next)
			return;
		text_add(line, "%s%s", *last ? "," : "", next);
		last = next;
	}
}

static void emit_modinfo(struct emitter *e)
{
	struct text lines = { 0 };

	/* A faulty module for tests brings a wrong one. */
	if (!modinfo_get(&e->o->info, "vermagic"))
		text_add(&lines, "vermagic=" TENON_VERMAGIC("%s") "\n", e->o->cpu);
	text_add(&lines, "name=%s\ndepends=", e->name);
	add_depends(e, &lines);
	text_add(&lines, "\n");
	for (size_t i = 0; i < e->o->table_cnt; i++)
		alias_write(e->o, &e->o->tables[i], &lines);
	text_add(&e->out, "\n\t.section .modinfo,\"a\",%%progbits\n");
	for (char *line = strtok(lines.s, "\n"); line; line = strtok(NULL, "\n"))
		emit_string(e, line);
	free(lines.s);
}

static void emit_versions(struct emitter *e)
{
	size_t most = emit_version_name_max(e->o);

	if (!e->o->import_cnt)
		return;
	text_add(&e->out, "\n\t.section __versions,\"a\",%%progbits\n\t.balign %u\n", e->o->word);
	for (size_t i = 0; i < e->o->import_cnt; i++) {
		const struct provided *p = symvers_find(e->sv, e->o->imports[i]);

		/* Only with --faulty can an import have no provider: the loader must refuse it, not this program. */
		text_add(&e->out, "\t.%ubyte 0x%08x\n", e->o->word, p ? p->crc : 0);
		emit_field(e, e->o->imports[i], most + 1);
	}
}

static void emit_checksums(struct emitter *e, bool gpl)
{
	const char *start = gpl ? "\n\t.section __kcrctab_gpl,\"a\",%progbits\n\t.balign 4\n" :
				  "\n\t.section __kcrctab,\"a\",%progbits\n\t.balign 4\n";

	for (size_t i = 0; i < e->o->export_cnt; i++) {
		if (e->o->exports[i].gpl != gpl)
			continue;
		text_add(&e->out, "%s\t.4byte 0x%08x\n", start, e->o->exports[i].crc);
		start = "";
	}
}

static void emit_types(struct emitter *e)
{
	text_add(&e->out, "\n\t.section .tenon.types,\"\",%%progbits\n");
	for (size_t i = 0; i < e->o->export_cnt; i++) {
		emit_string(e, e->o->exports[i].name);
		emit_string(e, e->o->exports[i].type);
	}
	for (size_t i = 0; i < e->o->import_cnt; i++) {
		const struct provided *p = symvers_find(e->sv, e->o->imports[i]);

		emit_string(e, e->o->imports[i]);
		emit_string(e, p ? p->type : "");
	}
}

void emit_module(const struct object *o, const char *name, const struct symvers *sv, const char *path)
{
	struct emitter e = { .o = o, .name = name, .sv = sv };

	emit_this_module(&e);
	emit_modinfo(&e);
	emit_versions(&e);
	emit_checksums(&e, false);
	emit_checksums(&e, true);
	emit_types(&e);
	text_add(&e.out, "\n\t.section .note.GNU-stack,\"\",%%progbits\n");
	write_file(path, e.out.s, e.out.len);
	free(e.out.s);
}
