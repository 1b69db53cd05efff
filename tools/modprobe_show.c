/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* modprobe -c, --show-modversions, --show-exports */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/modprobe.h"

static int print_alias(void *data, const char *key, const char *value, uint32_t priority)
{
	(void)data;
	(void)priority;
	printf("alias %s %s\n", key, value);
	return 0;
}

int modprobe_show_config(struct modprobe *m, struct tmod_system *system)
{
	static const char *const words[TMOD_DIRECTIVE_CNT] = {
		[TMOD_BLACKLIST] = "blacklist", [TMOD_INSTALL] = "install", [TMOD_REMOVE] = "remove",
		[TMOD_ALIAS] = "alias",         [TMOD_OPTIONS] = "options", [TMOD_SOFTDEP] = "softdep",
		[TMOD_WEAKDEP] = "weakdep",     [TMOD_FORBID] = "forbid",   [TMOD_ALLOW] = "allow",
	};
	const struct tmod_config *config = tmod_system_config(system);

	(void)m;
	for (enum tmod_directive d = 0; config && d < TMOD_DIRECTIVE_CNT; d++) {
		const struct tmod_entry *e = NULL;

		while ((e = tmod_config_next(config, d, e)))
			printf("%s %s%s%s\n", words[d], e->name, d == TMOD_SOFTDEP || *e->value ? " " : "", e->value);
	}
	puts("\n# End of configuration files. Dumping indexes now:\n");
	tmod_tree_each(tmod_system_tree(system), TMOD_INDEX_ALIAS, print_alias, NULL);
	tmod_tree_each(tmod_system_tree(system), TMOD_INDEX_SYMBOLS, print_alias, NULL);
	return config ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int print_symbol(void *data, const struct tmod_symbol *symbol)
{
	*(bool *)data = true;
	printf("0x%08x\t%s\n", symbol->crc, symbol->name);
	return 0;
}

int modprobe_show_symbols(struct modprobe *m)
{
	const char *path = m->words[0], *what = m->show_versions ? "modversions" : "symbols";
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
		return log_text(&m->log, TMOD_FATAL, "could not get %s of %s: %s", what, path, strerror(-err));
	return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
