/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* rmmod - unload modules, as they are named */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/log.h"
#include "user/tools/tools.h"

static const struct option long_options[] = {
	{ "force", no_argument, NULL, 'f' },
	{ "syslog", no_argument, NULL, 's' },
	{ "verbose", no_argument, NULL, 'v' },
	TOOLS_LONG,
};

static const char help[] = "usage: rmmod [OPTION]... MODULE...\n"
			   "Unload modules. modprobe -r also unloads what only they needed.\n\n"
			   "  -f, --force    also what is in use, if the kernel can do that; it may crash then\n"
			   "  -s, --syslog   messages go to syslog\n"
			   "  -v, --verbose  say what is done\n"
			   "  -V, --version  show the version\n"
			   "  -h, --help     show this\n";

static void explain(struct log *log, const char *name, int err)
{
	const struct tmod_messages messages = { log_say, log };
	struct tmod_system *system;

	if (tmod_system_open(NULL, &messages, &system))
		return;
	log_why(log, system, TMOD_DELETE, name, NULL, err);
	tmod_system_close(system);
}

/* May it go? Returns false after a message. */
static int may_go(void *data, const struct tmod_loaded *m)
{
	char text[4096];
	size_t len;

	if (!*m->holders && !m->refcount)
		return true;
	if (*m->holders) {
		len = (size_t)snprintf(text, sizeof(text), "Module %s is in use by:", m->name);
		for (const char *const *holder = m->holders; *holder && len < sizeof(text); holder++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, " %s", *holder);
		log_text(data, TMOD_ERROR, "%s", text);
	} else if (m->refcount > 0) {
		log_text(data, TMOD_ERROR, "Module %s is in use", m->name);
		explain(data, m->name, -EWOULDBLOCK);
	} else {
		log_text(data, TMOD_ERROR, "Module unloading is not supported");
	}
	return false;
}

static int found(void *data, const char *key, const char *value, uint32_t priority)
{
	(void)data, (void)key, (void)value, (void)priority;
	return 1;
}

static bool is_builtin(const char *name)
{
	const struct tmod_where where = { 0 };
	struct tmod_system *system;
	bool builtin;

	if (tmod_system_open(&where, NULL, &system))
		return false;
	builtin = tmod_tree_search(tmod_system_tree(system), TMOD_INDEX_BUILTIN, name, false, found, NULL) > 0;
	tmod_system_close(system);
	return builtin;
}

static bool delete_module_of(struct log *log, const char *word, unsigned int flags)
{
	char name[PATH_MAX];
	int err;

	if (strchr(word, '/') && access(word, F_OK)) {
		log_text(log, TMOD_ERROR, "Module %.*s is not currently loaded", (int)strcspn(word, "."), word);
		return false;
	}
	tmod_module_name(word, name, sizeof(name));
	err = flags & TMOD_FORCE_UNLOAD ? true : tmod_loaded_read(name, may_go, log);
	if (err < 0)
		log_text(log, TMOD_ERROR,
			 is_builtin(name) ? "Module %s is builtin." : "Module %s is not currently loaded", name);
	if (err <= 0)
		return false;
	log_text(log, TMOD_INFO, "unload %s", name);
	err = tmod_delete(name, flags, 0);
	if (!err)
		return true;
	log_text(log, TMOD_ERROR, "could not remove module %s: %s", word, strerror(-err));
	explain(log, name, err);
	return false;
}

int rmmod_main(int argc, char **argv)
{
	struct log log = { "rmmod", TMOD_WARNING, false };
	int c, status = EXIT_SUCCESS;
	unsigned int flags = 0;

	while ((c = getopt_long(argc, argv, "fsvVh", long_options, NULL)) != -1) {
		switch (c) {
		case 'f':
			flags |= TMOD_FORCE_UNLOAD;
			break;
		case 's':
			log.syslog = true;
			break;
		case 'v':
			log.level = TMOD_INFO;
			break;
		default:
			return tools_option(c, help);
		}
	}
	log_open(&log);
	if (optind == argc)
		return log_text(&log, TMOD_ERROR, "missing module name.");
	for (int i = optind; i < argc; i++)
		if (!delete_module_of(&log, argv[i], flags))
			status = EXIT_FAILURE;
	return status;
}
