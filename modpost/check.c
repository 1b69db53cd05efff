/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/fmt/license.h"
#include "core/fmt/modname.h"
#include "modpost/check.h"
#include "modpost/emit.h"
#include "modpost/text.h"

/* What is being checked, and how many errors there were. */
struct checker {
	const struct object *o;
	const char *name;
	const struct symvers *sv;
	unsigned error_cnt;
};

TENON_PRINTF(2, 3) static void error(struct checker *c, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "modpost: %s: ", c->o->path);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	c->error_cnt++;
}

static bool is_consumer(const char *list, const char *name)
{
	const char *item;
	size_t len;

	while ((item = modinfo_list_next(&list, &len))) {
		if (modname_is(name, item, len))
			return true;
	}
	return false;
}

static bool imports_space(const struct modinfo *info, const char *space)
{
	const char *value = modinfo_get(info, "import_ns");

	while (value && strcmp(value, space))
		value = modinfo_get_next(info, "import_ns", value);
	return value != NULL;
}

static void check_import(struct checker *c, const char *symbol)
{
	const struct provided *p = symvers_find(c->sv, symbol);
	const char *license = modinfo_get(&c->o->info, "license");
	size_t most = emit_version_name_max(c->o);

	if (strlen(symbol) > most)
		error(c, "symbol name '%s' is longer than the %zu bytes a version entry holds", symbol, most);
	if (!p) {
		error(c, "undefined symbol %s: neither the interface nor any file given with -i exports it", symbol);
		return;
	}
	for (const struct provided *q = p + 1; q < c->sv->entries + c->sv->cnt && !strcmp(q->name, symbol); q++) {
		if (strcmp(q->module, p->module))
			error(c, "symbol %s is exported by %s and by %s", symbol, p->module, q->module);
	}
	if (p->gpl && license && !license_is_gpl(license))
		error(c, "symbol %s of %s is for GPL-compatible modules, and the licence is '%s'", symbol, p->module,
		      license);
	if (!strncmp(p->space, "module:", 7)) {
		if (!is_consumer(p->space + 7, c->name))
			error(c, "symbol %s of %s is only for modules %s", symbol, p->module, p->space + 7);
	} else if (*p->space && !imports_space(&c->o->info, p->space)) {
		error(c, "uses symbol %s from namespace %s; add MODULE_IMPORT_NS(%s)", symbol, p->space, p->space);
	}
}

static void check_export(struct checker *c, size_t i)
{
	const struct exported *e = &c->o->exports[i];
	const struct provided *p = symvers_find(c->sv, e->name);
	size_t most = emit_version_name_max(c->o);

	for (size_t k = 0; k < i; k++) {
		if (!strcmp(c->o->exports[k].name, e->name))
			error(c, "exports %s twice", e->name);
	}
	if (!strncmp(e->space, SYMVERS_LINUX, strlen(SYMVERS_LINUX)))
		return; /* Linux modules look elsewhere than native ones: the name may be exported for those too */
	if (strlen(e->name) > most)
		error(c, "export name '%s' is longer than the %zu bytes a version entry holds", e->name, most);
	for (; p && p < c->sv->entries + c->sv->cnt && !strcmp(p->name, e->name); p++) {
		if (strcmp(p->module, c->name))
			error(c, "exports %s, which %s exports already", e->name, p->module);
	}
}

unsigned check_module(const struct object *o, const char *name, const struct symvers *sv)
{
	struct checker c = { .o = o, .name = name, .sv = sv };

	if (!modinfo_get(&o->info, "license"))
		error(&c, "no MODULE_LICENSE");
	for (size_t i = 0; i < o->import_cnt; i++)
		check_import(&c, o->imports[i]);
	for (size_t i = 0; i < o->export_cnt; i++)
		check_export(&c, i);
	return c.error_cnt;
}
