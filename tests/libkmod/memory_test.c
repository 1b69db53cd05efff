/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Memory ends at each allocation in turn: every function of libkmod.so.2 then fails or does its work, and nothing is
 * lost. The memory functions of this program take the place of libc's, also for the library.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/libkmod/libkmod.h"
#include "tests/memory.h"
#include "tests/tap.h"

static void be_silent(void *data, int priority, const char *file, int line, const char *fn, const char *format,
		      va_list args)
{
	(void)data;
	(void)priority;
	(void)file;
	(void)line;
	(void)fn;
	(void)format;
	(void)args;
}

static void ask_file(const struct kmod_module *mod)
{
	struct kmod_list *list = NULL;

	if (kmod_module_get_info(mod, &list) >= 0)
		kmod_module_info_free_list(list);
	list = NULL;
	if (kmod_module_get_versions(mod, &list) >= 0)
		kmod_module_versions_free_list(list);
	list = NULL;
	if (kmod_module_get_symbols(mod, &list) >= 0)
		kmod_module_symbols_free_list(list);
	list = NULL;
	if (kmod_module_get_dependency_symbols(mod, &list) >= 0)
		kmod_module_dependency_symbols_free_list(list);
}

static void ask(struct kmod_ctx *ctx, struct kmod_module *mod)
{
	struct kmod_list *pre = NULL, *post = NULL, *weak = NULL;
	struct kmod_config_iter *iter = kmod_config_get_options(ctx);

	while (kmod_config_iter_next(iter))
		;
	kmod_config_iter_free_iter(iter);
	kmod_module_get_path(mod);
	kmod_module_get_options(mod);
	kmod_module_unref_list(kmod_module_get_dependencies(mod));
	kmod_module_get_softdeps(mod, &pre, &post);
	kmod_module_unref_list(pre);
	kmod_module_unref_list(post);
	kmod_module_get_weakdeps(mod, &weak);
	kmod_module_unref_list(weak);
	kmod_module_get_initstate(mod);
	ask_file(mod);
	kmod_module_probe_insert_module(mod, KMOD_PROBE_DRY_RUN | KMOD_PROBE_IGNORE_LOADED, "a=1", NULL, NULL, NULL);
}

static void do_all(const char *tree, const char *const *config, const char *module)
{
	struct kmod_ctx *ctx = kmod_new(tree, config);
	struct kmod_module *mod = NULL;
	struct kmod_list *list = NULL, *filtered = NULL, *entry;

	if (!ctx)
		return;
	kmod_set_log_fn(ctx, be_silent, NULL);
	kmod_load_resources(ctx);
	if (!kmod_module_new_from_lookup(ctx, "somefs", &list)) {
		kmod_list_foreach(entry, list) {
			mod = kmod_module_get_module(entry);
			ask(ctx, mod);
			kmod_module_unref(mod);
		}
		kmod_module_apply_filter(ctx, KMOD_FILTER_BLACKLIST, list, &filtered);
		kmod_module_unref_list(filtered);
		kmod_module_unref_list(list);
	}
	mod = NULL;
	if (!kmod_module_new_from_path(ctx, module, &mod))
		ask_file(mod);
	kmod_module_unref(mod);
	mod = NULL;
	kmod_module_new_from_name_lookup(ctx, "jbd2", &mod);
	kmod_module_unref(mod);
	kmod_validate_resources(ctx);
	kmod_unref(ctx);
}

/* Three modules of Debian's with their indexes. Return: whether they are there. */
static bool make_tree(const char *root, const char *dir)
{
	char command[2048];

	snprintf(
	    command, sizeof(command),
	    "r=$(cat \"${TENON_DEBIAN:-${O:-build}/debian/amd64}/release\") && mkdir -p %s/kernel && "
	    "for m in ext4/ext4 jbd2/jbd2 mbcache; do cp \"${TENON_DEBIAN:-${O:-build}/debian/amd64}/lib/modules/$r"
	    "/kernel/fs/$m.ko\" %s/kernel/; done && /sbin/depmod -b %s 1.0.0 2>/dev/null && "
	    "printf 'alias somefs ext4\\noptions ext4 a=1\\noptions ext4 b=2\\nsoftdep ext4 pre: jbd2 post: mbcache\\n"
	    "weakdep ext4 jbd2\\nblacklist jbd2\\ninstall jbd2 true\\n' >%s/test.conf",
	    dir, dir, root, root);
	return !system(command);
}

int main(void)
{
	char root[] = "/tmp/tenon-memory-XXXXXX", tree[64], conf[64], module[96], command[64];
	const char *config[] = { conf, NULL };
	long before, cnt = 0, lost = 0;

	setenv("KMOD_LOG", "0", 1); /* kmod_new() would tell of each failure */
	if (!mkdtemp(root))
		return 1;
	snprintf(tree, sizeof(tree), "%s/lib/modules/1.0.0", root);
	snprintf(conf, sizeof(conf), "%s/test.conf", root);
	snprintf(module, sizeof(module), "%s/kernel/ext4.ko", tree);
	snprintf(command, sizeof(command), "rm -rf %s", root);
	if (!make_tree(root, tree)) {
		puts("1..0 # SKIP Debian's kernel is not there; ./test downloads it");
		return system(command);
	}
	do_all(tree, config, module);
	for (bool failed = true; failed; cnt++) {
		before = in_use;
		left = cnt;
		do_all(tree, config, module);
		failed = left < 0;
		left = -1;
		lost += in_use - before;
	}
	ok(cnt > 500, "%ld allocations, of which each has failed", cnt - 1);
	ok(lost == 0, "%ld blocks lost", lost);
	system(command);
	return tap_done();
}
