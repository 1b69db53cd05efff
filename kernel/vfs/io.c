// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/vfs/io.h"

#include "kernel/mm/user.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

void io_kernel(struct io *io, struct io_segment *segment, void *buf, size_t bytes)
{
	*segment = (struct io_segment){ (uintptr_t)buf, bytes };
	*io = (struct io){ .segment = segment, .left = bytes };
}

enum direction { PUT, TAKE, ZERO };

/* Between one piece and @mem. */
static int copy(bool user, uint64_t at, char *mem, size_t bytes, enum direction d)
{
	if (!user) {
		void *kernel = (void *)(uintptr_t)at;

		if (d == TAKE)
			memcpy(mem, kernel, bytes);
		else if (d == PUT)
			memcpy(kernel, mem, bytes);
		else
			memset(kernel, 0, bytes);
		return 0;
	}
	return d == TAKE ? user_copy_in(mem, at, bytes) :
	       d == PUT  ? user_copy_out(at, mem, bytes) :
			   user_clear(at, bytes);
}

static int move(struct io *io, char *mem, size_t bytes, enum direction d)
{
	struct io was = *io;
	size_t part;
	int err;

	while (bytes) {
		if (io->skip == io->segment->bytes) { /* also passes over empty ones */
			io->segment++;
			io->skip = 0;
			continue;
		}
		part = io->segment->bytes - io->skip;
		if (part > bytes)
			part = bytes;
		err = copy(io->user, io->segment->base + io->skip, mem, part, d);
		if (err) {
			*io = was;
			return err;
		}
		io->skip += part;
		io->left -= part;
		bytes -= part;
		if (mem)
			mem += part;
	}
	return 0;
}

int io_put(struct io *io, const void *src, size_t bytes)
{
	return move(io, (char *)(uintptr_t)src, bytes, PUT);
}

int io_take(struct io *io, void *dst, size_t bytes)
{
	return move(io, dst, bytes, TAKE);
}

int io_put_zeros(struct io *io, size_t bytes)
{
	return move(io, NULL, bytes, ZERO);
}
