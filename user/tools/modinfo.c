/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* modinfo - what module files say of themselves */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/tools/json.h"
#include "user/tools/modinfo.h"
#include "user/tools/tools.h"

static const char short_options[] = "adlpn0mF:k:b:Vh";
static const struct option long_options[] = {
	{ "author", no_argument, NULL, 'a' },
	{ "description", no_argument, NULL, 'd' },
	{ "license", no_argument, NULL, 'l' },
	{ "parameters", no_argument, NULL, 'p' },
	{ "filename", no_argument, NULL, 'n' },
	{ "null", no_argument, NULL, '0' },
	{ "modname", no_argument, NULL, 'm' },
	{ "field", required_argument, NULL, 'F' },
	{ "set-version", required_argument, NULL, 'k' },
	{ "basedir", required_argument, NULL, 'b' },
	{ "json", no_argument, NULL, 'j' },
	TOOLS_LONG,
};

static const char help[] = "usage: modinfo [OPTION]... MODULE|ALIAS|FILE...\n"
			   "Show what module files say of themselves.\n\n"
			   "  -a, --author               only the author\n"
			   "  -d, --description          only the description\n"
			   "  -l, --license              only the licence\n"
			   "  -p, --parameters           only the parameters\n"
			   "  -n, --filename             only the path of the file\n"
			   "  -F, --field=FIELD          only that field\n"
			   "  -0, --null                 end each with a NUL, as KEY=VALUE\n"
			   "  -m, --modname              arguments are module names, not files or aliases\n"
			   "  -k, --set-version=RELEASE  the tree of that kernel instead of the running one's\n"
			   "  -b, --basedir=DIR          the tree is DIR/lib/modules/RELEASE\n"
			   "      --json                 all of it, as JSON\n"
			   "  -V, --version              show the version\n"
			   "  -h, --help                 show this\n";

static int show_file(const struct modinfo *m, const char *path)
{
	struct tmod_file *file;
	char text[512], name[256];
	int err;

	if (!m->json && modinfo_print_path(m, path))
		return EXIT_SUCCESS;
	err = tmod_file_open(path, &file, text, sizeof(text));
	if (err) {
		tmod_module_name(path, name, sizeof(name));
		return tools_error("modinfo", "could not get modinfo from '%s': %s%s%s%s", name, tmod_error_text(err),
				   *text ? " (" : "", text, *text ? ")" : "");
	}
	if (m->json)
		modinfo_json_file(m->json, path, file);
	else
		err = modinfo_print_file(m, file);
	tmod_file_close(file);
	return err ? tools_error("modinfo", "%s", tmod_error_text(err)) : EXIT_SUCCESS;
}

/* A module of the tree, which may have no file. */
static int show_module(void *data, const struct tmod_module *module)
{
	struct modinfo *m = data;
	int err = 0;

	if (module->path)
		m->status |= show_file(m, module->path);
	else if (m->json)
		err = modinfo_json_builtin(m->json, tmod_system_tree(m->system), module->name);
	else
		err = modinfo_print_builtin(m, tmod_system_tree(m->system), module->name);
	if (err)
		m->status |=
		    tools_error("modinfo", "could not get modinfo from '%s': %s", module->name, tmod_error_text(err));
	return 0;
}

static int show_builtin(void *data, const char *key, const char *value, uint32_t priority)
{
	(void)priority;
	return show_module(data, &(struct tmod_module){ .name = *value ? value : key, .builtin = true });
}

static int nothing(void *data, const char *key, const char *value, uint32_t priority)
{
	(void)data;
	(void)key;
	(void)value;
	(void)priority;
	return 0;
}

/* -m: a module's name, or an alias of a built-in one, as kmod has it. Return: how many. */
static int show_name(struct modinfo *m, const char *word)
{
	struct tmod_tree *tree = tmod_system_tree(m->system);
	char name[256];
	int cnt;

	if (strchr(word, '/'))
		return 0;
	tmod_module_name(word, name, sizeof(name));
	if (tmod_tree_search(tree, TMOD_INDEX_DEP, name, false, nothing, NULL) > 0)
		return tmod_tree_lookup(tree, name, show_module, m);
	cnt = tmod_tree_search(tree, TMOD_INDEX_BUILTIN_ALIAS, name, true, show_builtin, m);
	return cnt > 0 ? cnt : tmod_tree_search(tree, TMOD_INDEX_BUILTIN, name, false, show_builtin, m);
}

/* Is it the path of a module file? @path: gets the absolute one; links are not followed, as with kmod. */
static bool find_file(const char *word, char path[PATH_MAX])
{
	char cwd[PATH_MAX];
	struct stat st;

	if (!tmod_is_module_file(word) || stat(word, &st) || !S_ISREG(st.st_mode))
		return false;
	if (*word == '/')
		return (size_t)snprintf(path, PATH_MAX, "%s", word) < PATH_MAX;
	return getcwd(cwd, sizeof(cwd)) && (size_t)snprintf(path, PATH_MAX, "%s/%s", cwd, word) < PATH_MAX;
}

static void show(struct modinfo *m, const char *word)
{
	char path[PATH_MAX];
	int cnt;

	if (!m->names_only && find_file(word, path)) {
		m->status |= show_file(m, path);
		return;
	}
	cnt = m->names_only ? show_name(m, word) : tmod_tree_lookup(tmod_system_tree(m->system), word, show_module, m);
	if (cnt > 0)
		return;
	m->status |= tools_error("modinfo", "Module %s%s not found.", m->names_only ? "name " : "", word);
	tools_missing("modinfo", tmod_system_tree(m->system));
}

/* Return: -1 to go on, or the exit status. */
static int parse(int argc, char **argv, struct modinfo *m)
{
	static const char *const fields[128] = {
		['a'] = "author", ['d'] = "description", ['l'] = "license", ['p'] = "parm", ['n'] = "filename",
	};
	int c;

	while ((c = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
		switch (c) {
		case '0':
			m->end = '\0';
			break;
		case 'm':
			m->names_only = true;
			break;
		case 'F':
			m->field = optarg;
			break;
		case 'k':
			m->where.release = optarg;
			break;
		case 'b':
			m->where.root = optarg;
			break;
		case 'j':
			m->json = json_array();
			break;
		case 'V':
		case 'h':
		case '?':
			return tools_option(c, help);
		default:
			m->field = fields[c];
		}
	}
	if (m->json && (m->field || !m->end))
		return tools_error("modinfo", "--json prints all fields, it goes with none of -a -d -l -p -n -F -0");
	return optind < argc ? -1 : tools_error("modinfo", "missing module or filename.");
}

int modinfo_main(int argc, char **argv)
{
	static const struct tmod_messages messages = { tools_say, (void *)(uintptr_t) "modinfo" };
	struct modinfo m = { .end = '\n' };
	int status = parse(argc, argv, &m), err;

	if (status >= 0)
		return status;
	err = tmod_system_open(&m.where, &messages, &m.system);
	if (err)
		return tools_error("modinfo", "%s", tmod_error_text(err));
	for (; optind < argc; optind++)
		show(&m, argv[optind]);
	tmod_system_close(m.system);
	if (m.json)
		m.status |= json_print(m.json);
	return fflush(stdout) ? EXIT_FAILURE : m.status;
}
