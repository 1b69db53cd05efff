/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The library's configuration: where entries come from, which are found, what is forbidden, have files changed. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tenon/mod.h"
#include "tests/tap.h"

static char dir[] = "/tmp/tenon-config-XXXXXX";

static const char *at(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(at(name), "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		abort();
}

static struct tmod_config *must_open(const char *tree)
{
	static const char *const paths[] = { dir, NULL };
	struct tmod_config *c;

	if (tmod_config_open(paths, tree, NULL, &c))
		abort();
	return c;
}

static bool is(const struct tmod_entry *e, const char *name, const char *value, const char *file, uint32_t line)
{
	return e && !strcmp(e->name, name) && !strcmp(e->value, value) && !strcmp(e->file, at(file)) && e->line == line;
}

static void test_find(void)
{
	const struct tmod_entry *e;
	struct tmod_config *c;

	put("a.conf", "# no\nalias net-* one\nalias \\\n net-x two\noptions net* a=1\noptions net_x b=2\n");
	put("b.conf", "options net-x c=3\ninstall net* true\nsoftdep n*_x pre: p\nsoftdep net-x pre: q post: r\n");
	c = must_open(NULL);
	e = tmod_config_find(c, TMOD_ALIAS, "net_x", NULL);
	ok(is(e, "net_*", "one", "a.conf", 2), "a pattern is found");
	e = tmod_config_find(c, TMOD_ALIAS, "net_x", e);
	ok(is(e, "net_x", "two", "a.conf", 3), "... and what comes after it, with the line that it starts in");
	ok(!tmod_config_find(c, TMOD_ALIAS, "net_x", e), "... and no more");
	e = tmod_config_find(c, TMOD_OPTIONS, "net_x", NULL);
	ok(is(e, "net_x", "b=2", "a.conf", 6), "names with options are no patterns");
	ok(is(tmod_config_find(c, TMOD_OPTIONS, "net_x", e), "net_x", "c=3", "b.conf", 1), "options of two files");
	ok(is(tmod_config_find(c, TMOD_INSTALL, "netz", NULL), "net*", "true", "b.conf", 2),
	   "commands' names are patterns");
	e = tmod_config_find(c, TMOD_SOFTDEP, "net_x", NULL);
	ok(is(e, "n*_x", "pre: p", "b.conf", 3) &&
	       is(tmod_config_find(c, TMOD_SOFTDEP, "net_x", e), "net_x", "pre: q post: r", "b.conf", 4),
	   "several softdeps are all found");
	ok(!tmod_config_find(c, TMOD_REMOVE, "net_x", NULL) && !tmod_config_next(c, TMOD_WEAKDEP, NULL),
	   "none, none found");
	ok(!tmod_config_forbids(c, "net_x"), "without forbid and allow nothing is forbidden");
	tmod_config_close(c);
}

static void test_policy(void)
{
	struct tmod_config *c;

	put("b.conf", "forbid ksm* cifs\n");
	c = must_open(NULL);
	ok(is(tmod_config_forbids(c, "ksmbd"), "ksm*", "", "b.conf", 1), "forbid a pattern");
	ok(is(tmod_config_forbids(c, "cifs"), "cifs", "", "b.conf", 1), "... and a second one of the line");
	ok(!tmod_config_forbids(c, "ext4"), "... and nothing else");
	tmod_config_close(c);
	put("b.conf", "forbid ksm*\nallow ext4 jbd2\nallow ks*\n");
	c = must_open(NULL);
	ok(!tmod_config_forbids(c, "jbd2"), "what is allowed is allowed");
	ok(is(tmod_config_forbids(c, "btrfs"), "ext4", "", "b.conf", 2), "what is not is forbidden by the first allow");
	ok(is(tmod_config_forbids(c, "ksmbd"), "ksm*", "", "b.conf", 1), "forbid goes before allow");
	tmod_config_close(c);
}

/* What stays the same length and is written to the same file is seen by its times; they tick every few milliseconds. */
static void tick(void)
{
	usleep(20000);
}

static bool changed_by(void (*change)(void))
{
	struct tmod_config *c;
	bool before, after;
	char tree[256];

	snprintf(tree, sizeof(tree), "%s", at("tree"));
	c = must_open(tree);
	tick();
	before = tmod_config_changed(c);
	change();
	after = tmod_config_changed(c);
	tmod_config_close(c);
	return !before && after;
}

static void edit(void)
{
	put("a.conf", "alias x y\n");
}

static void add(void)
{
	put("new.conf", "");
}

static void drop(void)
{
	unlink(at("new.conf"));
}

static void add_softdep(void)
{
	put("tree/modules.softdep", "softdep a pre: b\n");
}

static void edit_softdep(void)
{
	put("tree/modules.softdep", "softdep a pre: c\n");
}

static void leave(void)
{
}

static void test_changed(void)
{
	put("a.conf", "alias x z\n");
	mkdir(at("tree"), 0755);
	ok(changed_by(edit), "a file edited in place is a change");
	ok(changed_by(add), "so is a new file");
	ok(changed_by(drop), "so is one that goes");
	ok(changed_by(add_softdep), "so is modules.softdep when it comes");
	ok(changed_by(edit_softdep), "... and when it changes");
	ok(!changed_by(leave), "nothing is no change");
	drop();
}

static void test_system(void)
{
	const char *paths[] = { dir, NULL };
	struct tmod_where where = { .root = dir, .release = "9", .config = paths };
	struct tmod_system *s;
	const struct tmod_config *c;

	if (tmod_system_open(&where, NULL, &s))
		abort();
	ok(!strcmp(tmod_tree_dir(tmod_system_tree(s)), at("lib/modules/9")), "the tree's directory");
	c = tmod_system_config(s);
	ok(c && c == tmod_system_config(s) && tmod_config_find(c, TMOD_ALIAS, "x", NULL), "configuration is read once");
	ok(tmod_tree_search(tmod_system_tree(s), TMOD_INDEX_DEP, "x", false, NULL, NULL) == -ENOENT &&
	       !tmod_system_changed(s),
	   "a system without a tree");
	mkdir(at("lib"), 0755);
	mkdir(at("lib/modules"), 0755);
	mkdir(at("lib/modules/9"), 0755);
	put("lib/modules/9/modules.dep.bin", "x");
	ok(tmod_system_changed(s), "... has changed when the index comes that was asked for");
	tmod_system_close(s);
	where = (struct tmod_where){ .tree = "/some/where", .config = paths };
	if (tmod_system_open(&where, NULL, &s))
		abort();
	ok(!strcmp(tmod_tree_dir(tmod_system_tree(s)), "/some/where"), "a tree that is named by its directory");
	tmod_system_close(s);
	if (chdir(dir))
		abort();
	where.tree = "tree";
	if (tmod_system_open(&where, NULL, &s))
		abort();
	ok(!strcmp(tmod_tree_dir(tmod_system_tree(s)), at("tree")), "... by a relative path");
	ok(tmod_plan_load(s, &where.tree, 1, NULL, 0, &(struct tmod_plan *){ NULL }) == -ENOENT,
	   "... that is not there");
	ok(!tmod_system_changed(s), "nothing read, nothing changed");
	c = tmod_system_config(s);
	tick();
	edit();
	ok(c && tmod_system_changed(s), "a change of the configuration is one of the system");
	tmod_system_close(s);
}

/* One system, asked at once. */
static void *ask(void *data)
{
	const struct tmod_config *c = tmod_system_config(data);
	size_t found = 0;

	for (int i = 0; c && i < 100; i++)
		found += tmod_config_find(c, TMOD_ALIAS, "x", NULL) && !tmod_config_forbids(c, "ext4") &&
			 tmod_config_forbids(c, "ksmbd") && !tmod_config_changed(c);
	return found == 100 ? (void *)(uintptr_t)c : NULL;
}

static void test_threads(void)
{
	const char *paths[] = { dir, NULL };
	struct tmod_where where = { .tree = dir, .config = paths };
	pthread_t threads[4];
	void *seen[4];
	struct tmod_system *s;
	bool same = true;

	put("b.conf", "forbid ksm*\n");
	if (tmod_system_open(&where, NULL, &s))
		abort();
	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, ask, s))
			abort();
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &seen[i]);
		same = same && seen[i] && seen[i] == seen[0];
	}
	ok(same, "four threads get one configuration");
	tmod_system_close(s);
}

int main(void)
{
	char command[sizeof(dir) + 16];

	if (!mkdtemp(dir))
		return 1;
	test_find();
	test_policy();
	test_changed();
	test_system();
	test_threads();
	snprintf(command, sizeof(command), "rm -r %s", dir);
	ok(!system(command), "clean up");
	return tap_done();
}
