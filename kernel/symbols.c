// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The table that the build puts into the image, and the walk along frame pointers. */
#include "kernel/symbols.h"

#include "tenon/runtime.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/console.h"
#include "kernel/log.h"
#include "kernel/module/record.h"
#include "kernel/module/report.h"
#include "kernel/sched/thread.h"

#define FRAMES_MAX 24
#define FRAMES_LOGGED 6

struct symbol {
	uint32_t address; /* above IMAGE_BASE */
	uint32_t name;
};

/* Not there yet when the image is linked for the first time. */
extern const uint32_t symbol_cnt __attribute__((weak));
extern const struct symbol symbol_table[] __attribute__((weak));
extern const char symbol_names[] __attribute__((weak));
extern const char image_start[], init_text_start[], init_text_end[], init_bss_start[], image_end[];

const char *symbol_find(uint64_t address, uint64_t *offset)
{
	uint32_t low = 0, high = symbol_cnt;

	if (address < (uint64_t)image_start || address >= (uint64_t)init_text_end)
		return NULL;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (symbol_table[middle].address <= address - IMAGE_BASE)
			low = middle;
		else
			high = middle;
	}
	*offset = address - IMAGE_BASE - symbol_table[low].address;
	return symbol_names + symbol_table[low].name;
}

void symbol_each(void (*fn)(const char *name, uint64_t address, void *arg), void *arg)
{
	uint64_t end = (uint64_t)init_text_start - IMAGE_BASE;

	for (uint32_t i = 0; i < symbol_cnt && symbol_table[i].address < end; i++)
		fn(symbol_names + symbol_table[i].name, IMAGE_BASE + symbol_table[i].address, arg);
}

void symbol_name_address(uint64_t address, char *text, size_t size)
{
	uint64_t offset;
	const char *name = symbol_find(address, &offset);

	if (name)
		tenon_snprintf(text, size, "%s+0x%llx", name, (unsigned long long)offset);
	else if (!record_name_address(address, text, size))
		tenon_snprintf(text, size, "0x%llx", (unsigned long long)address);
}

static void print_name(const char *text)
{
	char line[256];
	int len = tenon_snprintf(line, sizeof(line), "  %s\n", text);

	console_write(line, (size_t)len < sizeof(line) ? (size_t)len : sizeof(line) - 1);
}

static void log_name(const char *text)
{
	log_line(LOG_ERR, "  %s", text);
}

/* Is there a frame at @fp that can be read? Only on a stack are they, above the one before. */
static bool frame_readable(uint64_t fp, uint64_t before)
{
	uint64_t in_slot = fp % STACK_SLOT_BYTES;
	bool window = fp - STACKS_START < STACKS_BYTES && in_slot >= STACK_SLOT_BYTES - STACK_BYTES;
	bool boot = !paging_init_freed && fp >= (uint64_t)init_bss_start && fp < (uint64_t)image_end;

	return fp % 8 == 0 && fp > before && (window || boot) && in_slot <= STACK_SLOT_BYTES - 32;
}

/* Return: the innermost module. */
static const struct record *each_call(uint64_t address, uint64_t frame_pointer, unsigned max,
				      void (*tell)(const char *text))
{
	const struct record *module = record_at(address);
	uint64_t before = 0;
	char text[240];

	symbol_name_address(address, text, sizeof(text));
	tell(text);
	for (unsigned i = 0; i < max && frame_readable(frame_pointer, before); i++) {
		const uint64_t *frame = (const uint64_t *)frame_pointer;

		/* In the call, not behind it: that may be another function. */
		symbol_name_address(frame[1] - 1, text, sizeof(text));
		tell(text);
		module = module ?: record_at(frame[1] - 1);
		before = frame_pointer;
		frame_pointer = frame[0];
	}
	return module;
}

void backtrace_print(uint64_t address, uint64_t frame_pointer)
{
	const struct record *module = each_call(address, frame_pointer, FRAMES_MAX, print_name);

	report_taints(print_name);
	report_gone(print_name);
	if (module)
		report_module(module, print_name);
}

void backtrace_log(uint64_t address, uint64_t frame_pointer)
{
	const struct record *module = each_call(address, frame_pointer, FRAMES_LOGGED, log_name);

	report_gone(log_name);
	if (module)
		report_module(module, log_name);
}
