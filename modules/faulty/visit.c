/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Calls one function of the interface, again and again, with arguments that it takes; one that can wait waits for ever.
 * For tests that end the domain while a thread is in there.
 *
 *     function  its name; there is none that this file lacks
 *     cnt       how often it is called
 *     threads   that compute meanwhile and call nothing
 */
#include "tenon/module.h"

#define FOREVER_NS (~0ull)

static char *function = "";
static unsigned long cnt = 1;
static unsigned int threads;
module_param(function, charp, 0444);
module_param(cnt, ulong, 0444);
module_param(threads, uint, 0444);

/* What the calls are about. Each is there before the first one. */
static tenon_handle event, mutex, held, timer, slow_timer, sleeper, trap, device, call, arena, buffer, vcpus, bus;
static struct tenon_arena arena_is;
static struct tenon_buffer buffer_is;
static char bytes[64];

static void nothing(void *unused)
{
	(void)unused;
}

static void sleep_long(void *unused)
{
	(void)unused;
	tenon_sleep_until(FOREVER_NS);
}

static void compute(void *unused)
{
	(void)unused;
	for (;;)
		__asm__ volatile("" : : : "memory");
}

/* Keeps what others wait for. */
static void keep(void *unused)
{
	(void)unused;
	tenon_mutex_lock(held, FOREVER_NS);
	tenon_vcpu_acquire(vcpus, FOREVER_NS);
	tenon_event_set(event);
	tenon_sleep_until(FOREVER_NS);
}

static int fix_nothing(struct tenon_trap *t)
{
	(void)t;
	return 0;
}

static int may_go(void *unused)
{
	(void)unused;
	return 0;
}

static long serve(unsigned long a, unsigned long b, unsigned long c, unsigned long d, unsigned long e, unsigned long f)
{
	(void)a, (void)b, (void)c, (void)d, (void)e, (void)f;
	return 0;
}

static int probe(tenon_handle dev, struct tenon_driver_probe *p)
{
	(void)dev, (void)p;
	return -TENON_ENODEV;
}

static void remove(tenon_handle dev, void *data)
{
	(void)dev, (void)data;
}

static int submit(void *ctx, const void *requests, size_t len)
{
	(void)ctx, (void)requests, (void)len;
	return -TENON_EIO;
}

static int create(void *ctx, tenon_handle socket, struct tenon_socket_open *open)
{
	(void)ctx, (void)socket, (void)open;
	return -TENON_EIO;
}

static int open(void *ctx)
{
	(void)ctx;
	return 0;
}

static int transmit(void *ctx, const void *frames, size_t len)
{
	(void)ctx, (void)frames, (void)len;
	return -TENON_EIO;
}

static void receive(void *ctx, int interface, const void *frame, size_t len)
{
	(void)ctx, (void)interface, (void)frame, (void)len;
}

static void change(void *ctx, int interface)
{
	(void)ctx, (void)interface;
}

static long step(void *ctx, struct tenon_unpack *unpack, const void *in, size_t in_len, void *out, size_t out_len)
{
	(void)ctx, (void)unpack, (void)in, (void)in_len, (void)out, (void)out_len;
	return -TENON_EINVAL;
}

static int allow_map(void *ctx, const struct tenon_policy_subject *who, const char *program, const char *path)
{
	(void)ctx, (void)who, (void)program, (void)path;
	return 0;
}

static int recognise(void *ctx, const void *head, size_t len, const char *path, struct tenon_binformat_program *program)
{
	(void)ctx, (void)head, (void)len, (void)path, (void)program;
	return -TENON_ENOEXEC;
}

static const struct tenon_binformat_ops binformat_ops = { .recognise = recognise };
static const struct tenon_policy_ops policy_ops = { .map = allow_map };
static const struct tenon_netdev_ops netdev_ops = { .open = open, .stop = nothing, .transmit = transmit };
static const struct tenon_protocol_ops protocol_ops = { .receive = receive, .change = change };
static struct tenon_netdev_config netdev = { .size = sizeof(netdev) };
static struct tenon_interface interface;
static struct tenon_file_info file_info;
static const struct tenon_chrdev_ops no_ops;
static long ldisc_step(void *ctx, struct tenon_ldisc_step *s, const void *in, size_t in_len, void *out, size_t out_len)
{
	(void)ctx, (void)s, (void)in, (void)in_len, (void)out, (void)out_len;
	return -TENON_EINVAL;
}

static const struct tenon_ldisc_ops ldisc_ops = { .receive = ldisc_step, .send = ldisc_step };
static const struct tenon_unpacker_ops unpacker_ops = { .step = step };
static const struct tenon_bus_ops bus_ops;
static const struct tenon_bus_device bus_device = { .size = sizeof(bus_device), .name = "visit0" };
static const struct tenon_family_ops family_ops = { .create = create };
static const struct tenon_filesystem_ops filesystem_ops;
static const struct tenon_driver_ops driver_ops = { .probe = probe, .remove = remove };
static const struct tenon_blkdev_ops blkdev_ops = { .submit = submit };
static struct tenon_blkdev_config config = { .size = sizeof(config) };
static struct tenon_mmio mmio;
static struct tenon_vcpu_set set = { .size = sizeof(set), .cnt = 1, .window_bytes = 4096 };

/*
 * One line a function. It drives no device and serves no program, so what needs one is refused.
 * What is made is given back, so that it can be called again.
 */
#define EACH_FUNCTION(X) \
	X(tenon_alloc, tenon_free(tenon_alloc(THIS_MODULE, 64))) \
	X(tenon_arena_commit, tenon_arena_commit(arena, 0, arena_is.page_bytes)) \
	X(tenon_arena_create, tenon_arena_destroy(tenon_arena_create(THIS_MODULE, 4096, &arena_is))) \
	X(tenon_arena_decommit, tenon_arena_decommit(arena, 0, arena_is.page_bytes)) \
	X(tenon_arena_destroy, tenon_arena_destroy(arena)) \
	X(tenon_binformat_register, tenon_binformat_unregister(tenon_binformat_register(THIS_MODULE, &binformat_ops, NULL))) \
	X(tenon_binformat_unregister, tenon_binformat_unregister(0)) \
	X(tenon_blkdev_complete, tenon_blkdev_complete(0, bytes, sizeof(bytes))) \
	X(tenon_blkdev_register, tenon_blkdev_register(THIS_MODULE, 0, "visit", &config, &blkdev_ops, NULL)) \
	X(tenon_blkdev_resize, tenon_blkdev_resize(0, 8, 0)) \
	X(tenon_blkdev_serve, tenon_blkdev_serve(0, 0, 0, 0)) \
	X(tenon_blkdev_unregister, tenon_blkdev_unregister(0)) \
	X(tenon_buffer_create, tenon_buffer_destroy(tenon_buffer_create(THIS_MODULE, 4096, &buffer_is))) \
	X(tenon_buffer_destroy, tenon_buffer_destroy(buffer)) \
	X(tenon_bus_register, tenon_bus_unregister(tenon_bus_register(THIS_MODULE, "visit2", &bus_ops, NULL))) \
	X(tenon_bus_unregister, tenon_bus_unregister(bus)) \
	X(tenon_chrdev_register, \
	  tenon_chrdev_unregister(tenon_chrdev_register(THIS_MODULE, "visit2", &no_ops, NULL))) \
	X(tenon_chrdev_set_buffer, tenon_chrdev_set_buffer(device, buffer)) \
	X(tenon_chrdev_unregister, tenon_chrdev_unregister(device)) \
	X(tenon_chrdev_wake, tenon_chrdev_wake(device)) \
	X(tenon_clock_ns, tenon_clock_ns()) \
	X(tenon_device_add, tenon_device_remove(tenon_device_add(THIS_MODULE, bus, 0, &bus_device, bytes, 0))) \
	X(tenon_device_remove, tenon_device_remove(0)) \
	X(tenon_dma_addresses, tenon_dma_addresses(0, 0, bytes, sizeof(bytes))) \
	X(tenon_dma_map, tenon_dma_map(THIS_MODULE, 0, buffer)) \
	X(tenon_dma_unmap, tenon_dma_unmap(0)) \
	X(tenon_driver_register, tenon_driver_unregister(tenon_driver_register(THIS_MODULE, "visit", "pci", NULL, 0, \
									       &driver_ops))) \
	X(tenon_driver_unregister, tenon_driver_unregister(0)) \
	X(tenon_event_create, tenon_event_destroy(tenon_event_create(THIS_MODULE))) \
	X(tenon_event_destroy, tenon_event_destroy(event)) \
	X(tenon_event_set, tenon_event_set(event)) \
	X(tenon_event_wait, tenon_event_wait(event, FOREVER_NS)) \
	X(tenon_family_register, tenon_family_unregister(tenon_family_register(THIS_MODULE, 77, 0, "", &family_ops, NULL))) \
	X(tenon_family_unregister, tenon_family_unregister(0)) \
	X(tenon_file_ask, tenon_file_ask(0, &file_info)) \
	X(tenon_file_close, tenon_file_close(0)) \
	X(tenon_file_open, tenon_file_open(THIS_MODULE, 0)) \
	X(tenon_filesystem_register, tenon_filesystem_unregister(tenon_filesystem_register(THIS_MODULE, "visit", \
											   &filesystem_ops, NULL))) \
	X(tenon_filesystem_unregister, tenon_filesystem_unregister(0)) \
	X(tenon_free, tenon_free(tenon_alloc(THIS_MODULE, 64))) \
	X(tenon_idle_register, tenon_idle_unregister(tenon_idle_register(THIS_MODULE, may_go, NULL))) \
	X(tenon_idle_unregister, tenon_idle_unregister(tenon_idle_register(THIS_MODULE, may_go, NULL))) \
	X(tenon_input_register, tenon_input_unregister(tenon_input_register(THIS_MODULE))) \
	X(tenon_input_report, tenon_input_report(0, bytes, sizeof(struct tenon_input_event))) \
	X(tenon_input_unregister, tenon_input_unregister(0)) \
	X(tenon_interface_next, tenon_interface_next(1, &interface)) \
	X(tenon_irq_close, tenon_irq_close(0)) \
	X(tenon_irq_open, tenon_irq_open(THIS_MODULE, 0, 0)) \
	X(tenon_irq_wait, tenon_irq_wait(0, FOREVER_NS)) \
	X(tenon_ldisc_register, tenon_ldisc_unregister(tenon_ldisc_register(THIS_MODULE, 254, &ldisc_ops, NULL))) \
	X(tenon_ldisc_unregister, tenon_ldisc_unregister(0)) \
	X(tenon_log, tenon_log(TENON_LEVEL_DEBUG, bytes, sizeof(bytes))) \
	X(tenon_mmio_map, tenon_mmio_map(THIS_MODULE, 0, 0, 0, 4096, &mmio)) \
	X(tenon_mmio_unmap, tenon_mmio_unmap(0)) \
	X(tenon_module_get, tenon_module_get(THIS_MODULE)) \
	X(tenon_module_put, (tenon_module_get(THIS_MODULE), tenon_module_put(THIS_MODULE))) \
	X(tenon_mutex_create, tenon_mutex_destroy(tenon_mutex_create(THIS_MODULE))) \
	X(tenon_mutex_destroy, tenon_mutex_destroy(mutex)) \
	X(tenon_mutex_lock, tenon_mutex_lock(held, FOREVER_NS)) \
	X(tenon_mutex_unlock, (tenon_mutex_lock(mutex, FOREVER_NS), tenon_mutex_unlock(mutex))) \
	X(tenon_netdev_buffers, tenon_netdev_buffers(0, bytes, sizeof(bytes))) \
	X(tenon_netdev_carrier, tenon_netdev_carrier(0, 1)) \
	X(tenon_netdev_read, tenon_netdev_read(0, 0, bytes, sizeof(bytes))) \
	X(tenon_netdev_receive, tenon_netdev_receive(0, bytes, sizeof(bytes))) \
	X(tenon_netdev_register, \
	  tenon_netdev_unregister(tenon_netdev_register(THIS_MODULE, 0, "visit%", &netdev, &netdev_ops, NULL))) \
	X(tenon_netdev_sent, tenon_netdev_sent(0, bytes, sizeof(bytes))) \
	X(tenon_netdev_unregister, tenon_netdev_unregister(0)) \
	X(tenon_netdev_write, tenon_netdev_write(0, bytes, sizeof(bytes))) \
	X(tenon_pci_config_read, tenon_pci_config_read(0, 0, bytes, sizeof(bytes))) \
	X(tenon_policy_digest, tenon_policy_digest(bytes, TENON_POLICY_DIGEST_BYTES)) \
	X(tenon_policy_register, tenon_policy_unregister(tenon_policy_register(THIS_MODULE, "visit2", \
									       TENON_POLICY_REMOVABLE, &policy_ops, NULL))) \
	X(tenon_policy_text, tenon_policy_text(0, bytes, sizeof(bytes))) \
	X(tenon_policy_unregister, tenon_policy_unregister(0)) \
	X(tenon_policy_verify, tenon_policy_verify(bytes, sizeof(bytes))) \
	X(tenon_program_read, tenon_program_read(0, bytes, sizeof(bytes))) \
	X(tenon_program_write, tenon_program_write(0, bytes, sizeof(bytes))) \
	X(tenon_protocol_register, tenon_protocol_unregister(tenon_protocol_register(THIS_MODULE, 0, &protocol_ops, NULL))) \
	X(tenon_protocol_send, tenon_protocol_send(0, 1, bytes, sizeof(bytes))) \
	X(tenon_protocol_unregister, tenon_protocol_unregister(0)) \
	X(tenon_random, tenon_random(bytes, sizeof(bytes))) \
	X(tenon_realtime_ns, tenon_realtime_ns()) \
	X(tenon_request_module, tenon_request_module("nosuch", FOREVER_NS)) \
	X(tenon_rights_drop, tenon_rights_drop(0)) \
	X(tenon_sleep_until, tenon_sleep_until(FOREVER_NS)) \
	X(tenon_socket_wake, tenon_socket_wake(0)) \
	X(tenon_syscall_register, tenon_syscall_unregister(tenon_syscall_register(THIS_MODULE, "visit2", serve))) \
	X(tenon_syscall_unregister, tenon_syscall_unregister(call)) \
	X(tenon_text_write, tenon_text_write(THIS_MODULE, (void *)(uintptr_t)code, code, sizeof(code))) \
	X(tenon_thread_create, tenon_thread_stop(tenon_thread_create(THIS_MODULE, nothing, NULL, "visit"))) \
	X(tenon_thread_id, tenon_thread_id()) \
	X(tenon_thread_join, tenon_thread_join(sleeper, FOREVER_NS)) \
	X(tenon_thread_should_stop, tenon_thread_should_stop()) \
	X(tenon_thread_stop, tenon_thread_stop(sleeper)) \
	X(tenon_timer_create, tenon_timer_destroy(tenon_timer_create(THIS_MODULE, nothing, NULL))) \
	X(tenon_timer_destroy, tenon_timer_destroy(timer)) \
	X(tenon_timer_start, tenon_timer_start(timer, 0, 1000000)) \
	X(tenon_timer_stop, tenon_timer_stop(timer)) \
	X(tenon_timer_stop_wait, tenon_timer_stop_wait(slow_timer, FOREVER_NS)) \
	X(tenon_trap_register, tenon_trap_unregister(tenon_trap_register(THIS_MODULE, fix_nothing))) \
	X(tenon_trap_unregister, tenon_trap_unregister(trap)) \
	X(tenon_unpacker_register, \
	  tenon_unpacker_unregister(tenon_unpacker_register(THIS_MODULE, "visit", &unpacker_ops, NULL))) \
	X(tenon_unpacker_unregister, tenon_unpacker_unregister(0)) \
	X(tenon_vcpu_acquire, tenon_vcpu_acquire(vcpus, FOREVER_NS)) \
	X(tenon_vcpu_create, tenon_vcpu_destroy(tenon_vcpu_create(THIS_MODULE, &set))) \
	X(tenon_vcpu_current, tenon_vcpu_current()) \
	X(tenon_vcpu_destroy, tenon_vcpu_destroy(vcpus)) \
	X(tenon_vcpu_release, tenon_vcpu_release()) \
	X(tenon_vcpu_window, tenon_vcpu_window()) \
	X(tenon_volume_fail, tenon_volume_fail(0)) \
	X(tenon_volume_read, tenon_volume_read(0, 0, bytes, sizeof(bytes))) \
	X(tenon_volume_write, tenon_volume_write(0, 0, bytes, sizeof(bytes))) \
	X(tenon_yield, tenon_yield())

static const uint8_t code[8];

#define DEFINE(name, call) \
	static void visit_##name(void) \
	{ \
		call; \
	}
EACH_FUNCTION(DEFINE)

#define ENTRY(name, call) { #name, visit_##name },
static const struct {
	const char *name;
	void (*call)(void);
} functions[] = { EACH_FUNCTION(ENTRY) };

static void prepare(void)
{
	event = tenon_event_create(THIS_MODULE);
	mutex = tenon_mutex_create(THIS_MODULE);
	held = tenon_mutex_create(THIS_MODULE);
	vcpus = tenon_vcpu_create(THIS_MODULE, &set);
	tenon_thread_create(THIS_MODULE, keep, NULL, "keep");
	tenon_event_wait(event, FOREVER_NS);
	timer = tenon_timer_create(THIS_MODULE, nothing, NULL);
	slow_timer = tenon_timer_create(THIS_MODULE, sleep_long, NULL);
	tenon_timer_start(slow_timer, 0, 0);
	sleeper = tenon_thread_create(THIS_MODULE, sleep_long, NULL, "sleeper");
	trap = tenon_trap_register(THIS_MODULE, fix_nothing);
	device = tenon_chrdev_register(THIS_MODULE, "visit", &no_ops, NULL);
	call = tenon_syscall_register(THIS_MODULE, "visit", serve);
	bus = tenon_bus_register(THIS_MODULE, "visit", &bus_ops, NULL);
	arena = tenon_arena_create(THIS_MODULE, 65536, &arena_is);
	buffer = tenon_buffer_create(THIS_MODULE, 4096, &buffer_is);
	for (unsigned int i = 0; i < threads; i++)
		tenon_thread_create(THIS_MODULE, compute, NULL, "compute");
}

static int __init visit_init(void)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (strcmp(functions[i].name, function))
			continue;
		prepare();
		for (unsigned long n = 0; n < cnt; n++)
			functions[i].call();
		return 0;
	}
	return -TENON_EINVAL;
}

static void __exit visit_exit(void)
{
}

module_init(visit_init);
module_exit(visit_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Calls a function of the interface");
