/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Make all files, with several threads, and put them in place when the last one is complete. What modules need is found
 * out meanwhile, by the first thread: most of the work does not depend on it.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/depmod/files.h"
#include "lib/replace.h"

static const struct {
	const char *name;
	depmod_file_fn *make;
	bool text;
	bool linked; /* depends on depmod_link() */
} files[] = {
	{ "modules.dep", depmod_dep, true, true },
	{ "modules.dep.bin", depmod_dep_bin, false, true },
	{ "modules.alias", depmod_alias, true, false },
	{ "modules.alias.bin", depmod_alias_bin, false, false },
	{ "modules.softdep", depmod_softdep, true, false },
	{ "modules.symbols", depmod_symbols, true, true },
	{ "modules.symbols.bin", depmod_symbols_bin, false, true },
	{ "modules.builtin.bin", depmod_builtin_bin, false, false },
	{ "modules.builtin.alias.bin", depmod_builtin_alias_bin, false, false },
	{ "modules.devname", depmod_devname, true, false },
};

#define FILE_CNT (sizeof(files) / sizeof(files[0]))

/* In which order to begin them: first what needs no links, the longest first. */
static const uint8_t sequence[FILE_CNT] = { 3, 2, 7, 8, 4, 9, 6, 5, 1, 0 };

struct writing {
	struct depmod *d;
	pthread_mutex_t lock;
	pthread_cond_t linked;
	enum { LINKING, LINKED, LINK_FAILED } state;
	int dir;
	uint32_t next; /* in sequence; atomic */
	struct output {
		struct replacement replacement;
		struct buf said; /* level and text, NUL-terminated, of each message: told in the files' order */
		int err;
	} outputs[FILE_CNT];
	int err;
};

static void keep_message(void *data, enum tmod_level level, const char *text)
{
	struct output *o = data;

	buf_char(&o->said, (char)level);
	buf_string(&o->said, text);
}

static void tell_messages(struct writing *w)
{
	for (size_t i = 0; i < FILE_CNT; i++) {
		const struct buf *said = &w->outputs[i].said;

		for (const char *s = said->data; s && s < said->data + said->len; s += strlen(s) + 1)
			say(w->d->say, (enum tmod_level)s[0], "%s", s + 1);
	}
}

static void make_file(struct writing *w, size_t i)
{
	struct output *o = &w->outputs[i];
	const struct tmod_messages to = { keep_message, o };
	struct buf out = { 0 };

	o->err = files[i].make(w->d, &to, &out);
	if (!o->err && out.failed)
		o->err = -ENOMEM;
	if (!o->err)
		o->err = replace_write(&o->replacement, w->dir, files[i].name, &out);
	buf_free(&out);
}

static bool wait_for_links(struct writing *w)
{
	bool linked;

	pthread_mutex_lock(&w->lock);
	while (w->state == LINKING)
		pthread_cond_wait(&w->linked, &w->lock);
	linked = w->state == LINKED;
	pthread_mutex_unlock(&w->lock);
	return linked;
}

static void make_links(struct writing *w)
{
	int err = depmod_link(w->d);

	pthread_mutex_lock(&w->lock);
	w->state = err ? LINK_FAILED : LINKED;
	w->err = err;
	pthread_cond_broadcast(&w->linked);
	pthread_mutex_unlock(&w->lock);
}

static void make_files(struct reader *r, void *data)
{
	struct writing *w = data;
	uint32_t n;

	if (r == w->d->readers)
		make_links(w);
	while ((n = __atomic_fetch_add(&w->next, 1, __ATOMIC_RELAXED)) < FILE_CNT) {
		if (files[sequence[n]].linked && !wait_for_links(w))
			break;
		make_file(w, sequence[n]);
	}
}

static int commit(struct writing *w)
{
	int err = 0;

	for (size_t i = 0; i < FILE_CNT; i++) {
		struct output *o = &w->outputs[i];

		if (!o->err)
			o->err = replace_sync(&o->replacement);
		if (o->err && o->err != -ENOMEM)
			say(w->d->say, TMOD_ERROR, "could not write %s: %s", files[i].name, strerror(-o->err));
		if (!err)
			err = o->err;
	}
	/* modules.dep last: as long as it is older than a module, `depmod -A` has something to do. */
	for (size_t i = FILE_CNT; i-- > 0 && !err;) {
		err = replace_commit(&w->outputs[i].replacement, w->dir);
		if (err)
			say(w->d->say, TMOD_ERROR, "could not replace %s: %s", files[i].name, strerror(-err));
	}
	return err;
}

static int write_all(struct depmod *d, int dir)
{
	struct writing w = { .d = d, .dir = dir };

	pthread_mutex_init(&w.lock, NULL);
	pthread_cond_init(&w.linked, NULL);
	depmod_parallel(d, FILE_CNT, make_files, &w);
	pthread_cond_destroy(&w.linked);
	pthread_mutex_destroy(&w.lock);
	tell_messages(&w);
	if (!w.err)
		w.err = commit(&w);
	for (size_t i = 0; i < FILE_CNT; i++) {
		replace_drop(&w.outputs[i].replacement, dir);
		buf_free(&w.outputs[i].said);
	}
	return w.err;
}

static int show_all(struct depmod *d)
{
	int err = depmod_link(d);

	for (size_t i = 0; i < FILE_CNT && !err; i++) {
		struct buf out = { 0 };

		if (!files[i].text)
			continue;
		err = files[i].make(d, d->say, &out);
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
