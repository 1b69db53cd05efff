// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * An array that doubles, up to FDTABLE_MAX. Files are put after the lock is given up: closing one may sleep long.
 */
#include "kernel/vfs/fdtable.h"

#include <stdatomic.h>
#include <stdint.h>

#include "kernel/mm/heap.h"
#include "kernel/sched/lock.h"
#include "kernel/vfs/file.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

struct descriptor {
	struct file *file; /* a reference, or NULL */
	bool close_on_exec;
};

struct fdtable {
	_Atomic uint32_t refs;
	struct mutex lock; /* protects what follows */
	struct descriptor *descriptor;
	int size;
	int first_free; /* none below it is free */
};

enum { SIZE_FIRST = 32 };

static struct fdtable *make(int size)
{
	struct fdtable *t = heap_alloc_zeroed(sizeof(*t));

	if (!t)
		return NULL;
	atomic_init(&t->refs, 1);
	mutex_init(&t->lock, LOCK_FILES);
	t->size = size;
	t->descriptor = heap_alloc_array((size_t)size, sizeof(*t->descriptor));
	if (t->descriptor)
		return t;
	heap_free(t);
	return NULL;
}

struct fdtable *fdtable_make(void)
{
	return make(SIZE_FIRST);
}

/* Make @fd a place of the array. The lock is held. */
static int reach(struct fdtable *t, int fd)
{
	int size = t->size;
	struct descriptor *d;

	while (size <= fd)
		size *= 2;
	if (size == t->size)
		return 0;
	d = heap_resize(t->descriptor, (size_t)size * sizeof(*d));
	if (!d)
		return -TENON_ENOMEM;
	memset(d + t->size, 0, (size_t)(size - t->size) * sizeof(*d));
	t->descriptor = d;
	t->size = size;
	return 0;
}

/* What is at @fd, or NULL. The lock is held. */
static struct descriptor *at(struct fdtable *t, int fd)
{
	return fd >= 0 && fd < t->size && t->descriptor[fd].file ? &t->descriptor[fd] : NULL;
}

struct fdtable *fdtable_copy(struct fdtable *table)
{
	struct fdtable *copy = fdtable_make();
	int i;

	if (!copy)
		return NULL;
	mutex_lock(&table->lock);
	if (reach(copy, table->size - 1)) {
		mutex_unlock(&table->lock);
		fdtable_put(copy);
		return NULL;
	}
	for (i = 0; i < table->size; i++) {
		copy->descriptor[i] = table->descriptor[i];
		if (copy->descriptor[i].file)
			file_get(copy->descriptor[i].file);
	}
	copy->first_free = table->first_free;
	mutex_unlock(&table->lock);
	return copy;
}

struct fdtable *fdtable_get(struct fdtable *table)
{
	atomic_fetch_add(&table->refs, 1);
	return table;
}

void fdtable_put(struct fdtable *table)
{
	int i;

	if (atomic_fetch_sub(&table->refs, 1) != 1)
		return;
	for (i = 0; i < table->size; i++)
		if (table->descriptor[i].file)
			file_put(table->descriptor[i].file);
	heap_free(table->descriptor);
	heap_free(table);
}

/* Take away what is at @fd. The lock is held. */
static struct file *take(struct fdtable *t, int fd)
{
	struct descriptor *d = at(t, fd);
	struct file *file;

	if (!d)
		return NULL;
	file = d->file;
	*d = (struct descriptor){ 0 };
	if (fd < t->first_free)
		t->first_free = fd;
	return file;
}

void fdtable_close_on_exec(struct fdtable *table)
{
	struct file *file;
	struct descriptor *d;
	int fd;

	for (fd = 0; (fd = fdtable_next(table, fd)) >= 0; fd++) {
		mutex_lock(&table->lock);
		d = at(table, fd);
		file = d && d->close_on_exec ? take(table, fd) : NULL;
		mutex_unlock(&table->lock);
		if (file)
			file_put(file);
	}
}

struct file *fdtable_file(struct fdtable *table, int fd)
{
	struct descriptor *d;
	struct file *file = NULL;

	mutex_lock(&table->lock);
	d = at(table, fd);
	if (d)
		file = file_get(d->file);
	mutex_unlock(&table->lock);
	return file;
}

static void put_at(struct fdtable *t, int fd, struct file *file, bool close_on_exec)
{
	t->descriptor[fd] = (struct descriptor){ file_get(file), close_on_exec };
}

int fdtable_add(struct fdtable *table, struct file *file, int least, bool close_on_exec)
{
	int fd, err;

	if (least < 0 || least >= FDTABLE_MAX)
		return -TENON_EINVAL;
	mutex_lock(&table->lock);
	fd = least > table->first_free ? least : table->first_free;
	while (at(table, fd))
		fd++;
	err = fd < FDTABLE_MAX ? reach(table, fd) : -TENON_EMFILE;
	if (!err) {
		put_at(table, fd, file, close_on_exec);
		if (least <= table->first_free)
			table->first_free = fd + 1;
	}
	mutex_unlock(&table->lock);
	return err ? err : fd;
}

int fdtable_replace(struct fdtable *table, int fd, struct file *file, bool close_on_exec)
{
	struct file *old = NULL;
	int err;

	if (fd < 0 || fd >= FDTABLE_MAX)
		return -TENON_EBADF;
	mutex_lock(&table->lock);
	err = reach(table, fd);
	if (!err) {
		old = table->descriptor[fd].file;
		put_at(table, fd, file, close_on_exec);
	}
	mutex_unlock(&table->lock);
	if (old)
		file_put(old);
	return err ? err : fd;
}

int fdtable_close(struct fdtable *table, int fd)
{
	struct file *file;

	mutex_lock(&table->lock);
	file = take(table, fd);
	mutex_unlock(&table->lock);
	if (!file)
		return -TENON_EBADF;
	file_put(file);
	return 0;
}

int fdtable_is_close_on_exec(struct fdtable *table, int fd)
{
	struct descriptor *d;
	int is;

	mutex_lock(&table->lock);
	d = at(table, fd);
	is = d ? d->close_on_exec : -TENON_EBADF;
	mutex_unlock(&table->lock);
	return is;
}

int fdtable_set_close_on_exec(struct fdtable *table, int fd, bool close_on_exec)
{
	struct descriptor *d;

	mutex_lock(&table->lock);
	d = at(table, fd);
	if (d)
		d->close_on_exec = close_on_exec;
	mutex_unlock(&table->lock);
	return d ? 0 : -TENON_EBADF;
}

int fdtable_next(struct fdtable *table, int fd)
{
	mutex_lock(&table->lock);
	while (fd < table->size && !at(table, fd))
		fd++;
	fd = fd < table->size ? fd : -1;
	mutex_unlock(&table->lock);
	return fd;
}
