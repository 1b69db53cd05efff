// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/vfs/text_file.h"

#include "kernel/mm/heap.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"

struct text_open {
	int (*make)(struct file *file, struct text *t);
	struct mutex lock; /* protects the text */
	struct text text;
};

const struct file_ops text_file_ops = { .read = text_file_read, .release = text_file_release, .seekable = true };

int text_file_open(struct file *file, const struct file_ops *ops, int (*make)(struct file *file, struct text *t))
{
	struct text_open *o = heap_alloc_zeroed(sizeof(*o));

	if (!o)
		return -TENON_ENOMEM;
	o->make = make;
	mutex_init(&o->lock, LOCK_FILE);
	file->data = o;
	file->ops = ops;
	return 0;
}

/* Made without the lock: it may take any lock of the kernel's. */
static int make_anew(struct file *file)
{
	struct text_open *o = file->data;
	struct text text = { 0 }, old;
	int err = o->make(file, &text);

	if (!err && text.failed)
		err = -TENON_ENOMEM;
	if (err) {
		text_free(&text);
		return err;
	}
	mutex_lock(&o->lock);
	old = o->text;
	o->text = text;
	mutex_unlock(&o->lock);
	text_free(&old);
	return 0;
}

long text_file_read(struct file *file, struct io *io, uint64_t offset)
{
	struct text_open *o = file->data;
	uint64_t left;
	int err = offset ? 0 : make_anew(file);

	if (err)
		return err;
	mutex_lock(&o->lock);
	left = offset < o->text.len ? o->text.len - offset : 0;
	if (left > io->left)
		left = io->left;
	if (left)
		err = io_put(io, o->text.bytes + offset, left);
	mutex_unlock(&o->lock);
	return err ? err : (long)left;
}

void text_file_release(struct file *file)
{
	struct text_open *o = file->data;

	text_free(&o->text);
	heap_free(o);
}
