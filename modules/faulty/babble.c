/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Calls every function of the interface with whatever arguments, from several threads at once: handles of others and of
 * its own that are gone, addresses everywhere, sizes near every limit. The same seed makes the same calls.
 */
#include "tenon/module.h"

static unsigned long seed = 1, cnt = 1000;
static unsigned int threads = 3, functions;
module_param(seed, ulong, 0444);
module_param(cnt, ulong, 0444); /* calls of each thread */
module_param(threads, uint, 0444);
module_param(functions, uint, 0444); /* how many the interface has: none may be missing here */
static bool refs = true;
module_param(refs, bool, 0444); /* also take and put references on itself */

typedef uint64_t any_fn(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f);

/*
 * A letter for each argument: s THIS_MODULE, h handle, p address, n number, t time, c code, z name, o callback table.
 * '+' first: what it returns is a handle or an address, and is used again.
 */
#define CALL(name, args) { (any_fn *)(uintptr_t)(name), (args) }
static const struct {
	any_fn *fn;
	const char *args;
} calls[] = {
	CALL(tenon_alloc, "+sn"),
	CALL(tenon_arena_commit, "hnn"),
	CALL(tenon_arena_create, "+snp"),
	CALL(tenon_arena_decommit, "hnn"),
	CALL(tenon_arena_destroy, "h"),
	CALL(tenon_blkdev_complete, "hpn"),
	CALL(tenon_blkdev_register, "+shzpop"),
	CALL(tenon_blkdev_unregister, "h"),
	CALL(tenon_buffer_create, "+snp"),
	CALL(tenon_buffer_destroy, "h"),
	CALL(tenon_chrdev_register, "+szop"),
	CALL(tenon_chrdev_set_buffer, "hh"),
	CALL(tenon_chrdev_unregister, "h"),
	CALL(tenon_chrdev_wake, "h"),
	CALL(tenon_clock_ns, ""),
	CALL(tenon_dma_addresses, "hnpn"),
	CALL(tenon_dma_map, "+shh"),
	CALL(tenon_dma_unmap, "h"),
	CALL(tenon_driver_register, "+szzpno"),
	CALL(tenon_driver_unregister, "h"),
	CALL(tenon_event_create, "+s"),
	CALL(tenon_event_destroy, "h"),
	CALL(tenon_event_set, "h"),
	CALL(tenon_event_wait, "ht"),
	CALL(tenon_free, "f"),
	CALL(tenon_idle_register, "+scp"),
	CALL(tenon_idle_unregister, "h"),
	CALL(tenon_irq_close, "h"),
	CALL(tenon_irq_open, "+shn"),
	CALL(tenon_irq_wait, "ht"),
	CALL(tenon_log, "npn"),
	CALL(tenon_mmio_map, "+shnnnp"),
	CALL(tenon_mmio_unmap, "h"),
	CALL(tenon_module_get, "s"),
	CALL(tenon_module_put, "s"),
	CALL(tenon_mutex_create, "+s"),
	CALL(tenon_mutex_destroy, "h"),
	CALL(tenon_mutex_lock, "ht"),
	CALL(tenon_mutex_unlock, "h"),
	CALL(tenon_pci_config_read, "hnpn"),
	CALL(tenon_random, "pn"),
	CALL(tenon_realtime_ns, ""),
	CALL(tenon_request_module, "zt"),
	CALL(tenon_sleep_until, "t"),
	CALL(tenon_text_write, "sppn"),
	CALL(tenon_thread_create, "+scpz"),
	CALL(tenon_thread_id, ""),
	CALL(tenon_thread_join, "ht"),
	CALL(tenon_thread_should_stop, ""),
	CALL(tenon_thread_stop, "h"),
	CALL(tenon_timer_create, "+scp"),
	CALL(tenon_timer_destroy, "h"),
	CALL(tenon_timer_start, "htn"),
	CALL(tenon_timer_stop, "h"),
	CALL(tenon_timer_stop_wait, "ht"),
	CALL(tenon_trap_register, "+sc"),
	CALL(tenon_trap_unregister, "h"),
	CALL(tenon_vcpu_acquire, "ht"),
	CALL(tenon_vcpu_create, "+sp"),
	CALL(tenon_vcpu_current, ""),
	CALL(tenon_vcpu_destroy, "h"),
	CALL(tenon_vcpu_release, ""),
	CALL(tenon_vcpu_window, ""),
	CALL(tenon_yield, ""),
};
#define CALL_CNT (sizeof(calls) / sizeof(calls[0]))

static uint8_t page[8192] __attribute__((aligned(4096)));
static uint64_t kept[64]; /* handles and addresses, of all threads and of any age */
static uint64_t callback_random = 1;

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A function of the module that has all kinds of arguments and results. */
static long callback(void *a, void *b, void *c, size_t d, uint64_t e)
{
	(void)a, (void)b, (void)c, (void)d, (void)e;
	return (long)next_random(&callback_random) >> (callback_random & 63);
}

static uint64_t number(uint64_t *state)
{
	static const uint64_t edges[] = { 0, 1, 64, 511, 1024, 4096, 65536, 1ull << 30, 1ull << 32, 1ull << 63, ~0ull };
	uint64_t r = next_random(state);

	switch (r & 3) {
	case 0:
		return edges[(r >> 8) % (sizeof(edges) / sizeof(edges[0]))] + ((r >> 4) % 3) - 1;
	case 1:
		return (r >> 8) % 256;
	case 2:
		return (r >> 8) % 4 * 4096;
	default:
		return (r >> 8) % 65536;
	}
}

static uint64_t address(uint64_t *state)
{
	uint64_t r = next_random(state);

	switch (r % 5) {
	case 0:
		return number(state);
	case 1:
		return kept[(r >> 8) % 64];
	case 2:
		return (uint64_t)THIS_MODULE + (r >> 8) % 64;
	default:
		return (uint64_t)page + (r >> 8) % sizeof(page);
	}
}

static uint64_t argument(char kind, uint64_t *state)
{
	static const struct tenon_chrdev_ops ops = {
		.open = (void *)callback,
		.release = (void *)callback,
		.read = (void *)callback,
		.write = (void *)callback,
	};
	uint64_t r = next_random(state);

	switch (kind) {
	case 's':
		return (uint64_t)THIS_MODULE;
	case 'h':
		return r % 8 ? kept[(r >> 8) % 64] + !(r >> 16 & 63) : number(state);
	case 't':
		return r % 2 ? 0 : tenon_clock_ns() + (r >> 8) % 100000;
	case 'c':
		return r % 8 ? (uint64_t)callback : address(state);
	case 'f': /* a wrong one is fatal, and then there is nothing more to see */
		return r % 4096 ? 0 : address(state);
	case 'o':
		return r % 8 ? (uint64_t)&ops : address(state);
	case 'z':
		tenon_snprintf((char *)page + 4096, 16, r & 8 ? "b%u" : "b\033%u", (unsigned int)(r >> 8) % 32);
		return r % 8 ? (uint64_t)page + 4096 : address(state);
	case 'p':
		return address(state);
	default:
		return number(state);
	}
}

static void babble(void *start)
{
	uint64_t state = (uint64_t)start;

	for (unsigned long i = 0; i < cnt && !tenon_thread_should_stop(); i++) {
		uint64_t r = next_random(&state), a[6] = { 0 }, result;
		size_t nr = r % CALL_CNT;
		const char *kinds = calls[nr].args;
		bool keeps = *kinds == '+';

		if (!refs && (calls[nr].fn == (any_fn *)(uintptr_t)tenon_module_get ||
			      calls[nr].fn == (any_fn *)(uintptr_t)tenon_module_put))
			continue;
		for (unsigned int k = 0; kinds[k + keeps]; k++)
			a[k] = argument(kinds[k + keeps], &state);
		result = calls[nr].fn(a[0], a[1], a[2], a[3], a[4], a[5]);
		if (keeps && (int64_t)result > 0)
			kept[(r >> 32) % 64] = result;
	}
}

static int __init babble_init(void)
{
	if (functions && functions != CALL_CNT)
		return -TENON_EINVAL;
	callback_random = seed;
	for (unsigned int i = 1; i < threads; i++)
		tenon_thread_create(THIS_MODULE, babble, (void *)(seed * 7919 + i), "babble");
	babble((void *)(seed * 7919));
	return 0;
}

static void __exit babble_exit(void)
{
}

module_init(babble_init);
module_exit(babble_exit);
MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Calls everything with anything");
