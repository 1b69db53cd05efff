// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Open files, pipes, descriptors: contents against a copy of them, limits, and memory that ends at each place in turn.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/process/signal.h"
#include "kernel/vfs/fdtable.h"
#include "kernel/vfs/flock.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/pipe.h"
#include "kernel/vfs/ramfs.h"
#include "tenon/errno.h"

#include "tests/kernel/host.h"
#include "tests/kernel/tree.h"
#include "tests/tap.h"

#define PAGE 4096ul
#define LIMIT_BYTES (256 * PAGE)

static struct file *open_file(const char *path, unsigned flags)
{
	struct file *file;

	return vfs_open(&tree_start, path, flags, 0644, &file) ? NULL : file;
}

static long transfer(struct file *file, void *buf, size_t bytes, int64_t offset, bool write)
{
	struct io_segment segment;
	struct io io;

	io_kernel(&io, &segment, buf, bytes);
	if (offset < 0)
		return write ? file_write(file, &io) : file_read(file, &io);
	return write ? file_write_at(file, &io, offset) : file_read_at(file, &io, offset);
}

/* Random writes, truncations and reads, beside an array. */
static void contents(void)
{
	enum { SIZE = 100000, STEPS = 3000 };
	static char model[SIZE], buf[SIZE];
	struct file *file = open_file("/model", OPEN_CREATE | OPEN_READ_WRITE);
	size_t size = 0;
	unsigned step, wrong = 0;

	srand(1);
	for (step = 0; step < STEPS; step++) {
		size_t at = (size_t)rand() % SIZE, len = (size_t)rand() % (step % 7 ? 300 : 9000);

		len = len > SIZE - at ? SIZE - at : len;
		if (step % 11 == 0) {
			wrong += vfs_truncate(file->node, at) != 0;
			if (at < size)
				memset(model + at, 0, size - at);
			size = at;
		} else if (step % 2) {
			memset(buf, (int)step, len);
			memcpy(model + at, buf, len);
			wrong += transfer(file, buf, len, (int64_t)at, true) != (long)len;
			size = len && at + len > size ? at + len : size;
		} else {
			size_t expected = at >= size ? 0 : len < size - at ? len : size - at;

			wrong += transfer(file, buf, len, (int64_t)at, false) != (long)expected ||
				 memcmp(buf, model + at, expected);
		}
		wrong += file->node->size != size;
	}
	ok(!wrong, "%d random writes, reads and truncations", STEPS);
	file_put(file);
	vfs_remove(&tree_start, "/model", false);
}

static void offsets(void)
{
	struct file *file = open_file("/far", OPEN_CREATE | OPEN_READ_WRITE);
	char c = 'x', buf[4];

	ok(transfer(file, &c, 1, (int64_t)RAMFS_FILE_BYTES_MAX - 1, true) == 1, "the last byte that a file can have");
	ok(transfer(file, &c, 1, (int64_t)RAMFS_FILE_BYTES_MAX, true) == -TENON_EFBIG, "... and one more");
	ok(transfer(file, buf, 4, 1 << 30, false) == 4 && !memcmp(buf, "\0\0\0\0", 4), "a hole is zeros");
	ok(transfer(file, buf, 4, (int64_t)RAMFS_FILE_BYTES_MAX - 1, false) == 1 && buf[0] == 'x', "short at the end");
	ok(file_seek(file, -1, 0) == -TENON_EINVAL && file_seek(file, INT64_MAX, 2) == -TENON_EOVERFLOW,
	   "seeks out of range");
	ok(file_seek(file, -1, 2) == (int64_t)RAMFS_FILE_BYTES_MAX - 1, "a seek from the end");
	file_put(file);
	file = open_file("/log", OPEN_CREATE | OPEN_WRITE | OPEN_APPEND);
	transfer(file, "ab", 2, -1, true);
	file_seek(file, 0, 0);
	transfer(file, "cd", 2, -1, true);
	ok(!strcmp(text_of("/log"), "abcd"), "appending, wherever the position is");
	ok(transfer(file, buf, 1, -1, false) == -TENON_EBADF, "reading what is open to write");
	file_put(file);
	vfs_remove(&tree_start, "/far", false);
	vfs_remove(&tree_start, "/log", false);
}

static void full(void)
{
	static char page[PAGE];
	struct file *file = open_file("/full", OPEN_CREATE | OPEN_WRITE);
	long done = 0, err;
	unsigned names = 0;
	char name[32];

	while ((err = transfer(file, page, PAGE, -1, true)) == (long)PAGE)
		done += err;
	ok(err == -TENON_ENOSPC && done > (long)(LIMIT_BYTES / 2) && done <= (long)LIMIT_BYTES, "a full root: ENOSPC");
	do {
		snprintf(name, sizeof(name), "/d%u", names++);
		err = make_dir(name);
	} while (!err);
	ok(err == -TENON_ENOSPC, "... for names too");
	file_put(file);
	vfs_remove(&tree_start, "/full", false);
	ok(put_text("/again", "x") == 1, "what is removed gives its room back");
	while (names)
		snprintf(name, sizeof(name), "/d%u", --names), vfs_remove(&tree_start, name, true);
	vfs_remove(&tree_start, "/again", false);
}

/* ---- pipes ------------------------------------------------------------------------------------------------------- */

static void pipe_ends(void)
{
	static char big[PIPE_BYTES + 1];
	struct file *r, *w;
	char buf[8];
	int group;

	pipe_make(OPEN_NONBLOCK, &r, &w);
	ok(transfer(r, buf, 8, -1, false) == -TENON_EAGAIN, "an empty pipe");
	ok(transfer(w, big, sizeof(big), -1, true) == PIPE_BYTES, "it takes 64 KiB");
	ok(transfer(w, big, 1, -1, true) == -TENON_EAGAIN && !(file_poll(w, NULL) & POLL_OUT), "... and no more");
	ok(transfer(r, big, 100, -1, false) == 100 && transfer(w, big, 101, -1, true) == -TENON_EAGAIN,
	   "a small write is whole or not at all");
	ok(transfer(w, big, 5000, -1, true) == 100, "a large one is as much as there is room for");
	ok(transfer(r, big, sizeof(big), -1, false) == PIPE_BYTES, "all is read");
	file_put(w);
	ok(transfer(r, buf, 8, -1, false) == 0 && file_poll(r, NULL) == POLL_HANG_UP, "no writer: the end");
	file_put(r);
	pipe_make(0, &r, &w);
	file_put(r);
	host_signal(&group);
	ok(transfer(w, buf, 1, -1, true) == -TENON_EPIPE && host_signal(&group) == SIGNAL_PIPE,
	   "no reader: EPIPE and SIGPIPE");
	ok(file_poll(w, NULL) & POLL_ERROR, "... and poll says so");
	file_put(w);
}

static void *write_much(void *arg)
{
	struct file *w = arg;
	char line[100];
	int i;

	memset(line, 'a' + (rand() & 15), sizeof(line));
	for (i = 0; i < 3000; i++)
		transfer(w, line, sizeof(line), -1, true);
	file_put(w);
	return NULL;
}

/* Two writers and a slow reader: every 100 bytes are of one writer. */
static void pipe_atomic(void)
{
	struct file *r, *w;
	pthread_t thread[2];
	char buf[100];
	unsigned wrong = 0, all = 0, i;
	long got;

	pipe_make(0, &r, &w);
	for (i = 0; i < 2; i++)
		pthread_create(&thread[i], NULL, write_much, file_get(w));
	file_put(w);
	while ((got = transfer(r, buf, sizeof(buf), -1, false)) > 0) {
		all += (unsigned)got;
		for (i = 1; i < got; i++)
			wrong += buf[i] != buf[0];
	}
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	ok(all == 600000 && !wrong, "writes of two are not mixed, and nothing is lost");
	file_put(r);
}

enum { BRIEF_CNT = 100 };
static _Atomic bool brief_taken;

static void *open_to_read(void *arg)
{
	*(struct file **)arg = open_file("/fifo", OPEN_READ);
	return NULL;
}

static void *write_briefly(void *arg)
{
	struct file *w;
	int i;

	(void)arg;
	for (i = 0; i < BRIEF_CNT; i++) {
		w = open_file("/brief", OPEN_WRITE);
		transfer(w, "x", 1, -1, true);
		file_put(w);
		while (!atomic_load(&brief_taken))
			sched_yield();
		atomic_store(&brief_taken, false);
	}
	return NULL;
}

/* The other end may open, write and close while this one is still opening. */
static void fifo_brief(void)
{
	pthread_t thread;
	struct file *r;
	char c;
	int i, got = 0;

	make_fifo("/brief");
	pthread_create(&thread, NULL, write_briefly, NULL);
	for (i = 0; i < BRIEF_CNT; i++) {
		host_pause(true);
		r = open_file("/brief", OPEN_READ);
		host_pause(false);
		while (transfer(r, &c, 1, -1, false) > 0)
			got++;
		file_put(r);
		atomic_store(&brief_taken, true);
	}
	pthread_join(thread, NULL);
	ok(got == BRIEF_CNT, "writers that are gone at once are not missed");
	vfs_remove(&tree_start, "/brief", false);
}

static void fifo(void)
{
	struct file *r = NULL, *w;
	pthread_t thread;
	char buf[4] = "";

	make_fifo("/fifo");
	ok(vfs_open(&tree_start, "/fifo", OPEN_WRITE | OPEN_NONBLOCK, 0, &w) == -TENON_ENXIO,
	   "a FIFO that nobody reads");
	pthread_create(&thread, NULL, open_to_read, &r);
	while (!host_sleepers())
		sched_yield();
	ok(!r, "opening to read waits for a writer");
	w = open_file("/fifo", OPEN_WRITE);
	pthread_join(thread, NULL);
	transfer(w, "abc", 3, -1, true);
	ok(r && transfer(r, buf, 3, -1, false) == 3 && !strcmp(buf, "abc"), "... and then both are there");
	file_put(r);
	file_put(w);
	host_interrupt(true);
	ok(vfs_open(&tree_start, "/fifo", OPEN_READ, 0, &r) == -TENON_EINTR, "a signal ends the wait");
	host_interrupt(false);
	vfs_remove(&tree_start, "/fifo", false);
}

/* ---- descriptors and locks --------------------------------------------------------------------------------------- */

static void descriptors(void)
{
	struct fdtable *t = fdtable_make(), *copy;
	struct file *file = open_file("/f", OPEN_CREATE | OPEN_READ_WRITE);
	int i;

	ok(fdtable_add(t, file, 0, false) == 0 && fdtable_add(t, file, 0, true) == 1 &&
	       fdtable_add(t, file, 5, false) == 5 && fdtable_add(t, file, 0, false) == 2,
	   "the smallest that is free");
	ok(!fdtable_close(t, 1) && fdtable_close(t, 1) == -TENON_EBADF && fdtable_add(t, file, 0, true) == 1,
	   "... again after close");
	copy = fdtable_copy(t);
	fdtable_close_on_exec(copy);
	ok(fdtable_next(copy, 1) == 2 && fdtable_next(t, 1) == 1, "those that exec closes, in a copy");
	ok(fdtable_replace(copy, FDTABLE_MAX, file, false) == -TENON_EBADF &&
	       fdtable_replace(copy, 900, file, false) == 900,
	   "the highest ones");
	for (i = 0; fdtable_add(t, file, 0, false) >= 0; i++)
		;
	ok(i == FDTABLE_MAX - 4 && fdtable_add(t, file, 0, false) == -TENON_EMFILE, "as many as there may be");
	fdtable_put(t);
	fdtable_put(copy);
	ok(atomic_load(&file->refs) == 1, "all references come back");
	file_put(file);
}

static void locks(void)
{
	struct file *a = open_file("/f", OPEN_READ), *b = open_file("/f", OPEN_READ);

	ok(!flock_take(a, FLOCK_SHARED, false) && !flock_take(b, FLOCK_SHARED, false), "two share");
	ok(flock_take(a, FLOCK_EXCLUSIVE, false) == -TENON_EAGAIN, "one alone cannot");
	file_put(b);
	ok(!flock_take(a, FLOCK_EXCLUSIVE, false), "... but once the other has closed");
	file_put(a);
}

/* Everything at once, with allocation @n failing. Return: did it fail? */
static bool with_failure(unsigned n)
{
	struct file *r, *w, *file;
	bool failed;

	host_fail_allocation(n);
	make_dir("/s");
	make_dir("/s/d");
	put_text("/s/file", "some text");
	make_link("/s/link", "file");
	rename_to("/s/file", "/s/d/file");
	text_of("/s/link");
	if (!pipe_make(OPEN_NONBLOCK, &r, &w)) {
		transfer(w, "x", 1, -1, true);
		file_put(r);
		file_put(w);
	}
	file = open_file("/s/d/file", OPEN_READ);
	if (file)
		file_put(file);
	failed = host_allocation_failed();
	host_fail_allocation(0);
	return failed;
}

static void clean(void)
{
	static const char *const files[] = { "/s/d/file", "/s/file", "/s/link" };
	unsigned i;

	for (i = 0; i < 3; i++)
		vfs_remove(&tree_start, files[i], false);
	vfs_remove(&tree_start, "/s/d", true);
	vfs_remove(&tree_start, "/s", true);
}

static void sweep(void)
{
	unsigned n = 0, leaks = 0;
	bool failed;
	long before;

	with_failure(0);
	clean();
	before = host_allocations();
	do {
		failed = with_failure(++n);
		clean();
		leaks += host_allocations() != before;
	} while (failed && n < 500);
	ok(n > 20 && n < 500 && !leaks, "each of %u allocations failing leaves nothing behind (%u did)", n - 1, leaks);
}

int main(void)
{
	tree_begin(LIMIT_BYTES);
	contents();
	offsets();
	full();
	pipe_ends();
	pipe_atomic();
	fifo();
	fifo_brief();
	descriptors();
	locks();
	sweep();
	tree_clear();
	ok(host_allocations() == 0 && file_count() == 0, "all memory comes back");
	return tap_done();
}
