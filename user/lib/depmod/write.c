/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Make all files, with several threads, and put them in place when the last one is complete. What modules need is found
 * out meanwhile, by the first thread: most of the work does not depend on it.
 */
#include <errno.h>
#include <unistd.h>

#include "user/lib/depmod/record.h"
#include "user/lib/replace.h"

const char *const depmod_file_names[DEPMOD_FILE_CNT] = {
	[DEPMOD_DEP] = "modules.dep",
	[DEPMOD_DEP_BIN] = "modules.dep.bin",
	[DEPMOD_ALIAS] = "modules.alias",
	[DEPMOD_ALIAS_BIN] = "modules.alias.bin",
	[DEPMOD_SOFTDEP] = "modules.softdep",
	[DEPMOD_WEAKDEP] = "modules.weakdep",
	[DEPMOD_SYMBOLS] = "modules.symbols",
	[DEPMOD_SYMBOLS_BIN] = "modules.symbols.bin",
	[DEPMOD_BUILTIN_BIN] = "modules.builtin.bin",
	[DEPMOD_BUILTIN_ALIAS_BIN] = "modules.builtin.alias.bin",
	[DEPMOD_DEVNAME] = "modules.devname",
	[DEPMOD_RECORD] = "modules.tenon.bin",
};

static const struct {
	depmod_file_fn *make;
	bool text;
	bool linked; /* depends on depmod_link() */
} files[DEPMOD_FILE_CNT] = {
	[DEPMOD_DEP] = { depmod_dep, true, true },
	[DEPMOD_DEP_BIN] = { depmod_dep_bin, false, true },
	[DEPMOD_ALIAS] = { depmod_alias, true, false },
	[DEPMOD_ALIAS_BIN] = { depmod_alias_bin, false, false },
	[DEPMOD_SOFTDEP] = { depmod_softdep, true, false },
	[DEPMOD_WEAKDEP] = { depmod_weakdep, true, false },
	[DEPMOD_SYMBOLS] = { depmod_symbols, true, true },
	[DEPMOD_SYMBOLS_BIN] = { depmod_symbols_bin, false, true },
	[DEPMOD_BUILTIN_BIN] = { depmod_builtin_bin, false, false },
	[DEPMOD_BUILTIN_ALIAS_BIN] = { depmod_builtin_alias_bin, false, false },
	[DEPMOD_DEVNAME] = { depmod_devname, true, false },
	[DEPMOD_RECORD] = { depmod_record, false, false },
};

/* In which order to begin them: first what needs no links, the longest first. */
static const uint8_t sequence[DEPMOD_FILE_CNT] = {
	DEPMOD_ALIAS_BIN,         DEPMOD_RECORD,  DEPMOD_ALIAS,   DEPMOD_BUILTIN_BIN,
	DEPMOD_BUILTIN_ALIAS_BIN, DEPMOD_SOFTDEP, DEPMOD_WEAKDEP, DEPMOD_DEVNAME,
	DEPMOD_SYMBOLS_BIN,       DEPMOD_SYMBOLS, DEPMOD_DEP_BIN, DEPMOD_DEP,
};

struct writing {
	struct depmod *d;
	pthread_mutex_t lock;
	pthread_cond_t linked;
	enum { LINKING, LINKED, LINK_FAILED } state;
	int dir;
	uint32_t next; /* in sequence; atomic */
	struct output {
		struct replacement replacement;
		pthread_t thread; /* see for_each_written() */
		struct buf said;  /* level and text, NUL-terminated, of each message: reported in the files' order */
		bool kept;        /* the old file stays ... */
		bool absent;      /* or there is none */
		int err;
	} outputs[DEPMOD_FILE_CNT];
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
	for (size_t i = 0; i < DEPMOD_FILE_CNT; i++) {
		const struct buf *said = &w->outputs[i].said;

		for (const char *s = said->data; s && s < said->data + said->len; s += strlen(s) + 1)
			say(w->d->say, (enum tmod_level)s[0], "%s", s + 1);
	}
}

/* @out: memory for the contents, of the thread */
static void make_file(struct writing *w, size_t i, struct buf *out)
{
	struct output *o = &w->outputs[i];
	const struct tmod_messages to = { keep_message, o };

	out->len = 0;
	o->err = files[i].make(w->d, &to, out);
	if (!o->err && out->failed)
		o->err = -ENOMEM;
	/* Only where there is an old one, modules.weakdep is of use without a line. */
	if (!o->err && i == DEPMOD_WEAKDEP && !out->len && faccessat(w->dir, depmod_file_names[i], F_OK, 0))
		o->kept = o->absent = true;
	else if (!o->err)
		o->err = replace_write(&o->replacement, w->dir, depmod_file_names[i], out);
}

/* What already stands there, and the record of a run that makes none, need no work. */
static void keep_files(struct writing *w)
{
	w->state = w->d->request->verbose ? LINKING : LINKED;
	for (size_t i = 0; i < DEPMOD_FILE_CNT; i++) {
		w->outputs[i].kept = record_keeps(w->d->record, (enum depmod_file)i) &&
				     !(i == DEPMOD_ALIAS_BIN && w->d->request->warn_duplicates);
		if (files[i].linked && !w->outputs[i].kept)
			w->state = LINKING;
	}
	w->outputs[DEPMOD_RECORD].kept = !w->d->record;
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
	struct buf out = { 0 };
	uint32_t n;

	buf_room(&out, 4 << 20); /* so that it need not grow */
	if (r == w->d->readers && w->state == LINKING)
		make_links(w);
	while ((n = __atomic_fetch_add(&w->next, 1, __ATOMIC_RELAXED)) < DEPMOD_FILE_CNT) {
		if (w->outputs[sequence[n]].kept)
			continue;
		if (files[sequence[n]].linked && !wait_for_links(w))
			break;
		make_file(w, sequence[n], &out);
	}
	buf_free(&out);
}

/* The record has the stamps of the other files, which are known when they are written. */
static int finish_record(struct writing *w)
{
	struct output *record = &w->outputs[DEPMOD_RECORD];
	struct stamp stamps[DEPMOD_FILE_CNT] = { 0 };

	if (record->kept || record->err)
		return 0;
	for (size_t i = 0; i < DEPMOD_RECORD; i++) {
		struct output *o = &w->outputs[i];
		struct stat st;

		if (o->kept && !o->absent)
			stamps[i] = w->d->record->head->outputs[i];
		else if (!o->kept && !o->err && !fstat(o->replacement.fd, &st))
			stamps[i] = record_stamp(&st);
	}
	if (w->outputs[DEPMOD_DEP].kept)
		stamps[DEPMOD_DEP].mtime = w->d->begun_ns;
	return record_finish(w->d->record, record->replacement.fd, stamps);
}

/* Let modules.dep be newer than what was found, even if it need not change. */
static int renew_dep(struct writing *w)
{
	struct timespec begun = { w->d->begun_ns / 1000000000, w->d->begun_ns % 1000000000 };
	struct timespec times[] = { begun, begun };
	int err;

	if (!w->outputs[DEPMOD_DEP].kept)
		return 0;
	err = utimensat(w->dir, depmod_file_names[DEPMOD_DEP], times, 0) ? -errno : 0;
	if (err)
		say(w->d->say, TMOD_ERROR, "could not renew modules.dep: %s", strerror(-err));
	return err;
}

/*
 * Do something with each file that has been written, from @first on, all at once: each waits for the disk, whose cache is
 * then flushed once for all, and which gets the old files' blocks back. Return: the first error.
 */
static int for_each_written(struct writing *w, size_t first, void *(*work)(void *output))
{
	bool started[DEPMOD_FILE_CNT] = { false };
	int err = 0;

	for (size_t i = first; i < DEPMOD_FILE_CNT; i++) {
		struct output *o = &w->outputs[i];

		if (o->err || o->kept)
			continue;
		started[i] = w->d->request->threads != 1 && !pthread_create(&o->thread, NULL, work, o);
		if (!started[i])
			work(o);
	}
	depmod_forget(w->d); /* it takes as long as the disk */
	for (size_t i = first; i < DEPMOD_FILE_CNT; i++) {
		if (started[i])
			pthread_join(w->outputs[i].thread, NULL);
		err = err ?: w->outputs[i].err;
	}
	return err;
}

static void *sync_file(void *output)
{
	struct output *o = output;

	o->err = replace_sync(&o->replacement);
	return NULL;
}

static int sync_files(struct writing *w)
{
	int err;

	/* All contents first: then the first file to be synchronised takes the others' metadata to the disk with its own. */
	for (size_t i = 0; i < DEPMOD_FILE_CNT; i++)
		if (!w->outputs[i].err && !w->outputs[i].kept)
			replace_flush(&w->outputs[i].replacement);
	err = for_each_written(w, 0, sync_file);
	for (size_t i = 0; i < DEPMOD_FILE_CNT; i++)
		if (w->outputs[i].err && w->outputs[i].err != -ENOMEM)
			say(w->d->say, TMOD_ERROR, "could not write %s: %s", depmod_file_names[i],
			    strerror(-w->outputs[i].err));
	return err;
}

static void *replace_file(void *output)
{
	struct output *o = output;

	o->err = replace_commit(&o->replacement);
	return NULL;
}

/* modules.dep last: as long as it is older than a module, `depmod -A` has something to do. */
static int replace_files(struct writing *w)
{
	struct output *dep = &w->outputs[DEPMOD_DEP];
	int err = for_each_written(w, DEPMOD_DEP + 1, replace_file);

	if (!err && !dep->kept)
		replace_file(dep);
	for (size_t i = 0; i < DEPMOD_FILE_CNT; i++)
		if (w->outputs[i].err)
			say(w->d->say, TMOD_ERROR, "could not replace %s: %s", depmod_file_names[i],
			    strerror(-w->outputs[i].err));
	return err ?: dep->err;
}

static int commit(struct writing *w)
{
	w->outputs[DEPMOD_RECORD].err = w->outputs[DEPMOD_RECORD].err ?: finish_record(w);
	return sync_files(w) ?: replace_files(w) ?: renew_dep(w);
}

static int write_all(struct depmod *d, int dir)
{
	struct writing w = { .d = d, .dir = dir };

	keep_files(&w);
	pthread_mutex_init(&w.lock, NULL);
	pthread_cond_init(&w.linked, NULL);
	depmod_parallel(d, DEPMOD_FILE_CNT, make_files, &w);
	pthread_cond_destroy(&w.linked);
	pthread_mutex_destroy(&w.lock);
	/* After a cycle was found all is made again, and said then. */
	if (w.err != -ELOOP)
		tell_messages(&w);
	if (!w.err)
		w.err = commit(&w);
	for (size_t i = 0; i < DEPMOD_FILE_CNT; i++) {
		replace_drop(&w.outputs[i].replacement);
		buf_free(&w.outputs[i].said);
	}
	return w.err;
}

static int show_all(struct depmod *d)
{
	int err = depmod_link(d);

	for (size_t i = 0; i < DEPMOD_FILE_CNT && !err; i++) {
		struct buf out = { 0 };

		if (!files[i].text)
			continue;
		err = files[i].make(d, d->say, &out);
		if (!err && out.failed)
			err = -ENOMEM;
		if (!err && out.len)
			err = d->request->show(d->request->show_data, depmod_file_names[i], out.data, out.len);
		buf_free(&out);
	}
	return err;
}

int depmod_write(struct depmod *d)
{
	int dir, err;

	if (d->request->show)
		return show_all(d);
	dir = depmod_open_out(d);
	if (dir < 0)
		return dir;
	err = write_all(d, dir);
	close(dir);
	return err;
}
