/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Changing live instructions: kpi/text.def. */
#include <string.h>
#include <sys/mman.h>

#include "port/process/kpi/object.h"

/* What the core is asked under its lock. */
struct permission {
	struct process_host *h;
	const struct tenon_module *self, *target;
};

static int is_target(const struct tenon_module *user, void *arg)
{
	return user == ((struct permission *)arg)->target;
}

static int depends(const struct tenon_module *m, void *arg)
{
	struct permission *p = arg;

	return m == p->self && tenon_for_each_user(p->h->core, m, is_target, p);
}

/* Is @target the caller, or does it depend on it? */
static bool may_write(const struct caller *c, const struct tenon_module *self, const struct tenon_module *target)
{
	struct permission p = { .h = c->h, .self = self, .target = target };

	return self && (self == target || tenon_for_each(c->h->core, depends, &p));
}

/* An aligned word in one store, so that another CPU never fetches half of it. */
static void store(uint8_t *to, const void *from, size_t len)
{
	uint64_t word;
	size_t in_word = (uintptr_t)to & 7;

	if (!len || in_word + len > 8) {
		memcpy(to, from, len);
		return;
	}
	memcpy(&word, to - in_word, 8);
	memcpy((uint8_t *)&word + in_word, from, len);
	__atomic_store_n((uint64_t *)(void *)(to - in_word), word, __ATOMIC_RELEASE);
}

/* Through a mapping of its own, writable and gone afterwards. */
static int write_text(const struct caller *c, uint64_t address, const void *code, size_t len)
{
	size_t page = c->h->tenon.page_size;
	uint64_t offset = address - c->domain->base, first = offset & ~(uint64_t)(page - 1);
	size_t size = (size_t)(((offset + len + page - 1) & ~(uint64_t)(page - 1)) - first);
	uint8_t *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, c->domain->memfd, (off_t)first);

	if (at == MAP_FAILED)
		return -TENON_ENOMEM;
	store(at + (offset - first), code, len);
	munmap(at, size);
	if (c->domain->child)
		return child_sync_code(c->domain);
	__builtin___clear_cache((char *)(uintptr_t)address, (char *)(uintptr_t)(address + len));
	sync_code(c->h);
	return 0;
}

int tenon_text_write(struct tenon_this_module *self, void *address, const void *code, size_t len)
{
	struct caller c = kpi_caller();
	struct place at;

	if (len > TENON_TEXT_BYTES || !lookup_place(c.domain, (uintptr_t)address, &at) || len > at.size - at.offset ||
	    at.mem == TENON_MEM_DATA || at.mem == TENON_MEM_INIT_DATA)
		return -TENON_EINVAL;
	if (!may_write(&c, kpi_module(&c, self), at.module))
		return -TENON_EPERM;
	return write_text(&c, (uintptr_t)address, code, len);
}
