/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Shared buffers: kpi/buffer.def. In the kernel domain a memory file of its own, in an isolated one a part of the
 * domain's: there, addresses that a client still maps when the buffer goes are not used again while the domain lives.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "port/process/kpi/buffer.h"

static void put_memory(struct shared_memory *m)
{
	if (atomic_fetch_sub(&m->refs, 1) > 1)
		return;
	close(m->fd);
	free(m);
}

void *shared_map(struct shared_memory *m)
{
	void *at = mmap(NULL, m->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, m->offset);

	if (at != MAP_FAILED)
		return at;
	put_memory(m);
	return NULL;
}

void shared_unmap(struct shared_memory *m, void *at)
{
	munmap(at, m->bytes);
	put_memory(m);
}

static void release(struct object *o)
{
	struct buffer *b = (struct buffer *)o;
	bool mapped = b->memory && atomic_load(&b->memory->refs) > 1;

	if (!o->domain->child || !mapped)
		pages_release(o->domain, &b->pages);
	if (b->memory)
		put_memory(b->memory);
}

static void cancel(struct object *o)
{
	device_forget_buffer((struct buffer *)o);
}

const struct object_type buffer_type = {
	.name = "buffer",
	.size = sizeof(struct buffer),
	.release = release,
	.cancel = cancel,
};

/* The file behind the pages. Return: 0 or -TENON_ENOMEM. */
static int make_memory(struct process_domain *d, struct buffer *b)
{
	struct shared_memory *m = calloc(1, sizeof(*m));

	if (!m)
		return -TENON_ENOMEM;
	m->refs = 1;
	m->bytes = b->pages.bytes;
	if (d->child) {
		m->fd = dup(d->memfd);
		m->offset = (off_t)(b->pages.base - d->base);
	} else {
		m->fd = memfd_create("buffer", MFD_CLOEXEC);
	}
	b->memory = m;
	if (m->fd < 0)
		return -TENON_ENOMEM;
	if (d->child)
		return pages_commit(d, &b->pages, 0, m->bytes);
	if (ftruncate(m->fd, (off_t)m->bytes) || mmap((void *)(uintptr_t)b->pages.base, m->bytes, PROT_READ | PROT_WRITE,
						      MAP_SHARED | MAP_FIXED, m->fd, 0) == MAP_FAILED)
		return -TENON_ENOMEM;
	return 0;
}

tenon_handle tenon_buffer_create(struct tenon_this_module *self, size_t bytes, struct tenon_buffer *out)
{
	struct caller c = kpi_caller();
	struct buffer *b;
	int err;

	if (!pages_round(c.domain, bytes))
		return (tenon_handle)-TENON_EINVAL;
	b = object_new(&c, &buffer_type, bytes);
	if (!b)
		return (tenon_handle)-TENON_ENOMEM;
	err = pages_reserve(c.domain, bytes, &b->pages);
	if (!err)
		err = make_memory(c.domain, b);
	if (err) {
		object_free(&b->object);
		return (tenon_handle)(long)err;
	}
	*out = (struct tenon_buffer){
		.size = sizeof(*out),
		.page_bytes = (uint32_t)c.h->tenon.page_size,
		.address = (void *)(uintptr_t)b->pages.base,
		.bytes = b->pages.bytes,
	};
	return object_publish(&b->object, kpi_module(&c, self));
}

int tenon_buffer_destroy(tenon_handle buffer)
{
	struct caller c = kpi_caller();
	struct buffer *b;
	int err = -TENON_EBADF;

	kpi_lock();
	b = object_find(&c, buffer, &buffer_type);
	if (b && !b->attached)
		return object_destroy(&b->object);
	if (b)
		err = -TENON_EBUSY;
	kpi_unlock();
	return err;
}
