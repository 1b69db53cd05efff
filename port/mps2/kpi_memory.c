/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Memory for objects: kpi/memory.def. Arenas reserve addresses without memory, which takes an MMU: there are none. */
#include "port/mps2/kpi.h"
#include "tenon/runtime.h"

#define CHECK 0x5ba5eba11ull

/* In front of what the module gets. */
struct memory {
	struct tenon_owned owned; /* first */
	size_t size; /* with this */
	uintptr_t check; /* tells a valid address from another, and becomes 0 when it is freed */
} __attribute__((aligned(16)));

static uintptr_t check_of(const struct memory *mem)
{
	return (uintptr_t)mem ^ (uintptr_t)CHECK;
}

static void release(struct tenon_owned *owned)
{
	struct memory *mem = (struct memory *)owned;

	mem->check = 0;
	pool_free(&mps2_heap, mem, mem->size);
}

void *tenon_alloc(struct tenon_this_module *self, size_t bytes)
{
	struct tenon_module *m = kpi_module(self);
	size_t size = sizeof(struct memory) + bytes;
	struct memory *mem;

	kpi_thread_context("tenon_alloc");
	if (!m || size < bytes)
		return NULL;
	mem = pool_alloc(&mps2_heap, size);
	if (!mem)
		return NULL;
	memset(mem, 0, size);
	mem->owned = (struct tenon_owned){ .kind = "memory", .bytes = size, .reclaim = release };
	mem->size = size;
	mem->check = check_of(mem);
	if (tenon_own(m, &mem->owned)) {
		release(&mem->owned);
		return NULL;
	}
	return mem + 1;
}

void tenon_free(void *memory)
{
	struct memory *mem = (struct memory *)memory - 1;

	kpi_thread_context("tenon_free");
	if (!memory)
		return;
	if (mem->check != check_of(mem))
		mps2_panic(NULL, "tenon_free: the address is not of allocated memory");
	if (tenon_disown(mps2_core, &mem->owned))
		release(&mem->owned);
}
