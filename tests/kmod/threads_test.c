/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* One tree asked by several threads at once, from its first use on, and depmod beside; under the thread sanitizer. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tenon/mod.h"
#include "tests/tap.h"

#define THREADS 4
#define ROUNDS 200

static char dir[] = "/tmp/tenon-threads-XXXXXX", out_dir[] = "/tmp/tenon-threads-XXXXXX";

static void write_file(const char *name, const char *bytes, size_t len)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f || fwrite(bytes, 1, len, f) != len || fclose(f))
		exit(1);
}

static int is_drum(void *data, const struct tmod_module *m)
{
	*(int *)data += !m->path && !strcmp(m->name, "drum");
	return 0;
}

static int is_licence(void *data, const struct tmod_info *info)
{
	*(int *)data += info->key_len == 7 && !memcmp(info->key, "license", 7) && info->value_len == 3;
	return 0;
}

/* Return: NULL if all answers were right. */
static void *ask(void *tree)
{
	for (int i = 0; i < ROUNDS; i++) {
		int drums = 0, licences = 0;

		if (tmod_tree_lookup(tree, "drum", is_drum, &drums) != 1 ||
		    tmod_tree_lookup(tree, "dev-snare-42", is_drum, &drums) != 1 || drums != 2 ||
		    tmod_tree_lookup(tree, "flute", is_drum, &drums) != 0 ||
		    tmod_tree_builtin_info(tree, "drum", is_licence, &licences) || licences != 1)
			return tree;
	}
	return NULL;
}

static int run_depmod(const char *to)
{
	struct tmod_depmod request = { .dir = dir, .out_dir = to, .threads = 3 };

	return tmod_depmod(&request);
}

static void *run_depmods(void *arg)
{
	for (int i = 0; i < 5; i++)
		if (run_depmod(out_dir))
			return arg;
	return NULL;
}

int main(void)
{
	static const char info[] = "drum.license=GPL\0drum.alias=dev_snare_*\0flute2.license=GPL";
	pthread_t threads[THREADS];
	struct tmod_tree *tree;
	void *wrong;
	char command[600];

	if (!mkdtemp(dir) || !mkdtemp(out_dir))
		return 1;
	write_file("modules.builtin", "kernel/drum.ko\nkernel/flute2.ko\n", 32);
	write_file("modules.builtin.modinfo", info, sizeof(info));
	write_file("modules.order", "", 0);
	ok(!run_depmod(NULL), "indexes are made");
	ok(!tmod_tree_open(dir, NULL, &tree), "the tree is opened");
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, i ? ask : run_depmods, tree))
			return 1;
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &wrong);
		ok(!wrong, i ? "thread %d has the right answers" : "depmod runs in thread %d", i);
	}
	tmod_tree_close(tree);
	snprintf(command, sizeof(command), "rm -rf %s %s", dir, out_dir);
	ok(!system(command), "cleaned up");
	return tap_done();
}
