/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Calls the interface with what it must not believe, and faults where others wait for it: moment.h says how it is told to. */
#include "moment.h"

#define KERNEL_IMAGE 0xffffffff80200000ull
#define DIRECT_MAP 0xffff800000000000ull
#define NOT_CANONICAL 0x0000800000000000ull
#define KERNEL_MODULES 0xffffffffc0000000ull

static void forged_handles(void)
{
	for (uint64_t h = 0; h < 4096; h++) {
		tenon_handle forged = h | h << 32 | 1ull << 48;

		tenon_event_set(forged);
		tenon_chrdev_unregister(forged);
		tenon_mutex_unlock(forged);
		tenon_timer_stop(forged);
		tenon_thread_stop(forged);
	}
}

static volatile uint32_t shared_len = 4;
static char text[64];

static void change(void *unused)
{
	(void)unused;
	while (!tenon_thread_should_stop())
		shared_len ^= 0xffffffff;
}

/* Lengths and structures that another thread changes during the call. */
static void changing(void)
{
	tenon_handle t = tenon_thread_create(THIS_MODULE, change, NULL, "change");

	for (int i = 0; i < 20000; i++) {
		struct tenon_vcpu_set *set = (void *)&shared_len;

		tenon_log(TENON_LEVEL_DEBUG, text, shared_len);
		tenon_random(text, shared_len & 127);
		tenon_vcpu_create(THIS_MODULE, set);
	}
	tenon_thread_stop(t);
	tenon_thread_join(t, FOREVER_NS);
}

static void lock_and_fault(void)
{
	tenon_handle m = tenon_mutex_create(THIS_MODULE);

	tenon_mutex_lock(m, FOREVER_NS);
	__asm__ volatile("ud2");
}

static void fault_thread(void *unused)
{
	(void)unused;
	tenon_sleep_until(tenon_clock_ns() + 1000000);
	__asm__ volatile("ud2");
}

/* Another thread faults while this one is in a gate. */
static void fault_beside(void)
{
	tenon_thread_create(THIS_MODULE, fault_thread, NULL, "faults");
	tenon_sleep_until(FOREVER_NS);
}

static void lock_thread(void *mutex)
{
	tenon_mutex_lock((tenon_handle)(uintptr_t)mutex, FOREVER_NS);
	fault_thread(NULL);
}

/* The holder of a lock faults while this one waits for it. */
static void fault_of_holder(void)
{
	tenon_handle m = tenon_mutex_create(THIS_MODULE);

	tenon_thread_create(THIS_MODULE, lock_thread, (void *)(uintptr_t)m, "holder");
	while (!tenon_mutex_lock(m, 0))
		tenon_mutex_unlock(m);
	tenon_mutex_lock(m, FOREVER_NS);
}

static void nothing(void *unused)
{
	(void)unused;
}

/* Never again, as the sum of two times would have it: at once, again and again. */
static void timer_wraps(void)
{
	tenon_timer_start(tenon_timer_create(THIS_MODULE, nothing, NULL), tenon_clock_ns(), ~0ull);
	tenon_sleep_until(tenon_clock_ns() + 100000000);
}

/* Code of its own into memory of others, or into its own that is no text. */
static void write_text(void)
{
	static const uint64_t places[] = { KERNEL_IMAGE, DIRECT_MAP, 0x10000, 0, ~0ull, KERNEL_MODULES, NOT_CANONICAL };
	static const uint8_t code[16] = { 0xc3 };
	uint8_t *heap = tenon_alloc(THIS_MODULE, 16);

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (!tenon_text_write(THIS_MODULE, (void *)(uintptr_t)places[i], code, sizeof(code)))
			pr_notice("wrote at %#llx\n", (unsigned long long)places[i]);
	if (!tenon_text_write(THIS_MODULE, heap, code, sizeof(code)))
		((void (*)(void))(uintptr_t)heap)();
}

static const struct deed deeds[] = {
	DEED(forged_handles), DEED(changing),   DEED(fault_beside),   DEED(fault_of_holder),
	DEED(timer_wraps),    DEED(write_text), DEED(lock_and_fault),
};

MOMENT_MODULE(misuse);
MODULE_DESCRIPTION("Misuses the interface");
