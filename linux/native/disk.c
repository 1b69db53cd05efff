// SPDX-License-Identifier: GPL-2.0-only
/*
 * Disks whose bytes the host has (include/tenon/linux_files.h). Linux's thread that submits a bio waits, without a virtual
 * CPU, until a thread of the host has carried each piece; pieces of one disk go one after the other.
 */
#include "linux/native/native.h"
#include "tenon/linux_files.h"

#define SERVE_NS 1000000000u /* the host comes back after that: no call into a domain lasts for ever */

struct disk {
	tenon_handle turn;            /* mutex: whoever has it has the request */
	tenon_handle asked, answered; /* events */
	struct tenon_linux_disk_request request;
	const struct lx_piece *pieces; /* of the request: what is read goes there */
	int result;
	_Atomic bool pending, served, gone;
	void *linux_disk;
	tenon_handle volume; /* whose bytes they are; 0: those of a host that serves it */
};

long tenon_linux_disk_add(struct tenon_linux_disk *add);
long tenon_linux_disk_serve(void *disk, int result, const void *in, size_t in_len, void *out, size_t out_len);
long tenon_linux_disk_remove(void *disk);

/* Like lx_disk_io, by the thread itself. */
static int volume_io(const struct disk *d, unsigned int op, unsigned long long offset, const struct lx_piece *pieces,
		     unsigned int len, int cpu)
{
	void *task = lx_park();
	long err = op == TENON_LINUX_DISK_WRITE ? -TENON_EROFS : 0;

	for (unsigned int done = 0; done < len && err >= 0; done += pieces++->len)
		for (unsigned int at = 0; at < pieces->len && err >= 0; at += TENON_FILESYSTEM_IO_BYTES) {
			unsigned int part = pieces->len - at;

			if (part > TENON_FILESYSTEM_IO_BYTES)
				part = TENON_FILESYSTEM_IO_BYTES;
			err = tenon_volume_read(d->volume, offset + done + at, (char *)pieces->memory + at, part);
		}
	lx_unpark(task, cpu);
	return err < 0 ? (int)err : 0;
}

int lx_disk_io(void *disk, unsigned int op, unsigned long long offset, const struct lx_piece *pieces, unsigned int len,
	       int cpu)
{
	struct disk *d = disk;
	void *task;
	int err;

	if (d->volume)
		return volume_io(d, op, offset, pieces, len, cpu);
	task = lx_park();
	while (tenon_mutex_lock(d->turn, NEVER_NS))
		lx_relax();
	d->request = (struct tenon_linux_disk_request){ .op = op, .len = len, .offset = offset };
	d->pieces = pieces;
	d->result = -TENON_EIO;
	d->pending = true;
	tenon_event_set(d->asked);
	/* The host still has the memory: a thread that is asked to end waits all the same. An event may be an old one. */
	while (d->pending && !d->gone)
		if (tenon_event_wait(d->answered, NEVER_NS))
			lx_relax();
	err = d->result;
	tenon_mutex_unlock(d->turn);
	lx_unpark(task, cpu);
	return err;
}

static void destroy(struct disk *d)
{
	if (d->turn)
		tenon_mutex_destroy(d->turn);
	if (d->asked)
		tenon_event_destroy(d->asked);
	if (d->answered)
		tenon_event_destroy(d->answered);
	tenon_free(d);
}

static int create_objects(struct disk *d)
{
	tenon_handle h = tenon_mutex_create(THIS_MODULE);

	if (tenon_handle_error(h))
		return tenon_handle_error(h);
	d->turn = h;
	h = tenon_event_create(THIS_MODULE);
	if (tenon_handle_error(h))
		return tenon_handle_error(h);
	d->asked = h;
	h = tenon_event_create(THIS_MODULE);
	if (tenon_handle_error(h))
		return tenon_handle_error(h);
	d->answered = h;
	return 0;
}

struct adding {
	struct disk *d;
	struct tenon_linux_disk *add;
};

static long add_disk(void *arg)
{
	const struct adding *a = arg;

	return linux_disk_add(a->d, a->add->bytes, a->add->read_only, a->add->path, sizeof(a->add->path),
			      &a->d->linux_disk);
}

static long remove_disk(void *arg)
{
	linux_disk_remove(((struct disk *)arg)->linux_disk);
	return 0;
}

/* Nothing is read before somebody opens it, so nobody has to serve it yet: its partitions are not looked for. */
long tenon_linux_disk_add(struct tenon_linux_disk *add)
{
	struct disk *d = tenon_alloc(THIS_MODULE, sizeof(*d));
	struct adding a = { d, add };
	long err;

	if (!d)
		return -TENON_ENOMEM;
	err = create_objects(d);
	if (!err)
		err = lx_on_cpu(add_disk, &a);
	if (err)
		destroy(d);
	add->disk = (uintptr_t)d;
	return err;
}
EXPORT_SYMBOL_GPL(tenon_linux_disk_add);

/* Between the pieces of the request and one piece: to the pieces if @from, else to @to. */
static void copy(const struct disk *d, char *to, const char *from)
{
	const struct lx_piece *p = d->pieces;

	for (unsigned int done = 0; done < d->request.len; done += p++->len)
		if (from)
			memcpy(p->memory, from + done, p->len);
		else
			memcpy(to + done, p->memory, p->len);
}

static void finish(struct disk *d, int result, const void *in, size_t in_len)
{
	if (!result && d->request.op == TENON_LINUX_DISK_READ && in_len != d->request.len)
		result = -TENON_EIO;
	if (!result && d->request.op == TENON_LINUX_DISK_READ)
		copy(d, NULL, in);
	d->result = result;
	d->served = d->pending = false;
	tenon_event_set(d->answered);
}

/* One thread of the host serves a disk. */
long tenon_linux_disk_serve(void *disk, int result, const void *in, size_t in_len, void *out, size_t out_len)
{
	struct disk *d = disk;
	size_t len = sizeof(d->request);

	if (out_len < sizeof(d->request) + TENON_LINUX_DISK_WRITE_BYTES)
		return -TENON_EINVAL;
	if (d->served)
		finish(d, result, in, in_len);
	if (d->gone)
		return -TENON_ENODEV;
	if (!d->pending && tenon_event_wait(d->asked, tenon_clock_ns() + SERVE_NS) && !d->pending)
		return d->gone ? -TENON_ENODEV : 0;
	if (!d->pending)
		return 0;
	memcpy(out, &d->request, len);
	if (d->request.op == TENON_LINUX_DISK_WRITE) {
		copy(d, (char *)out + len, NULL);
		len += d->request.len;
	}
	d->served = true;
	return (long)len;
}
EXPORT_SYMBOL_GPL(tenon_linux_disk_serve);

/* Nobody has it open. The thread that serves it is to end first: it finds it gone. */
long tenon_linux_disk_remove(void *disk)
{
	struct disk *d = disk;

	if (!d->gone) {
		lx_on_cpu(remove_disk, d);
		d->gone = true;
		tenon_event_set(d->asked);
		return 0;
	}
	destroy(d);
	return 0;
}
EXPORT_SYMBOL_GPL(tenon_linux_disk_remove);

int lx_volume_disk(unsigned long volume, unsigned long long bytes, char *path, unsigned int path_bytes, void **disk)
{
	struct disk *d = tenon_alloc(THIS_MODULE, sizeof(*d));
	int err;

	if (!d)
		return -TENON_ENOMEM;
	d->volume = volume;
	err = linux_disk_add(d, bytes, true, path, path_bytes, &d->linux_disk);
	if (err)
		destroy(d);
	*disk = d;
	return err;
}

void lx_volume_disk_remove(void *disk)
{
	lx_on_cpu(remove_disk, disk);
	destroy(disk);
}
