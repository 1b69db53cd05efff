/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Touches or executes what is not its own: moment.h says how it is told to. Isolated, each deed ends it; in the kernel's
 * own domain most end the kernel.
 */
#include "moment.h"

#define KERNEL_IMAGE 0xffffffff80200000ull
#define DIRECT_MAP 0xffff800000000000ull
#define KERNEL_STACKS 0xffff900000000000ull
#define NOT_CANONICAL 0x0000800000000000ull
#define DEVICES 0xffffa00000000000ull
#define WRITING 0xffffb00000000000ull
#define ARENAS 0xffffc00000000000ull
#define KERNEL_MODULES 0xffffffffc0000000ull
#define PROGRAM 0x400000ull /* where programs are linked to */
#define PROGRAM_STACK 0x7ffffffe0000ull

static unsigned long address; /* for peek, poke and jump: a test sets it, also while the module is there */
module_param(address, ulong, 0644);

/* ---- memory that is not its own ---- */

#define READ(name, address) \
	static void name(void) \
	{ \
		volatile uint64_t *volatile p = (void *)(address); \
\
		pr_notice("read %#llx\n", (unsigned long long)*p); \
	}
#define WRITE(name, address) \
	static void name(void) \
	{ \
		volatile uint64_t *volatile p = (void *)(address); \
\
		*p = 0x4141414141414141ull; \
	}
#define CALL(name, address) \
	static void name(void) \
	{ \
		((void (*)(void))(address))(); \
	}

READ(read_image, KERNEL_IMAGE)
READ(read_direct, DIRECT_MAP + 0x200000)
READ(read_stacks, KERNEL_STACKS + 0x7ff8)
READ(read_odd, NOT_CANONICAL)
READ(read_devices, DEVICES)
READ(read_arenas, ARENAS)
READ(read_modules, KERNEL_MODULES)
READ(read_program, PROGRAM)
READ(read_program_stack, PROGRAM_STACK)
READ(peek, address)
WRITE(write_stacks, KERNEL_STACKS + 0x7ff8)
WRITE(write_devices, DEVICES + 0xb0) /* would end an interrupt */
WRITE(write_writing, WRITING)
WRITE(write_modules, KERNEL_MODULES)
WRITE(write_program_stack, PROGRAM_STACK)
WRITE(poke, address)
CALL(jump, address)
WRITE(write_image, KERNEL_IMAGE)
WRITE(write_direct, DIRECT_MAP + 0x200000)
WRITE(write_gates, 0x10000ull)
CALL(call_image, KERNEL_IMAGE)
CALL(call_odd, NOT_CANONICAL)
CALL(call_vsyscall, 0xffffffffff600000ull)

/* The gates page begins with what calls functions: from in here, whatever rax has. */
CALL(call_entry, 0x10000ull)
CALL(call_gate_middle, (uintptr_t)tenon_clock_ns + 8)

/* Memory of each kind that it may write, with a `ret` in it: none may be executed. */
static uint8_t return_code[16] = { 0xc3 };

static void call_stack(void)
{
	uint8_t code[16] = { 0xc3 };

	((void (*)(void))(uintptr_t)code)();
}

static void call_memory(uint8_t *memory)
{
	if (!memory)
		return;
	memory[0] = 0xc3;
	((void (*)(void))(uintptr_t)memory)();
}

static void call_heap(void)
{
	call_memory(tenon_alloc(THIS_MODULE, 16));
}

static void call_arena(void)
{
	struct tenon_arena a = { .size = sizeof(a) };
	tenon_handle h = tenon_arena_create(THIS_MODULE, 4096, &a);

	if (!tenon_handle_error(h) && !tenon_arena_commit(h, 0, a.page_bytes))
		call_memory(a.base);
}

static void call_buffer(void)
{
	struct tenon_buffer b = { .size = sizeof(b) };

	if (!tenon_handle_error(tenon_buffer_create(THIS_MODULE, 4096, &b)))
		call_memory(b.address);
}

CALL(call_data, return_code)

static const struct deed deeds[] = {
	DEED(read_image),
	DEED(read_direct),
	DEED(read_stacks),
	DEED(read_odd),
	DEED(write_image),
	DEED(write_direct),
	DEED(write_gates),
	DEED(call_image),
	DEED(call_odd),
	DEED(call_vsyscall),
	DEED(read_devices),
	DEED(read_arenas),
	DEED(read_modules),
	DEED(read_program),
	DEED(read_program_stack),
	DEED(peek),
	DEED(write_stacks),
	DEED(write_devices),
	DEED(write_writing),
	DEED(write_modules),
	DEED(write_program_stack),
	DEED(poke),
	DEED(jump),
	DEED(call_entry),
	DEED(call_gate_middle),
	DEED(call_stack),
	DEED(call_heap),
	DEED(call_arena),
	DEED(call_buffer),
	DEED(call_data),
};

MOMENT_MODULE(rogue);
MODULE_DESCRIPTION("Touches what is not its own");
