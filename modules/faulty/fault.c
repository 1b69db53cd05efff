/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Commits one fault at one moment: `insmod fault.ko what=wild_write when=timer`.
 *
 *     what  see faults[]; "none" is a control run
 *     when  init, exit, read, write (of the device "fault"), timer (after 1 ms), thread (at once)
 *
 * With "write" the device answers a read with "fine", or with waits=1 waits for what nobody does.
 */
#include "cpu.h"
#include "tenon/module.h"

static char *what = "none", *when = "init";
static bool waits;
module_param(what, charp, 0444);
module_param(when, charp, 0444);
module_param(waits, bool, 0444);

/* An address that nothing is mapped at, on any CPU and in any domain: not canonical, or in no RAM. */
static unsigned long wild = sizeof(long) == 8 ? (unsigned long)0xdead4bad00000000ull : 0xdeadbad0ul;
module_param(wild, ulong, 0444);

static const unsigned int constant = 1;
static volatile int sink, zero;
static tenon_handle timer, thread, device;

static void none(void)
{
}

static void null_read(void)
{
	volatile int *volatile p = NULL;

	sink = *p;
}

static void null_write(void)
{
	volatile int *volatile p = NULL;

	*p = 1;
}

static void wild_read(void)
{
	sink = *(volatile int *)wild;
}

static void wild_write(void)
{
	*(volatile int *)wild = 1;
}

static void const_write(void)
{
	*(volatile unsigned int *)(uintptr_t)&constant = 2;
}

static void text_write(void)
{
	*(volatile uint8_t *)((uintptr_t)none & ~(uintptr_t)1) = 0; /* without the Thumb bit */
}

/* Data must not be executable. The address gets the Thumb bit where functions have one. */
static void data_jump(void)
{
	static uint32_t code[4];

	((void (*)(void))((uintptr_t)code | ((uintptr_t)none & 1)))();
}

/* A fault on x86-64. The other CPUs give 0 as quotient, unless set otherwise (Cortex-M: CCR.DIV_0_TRP). */
static void divide(void)
{
	sink = sink / zero; /* not 1 / zero: compilers know that without dividing */
}

static void illegal(void)
{
	__asm__ volatile(CPU_ILLEGAL);
}

/* Each call needs its own frame: the array is used after the inner call has returned. */
static __attribute__((noinline)) int deeper(int n)
{
	volatile char frame[256];

	frame[n & 255] = (char)n;
	return n == -1 ? 0 : deeper(n + 1) + frame[n & 255];
}

static void stack(void)
{
	sink = deeper(0);
}

static void loop(void)
{
	for (;;)
		__asm__ volatile("" ::: "memory");
}

/* Ends the process, if a module can: a system call of its own, past every gate. */
static void exit_process(void)
{
	cpu_exit_group(0);
}

static const struct {
	const char *name;
	void (*commit)(void);
} faults[] = {
	{ "none", none },
	{ "null_read", null_read },
	{ "null_write", null_write },
	{ "wild_read", wild_read },
	{ "wild_write", wild_write },
	{ "const_write", const_write },
	{ "text_write", text_write },
	{ "data_jump", data_jump },
	{ "divide", divide },
	{ "illegal", illegal },
	{ "stack", stack },
	{ "loop", loop },
	{ "exit", exit_process },
};

static void (*commit)(void);

/* Called at each of the moments that there are. */
static void moment(const char *name)
{
	if (strcmp(when, name))
		return;
	pr_notice("%s in %s\n", what, when);
	commit();
	pr_notice("survived %s in %s\n", what, when);
}

static void timer_expired(void *unused)
{
	(void)unused;
	moment("timer");
}

static void thread_runs(void *unused)
{
	(void)unused;
	moment("thread");
}

/* As code does that looks at a condition after each wait, and at nothing else. */
static void wait_in_vain(void)
{
	tenon_handle event = tenon_event_create(THIS_MODULE);

	pr_notice("waits\n");
	for (;;)
		tenon_event_wait(event, ~0ull);
}

static long device_read(void *ctx, void *file, void *data, size_t len, uint64_t offset)
{
	(void)ctx, (void)file;
	moment("read");
	if (waits)
		wait_in_vain();
	if (!strcmp(when, "read") || offset || len < 5)
		return 0;
	memcpy(data, "fine\n", 5);
	return 5;
}

static long device_write(void *ctx, void *file, const void *data, size_t len, uint64_t offset)
{
	(void)ctx, (void)file, (void)data, (void)offset;
	moment("write");
	return (long)len;
}

static const struct tenon_chrdev_ops ops = { .read = device_read, .write = device_write };

static int prepare(void)
{
	int err = 0;

	if (!strcmp(when, "read") || !strcmp(when, "write")) {
		device = tenon_chrdev_register(THIS_MODULE, "fault", &ops, NULL);
		err = tenon_handle_error(device);
	} else if (!strcmp(when, "thread")) {
		thread = tenon_thread_create(THIS_MODULE, thread_runs, NULL, "fault");
		err = tenon_handle_error(thread);
	} else if (!strcmp(when, "timer")) {
		timer = tenon_timer_create(THIS_MODULE, timer_expired, NULL);
		err = tenon_handle_error(timer);
		if (!err)
			err = tenon_timer_start(timer, tenon_clock_ns() + 1000000, 0);
	} else if (strcmp(when, "init") && strcmp(when, "exit")) {
		err = -TENON_EINVAL;
	}
	return err;
}

static int __init fault_init(void)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		if (!strcmp(faults[i].name, what))
			commit = faults[i].commit;
	}
	if (!commit)
		return -TENON_EINVAL;
	moment("init");
	return prepare();
}

static void __exit fault_exit(void)
{
	const uint64_t soon = tenon_clock_ns() + 1000000000ull;

	moment("exit");
	if (timer) {
		tenon_timer_stop_wait(timer, soon);
		tenon_timer_destroy(timer);
	}
	if (thread)
		tenon_thread_join(thread, soon);
	if (device)
		tenon_chrdev_unregister(device);
}

module_init(fault_init);
module_exit(fault_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Commits one fault at one moment");
