/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Shared buffers: kpi/buffer.def. All is one address space, so sharing is telling the address. */
#include "port/mps2/kpi.h"
#include "tenon/runtime.h"

#define BUFFER_PAGE 16u /* the heap's granule: nothing is protected */

void shared_put(struct shared *s)
{
	if (--s->users)
		return;
	pool_free(&mps2_heap, s->address, s->bytes);
	pool_free(&mps2_heap, s, sizeof(*s));
}

static void release(struct object *o)
{
	struct buffer *b = (struct buffer *)o;

	if (b->shared)
		shared_put(b->shared);
}

const struct object_type buffer_type = { .name = "buffer", .size = sizeof(struct buffer), .release = release };

static struct shared *shared_new(size_t bytes)
{
	struct shared *s = pool_alloc(&mps2_heap, sizeof(*s));

	if (!s)
		return NULL;
	*s = (struct shared){ .users = 1, .bytes = bytes, .address = pool_alloc(&mps2_heap, bytes) };
	if (!s->address) {
		pool_free(&mps2_heap, s, sizeof(*s));
		return NULL;
	}
	memset(s->address, 0, bytes);
	return s;
}

tenon_handle tenon_buffer_create(struct tenon_this_module *self, size_t bytes, struct tenon_buffer *out)
{
	size_t size = (bytes + BUFFER_PAGE - 1) & ~(size_t)(BUFFER_PAGE - 1);
	struct buffer *b;

	if (!bytes)
		return (tenon_handle)-TENON_EINVAL;
	b = size ? object_new(&buffer_type, size) : NULL;
	if (!b)
		return (tenon_handle)-TENON_ENOMEM;
	b->shared = shared_new(size);
	if (!b->shared) {
		object_free(&b->object);
		return (tenon_handle)-TENON_ENOMEM;
	}
	*out = (struct tenon_buffer){ sizeof(*out), BUFFER_PAGE, b->shared->address, size };
	return object_publish(&b->object, kpi_module(self));
}

int tenon_buffer_destroy(tenon_handle buffer)
{
	struct buffer *b = object_find(buffer, &buffer_type);

	if (!b)
		return -TENON_EBADF;
	return b->attached ? -TENON_EBUSY : object_destroy(&b->object);
}
