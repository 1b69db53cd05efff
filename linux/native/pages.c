// SPDX-License-Identifier: GPL-2.0-only
/* Two arenas: pages, and the structures that Linux has for each. Their memory is committed as it is needed. */
#include "linux/native/native.h"

static tenon_handle memory, map, guarded;

static int reserve(tenon_handle *arena, unsigned long bytes, void **base)
{
	struct tenon_arena at = { .size = sizeof(at) };
	tenon_handle h = tenon_arena_create(THIS_MODULE, bytes, &at);
	int err = tenon_handle_error(h);

	if (err)
		return err;
	*arena = h;
	*base = at.base;
	return 0;
}

int lx_pages_reserve(unsigned long bytes, unsigned long map_bytes, void **base, void **map_base)
{
	int err = reserve(&memory, bytes, base);

	return err ? err : reserve(&map, map_bytes, map_base);
}

int lx_pages_commit(unsigned long offset, unsigned long bytes, unsigned long map_offset, unsigned long map_bytes)
{
	int err = tenon_arena_commit(map, map_offset, map_bytes);

	return err ? err : tenon_arena_commit(memory, offset, bytes);
}

int lx_guard_reserve(unsigned long bytes, void **base)
{
	return reserve(&guarded, bytes, base);
}

int lx_guard_access(unsigned long offset, unsigned long bytes, bool access)
{
	return access ? tenon_arena_commit(guarded, offset, bytes) : tenon_arena_decommit(guarded, offset, bytes);
}

void lx_pages_release(void)
{
	if (guarded)
		tenon_arena_destroy(guarded);
	if (map)
		tenon_arena_destroy(map);
	if (memory)
		tenon_arena_destroy(memory);
	map = memory = guarded = 0;
}
