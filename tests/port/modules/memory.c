/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Memory: pieces, arenas, buffers; and what needs no waiting. */
#include "tests.h"

static bool all_bytes(const uint8_t *p, size_t len, uint8_t value)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] != value)
			return false;
	return true;
}

int test_memory(void)
{
	static const size_t sizes[] = { 0, 1, 15, 16, 100, 4096, 100000 };
	enum { CNT = sizeof(sizes) / sizeof(sizes[0]) };
	uint8_t *p[CNT];

	for (size_t i = 0; i < CNT; i++) {
		p[i] = tenon_alloc(THIS_MODULE, sizes[i]);
		CHECK(p[i] && !((uintptr_t)p[i] & 15));
		CHECK(all_bytes(p[i], sizes[i], 0));
		memset(p[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < CNT; i++)
		CHECK(all_bytes(p[i], sizes[i], (uint8_t)(i + 1)));
	for (size_t i = 0; i < CNT; i++)
		tenon_free(p[i]);
	tenon_free(NULL);
	CHECK(!tenon_alloc(THIS_MODULE, (size_t)1 << 60));
	return 0;
}

int test_memory_reuse(void)
{
	for (int i = 0; i < 2000; i++) {
		uint8_t *p = tenon_alloc(THIS_MODULE, 1 << 20);

		CHECK(p && !p[0] && !p[(1 << 20) - 1]);
		p[0] = p[(1 << 20) - 1] = 1;
		tenon_free(p);
	}
	return 0;
}

int test_arena(void)
{
	struct tenon_arena a;
	tenon_handle h = tenon_arena_create(THIS_MODULE, 1 << 20, &a);
	uint8_t *base = a.base;

	CHECK(!tenon_handle_error(h) && a.size == sizeof(a) && a.bytes == 1 << 20 && a.page_bytes);
	CHECK(!((uintptr_t)base % a.page_bytes));
	CHECK(!tenon_arena_commit(h, a.page_bytes, 2 * a.page_bytes));
	CHECK(all_bytes(base + a.page_bytes, 2 * a.page_bytes, 0));
	memset(base + a.page_bytes, 7, 2 * a.page_bytes);
	CHECK(!tenon_arena_commit(h, 0, a.bytes));
	CHECK(all_bytes(base + a.page_bytes, 2 * a.page_bytes, 7) && !base[0] && !base[a.bytes - 1]);
	CHECK(!tenon_arena_decommit(h, 0, a.bytes));
	CHECK(!tenon_arena_commit(h, 0, a.bytes));
	CHECK(all_bytes(base, a.bytes, 0));
	CHECK(!tenon_arena_destroy(h));
	return 0;
}

int test_arena_bad(void)
{
	struct tenon_arena a;
	tenon_handle h;

	CHECK(tenon_handle_error(tenon_arena_create(THIS_MODULE, 0, &a)) == -TENON_EINVAL);
	CHECK(tenon_handle_error(tenon_arena_create(THIS_MODULE, ~(size_t)0, &a)) == -TENON_ENOMEM);
	CHECK(tenon_handle_error(tenon_arena_create(THIS_MODULE, (size_t)1 << 60, &a)) == -TENON_ENOMEM);
	h = tenon_arena_create(THIS_MODULE, 100, &a);
	CHECK(!tenon_handle_error(h) && a.bytes == a.page_bytes);
	CHECK(tenon_arena_commit(h, 1, a.page_bytes) == -TENON_EINVAL);
	CHECK(tenon_arena_commit(h, 0, 1) == -TENON_EINVAL);
	CHECK(tenon_arena_commit(h, a.page_bytes, a.page_bytes) == -TENON_EINVAL);
	CHECK(tenon_arena_commit(h, 0, 2 * a.page_bytes) == -TENON_EINVAL);
	CHECK(tenon_arena_decommit(h, ~(size_t)0 - a.page_bytes + 1, a.page_bytes) == -TENON_EINVAL);
	CHECK(!tenon_arena_destroy(h));
	CHECK(tenon_arena_destroy(h) == -TENON_EBADF);
	return 0;
}

int test_buffer(void)
{
	struct tenon_buffer b;
	tenon_handle h = tenon_buffer_create(THIS_MODULE, 5000, &b);

	CHECK(!tenon_handle_error(h) && b.bytes >= 5000 && !(b.bytes % b.page_bytes));
	CHECK(all_bytes(b.address, b.bytes, 0));
	memset(b.address, 3, b.bytes);
	CHECK(!tenon_buffer_destroy(h));
	CHECK(tenon_buffer_destroy(h) == -TENON_EBADF);
	CHECK(tenon_handle_error(tenon_buffer_create(THIS_MODULE, 0, &b)) == -TENON_EINVAL);
	return 0;
}

int test_clock(void)
{
	uint64_t a = tenon_clock_ns(), b = tenon_clock_ns();

	CHECK(b >= a);
	CHECK(tenon_realtime_ns() > 1700000000ull * 1000000000ull);
	return 0;
}

int test_random(void)
{
	uint8_t a[32], b[32];

	CHECK(tenon_random(a, sizeof(a)) == 32 && tenon_random(b, sizeof(b)) == 32);
	CHECK(memcmp(a, b, 32));
	CHECK(tenon_random(a, TENON_RANDOM_BYTES + 1) == -TENON_EINVAL);
	return 0;
}

int test_log(void)
{
	static const char text[] = "line\x01two\n";

	CHECK(!tenon_log(TENON_LEVEL_INFO, text, sizeof(text) - 1));
	CHECK(tenon_log(2, text, 4) == -TENON_EINVAL);
	CHECK(tenon_log(TENON_LEVEL_INFO, text, TENON_LOG_BYTES + 1) == -TENON_EINVAL);
	return 0;
}

int test_module(void)
{
	CHECK(tenon_request_module("no_such_module", FOREVER) == -TENON_ENOENT);
	CHECK(tenon_request_module("not/a/name", FOREVER) == -TENON_EINVAL);
	CHECK(!tenon_request_module("hello", FOREVER));
	CHECK(!tenon_module_get(THIS_MODULE));
	tenon_module_put(THIS_MODULE);
	return 0;
}
