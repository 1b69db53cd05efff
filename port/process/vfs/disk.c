/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Disks of linux.ko over files and block devices: a thread for each does what linux.ko asks of it, until the disk is removed. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "port/process/vfs/vfs.h"

struct vfs_disk {
	struct vfs vfs;
	struct vfs_source source;
	uint64_t disk; /* linux.ko's name for it */
	pthread_t server;
	_Atomic bool removed; /* linux.ko has said that nobody uses it any more: what it still asks for is not done */
	struct {
		struct tenon_linux_disk_request request;
		char data[TENON_LINUX_DISK_WRITE_BYTES];
	} asked;
	char answer[TENON_LINUX_IO_BYTES];
};

static int64_t serve(struct vfs_disk *d, int result, size_t len)
{
	static const struct kpi_call type = { .name = TENON_LINUX_DISK_SERVE,
					      .type = "",
					      .argc = 6,
					      .ret = KPI_RET_LONG,
					      .copies = 1,
					      .arg = {
						  { .kind = KPI_POINTER, .size = 8 },
						  { .kind = KPI_VALUE, .size = 4 },
						  { .kind = KPI_IN_BYTES, .len_arg = 3, .size = TENON_LINUX_IO_BYTES },
						  { .kind = KPI_VALUE, .size = 8 },
						  { .kind = KPI_OUT_BYTES, .len_arg = 5, .size = sizeof(d->asked) },
						  { .kind = KPI_VALUE, .size = 8 } } };
	const uint64_t args[KPI_ARGS_MAX] = { d->disk, (uint64_t)(int64_t)result, (uintptr_t)d->answer,
					      len,     (uintptr_t)&d->asked,      sizeof(d->asked) };

	return vfs_upcall(&d->vfs, d->vfs.disk_serve, &type, args);
}

static int move(struct vfs_disk *d, bool write, size_t len, uint64_t offset)
{
	if (d->source.block)
		return write ? process_block_write(d->source.block, d->asked.data, len, offset) :
			       process_block_read(d->source.block, d->answer, len, offset);
	for (size_t done = 0; done < len;) {
		off_t at = (off_t)(offset + done);
		ssize_t n = write ? pwrite(d->source.fd, d->asked.data + done, len - done, at) :
				    pread(d->source.fd, d->answer + done, len - done, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		done += (size_t)n;
	}
	return 0;
}

static int flush(struct vfs_disk *d)
{
	if (d->source.block)
		return process_block_flush(d->source.block);
	return fdatasync(d->source.fd) ? -errno : 0;
}

/* Return: 0 or a negative errno value; *len: of what was read. Nothing outside the disk is touched, whatever is asked. */
static int carry(struct vfs_disk *d, size_t got, size_t *len)
{
	const struct tenon_linux_disk_request r = d->asked.request;
	bool write = r.op == TENON_LINUX_DISK_WRITE;
	size_t most = write ? TENON_LINUX_DISK_WRITE_BYTES : TENON_LINUX_IO_BYTES;
	int err;

	*len = 0;
	if (r.op == TENON_LINUX_DISK_FLUSH)
		return flush(d);
	if (r.op > TENON_LINUX_DISK_FLUSH || r.len > most || r.offset > d->source.bytes ||
	    r.len > d->source.bytes - r.offset || (write && got != sizeof(r) + r.len))
		return -EINVAL;
	err = move(d, write, r.len, r.offset);
	*len = err || write ? 0 : r.len;
	return err;
}

static void *run(void *arg)
{
	struct vfs_disk *d = arg;
	int64_t got;
	size_t len = 0;
	int result = 0;

	/* Each call has a deadline; that there is a last one is not left to the domain. */
	while ((got = serve(d, result, len)) >= 0 && !atomic_load(&d->removed))
		if ((size_t)got >= sizeof(d->asked.request))
			result = carry(d, (size_t)got, &len);
	return NULL;
}

static int64_t remove_step(const struct vfs_disk *d)
{
	static const struct kpi_call type = { .name = TENON_LINUX_DISK_REMOVE,
					      .type = "",
					      .argc = 1,
					      .ret = KPI_RET_LONG,
					      .arg = { { .kind = KPI_POINTER, .size = 8 } } };
	const uint64_t args[KPI_ARGS_MAX] = { d->disk };

	return vfs_upcall(&d->vfs, d->vfs.disk_remove, &type, args);
}

static int add(struct vfs_disk *d, bool read_only, char *path)
{
	static const struct kpi_call type = { .name = TENON_LINUX_DISK_ADD,
					      .type = "",
					      .argc = 1,
					      .ret = KPI_RET_LONG,
					      .copies = 1,
					      .arg = {
						  { .kind = KPI_INOUT, .size = sizeof(struct tenon_linux_disk) } } };
	struct tenon_linux_disk disk = { .size = sizeof(disk), .read_only = read_only, .bytes = d->source.bytes };
	const uint64_t args[KPI_ARGS_MAX] = { (uintptr_t)&disk };
	int64_t err = vfs_upcall(&d->vfs, d->vfs.disk_add, &type, args);

	if (err > 0)
		err = -TENON_EIO;
	d->disk = disk.disk;
	for (size_t i = 0; i < sizeof(disk.path); i++)
		path[i] = i == sizeof(disk.path) - 1 ? 0 : disk.path[i];
	return (int)err;
}

int vfs_disk_add(const struct vfs *v, const struct vfs_source *source, bool read_only, struct vfs_disk **out,
		 char *path)
{
	struct vfs_disk *d = calloc(1, sizeof(*d));
	int err;

	if (!d)
		return -TENON_ENOMEM;
	d->vfs = *v;
	d->source = *source;
	d->source.bytes &= ~511ull;
	err = add(d, read_only, path);
	if (!err && pthread_create(&d->server, NULL, run, d)) {
		remove_step(d);
		remove_step(d);
		err = -TENON_ENOMEM;
	}
	if (err)
		free(d);
	else
		*out = d;
	return err;
}

void vfs_disk_remove(struct vfs_disk *d)
{
	remove_step(d);
	atomic_store(&d->removed, true);
	pthread_join(d->server, NULL);
	remove_step(d);
	free(d);
}
