// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * In memory of its own, so that what has gone takes no memory more. A module with more functions or longer names than fit
 * loses the last ones. A panic may read an entry that is just being written: nothing it finds there leads out of it.
 */
#include "kernel/module/gone.h"

#include "kernel/module/module.h"
#include "kernel/module/record.h"
#include "kernel/sched/lock.h"
#include "tenon/runtime.h"

#define GONE_CNT 16
#define FUNCTION_CNT 48
#define TEXT_BYTES 1024

struct gone {
	uint64_t text, text_bytes;
	uint32_t cnt;
	struct {
		uint32_t offset;
		uint16_t name;
	} function[FUNCTION_CNT];
	char module[TENON_NAME_BYTES];
	char names[TEXT_BYTES];
};

static struct spinlock lock = SPINLOCK_INIT(LOCK_LEAF);
static struct gone gone[GONE_CNT];
static unsigned next; /* the oldest */

void gone_add(const struct record *r)
{
	struct gone *g;
	size_t used = 0;

	if (r->domain != module_kernel.core || !r->text_bytes)
		return;
	spin_lock(&lock);
	g = &gone[next++ % GONE_CNT];
	*g = (struct gone){ .text = r->text, .text_bytes = r->text_bytes };
	strscpy(g->module, r->name, sizeof(g->module));
	for (uint32_t i = 0; i < r->symbol_cnt && g->cnt < FUNCTION_CNT; i++) {
		const struct record_symbol *s = &r->symbols[i];
		size_t bytes = strlen(s->name) + 1;

		if (s->address - r->text >= r->text_bytes || bytes > TEXT_BYTES - used)
			continue;
		memcpy(g->names + used, s->name, bytes);
		g->function[g->cnt].offset = (uint32_t)(s->address - r->text);
		g->function[g->cnt++].name = (uint16_t)used;
		used += bytes;
	}
	spin_unlock(&lock);
}

static void name_in(const struct gone *g, uint64_t offset, char *text, size_t size)
{
	const char *best = "text";
	uint32_t from = 0;

	for (uint32_t i = 0; i < g->cnt && i < FUNCTION_CNT; i++)
		if (g->function[i].offset <= offset && g->function[i].offset >= from &&
		    g->function[i].name < TEXT_BYTES) {
			best = g->names + g->function[i].name;
			from = g->function[i].offset;
		}
	tenon_snprintf(text, size, "%.64s+0x%llx [%.56s, gone]", best, (unsigned long long)(offset - from), g->module);
}

bool gone_name_address(uint64_t address, char *text, size_t size)
{
	/* The newest that was there. */
	for (unsigned i = 1; i <= GONE_CNT; i++) {
		const struct gone *g = &gone[(next - i) % GONE_CNT];

		if (address - g->text < g->text_bytes) {
			name_in(g, address - g->text, text, size);
			return true;
		}
	}
	return false;
}

bool gone_describe(unsigned i, char *text, size_t size)
{
	const struct gone *g = &gone[(next - 1 - i) % GONE_CNT];

	if (i >= GONE_CNT || !g->text_bytes)
		return false;
	tenon_snprintf(text, size, "%.56s: gone, was at 0x%llx to 0x%llx", g->module, (unsigned long long)g->text,
		       (unsigned long long)(g->text + g->text_bytes));
	return true;
}
