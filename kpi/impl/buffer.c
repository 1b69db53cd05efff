/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Shared buffers: kpi/buffer.def. Their pages live until the buffer and every client that maps them have let go, and
 * are used for nothing else before. A domain that is closed leaves the pages to the mappings.
 */
#include "kpi/impl/impl.h"

void shared_put(struct shared_pages *s)
{
	struct kpi_domain *d;
	bool last;

	kpi.host->lock(&kpi.devices);
	last = --s->refs == 0;
	d = s->domain;
	if (last && d) {
		*s->prev = s->next;
		if (s->next)
			s->next->prev = s->prev;
	}
	if (last && d)
		domain_hold(d); /* it is not closed before its pages are back */
	kpi.host->unlock(&kpi.devices);
	if (!last)
		return;
	if (d) {
		pages_give(d, &s->pages);
		domain_drop(d);
	}
	kpi.host->free(s, sizeof(*s));
}

void buffers_orphan(struct kpi_domain *d)
{
	kpi.host->lock(&kpi.devices);
	for (struct shared_pages *s = d->shared; s; s = s->next)
		s->domain = NULL;
	d->shared = NULL;
	kpi.host->unlock(&kpi.devices);
}

static void release(struct object *o)
{
	struct buffer *b = (struct buffer *)o;

	if (b->pages)
		shared_put(b->pages);
}

static void cancel(struct object *o)
{
	struct buffer *b = (struct buffer *)o;

	kpi.host->lock(&kpi.devices);
	b->gone = true;
	device_forget_buffer(b);
	kpi.host->unlock(&kpi.devices);
}

const struct object_type buffer_type = {
	.name = "buffer",
	.size = sizeof(struct buffer),
	.release = release,
	.cancel = cancel,
};

/* Not on the domain's account: a mapping may keep it for longer. Buffers are counted as objects. */
static struct shared_pages *shared_new(struct kpi_domain *d, size_t bytes)
{
	struct shared_pages *s = kpi.host->alloc(sizeof(*s));

	if (!s)
		return NULL;
	if (pages_take(d, bytes, &s->pages)) {
		kpi.host->free(s, sizeof(*s));
		return NULL;
	}
	s->refs = 1;
	s->domain = d;
	kpi.host->lock(&kpi.devices);
	s->next = d->shared;
	s->prev = &d->shared;
	if (s->next)
		s->next->prev = &s->next;
	d->shared = s;
	kpi.host->unlock(&kpi.devices);
	return s;
}

tenon_handle tenon_buffer_create(struct tenon_this_module *self, size_t bytes, struct tenon_buffer *out)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct buffer *b;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!bytes)
		return (tenon_handle)-TENON_EINVAL;
	b = pages_round(bytes) ? object_new(&c, &buffer_type, m, bytes) : NULL;
	if (!b)
		return (tenon_handle)-TENON_ENOMEM;
	b->pages = shared_new(c.d, bytes);
	if (!b->pages) {
		object_free(&b->object);
		return (tenon_handle)-TENON_ENOMEM;
	}
	*out = (struct tenon_buffer){
		.size = sizeof(*out),
		.page_bytes = (uint32_t)kpi.core_host->page_size,
		.address = (void *)b->pages->pages.base,
		.bytes = b->pages->pages.bytes,
	};
	return object_publish(&b->object);
}

int tenon_buffer_destroy(tenon_handle buffer)
{
	struct caller c = caller_thread();
	struct buffer *b = object_get(c.d, buffer, &buffer_type);
	bool attached;

	if (!b)
		return -TENON_EBADF;
	kpi.host->lock(&kpi.devices);
	attached = b->attached;
	b->gone |= !attached; /* no device takes it from now on */
	kpi.host->unlock(&kpi.devices);
	if (!attached)
		return object_give_back(&b->object);
	object_put(&b->object);
	return -TENON_EBUSY;
}

int buffer_attach(struct kpi_domain *d, tenon_handle handle, struct buffer **out)
{
	struct buffer *b = object_get(d, handle, &buffer_type);
	int err;

	if (!b)
		return -TENON_EBADF;
	kpi.host->lock(&kpi.devices);
	err = b->gone ? -TENON_EBADF : b->attached ? -TENON_EBUSY : 0;
	if (!err)
		b->attached = true;
	kpi.host->unlock(&kpi.devices);
	if (err)
		object_put(&b->object);
	else
		*out = b;
	return err;
}

void buffer_detach(struct buffer *b)
{
	kpi.host->lock(&kpi.devices);
	b->attached = false;
	kpi.host->unlock(&kpi.devices);
	object_put(&b->object);
}
