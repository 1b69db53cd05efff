/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Why the kernel does not load a module (init_module(2), finit_module(2)). */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "user/lib/check/check.h"
#include "user/lib/check/why.h"
#include "user/lib/running/state.h"
#include "user/lib/plan/lookup.h"
#include "user/lib/tree.h"

#define PROBLEMS_SHOWN 6
/* Modules that are read for their checksums where there is no Module.symvers: these need what most others need. */
#define PEERS 200
#define KIND(name) (1u << TMOD_PROBLEM_##name)

struct search {
	struct why *why;
	unsigned int kinds; /* that can be the cause */
	unsigned int found; /* those that there are */
	uint32_t cnt;
	uint32_t symbol_cnt, left_out; /* that nothing exports; those for which `symbols` has no room */
	char symbols[2048];
};

/* All are named, in one line. */
static void add_symbol(struct search *s, const char *name)
{
	size_t len = strlen(s->symbols);

	s->symbol_cnt++;
	if (len + strlen(name) + 2 < sizeof(s->symbols))
		snprintf(s->symbols + len, sizeof(s->symbols) - len, " %s", name);
	else
		s->left_out++;
}

static void add_problem(void *data, const struct tmod_problem *problem)
{
	struct search *s = data;

	if (!(s->kinds >> problem->kind & 1))
		return;
	s->found |= 1u << problem->kind;
	if (problem->kind == TMOD_PROBLEM_SYMBOL)
		add_symbol(s, problem->subject);
	else if (s->cnt++ < PROBLEMS_SHOWN)
		why_line(s->why, "%s", problem->text);
}

/* Look in the file and its tree for problems of these kinds. Return: the kinds that were found. */
static unsigned int search(struct why *w, unsigned int kinds)
{
	struct search s = { .why = w, .kinds = kinds };

	if (!w->system)
		return 0;
	check_quickly(w->system, w->path, w->options, kinds & KIND(CRC) ? PEERS : 0, add_problem, &s);
	if (s.symbol_cnt == 1)
		why_line(w, "%s: nothing exports it", s.symbols + 1);
	else if (s.symbol_cnt)
		why_line(w, "symbols that nothing exports:%s", s.symbols);
	if (s.left_out)
		why_line(w, "and %u more symbols that nothing exports", s.left_out);
	if (s.cnt > PROBLEMS_SHOWN)
		why_line(w, "and %u more of this kind", s.cnt - PROBLEMS_SHOWN);
	return s.found;
}

static bool tree_knows(struct tmod_tree *tree, const char *name)
{
	struct lookup_module found;

	return !lookup_module(tree, name, &found) && (found.path || found.builtin);
}

/* Is it the tree's own file, so that modprobe loads what the index says that it needs? */
static bool modprobe_loads(const struct why *w)
{
	struct tmod_tree *tree = w->system ? tmod_system_tree(w->system) : NULL;
	struct lookup_module found;
	char path[PATH_MAX];

	return !tree || (!lookup_module(tree, w->name, &found) && found.path &&
			 tree_path(tree, found.path, found.path_len, path, sizeof(path)) && !strcmp(path, w->path) &&
			 *found.deps);
}

/* The modules that it needs and that are not loaded. Return: whether there is one. */
static bool say_not_loaded(struct why *w)
{
	struct tmod_tree *tree = w->system ? tmod_system_tree(w->system) : NULL;
	char names[512] = "", word[128], name[128];
	struct tmod_file *file;
	const char *at, *item;
	size_t len;
	bool missing = false;

	if (tmod_file_open(w->path, &file, NULL, 0))
		return false;
	at = modinfo_get(&file->info, "depends");
	while (at && (item = modinfo_list_next(&at, &len))) {
		snprintf(word, sizeof(word), "%.*s", (int)(len < sizeof(word) ? len : sizeof(word) - 1), item);
		tmod_module_name(word, name, sizeof(name));
		if (module_state(name) != MODULE_ABSENT || why_builtin(name))
			continue;
		if (tree && !tree_knows(tree, name)) {
			missing = true;
			why_line(w, CHECK_NO_DEPENDENCY, name, tmod_tree_dir(tree));
		} else {
			snprintf(names + strlen(names), sizeof(names) - strlen(names), " %s", name);
		}
	}
	tmod_file_close(file);
	if (missing)
		why_line(
		    w,
		    "install the package that has it, and run depmod; or take the module of this kernel's own package");
	if (*names)
		why_line(w, "modules that it needs are not loaded:%s", names);
	if (*names && modprobe_loads(w))
		why_line(w, "modprobe loads them too; or load them first, with insmod");
	else if (*names)
		why_line(w, "load them first: modprobe -a%s", names);
	return *names || missing;
}

static void unknown_symbol(struct why *w)
{
	if (say_not_loaded(w))
		return;
	if (search(w, KIND(SYMBOL) | KIND(LICENSE) | KIND(DEPENDENCY)))
		why_line(w, "take the module of this kernel's own package, or build it for this kernel");
	else
		why_line(w, "the kernel knows no symbol of a name that it needs: dmesg has it, after 'Unknown symbol'");
}

static void bad_value(struct why *w)
{
	unsigned int found = search(w, KIND(CRC) | KIND(NAMESPACE) | KIND(PARAMETER));

	if (found & (KIND(CRC) | KIND(NAMESPACE)))
		why_line(w, "it is built for another kernel: take the one of this kernel's package, or rebuild it");
	else if (found)
		why_line(w, "modinfo -p %s shows the parameters", w->path);
	else
		why_line(w, "the module's own start found a value wrong%s%s: dmesg may have what it said",
			 *w->options ? "; its parameters are: " : "", w->options);
}

static int exported_twice(void *data, const char *key, const char *value, uint32_t priority)
{
	struct why *w = data;

	(void)priority;
	if (strcmp(value, w->name) && module_state(value) != MODULE_ABSENT)
		why_line(w, "%s: the module %s, which is loaded, exports it too", key + strlen("symbol:"), value);
	return 0;
}

static int ask_export(void *data, const struct tmod_symbol *symbol)
{
	struct why *w = data;
	char key[512];

	if ((size_t)snprintf(key, sizeof(key), "symbol:%s", symbol->name) < sizeof(key))
		tmod_tree_search(tmod_system_tree(w->system), TMOD_INDEX_SYMBOLS, key, false, exported_twice, w);
	return 0;
}

static void bad_format(struct why *w)
{
	struct tmod_file *file;

	if (search(w, KIND(FORMAT) | KIND(CPU) | KIND(VERMAGIC) | KIND(CRC))) {
		why_line(w, "take the module of this kernel's own package, or build it for this kernel (%s)",
			 strrchr(tmod_tree_dir(tmod_system_tree(w->system)), '/') + 1);
		return;
	}
	if (w->system && !tmod_file_open(w->path, &file, NULL, 0)) {
		tmod_file_symbols(file, TMOD_EXPORTS, ask_export, w);
		tmod_file_close(file);
	}
	if (w->line_cnt)
		why_line(w, "only one of them can be loaded: unload the other first");
	else
		why_line(w, "the kernel cannot use the file: dmesg tells what it found wrong");
}

static void exists(struct why *w)
{
	if (module_state(w->name) != MODULE_ABSENT)
		why_line(w,
			 "%s is loaded already; what can be changed of it is in /sys/module/%s/parameters, "
			 "the rest by unloading it first",
			 w->name, w->name);
	else if (why_builtin(w->name))
		why_line(w, "%s is built into the kernel; its parameters are set on the kernel's command line",
			 w->name);
	else
		why_line(w,
			 "the module's own start found that another driver has registered what it brings: see dmesg");
}

static void busy(struct why *w)
{
	if (module_state(w->name) != MODULE_ABSENT)
		why_line(w, "%s is being loaded or unloaded this moment: try again when that is done", w->name);
	else
		why_line(w, "another driver has what it needs (a device, a range of addresses, a number): see dmesg");
}

static void unreadable(struct why *w)
{
	why_line(w, "%s cannot be read: %s", w->path, strerror(errno));
	why_line(w,
		 "if the tree has changed, run depmod; if it is another kernel's, start the kernel that is installed");
}

/* The errors that need no search. NULL: another. */
static const char *known(int err)
{
	switch (err) {
	case ENODEV:
	case ENXIO:
		return "the driver found no device that it could serve: it is not there, switched off, or not of this "
		       "kind";
	case ENOMEM:
		return "the kernel has not enough memory for it: free some (dmesg tells how much it wanted)";
	case ENOSYS:
		return "this kernel can load no modules (CONFIG_MODULES is off), or a filter of system calls forbids "
		       "it";
	case EOPNOTSUPP:
		return "the kernel cannot unpack it: unpack the file";
	case ETXTBSY:
		return "the file is being written: try again when that is done";
	case EILSEQ:
		return "the packed file is damaged: reinstall its package";
	case ELIBACC:
		return "the library that unpacks it is not installed: libzstd.so.1, liblzma.so.5 or libz.so.1";
	case EFBIG:
		return "the file is too large to be a module";
	case EISDIR:
		return "it is a directory, not a module file";
	default:
		return NULL;
	}
}

void why_insert(struct why *w)
{
	const char *text = known(-w->err);

	struct stat st;

	if (access(w->path, R_OK) || stat(w->path, &st)) {
		unreadable(w);
		return;
	}
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		why_line(w, "it is a pipe, a socket or a device, not a module file");
		return;
	}
	if (text) {
		why_line(w, "%s", text);
		return;
	}
	switch (-w->err) {
	case ENOENT:
		unknown_symbol(w);
		break;
	case EINVAL:
		bad_value(w);
		break;
	case ENOEXEC:
		bad_format(w);
		break;
	case EKEYREJECTED:
	case ENOKEY:
	case EBADMSG:
	case ENODATA:
	case ENOPKG:
		why_signature(w);
		break;
	case EPERM:
	case EACCES: /* as SELinux says it */
		why_permission(w);
		break;
	case EEXIST:
		exists(w);
		break;
	case EBUSY:
		busy(w);
		break;
	default:
		why_line(w, "the module's own start failed (%s): dmesg has what it said", strerror(-w->err));
	}
}
