/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What there is to say of a module, from the kernel, the tree and the configuration. */
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "user/tools/loaded.h"
#include "user/tools/why.h"

/* A module, and the list that is being made. */
struct facts {
	struct tmod_system *system;
	const char *name;
	json_t *loaded, *list;
};

const char *why_directive(enum tmod_directive directive)
{
	static const char *const words[TMOD_DIRECTIVE_CNT] = {
		[TMOD_BLACKLIST] = "blacklist", [TMOD_INSTALL] = "install",   [TMOD_REMOVE] = "remove",
		[TMOD_ALIAS] = "alias",         [TMOD_OPTIONS] = "options",   [TMOD_SOFTDEP] = "softdep",
		[TMOD_WEAKDEP] = "weakdep",     [TMOD_FORBID] = "forbid",     [TMOD_ALLOW] = "allow",
		[TMOD_PREFER] = "prefer",       [TMOD_FALLBACK] = "fallback",
	};

	return words[directive];
}

json_t *why_entry(const struct tmod_entry *e)
{
	json_t *entry = json_object();

	json_put(entry, "directive", json_text(why_directive(e->directive)));
	json_put(entry, "name", json_text(e->name));
	json_put(entry, "value", json_text(e->value));
	json_put(entry, "file", json_text(e->file));
	json_put(entry, "line", e->line ? json_integer(e->line) : json_null());
	return entry;
}

/*
 * The kernel does not note when a module came. Its directory in /sys gets its time when it is first looked at, so that
 * the module came then or earlier.
 */
static json_t *since(const char *name)
{
	char path[PATH_MAX], text[64];
	struct stat st;
	struct tm tm;

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	if (stat(path, &st) || !gmtime_r(&st.st_mtime, &tm) || !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return json_null();
	return json_text(text);
}

/* What the kernel had it loaded for, and for whom; only our own kernel says that. */
static json_t *asked_by(const char *name)
{
	char path[PATH_MAX], text[256];
	json_t *asked = NULL;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/module/%s/asked_by", name);
	f = fopen(path, "re");
	if (!f)
		return json_null();
	if (fgets(text, sizeof(text), f)) {
		text[strcspn(text, "\n")] = '\0';
		asked = json_text(text);
	}
	fclose(f);
	return asked ? asked : json_null();
}

static int add_use(void *data, const struct tmod_use *use)
{
	static const char *const kinds[] = {
		[TMOD_USE_MODULE] = "module", [TMOD_USE_DEVICE] = "device", [TMOD_USE_MOUNT] = "mount",
		[TMOD_USE_SOCKET] = "socket", [TMOD_USE_CRYPTO] = "crypto", [TMOD_USE_FILE] = "file",
	};
	json_t *one = json_object();

	json_put(one, "kind", json_text(kinds[use->kind]));
	json_put(one, "what", json_text(use->what));
	json_put(one, "by", *use->by ? json_text(use->by) : json_null());
	json_put(one, "pid", use->pid ? json_integer(use->pid) : json_null());
	json_put(one, "count", json_integer(use->cnt));
	json_add(data, one);
	return 0;
}

/* A line of modules.dep: "path: path path". */
static int add_dependant(void *data, const char *key, const char *value, uint32_t priority)
{
	const struct facts *f = data;
	const char *colon = strchr(value, ':');
	char *text = strdup(colon ? colon + 1 : ""), *rest, name[256];
	char *path = text ? strtok_r(text, " ", &rest) : NULL;
	json_t *one;

	(void)priority;
	for (; path; path = strtok_r(NULL, " ", &rest)) {
		tmod_module_name(path, name, sizeof(name));
		if (strcmp(name, f->name))
			continue;
		one = json_object();
		json_put(one, "module", json_text(key));
		json_put(one, "loaded", json_boolean(loaded_find(f->loaded, key)));
		json_add(f->list, one);
		break;
	}
	free(text);
	return 0;
}

bool why_names(const char *word, const char *name)
{
	char plain[256];

	tmod_module_name(word, plain, sizeof(plain));
	return !strcmp(plain, name);
}

/* Lines of other modules that name this one: "pre: a b post: c"; weakdep: "a b". */
static void add_softdeps(const struct facts *f, enum tmod_directive directive)
{
	const struct tmod_config *config = tmod_system_config(f->system);
	const struct tmod_entry *e = NULL;

	while (config && (e = tmod_config_next(config, directive, e))) {
		const char *kind = directive == TMOD_WEAKDEP ? "weak" : "";
		char *text = strdup(e->value), *rest, *word = text ? strtok_r(text, " \t", &rest) : NULL;

		for (; word; word = strtok_r(NULL, " \t", &rest)) {
			if (!strcmp(word, "pre:") || !strcmp(word, "post:")) {
				kind = *word == 'p' && word[1] == 'r' ? "pre" : "post";
			} else if (why_names(word, f->name)) {
				json_t *one = json_object();

				json_put(one, "module", json_text(e->name));
				json_put(one, "kind", json_text(kind));
				json_put(one, "loaded", json_boolean(loaded_find(f->loaded, e->name)));
				json_put(one, "file", json_text(e->file));
				json_put(one, "line", e->line ? json_integer(e->line) : json_null());
				json_add(f->list, one);
			}
		}
		free(text);
	}
}

/* "prefer PATTERN over PATTERN": is it about the module? */
static bool prefer_names(const struct tmod_entry *e, const char *name)
{
	return !fnmatch(e->name, name, 0) || !fnmatch(strchr(e->value, ' ') + 1, name, 0);
}

/* Lines about the module itself, and aliases that stand for it. */
static void add_configuration(const struct facts *f)
{
	const struct tmod_config *config = tmod_system_config(f->system);

	for (enum tmod_directive d = 0; config && d < TMOD_DIRECTIVE_CNT; d++) {
		const struct tmod_entry *e = NULL;

		if (d == TMOD_ALIAS || d == TMOD_PREFER) {
			while ((e = tmod_config_next(config, d, e)))
				if (d == TMOD_ALIAS ? why_names(e->value, f->name) : prefer_names(e, f->name))
					json_add(f->list, why_entry(e));
		} else {
			while ((e = tmod_config_find(config, d, f->name, e)))
				json_add(f->list, why_entry(e));
		}
	}
}

static int not_device(void *data, const struct tmod_use *use)
{
	return use->kind == TMOD_USE_DEVICE ? 0 : add_use(data, use);
}

/* A new list that is the object's. */
static json_t *list(json_t *object, const char *key)
{
	json_t *array = json_array();

	json_put(object, key, array);
	return array;
}

json_t *why_facts(struct tmod_system *system, const struct tmod_module *module, json_t *loaded)
{
	struct facts f = { .system = system, .name = module->name, .loaded = loaded };
	json_t *object = json_object(), *state = loaded_find(loaded, module->name);

	json_put(object, "module", json_text(module->name));
	json_put(object, "path", json_text(module->path));
	json_put(object, "builtin", json_boolean(module->builtin));
	json_put(object, "loaded", state ? json_incref(state) : json_null());
	json_put(object, "since", state ? since(module->name) : json_null());
	json_put(object, "asked_by", state ? asked_by(module->name) : json_null());
	f.list = list(object, "uses");
	if (state || module->builtin)
		tmod_uses_each(system, module->name, not_device, f.list);
	json_put(object, "devices", why_devices(system, module->name));
	f.list = list(object, "dependants");
	tmod_tree_each(tmod_system_tree(system), TMOD_INDEX_DEP, add_dependant, &f);
	f.list = list(object, "softdeps");
	add_softdeps(&f, TMOD_SOFTDEP);
	add_softdeps(&f, TMOD_WEAKDEP);
	f.list = list(object, "configuration");
	add_configuration(&f);
	return object;
}
