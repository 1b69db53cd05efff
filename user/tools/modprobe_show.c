/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* modprobe -c, --show-modversions, --show-exports */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/modprobe.h"
#include "user/tools/why.h"

static int print_alias(void *data, const char *key, const char *value, uint32_t priority)
{
	(void)data;
	(void)priority;
	printf("alias %s %s\n", key, value);
	return 0;
}

/* Print all of an index. Return: false: no memory. That it is damaged, which is reported, is no failure, as with kmod. */
static bool print_index(struct tmod_system *system, enum tmod_index index)
{
	return tmod_tree_each(tmod_system_tree(system), index, print_alias, NULL) != -ENOMEM;
}

int modprobe_show_config(struct tmod_system *system)
{
	const struct tmod_config *config = tmod_system_config(system);
	bool good = config;

	for (enum tmod_directive d = 0; config && d < TMOD_DIRECTIVE_CNT; d++) {
		const struct tmod_entry *e = NULL;

		while ((e = tmod_config_next(config, d, e)))
			printf("%s %s%s%s\n", why_directive(d), e->name, d == TMOD_SOFTDEP || *e->value ? " " : "",
			       e->value);
	}
	puts("\n# End of configuration files. Dumping indexes now:\n");
	good &= print_index(system, TMOD_INDEX_ALIAS);
	good &= print_index(system, TMOD_INDEX_SYMBOLS);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int print_symbol(void *data, const struct tmod_symbol *symbol)
{
	*(bool *)data = true;
	printf("0x%08x\t%s\n", symbol->crc, symbol->name);
	return 0;
}

/* Those of one file. Return: the exit status. */
static int show_file(struct modprobe *m, const char *path)
{
	const char *what = m->show_versions ? "modversions" : "symbols";
	struct tmod_file *file;
	bool any = false;
	char text[512];
	int err = tmod_file_open(path, &file, text, sizeof(text));

	if (err == -ENOENT)
		return log_text(&m->log, TMOD_FATAL, "Module %s not found.", path);
	if (!err) {
		err = tmod_file_symbols(file, m->show_versions ? TMOD_VERSIONS : TMOD_EXPORTS, print_symbol, &any);
		tmod_file_close(file);
	}
	if (!err && !any)
		err = -ENOENT;
	if (err)
		return log_text(&m->log, TMOD_FATAL, "could not get %s of %s: %s", what, path, tmod_error_text(err));
	return EXIT_SUCCESS;
}

/* The files of the modules that a word stands for. */
struct showing {
	struct modprobe *m;
	int status;
};

static int show_module(void *data, const struct tmod_module *module)
{
	struct showing *s = data;

	if (module->path)
		s->status |= show_file(s->m, module->path);
	else
		s->status |= log_text(&s->m->log, TMOD_FATAL, "Module %s has no file%s.", module->name,
				      module->builtin ? ", it is built in" : "");
	return 0;
}

int modprobe_show_symbols(struct modprobe *m, struct tmod_system *system)
{
	struct showing s = { m, EXIT_SUCCESS };
	const char *word = m->words[0];

	if (strchr(word, '/') || !access(word, F_OK) || tmod_lookup(system, word, show_module, &s) <= 0)
		return show_file(m, word);
	return s.status;
}
