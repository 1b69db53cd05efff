/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/debian/host.h"

static size_t find_slots(const struct debian_host *h, size_t from, size_t to, size_t cnt)
{
	size_t run = 0;

	for (size_t i = from; i < to; i++) {
		run = h->used[i] ? 0 : run + 1;
		if (run == cnt)
			return i + 1 - cnt;
	}
	return to;
}

static int map(void *context, struct tenon_block *b)
{
	struct debian_host *h = context;
	bool text = b->kind == TENON_MEM_TEXT || b->kind == TENON_MEM_INIT_TEXT;
	size_t from = text ? 0 : DEBIAN_TEXT_SLOTS, to = text ? DEBIAN_TEXT_SLOTS : DEBIAN_SLOT_CNT;
	size_t cnt = b->size / DEBIAN_SLOT_BYTES, slot = find_slots(h, from, to, cnt);

	if (slot == to)
		return -TENON_ENOSPC;
	b->host = calloc(1, b->size);
	if (!b->host)
		return -TENON_ENOMEM;
	b->run = h->base + slot * DEBIAN_SLOT_BYTES;
	for (size_t i = slot; i < slot + cnt; i++)
		h->used[i] = true;
	return 0;
}

static void unmap(void *context, struct tenon_block *b)
{
	struct debian_host *h = context;
	size_t slot = (b->run - h->base) / DEBIAN_SLOT_BYTES;

	for (size_t i = slot; i < slot + b->size / DEBIAN_SLOT_BYTES; i++)
		h->used[i] = false;
	free(b->host);
}

static int64_t read_at(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	ssize_t got = pread((int)(intptr_t)src->host, buf, len, (off_t)offset);

	return got < 0 ? -TENON_EIO : got;
}

static void close_file(struct tenon_source *src)
{
	close((int)(intptr_t)src->host);
}

static int find(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src)
{
	struct debian_host *h = context;
	size_t idx = tree_find(h->tree, name);
	struct stat st;
	int fd;

	(void)domain;
	if (idx == h->tree->cnt)
		return -TENON_ENOENT;
	fd = open(h->tree->paths[idx], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -TENON_EIO;
	if (fstat(fd, &st)) {
		close(fd);
		return -TENON_EIO;
	}
	*src = (struct tenon_source){
		.size = (uint64_t)st.st_size, .read_at = read_at, .close = close_file, .host = (void *)(intptr_t)fd
	};
	return 0;
}

void debian_host_init(struct debian_host *h, const struct tenon_arch *arch, uint64_t base, const struct tree *tree)
{
	*h = (struct debian_host){ .tree = tree, .base = base };
	model_host_init(&h->model, arch, base, DEBIAN_SLOT_BYTES);
	h->model.host.block_map = map;
	h->model.host.block_unmap = unmap;
	h->model.host.find = find;
}
