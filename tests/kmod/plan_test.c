/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Plans over dependencies at random, run by several threads in a kernel that is a table here, under the thread
 * sanitizer: nothing is loaded before what it needs or twice, nothing that was not planned, and after a failure what
 * all-or-nothing promises.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "user/lib/index_write.h"
#include "tenon/mod.h"
#include "tests/tap.h"

#define MODULES 120
#define ROUNDS 60
#define THREADS 8

static char root[] = "/tmp/tenon-plan-XXXXXX";
static bool needs[MODULES][MODULES]; /* with all that these need */

/* The kernel. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool loaded[MODULES], fails[MODULES];
static unsigned int inserts[MODULES], wrong;

/* libc's, for this program. The module's number is its parameter: "n=12". */
long syscall(long number, ...)
{
	const char *options;
	unsigned int n;
	int err = 0;
	va_list ap;

	va_start(ap, number);
	(void)va_arg(ap, int);
	options = va_arg(ap, const char *);
	va_end(ap);
	if (number == SYS_openat2) { /* of kernels before 5.6 there is none */
		errno = ENOSYS;
		return -1;
	}
	if (number != SYS_finit_module)
		abort();
	n = (unsigned int)strtoul(options + 2, NULL, 10);
	pthread_mutex_lock(&lock);
	inserts[n]++;
	for (unsigned int i = 0; i < MODULES; i++)
		wrong += needs[n][i] && !loaded[i];
	wrong += loaded[n];
	if (fails[n])
		err = ENOMEM;
	else
		loaded[n] = true;
	pthread_mutex_unlock(&lock);
	errno = err;
	return err ? -1 : 0;
}

int delete_module(const char *name, unsigned int flags);
int delete_module(const char *name, unsigned int flags)
{
	unsigned int n = (unsigned int)strtoul(name + 1, NULL, 10);

	(void)flags;
	pthread_mutex_lock(&lock);
	for (unsigned int i = 0; i < MODULES; i++)
		wrong += needs[i][n] && loaded[i];
	wrong += !loaded[n];
	loaded[n] = false;
	pthread_mutex_unlock(&lock);
	return 0;
}

static void write_file(const char *name, const char *bytes, size_t len)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/lib/modules/0/%s", root, name);
	f = fopen(path, "w");
	if (!f || fwrite(bytes, 1, len, f) != len || fclose(f))
		exit(1);
}

/* Modules m0 to m119, each of which needs some of those before it. */
static void make_tree(void)
{
	struct index_writer w = { 0 };
	struct buf conf = { 0 }, index = { 0 };
	char path[256], name[32], line[64];

	for (const char *const *dir = (const char *const[]){ "", "/lib", "/lib/modules", "/lib/modules/0", NULL }; *dir;
	     dir++) {
		snprintf(path, sizeof(path), "%s%s", root, *dir);
		mkdir(path, 0755);
	}
	for (int i = 0; i < MODULES; i++) {
		struct buf value = { 0 };

		for (int cnt = rand() % 4; i && cnt; cnt--) {
			int dep = rand() % i;

			needs[i][dep] = true;
			for (int j = 0; j < dep; j++)
				needs[i][j] |= needs[dep][j];
		}
		snprintf(name, sizeof(name), "m%d", i);
		snprintf(line, sizeof(line), "m%d.ko:", i);
		buf_text(&value, line);
		for (int j = i; j-- > 0;) {
			snprintf(line, sizeof(line), " m%d.ko", j);
			buf_text(&value, needs[i][j] ? line : "");
		}
		buf_char(&value, '\0');
		index_add(&w, index_text(&w, name), index_text(&w, value.data), 0);
		buf_free(&value);
		snprintf(line, sizeof(line), "options m%d n=%d\n", i, i);
		buf_text(&conf, line);
		snprintf(name, sizeof(name), "m%d.ko", i);
		write_file(name, "", 0);
	}
	if (index_write(&w, &index))
		exit(1);
	write_file("modules.dep.bin", index.data, index.len);
	write_file("conf", conf.data, conf.len);
	buf_free(&index);
	buf_free(&conf);
}

/* Is every step after those that it waits for, and does it wait for what it needs? */
static bool steps_are_right(const struct tmod_plan *plan)
{
	size_t cnt;
	const struct tmod_step *steps = tmod_plan_steps(plan, &cnt);
	bool right = true;

	for (size_t i = 0; i < cnt; i++) {
		unsigned int n = (unsigned int)strtoul(steps[i].name + 1, NULL, 10), direct = 0, needed = 0;

		for (uint32_t a = 0; a < steps[i].after_cnt; a++) {
			right &= steps[i].after[a] < i;
			direct += needs[n][strtoul(steps[steps[i].after[a]].name + 1, NULL, 10)];
		}
		for (unsigned int j = 0; j < MODULES; j++)
			needed += needs[n][j];
		right &= direct == needed;
	}
	return right;
}

struct outcome {
	bool planned, right;
	int err;
};

static struct outcome run_round(struct tmod_system *sys, const char *const *words, size_t cnt, unsigned int flags)
{
	const struct tmod_run run = { .threads = THREADS };
	struct outcome o = { 0 };
	struct tmod_plan *plan;

	memset(loaded, 0, sizeof(loaded));
	memset(inserts, 0, sizeof(inserts));
	wrong = 0;
	o.planned = !tmod_plan_load(sys, words, cnt, NULL, flags, &plan);
	if (!o.planned)
		return o;
	o.right = steps_are_right(plan);
	o.err = tmod_plan_run(plan, &run);
	tmod_plan_close(plan);
	return o;
}

/* Words at random, of which @asked has the numbers. */
static size_t choose(char (*names)[8], const char **words, unsigned int *asked)
{
	size_t cnt = 1 + (size_t)rand() % 20;

	for (size_t i = 0; i < cnt; i++) {
		asked[i] = (unsigned int)rand() % MODULES;
		snprintf(names[i], sizeof(names[i]), "m%u", asked[i]);
		words[i] = names[i];
	}
	return cnt;
}

/* Is exactly that loaded, of what can be, that was asked for? */
static bool loaded_is_right(const unsigned int *asked, size_t cnt, bool nothing)
{
	bool wanted[MODULES] = { false };
	bool right = !wrong;

	for (size_t i = 0; i < cnt; i++) {
		bool possible = !fails[asked[i]];

		for (unsigned int j = 0; j < MODULES; j++) {
			possible &= !needs[asked[i]][j] || !fails[j];
			right &= inserts[j] <= 1;
		}
		right &= loaded[asked[i]] == (possible && !nothing);
		wanted[asked[i]] = true;
		for (unsigned int j = 0; j < MODULES; j++)
			wanted[j] |= needs[asked[i]][j];
	}
	for (unsigned int j = 0; j < MODULES; j++)
		right &= wanted[j] || !inserts[j];
	return right;
}

static bool can_fail(const unsigned int *asked, size_t cnt)
{
	bool can = false;

	for (size_t i = 0; i < cnt; i++) {
		can |= fails[asked[i]];
		for (unsigned int j = 0; j < MODULES; j++)
			can |= needs[asked[i]][j] && fails[j];
	}
	return can;
}

int main(void)
{
	const char *conf[2] = { NULL }, *words[20];
	unsigned int asked[20], planned = 0, right = 0, whole = 0, some = 0, none = 0, failures = 0;
	struct tmod_where where = { .root = root, .release = "0", .config = conf };
	struct tmod_system *sys;
	char names[20][8], path[128], command[160];

	srand(1);
	if (!mkdtemp(root))
		return 1;
	make_tree();
	snprintf(path, sizeof(path), "%s/lib/modules/0/conf", root);
	conf[0] = path;
	ok(!tmod_system_open(&where, NULL, &sys), "a tree of %d modules", MODULES);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		size_t cnt = choose(names, words, asked);
		struct outcome o;

		memset(fails, 0, sizeof(fails));
		o = run_round(sys, words, cnt, 0);
		planned += o.planned;
		right += o.right;
		whole += !o.err && loaded_is_right(asked, cnt, false);
		fails[rand() % MODULES] = fails[rand() % MODULES] = true;
		o = run_round(sys, words, cnt, 0);
		some += !o.err == !can_fail(asked, cnt) && loaded_is_right(asked, cnt, false);
		o = run_round(sys, words, cnt, TMOD_ALL_OR_NOTHING);
		none += !o.err == !can_fail(asked, cnt) && loaded_is_right(asked, cnt, can_fail(asked, cnt));
		failures += o.err == -ENOMEM;
	}
	ok(planned == ROUNDS, "%u plans", planned);
	ok(right == ROUNDS, "%u of them have their steps in order, each after all that it needs", right);
	ok(whole == ROUNDS, "%u were run", whole);
	ok(some == ROUNDS, "%u were run with two modules that fail: all that can be is loaded", some);
	ok(none == ROUNDS, "%u once more, all or nothing", none);
	ok(failures > 10 && failures < ROUNDS, "... of which %u failed", failures);
	tmod_system_close(sys);
	snprintf(command, sizeof(command), "rm -rf %s", root);
	ok(!system(command), "cleaned up");
	return tap_done();
}
