/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Warn of what modules need and nothing exports, and of versions that differ (depmod -e). Seldom asked: files are read
 * anew.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include "user/lib/depmod/depmod.h"
#include "user/lib/root.h"

/* What the kernel and the modules export; of several with one name the last. */
struct known {
	struct names names;
	struct buf crcs; /* of each name */
};

struct checking {
	struct depmod *d;
	struct known known;
	const struct depmod_module *module;
	uint32_t bad_cnt; /* symbols that are missing or of another version */
};

static void add_symbol(struct known *k, const char *name, uint32_t crc)
{
	uint32_t cnt = k->names.cnt, number = names_add(&k->names, name);

	if (number == cnt)
		buf_add(&k->crcs, &crc, sizeof(crc));
	else if (number != NAME_NONE && !k->crcs.failed)
		memcpy(k->crcs.data + number * sizeof(crc), &crc, sizeof(crc));
}

/* A line of Module.symvers: checksum, name, who exports it. What modules export is taken from the modules. */
static void read_symvers_line(struct checking *c, char *line, uint32_t number)
{
	char *rest, *crc = strtok_r(line, " \t", &rest);
	char *name = strtok_r(NULL, " \t", &rest), *owner = strtok_r(NULL, " \t", &rest);
	unsigned long long value;

	if (!crc || !name || !owner || strcmp(owner, "vmlinux"))
		return;
	errno = 0;
	value = strtoull(crc, NULL, 16);
	if (errno)
		say(c->d->say, TMOD_ERROR, "%s:%u Invalid symbol version %s: %s", c->d->request->symvers, number, crc,
		    strerror(errno));
	else
		add_symbol(&c->known, name, (uint32_t)value);
}

/* A line of System.map: address, type, name. Of the names those of the table of exports count. */
static void read_map_line(struct checking *c, const char *line, uint32_t number)
{
	const char *name = strchr(line, ' ');

	name = name ? strchr(name + 1, ' ') : NULL;
	if (!name) {
		say(c->d->say, TMOD_ERROR, "%s:%u: invalid line: %s", c->d->request->system_map, number, line);
		return;
	}
	name++;
	if (*name && *name == c->d->request->symbol_prefix)
		name++;
	if (!strncmp(name, "__ksymtab_", 10))
		add_symbol(&c->known, name + 10, 0);
}

static int read_kernel(struct checking *c)
{
	const char *path = c->d->request->symvers ?: c->d->request->system_map;
	struct buf text = { 0 };
	/* The user named it, so a pipe is read, and waited for. */
	int err = depmod_read_all(open(path, O_RDONLY | O_CLOEXEC), &text);
	uint32_t number = 1;

	if (err)
		say(c->d->say, TMOD_ERROR, "could not load %s: %s", path, strerror(-err));
	for (char *line = text.data, *end; !err && line && *line; line = end, number++) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		if (c->d->request->symvers)
			read_symvers_line(c, line, number);
		else
			read_map_line(c, line, number);
	}
	buf_free(&text);
	/* The linker or the loader makes these. */
	add_symbol(&c->known, "TOC.", 0);
	add_symbol(&c->known, "__this_module", 0);
	add_symbol(&c->known, "_GLOBAL_OFFSET_TABLE_", 0);
	return err;
}

static int add_export(void *data, const struct tmod_symbol *s)
{
	struct checking *c = data;

	add_symbol(&c->known, depmod_symbol(c->d, s->name), s->crc);
	return 0;
}

static int check_import(void *data, const struct tmod_symbol *s)
{
	struct checking *c = data;
	const struct depmod *d = c->d;
	uint32_t number = names_find(&c->known.names, depmod_symbol(d, *s->name == '.' ? s->name + 1 : s->name)),
		 crc = 0;
	char path[DEPMOD_PATH_BYTES];

	depmod_full_path(d, c->module, path);
	if (number == NAME_NONE) {
		if (!s->weak)
			say(d->say, TMOD_WARNING, "%s needs unknown symbol %s", path, s->name);
		c->bad_cnt += !s->weak;
		return 0;
	}
	memcpy(&crc, c->known.crcs.data + number * sizeof(crc), sizeof(crc));
	if (!d->request->symvers || crc == s->crc)
		return 0;
	c->bad_cnt++;
	say(d->say, TMOD_WARNING, "%s disagrees about version of symbol %s", path, s->name);
	return 0;
}

/* Call @each for all symbols of a kind of all modules. Those that cannot be read have been reported. */
static void each_symbol(struct checking *c, enum tmod_symbol_kind kind,
			int (*each)(void *data, const struct tmod_symbol *symbol))
{
	for (uint32_t i = 0; i < c->d->module_cnt; i++) {
		char path[DEPMOD_PATH_BYTES], real[PATH_MAX];
		struct tmod_file *file;

		c->module = &c->d->modules[i];
		depmod_full_path(c->d, c->module, path);
		root_resolve(c->d->request->root, path, real, sizeof(real));
		if (c->module->err || tmod_file_open(real, &file, NULL, 0))
			continue;
		tmod_file_symbols(file, kind, each, c);
		tmod_file_close(file);
	}
}

int depmod_check(struct depmod *d)
{
	struct checking c = { .d = d };
	int err = read_kernel(&c);

	if (!err)
		each_symbol(&c, TMOD_EXPORTS, add_export);
	if (c.known.names.text.failed || c.known.crcs.failed)
		err = -ENOMEM;
	if (!err)
		each_symbol(&c, TMOD_IMPORTS, check_import);
	d->bad_symbols = c.bad_cnt;
	names_free(&c.known.names);
	buf_free(&c.known.crcs);
	return err;
}
