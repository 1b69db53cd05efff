/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* depmod - make the indexes of a module tree */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "user/tools/depmod.h"
#include "user/tools/json.h"
#include "user/tools/tools.h"

enum { JSON = 256, INDEX_ORDER, MAP, ALL_RELEASES, STRICT, FALLBACK };

/* -q, -r, -u and --map: older releases had them; they do nothing. */
static const char short_options[] = "aAb:m:o:C:E:F:eP:wnvVhqru";
static const struct option long_options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "quick", no_argument, NULL, 'A' },
	{ "basedir", required_argument, NULL, 'b' },
	{ "moduledir", required_argument, NULL, 'm' },
	{ "outdir", required_argument, NULL, 'o' },
	{ "config", required_argument, NULL, 'C' },
	{ "symvers", required_argument, NULL, 'E' },
	{ "filesyms", required_argument, NULL, 'F' },
	{ "errsyms", no_argument, NULL, 'e' },
	{ "symbol-prefix", required_argument, NULL, 'P' },
	{ "warn", no_argument, NULL, 'w' },
	{ "show", no_argument, NULL, 'n' },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "json", no_argument, NULL, JSON },
	{ "all-releases", no_argument, NULL, ALL_RELEASES },
	{ "strict", no_argument, NULL, STRICT },
	{ "fallback", required_argument, NULL, FALLBACK },
	{ "index-order", required_argument, NULL, INDEX_ORDER },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "root", no_argument, NULL, 'r' },
	{ "unresolved-error", no_argument, NULL, 'u' },
	{ "map", no_argument, NULL, MAP },
	{ NULL, 0, NULL, 0 },
};

static const char help[] =
    "usage: depmod [OPTION]... [RELEASE [FILE]...]\n"
    "Make the indexes of the module tree /lib/modules/RELEASE (of the running kernel if none is given), or\n"
    "of only the modules in FILEs (absolute paths).\n\n"
    "  -a, --all            all modules (the default, unless there are FILEs)\n"
    "  -A, --quick          nothing if no module is new; else read only those that have changed\n"
    "      --all-releases   of all kernels that have a tree, several at once\n"
    "  -b, --basedir=DIR    the tree is DIR/lib/modules/RELEASE\n"
    "  -m, --moduledir=DIR  the tree is DIR/RELEASE, not /lib/modules/RELEASE; below what -b and -o say\n"
    "      --fallback=DIR   where there is no tree of RELEASE, it is DIR/RELEASE\n"
    "  -o, --outdir=DIR     write the indexes to DIR/lib/modules/RELEASE\n"
    "  -C, --config=PATH    a file, or a directory of *.conf, in place of depmod.d (may be repeated)\n"
    "  -e, --errsyms        with -E or -F: warn of symbols that neither the kernel nor a module has\n"
    "      --strict         with -e: fail if there are such symbols\n"
    "  -E, --symvers=FILE   the kernel's Module.symvers: warn of other versions, too\n"
    "  -F, --filesyms=FILE  the kernel's System.map\n"
    "  -P, --symbol-prefix=C  symbols may begin with this character, which is not part of their names\n"
    "  -w, --warn           warn of duplicate aliases, symbols and modules\n"
    "  -n, --show           write the text files to standard output, and no file\n"
    "      --json           with -n: as JSON\n"
    "      --index-order=ORDER  of nodes in binary indexes: postorder, the default, or preorder, as kmod since 34\n"
    "  -v, --verbose        show which symbol makes a module need another\n"
    "  -V, --version        show the version\n"
    "  -h, --help           show this\n";

struct arguments {
	const char *base, *module_dir /* or NULL */, *fallback, *out, *release;
	const char *symvers, *system_map;
	const char **config; /* ended by NULL */
	size_t config_cnt;
	bool errors, all, json, all_releases;
	struct tmod_depmod *request;
};

static int show(void *data, const char *file, const char *bytes, size_t len)
{
	(void)file;
	return fwrite(bytes, 1, len, data) == len ? 0 : -EIO;
}

/* What -v shows goes to standard output. */
static void say(void *data, enum tmod_level level, const char *text)
{
	if (level == TMOD_INFO)
		puts(text);
	else
		tools_say(data, level, text);
}

static int fatal(const char *text, const char *what)
{
	fprintf(stderr, "depmod: FATAL: %s%s\n", text, what);
	return EXIT_FAILURE;
}

/* An option that sets something for the library. Return: false for others. */
static bool set_request(int c, struct tmod_depmod *r)
{
	switch (c) {
	case 'A':
		r->if_newer = true;
		break;
	case 'n':
		r->show = show;
		r->show_data = stdout;
		break;
	case 'P':
		r->symbol_prefix = *optarg;
		break;
	case 'v':
		r->verbose = true;
		break;
	case 'w':
		r->warn_duplicates = true;
		break;
	default:
		return false;
	}
	return true;
}

/* Return: -1 to go on, or the exit status. */
static int set(int c, struct arguments *a)
{
	switch (c) {
	case 'a':
		a->all = true;
		a->request->if_newer = false;
		break;
	case 'b':
		a->base = optarg;
		break;
	case 'C':
		a->config[a->config_cnt++] = optarg;
		a->request->config = a->config;
		break;
	case 'E':
		a->symvers = optarg;
		break;
	case 'e':
		a->errors = true;
		break;
	case 'F':
		a->system_map = optarg;
		break;
	case 'm':
		a->module_dir = optarg;
		break;
	case 'o':
		a->out = optarg;
		break;
	case ALL_RELEASES:
		a->all_releases = true;
		break;
	case FALLBACK:
		a->fallback = optarg;
		break;
	case STRICT:
		a->request->strict_symbols = true;
		break;
	case INDEX_ORDER:
		if (strcmp(optarg, "preorder") && strcmp(optarg, "postorder"))
			return tools_error("depmod", "--index-order is preorder or postorder, not '%s'", optarg);
		a->request->preorder = !strcmp(optarg, "preorder");
		break;
	case JSON:
		a->json = true;
		break;
	case MAP:
		tools_say((void *)(uintptr_t) "depmod", TMOD_WARNING, "Ignored deprecated option --map");
		break;
	case 'q':
	case 'r':
	case 'u':
		fprintf(stderr, "depmod: WARNING: Ignored deprecated option -%c\n", c);
		break;
	default:
		return tools_option(c, help);
	}
	return -1;
}

/* Is it said which symbols the kernel has, and can it be read? */
static int check_symbols(struct arguments *a)
{
	const char *files[] = { a->symvers, a->system_map };

	if (a->errors && !a->symvers && !a->system_map)
		tools_say((void *)(uintptr_t) "depmod", TMOD_WARNING, "-e needs -E or -F");
	for (int i = 0; i < 2; i++) {
		if (files[i] && access(files[i], R_OK)) {
			fprintf(stderr, "depmod: FATAL: could not load %s: %s\n", files[i], strerror(errno));
			return EXIT_FAILURE;
		}
	}
	a->request->symvers = a->errors ? a->symvers : NULL;
	a->request->system_map = a->errors ? a->system_map : NULL;
	return -1;
}

/* Return: -1 to go on, or the exit status. */
static int parse(int argc, char **argv, struct arguments *a)
{
	int c, status = -1;

	while (status < 0 && (c = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
		if (c == 'P' && strlen(optarg) > 1)
			return fatal("-P only takes a single char", "");
		if (!set_request(c, a->request))
			status = set(c, a);
	}
	if (status >= 0)
		return status;
	if (a->json && !a->request->show)
		return tools_error("depmod", "--json is about what -n shows: give both");
	if (a->all_releases && (a->fallback || optind < argc || a->request->show))
		return tools_error(
		    "depmod", "--all-releases takes neither --fallback, a release nor files, and writes the indexes");
	if (optind < argc) {
		unsigned int major, minor;

		a->release = argv[optind++];
		if (sscanf(a->release, "%u.%u", &major, &minor) != 2)
			return tools_error("depmod", "Bad version passed %s", a->release);
	}
	if (optind < argc && !a->all)
		a->request->files = (const char *const *)argv + optind;
	return check_symbols(a);
}

/* Make the directories of a path. */
static int make_directories(char *path)
{
	for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
		int err;

		if (slash)
			*slash = '\0';
		err = mkdir(path, 0755) && errno != EEXIST ? -errno : 0;
		if (err)
			fprintf(stderr, "depmod: ERROR: could not make directory %s: %s\n", path, strerror(-err));
		if (slash)
			*slash = '/';
		if (err || !slash)
			return err;
	}
}

static void say_missing(const char *dir)
{
	struct tmod_tree *tree;

	if (tmod_tree_open(dir, NULL, &tree))
		return;
	tools_missing("depmod", tree);
	tmod_tree_close(tree);
}

static int run(struct arguments *a)
{
	int err;

	if (a->json) {
		a->request->show = depmod_json;
		a->request->show_data = json_object();
	}
	err = tmod_depmod(a->request);
	if (err == -ENOENT && !a->request->files && access(a->request->dir, F_OK)) {
		fatal("could not search modules: ", strerror(ENOENT));
		say_missing(a->request->dir);
	}
	if (err || (a->request->show && fflush(stdout)))
		return EXIT_FAILURE;
	return a->json ? json_print(a->request->show_data) : EXIT_SUCCESS;
}

/* Where the tree is, where the indexes go, and the root before the first. Return: -1 to go on, or the exit status. */
static int find_trees(const struct arguments *a, char *dir, char *out_dir, char *root)
{
	const char *module_dir = a->module_dir;
	size_t root_len = 0;
	int err = tmod_tree_find(a->base, module_dir, a->release, dir, PATH_MAX, &root_len);

	if (!err && a->fallback && access(dir, F_OK)) {
		module_dir = a->fallback;
		err = tmod_tree_find(a->base, module_dir, a->release, dir, PATH_MAX, &root_len);
	}
	if (!err && a->out)
		err = tmod_tree_find(a->out, module_dir, a->release, out_dir, PATH_MAX, NULL);
	if (err)
		return fatal("the path of the module tree: ", strerror(-err));
	snprintf(root, PATH_MAX, "%.*s", (int)root_len, dir);
	return -1;
}

/* Make the indexes of one release, where the arguments say. */
static int run_release(void *data, const char *release)
{
	struct arguments *a = data;
	char dir[PATH_MAX], out_dir[PATH_MAX], root[PATH_MAX];
	int status;

	a->release = a->request->release = release;
	status = find_trees(a, dir, out_dir, root);
	if (status >= 0)
		return status;
	a->request->dir = dir;
	a->request->root = *root ? root : NULL;
	a->request->out_dir = a->out ? out_dir : NULL;
	if (a->out && !a->request->show && make_directories(out_dir))
		return EXIT_FAILURE;
	return run(a);
}

static int run_all(struct arguments *a)
{
	/* The trees share the CPUs. */
	a->request->threads = 1;
	return depmod_releases(a->base, a->module_dir, run_release, a);
}

int depmod_main(int argc, char **argv)
{
	struct utsname u;
	struct tmod_depmod request = { .messages = { say, (void *)(uintptr_t) "depmod" } };
	struct arguments a = { .request = &request };
	int status;

	a.config = calloc((size_t)argc + 1, sizeof(*a.config));
	if (!a.config)
		return fatal("out of memory", "");
	status = parse(argc, argv, &a);
	if (status < 0 && a.all_releases)
		status = run_all(&a);
	else if (status < 0)
		status = run_release(&a, a.release ? a.release : uname(&u) ? "" : u.release);
	free(a.config);
	return status;
}
