/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What this kernel has by the names that a module needs. Three sources: Module.symvers; the tree's modules for what
 * these export themselves, which goes before it; and without Module.symvers, for the kernel's own symbols, what its own
 * modules need: these were built with it, so what they need is there, with the checksums that they have.
 */
#include <errno.h>
#include <stdio.h>

#include "user/lib/check/check.h"
#include "user/lib/say.h"

static int add_import(void *data, const struct tmod_symbol *s)
{
	struct check *c = data;
	uint32_t known = c->names.cnt;
	struct import import = { .crc = s->crc, .weak = s->weak, .space = "" };

	/* The kernel knows that the first is none; the second is the file's own way to its data on PowerPC. */
	if (!strcmp(s->name, "_GLOBAL_OFFSET_TABLE_") || !strcmp(s->name, "TOC."))
		return 0;
	if (names_add(&c->names, s->name) == known) {
		buf_add(&c->imports, &import, sizeof(import));
		c->missing++;
	}
	return c->imports.failed || c->names.text.failed ? -ENOMEM : 0;
}

/* The module of the tree that exports a symbol. */
static int found_provider(void *data, const char *key, const char *value, uint32_t priority)
{
	const char **provider = data;

	(void)key;
	(void)priority;
	*provider = strdup(value);
	return 1;
}

/* What a module exports, for the imports that it is the provider of. */
struct exporter {
	struct check *check;
	const char *name;
};

static int take_export(void *data, const struct tmod_symbol *s)
{
	const struct exporter *e = data;
	uint32_t number = names_find(&e->check->names, s->name);
	struct import *import = number == NAME_NONE ? NULL : import_at(e->check, number);

	if (import && import->provider && !strcmp(import->provider, e->name)) {
		import_exported(e->check, import);
		import->kernel_crc = s->crc;
	}
	return 0;
}

static int read_exporter(void *data, const struct tmod_module *module)
{
	struct exporter *e = data;
	struct tmod_file *file;

	if (!module->path || tmod_file_open(module->path, &file, NULL, 0))
		return 0;
	tmod_file_symbols(file, TMOD_EXPORTS, take_export, e);
	tmod_file_close(file);
	return 1;
}

/* For each import, the module of this tree that has it; then read each of these modules, once. */
static void ask_tree(struct check *c)
{
	struct tmod_tree *tree = tmod_system_tree(c->system);
	struct names read = { 0 };

	for (uint32_t i = 0; i < c->names.cnt && !c->failed; i++) {
		char key[512];
		char *provider = NULL;

		if ((size_t)snprintf(key, sizeof(key), "symbol:%s", names_text(&c->names, i)) >= sizeof(key))
			continue;
		if (tmod_tree_search(tree, TMOD_INDEX_SYMBOLS, key, false, found_provider, &provider) != 1)
			continue;
		import_exported(c, import_at(c, i));
		import_at(c, i)->provider = provider ? arena_copy(&c->arena, provider, strlen(provider)) : NULL;
		c->failed |= !import_at(c, i)->provider || names_add(&read, provider) == NAME_NONE;
		free(provider);
	}
	for (uint32_t i = 0; i < read.cnt; i++) {
		struct exporter e = { c, names_text(&read, i) };

		tmod_tree_lookup(tree, e.name, read_exporter, &e);
	}
	names_free(&read);
}

static int take_peer(void *data, const struct tmod_symbol *s)
{
	struct check *c = data;
	uint32_t number = names_find(&c->names, s->name);
	struct import *import = number == NAME_NONE ? NULL : import_at(c, number);

	if (import && !import->provider && !import->exported) {
		import_exported(c, import);
		import->kernel_crc = s->crc;
	}
	return 0;
}

/* Return: 1 if nothing more is to be learnt. */
static int read_peer(struct check *c, const char *path)
{
	size_t len = strlen(c->dir);
	struct tmod_file *file;

	if (!c->peer_cnt_max)
		return 1;
	if (strncmp(path, c->dir, len) || strncmp(path + len, "/kernel/", 8) || tmod_file_open(path, &file, NULL, 0))
		return 0;
	c->peer_cnt_max--;
	tmod_file_symbols(file, TMOD_IMPORTS, take_peer, c);
	tmod_file_close(file);
	return !c->missing;
}

int exports_find(struct check *c)
{
	int err = tmod_file_symbols(c->file, TMOD_IMPORTS, add_import, c);

	if (err == -ENOMEM || (err && err != -ENOEXEC))
		return err;
	if (err) {
		check_problem(c, TMOD_PROBLEM_FORMAT, "", "its symbols are damaged");
		return 0;
	}
	err = symvers_read(c);
	c->listed = !err;
	ask_tree(c);
	if (!c->listed)
		check_modules(c, read_peer);
	return c->failed ? -ENOMEM : 0;
}
