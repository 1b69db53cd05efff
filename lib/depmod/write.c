/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Make all files, with several threads, and put them in place when the last one is complete. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/depmod/files.h"
#include "lib/replace.h"

static const struct {
	const char *name;
	depmod_file_fn *make;
	bool text;
} files[] = {
	{ "modules.dep", depmod_dep, true },
	{ "modules.dep.bin", depmod_dep_bin, false },
	{ "modules.alias", depmod_alias, true },
	{ "modules.alias.bin", depmod_alias_bin, false },
	{ "modules.softdep", depmod_softdep, true },
	{ "modules.symbols", depmod_symbols, true },
	{ "modules.symbols.bin", depmod_symbols_bin, false },
	{ "modules.builtin.bin", depmod_builtin_bin, false },
	{ "modules.builtin.alias.bin", depmod_builtin_alias_bin, false },
	{ "modules.devname", depmod_devname, true },
};

#define FILE_CNT (sizeof(files) / sizeof(files[0]))

struct writing {
	struct depmod *d;
	struct tmod_messages serial; /* what the files' functions say, one at a time */
	pthread_mutex_t lock;
	int dir;
	uint32_t next; /* atomic */
	struct replacement replacements[FILE_CNT];
	int err[FILE_CNT];
};

static void *write_files(void *arg)
{
	struct writing *w = arg;
	uint32_t i;

	while ((i = __atomic_fetch_add(&w->next, 1, __ATOMIC_RELAXED)) < FILE_CNT) {
		struct buf out = { 0 };

		w->err[i] = files[i].make(w->d, &out);
		if (!w->err[i] && out.failed)
			w->err[i] = -ENOMEM;
		if (!w->err[i])
			w->err[i] = replace_write(&w->replacements[i], w->dir, files[i].name, &out);
		buf_free(&out);
	}
	return NULL;
}

static int commit(struct writing *w)
{
	int err = 0;

	for (size_t i = 0; i < FILE_CNT; i++) {
		if (!w->err[i])
			w->err[i] = replace_sync(&w->replacements[i]);
		if (w->err[i] && w->err[i] != -ENOMEM)
			say(w->d->say, TMOD_ERROR, "could not write %s: %s", files[i].name, strerror(-w->err[i]));
		if (!err)
			err = w->err[i];
	}
	for (size_t i = 0; i < FILE_CNT && !err; i++) {
		err = replace_commit(&w->replacements[i], w->dir);
		if (err)
			say(w->d->say, TMOD_ERROR, "could not replace %s: %s", files[i].name, strerror(-err));
	}
	for (size_t i = 0; i < FILE_CNT; i++)
		replace_drop(&w->replacements[i], w->dir);
	return err;
}

static void say_serially(void *data, enum tmod_level level, const char *text)
{
	struct writing *w = data;

	pthread_mutex_lock(&w->lock);
	say(&w->d->request->messages, level, "%s", text);
	pthread_mutex_unlock(&w->lock);
}

static int write_all(struct depmod *d, int dir)
{
	struct writing w = { .d = d, .dir = dir };
	unsigned int cnt = depmod_threads(d, FILE_CNT), started = 0;
	pthread_t threads[DEPMOD_THREADS_MAX];

	pthread_mutex_init(&w.lock, NULL);
	w.serial = (struct tmod_messages){ say_serially, &w };
	d->say = &w.serial;
	while (started + 1 < cnt && !pthread_create(&threads[started], NULL, write_files, &w))
		started++;
	write_files(&w);
	while (started)
		pthread_join(threads[--started], NULL);
	d->say = &d->request->messages;
	pthread_mutex_destroy(&w.lock);
	return commit(&w);
}

static int show_all(struct depmod *d)
{
	int err = 0;

	for (size_t i = 0; i < FILE_CNT && !err; i++) {
		struct buf out = { 0 };

		if (!files[i].text)
			continue;
		err = files[i].make(d, &out);
		if (!err && out.failed)
			err = -ENOMEM;
		if (!err && out.len)
			err = d->request->show(d->request->show_data, files[i].name, out.data, out.len);
		buf_free(&out);
	}
	return err;
}

int depmod_write(struct depmod *d)
{
	const char *to = d->request->out_dir ? d->request->out_dir : d->request->dir;
	int dir, err;

	if (d->request->show)
		return show_all(d);
	dir = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0) {
		err = -errno;
		say(d->say, TMOD_ERROR, "could not open directory %s: %s", to, strerror(-err));
		return err;
	}
	err = write_all(d, dir);
	close(dir);
	return err;
}
