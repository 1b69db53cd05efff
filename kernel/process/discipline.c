// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/process/discipline.h"

#include "kernel/domain/domain.h"
#include "kernel/mm/heap.h"
#include "kernel/module/request.h"
#include "kernel/process/terminal.h"
#include "kernel/vfs/io.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define TYPED_BYTES 128 /* taken from the terminal at a time, with interrupts off */

struct discipline {
	struct file *file; /* only compared */
	struct ldisc_line line;
	size_t typed, at, end; /* bytes in `input`; what is ready to be read in `data` */
	uint8_t input[TYPED_BYTES];
	uint8_t data[TENON_LDISC_BYTES];
};

static int open_discipline(unsigned number, struct file *file, struct discipline **out)
{
	struct discipline *d = heap_alloc_zeroed(sizeof(*d));
	char name[sizeof("4294967295")];
	long err;

	if (!d)
		return -TENON_ENOMEM;
	d->file = file;
	tenon_snprintf(name, sizeof(name), "%u", number);
	err = kpi_ldisc_open(&d->line, name);
	if (err == -TENON_ENOENT && !module_request("tty-ldisc-%s", name))
		err = kpi_ldisc_open(&d->line, name);
	if (!err) {
		*out = d;
		return 0;
	}
	heap_free(d);
	return err == -TENON_ENOENT ? -TENON_EINVAL : (int)err;
}

/* @by: only if it was attached by this file. */
static void replace(struct terminal *t, struct file *by, struct discipline *d, unsigned number)
{
	struct discipline *old;

	mutex_lock(&t->discipline_lock);
	old = t->discipline;
	if (by && (!old || old->file != by)) {
		mutex_unlock(&t->discipline_lock);
		return;
	}
	__atomic_store_n(&t->discipline, d, __ATOMIC_RELAXED);
	spin_lock(&t->lock);
	t->modes.line = (uint8_t)number;
	spin_unlock(&t->lock);
	mutex_unlock(&t->discipline_lock);
	wait_wake_all(&t->readers);
	if (!old)
		return;
	kpi_ldisc_close(&old->line);
	heap_free(old);
	domains_sweep(); /* it may have been what kept a dead domain */
}

long discipline_set(struct terminal *t, struct file *file, unsigned number)
{
	struct discipline *d = NULL;
	int err = number ? open_discipline(number, file, &d) : 0;

	if (!err)
		replace(t, NULL, d, number);
	return err;
}

bool discipline_attached(const struct terminal *t)
{
	return __atomic_load_n(&t->discipline, __ATOMIC_RELAXED);
}

void discipline_leave(struct terminal *t, struct file *file)
{
	if (discipline_attached(t))
		replace(t, file, NULL, 0);
}

/* Until there is something to be read, or nothing more has come. Return: what is ready, or a negative errno. discipline_lock. */
static long fill(struct terminal *t)
{
	struct discipline *d = t->discipline;
	bool end;
	long got;

	if (!d)
		return -TENON_EIO;
	while (d->at == d->end) {
		if (!d->typed) {
			spin_lock(&t->lock);
			d->typed = line_read(t, (char *)d->input, sizeof(d->input), &end);
			spin_unlock(&t->lock);
		}
		if (!d->typed)
			return 0;
		got = kpi_ldisc_call(&d->line, LDISC_RECEIVE, d->input, d->typed, d->data, sizeof(d->data));
		if (got >= 0 && !d->line.step.used)
			got = -TENON_EIO; /* it would go on for ever */
		if (got < 0)
			return got;
		d->typed -= d->line.step.used;
		memmove(d->input, d->input + d->line.step.used, d->typed);
		d->at = 0;
		d->end = (size_t)got;
	}
	return (long)(d->end - d->at);
}

long discipline_read(struct terminal *t, struct io *io)
{
	long got;

	mutex_lock(&t->discipline_lock);
	got = fill(t);
	if (got > 0 && io) {
		struct discipline *d = t->discipline;

		got = got < (long)io->left ? got : (long)io->left;
		if (io_put(io, d->data + d->at, (size_t)got))
			got = -TENON_EFAULT;
		else
			d->at += (size_t)got;
		if (d->at < d->end)
			wait_wake_all(&t->readers); /* who found nothing before */
	}
	mutex_unlock(&t->discipline_lock);
	return got;
}

long discipline_send(struct terminal *t, struct io *io, void *out)
{
	size_t len = io->left < TENON_LDISC_WRITE_BYTES ? io->left : TENON_LDISC_WRITE_BYTES;
	void *data = heap_alloc(len);
	long got = !data ? -TENON_ENOMEM : io_take(io, data, len);

	if (!got) {
		mutex_lock(&t->discipline_lock);
		got = t->discipline ?
			  kpi_ldisc_call(&t->discipline->line, LDISC_SEND, data, len, out, TENON_LDISC_BYTES) :
			  -TENON_EIO;
		mutex_unlock(&t->discipline_lock);
	}
	heap_free(data);
	return got;
}
