/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* modprobe's command line and $MODPROBE_OPTIONS. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/modprobe.h"
#include "user/tools/tools.h"

enum { FIRST_TIME = 256, FORCE_VERMAGIC, FORCE_MODVERSION, HOLDERS, SHOW_VERSIONS, SHOW_EXPORTS, ALL_OR_NOTHING, JSON };

static const char short_options[] = "arw:RibfDcnC:d:S:sqvVh";
static const struct option long_options[] = {
	{ "all", no_argument, NULL, 'a' },
	/* Abbreviations, which --all-or-nothing would make ambiguous. */
	{ "al", no_argument, NULL, 'a' },
	{ "a", no_argument, NULL, 'a' },
	{ "remove", no_argument, NULL, 'r' },
	{ "remove-dependencies", no_argument, NULL, HOLDERS },
	{ "remove-holders", no_argument, NULL, HOLDERS },
	{ "wait", required_argument, NULL, 'w' },
	{ "resolve-alias", no_argument, NULL, 'R' },
	{ "show-alias", no_argument, NULL, 'R' },
	{ "first-time", no_argument, NULL, FIRST_TIME },
	{ "ignore-install", no_argument, NULL, 'i' },
	{ "ignore-remove", no_argument, NULL, 'i' },
	{ "use-blacklist", no_argument, NULL, 'b' },
	{ "force", no_argument, NULL, 'f' },
	{ "force-modversion", no_argument, NULL, FORCE_MODVERSION },
	{ "force-vermagic", no_argument, NULL, FORCE_VERMAGIC },
	{ "all-or-nothing", no_argument, NULL, ALL_OR_NOTHING },
	{ "show-depends", no_argument, NULL, 'D' },
	{ "showconfig", no_argument, NULL, 'c' },
	{ "show-config", no_argument, NULL, 'c' },
	{ "show-modversions", no_argument, NULL, SHOW_VERSIONS },
	{ "dump-modversions", no_argument, NULL, SHOW_VERSIONS },
	{ "show-exports", no_argument, NULL, SHOW_EXPORTS },
	{ "json", no_argument, NULL, JSON },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "show", no_argument, NULL, 'n' },
	{ "config", required_argument, NULL, 'C' },
	{ "dirname", required_argument, NULL, 'd' },
	{ "set-version", required_argument, NULL, 'S' },
	{ "syslog", no_argument, NULL, 's' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	TOOLS_LONG,
};

static const char help[] = "usage: modprobe [OPTION]... MODULE|ALIAS|FILE [PARAMETER]...\n"
			   "       modprobe [OPTION]... -a MODULE|ALIAS|FILE...\n"
			   "       modprobe [OPTION]... -r MODULE|ALIAS...\n"
			   "       modprobe [OPTION]... -c\n"
			   "       modprobe [OPTION]... --show-modversions|--show-exports MODULE|FILE\n"
			   "Load modules with what they need, or unload them. A FILE begins with / or ./\n\n"
			   "  -a, --all               all words are modules\n"
			   "      --all-or-nothing    when loading fails, unload what was loaded for it\n"
			   "  -b, --use-blacklist     blacklists count for module names, not only for aliases\n"
			   "  -f, --force             both of the next; with -r: also what is in use\n"
			   "      --force-vermagic    ignore for which kernel the module was built\n"
			   "      --force-modversion  ignore the checksums of symbols\n"
			   "      --first-time        nothing to do is an error\n"
			   "  -i, --ignore-install, --ignore-remove\n"
			   "                          do not run the commands of the modules asked for\n"
			   "  -r, --remove            unload\n"
			   "      --remove-holders    with -r: first what uses the module\n"
			   "  -w, --wait=MSEC         with -r: wait so long for a module that is in use\n"
			   "  -n, --dry-run, --show   do nothing\n"
			   "  -D, --show-depends      print what would be loaded\n"
			   "  -R, --resolve-alias, --show-alias\n"
			   "                          print the modules that an alias stands for\n"
			   "  -c, --show-config, --showconfig\n"
			   "                          print the configuration, then all aliases and symbols\n"
			   "      --json              with -D, -R, -c: print JSON\n"
			   "      --show-modversions, --dump-modversions\n"
			   "                          print the checksums that a module needs\n"
			   "      --show-exports      print the symbols that a module exports\n"
			   "  -C, --config=FILE       a file or directory instead of modprobe.d\n"
			   "  -d, --dirname=DIR       the trees are in DIR/lib/modules\n"
			   "  -S, --set-version=RELEASE\n"
			   "                          the tree of that kernel instead of the running one's\n"
			   "  -s, --syslog            messages go to syslog\n"
			   "  -q, --quiet             no messages\n"
			   "  -v, --verbose           say what is done; twice: more\n"
			   "  -V, --version           show the version\n"
			   "  -h, --help              show this\n";

/*
 * Cut a text into words at its blanks; quotes of both kinds, as long as they are closed, keep blanks within a word.
 * Return: their number; @words has room for one more than half of the text's bytes.
 */
static size_t split_words(char *text, char **words)
{
	char *to = text, quote = '\0';
	bool inside = false;
	size_t cnt = 0;

	for (const char *c = text; *c; c++) {
		if (!quote && (*c == ' ' || *c == '\t')) {
			if (inside)
				*to++ = '\0';
			inside = false;
			continue;
		}
		if (!inside)
			words[cnt++] = to;
		inside = true;
		if (*c == quote)
			quote = '\0';
		else if (!quote && (*c == '"' || *c == '\'') && strchr(c + 1, *c))
			quote = *c;
		else
			*to++ = *c;
	}
	*to = '\0';
	return cnt;
}

/* Put the words of the environment before the arguments. Return: NULL: no memory. */
static char **prepend_environment(struct modprobe *m, int *argc, char **argv)
{
	const char *options = getenv("MODPROBE_OPTIONS");
	size_t cnt = (size_t)*argc, len = options ? strlen(options) : 0;
	char **all;

	if (!len)
		return argv;
	m->environment = strdup(options);
	m->arguments = all = calloc(len / 2 + 1 + cnt + 1, sizeof(*all));
	if (!m->environment || !all)
		return NULL;
	all[0] = argv[0];
	len = split_words(m->environment, all + 1);
	memcpy(all + 1 + len, argv + 1, cnt * sizeof(*all));
	*argc += (int)len;
	return all;
}

/* For modprobes that commands of the configuration run. @value: or NULL. */
static void pass_on(const char *option, const char *value)
{
	const char *before = getenv("MODPROBE_OPTIONS"), *quote = "";
	char *text;

	if (value && strpbrk(value, " \t"))
		quote = strchr(value, '"') ? "'" : "\"";
	if (asprintf(&text, "%s%s%s%s%s%s%s", before ? before : "", before && *before ? " " : "", option,
		     value ? " " : "", quote, value ? value : "", quote) < 0)
		return;
	setenv("MODPROBE_OPTIONS", text, 1);
	free(text);
}

static bool add_config(struct modprobe *m, const char *path, size_t *cnt)
{
	const char **paths = realloc((void *)(uintptr_t)m->where.config, (*cnt + 2) * sizeof(*paths));

	if (!paths)
		return false;
	paths[(*cnt)++] = path;
	paths[*cnt] = NULL;
	m->where.config = paths;
	return true;
}

static bool parse_wait(struct modprobe *m, const char *text)
{
	unsigned long wait;
	char *end;

	errno = 0;
	wait = strtoul(text, &end, 10);
	m->wait_ms = wait > UINT_MAX ? UINT_MAX : (unsigned int)wait;
	return end != text && !*end && *text != '-' && !errno;
}

/* Options that only set something. Return: false: it is none of them. */
static bool take_switch(struct modprobe *m, int option)
{
	static const struct {
		int option;
		unsigned int flags;
		size_t field;
	} switches[] = {
		{ 'a', TMOD_GO_ON, offsetof(struct modprobe, all) },
		{ 'r', 0, offsetof(struct modprobe, remove) },
		{ 'R', 0, offsetof(struct modprobe, resolve) },
		{ 'n', 0, offsetof(struct modprobe, dry) },
		{ 'D', TMOD_LOADED_TOO, offsetof(struct modprobe, show) },
		{ 'c', 0, offsetof(struct modprobe, show_config) },
		{ SHOW_VERSIONS, 0, offsetof(struct modprobe, show_versions) },
		{ SHOW_EXPORTS, 0, offsetof(struct modprobe, show_exports) },
		{ JSON, 0, offsetof(struct modprobe, json) },
		{ 'i', TMOD_NO_COMMANDS, 0 },
		{ 'b', TMOD_USE_BLACKLIST, 0 },
		{ 'f', TMOD_FORCE_VERMAGIC | TMOD_FORCE_MODVERSION | TMOD_FORCE_UNLOAD, 0 },
		{ FORCE_VERMAGIC, TMOD_FORCE_VERMAGIC, 0 },
		{ FORCE_MODVERSION, TMOD_FORCE_MODVERSION, 0 },
		{ FIRST_TIME, TMOD_FIRST_TIME, 0 },
		{ HOLDERS, TMOD_HOLDERS, 0 },
		{ ALL_OR_NOTHING, TMOD_ALL_OR_NOTHING, 0 },
	};

	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		if (switches[i].option != option)
			continue;
		m->flags |= switches[i].flags;
		if (switches[i].field)
			*(bool *)((char *)m + switches[i].field) = true;
		return true;
	}
	return false;
}

/* Options that say how much is said, and where. */
static bool take_loudness(struct modprobe *m, int option)
{
	const char text[] = { '-', (char)option, '\0' };

	switch (option) {
	case 's':
		m->log.syslog = true;
		break;
	case 'q':
		m->log.level = 0;
		break;
	case 'v':
		m->log.level++;
		break;
	default:
		return false;
	}
	pass_on(text, NULL);
	return true;
}

int modprobe_arguments(struct modprobe *m, int argc, char **argv)
{
	size_t config_cnt = 0;
	int c;

	argv = prepend_environment(m, &argc, argv);
	if (!argv)
		return tools_error("modprobe", "%s", strerror(ENOMEM));
	while ((c = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
		if (take_switch(m, c) || take_loudness(m, c))
			continue;
		switch (c) {
		case 'w':
			if (!parse_wait(m, optarg))
				return tools_error("modprobe", "unexpected wait value '%s'.", optarg);
			break;
		case 'C':
			if (!add_config(m, optarg, &config_cnt))
				return tools_error("modprobe", "%s", strerror(ENOMEM));
			pass_on("-C", optarg);
			break;
		case 'd':
			m->where.root = optarg;
			break;
		case 'S':
			m->where.release = optarg;
			break;
		default:
			return tools_option(c, help);
		}
	}
	m->words = (const char *const *)(argv + optind);
	m->word_cnt = (size_t)(argc - optind);
	return -1;
}
