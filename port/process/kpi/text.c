/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Changing live instructions: kpi/text.def. */
#include <string.h>
#include <sys/mman.h>

#include "port/process/kpi/object.h"

static int is_module(const struct tenon_module *user, void *arg)
{
	return user == arg;
}

/* Is @m the caller, or does it depend on it? @self is held by running. */
static bool may_write(const struct caller *c, const struct tenon_module *self, const struct tenon_module *m)
{
	return m == self || tenon_for_each_user(c->h->core, self, is_module, (void *)(uintptr_t)m);
}

static bool inside_one_region(const struct tenon_module *m, uint64_t address, size_t len)
{
	static const enum tenon_mem kinds[] = { TENON_MEM_TEXT, TENON_MEM_RODATA, TENON_MEM_RO_AFTER_INIT,
						TENON_MEM_INIT_TEXT };
	struct tenon_module_info info;

	tenon_module_info(m, &info);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		uint64_t offset = address - info.address[kinds[i]];

		if (offset < info.size[kinds[i]] && len <= info.size[kinds[i]] - offset)
			return true;
	}
	return false;
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
	const struct tenon_module *m = kpi_module(&c, self), *at;

	at = tenon_find_address(c.h->core, c.domain->core, (uintptr_t)address);
	if (len > TENON_TEXT_BYTES || !at || !inside_one_region(at, (uintptr_t)address, len))
		return -TENON_EINVAL;
	if (!m || !may_write(&c, m, at))
		return -TENON_EPERM;
	return write_text(&c, (uintptr_t)address, code, len);
}
