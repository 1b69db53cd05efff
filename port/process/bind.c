/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Gates: what the imports of a module in an isolated domain are bound to. One of 16 bytes for each interface function
 * that loads the function's number and jumps to the common entry in the domain's program. They take the first block of
 * the domain, so that every branch reaches them.
 */
#include <string.h>
#include <sys/mman.h>

#include "port/process/child.h"

#define GATE_BYTES 16u

/* x86-64: mov $index, %eax; jmp *target, whose address lies in the first 8 bytes of the block. */
static void write_gate(uint8_t *at, uint32_t index, int32_t to_target)
{
	at[0] = 0xb8;
	memcpy(at + 1, &index, 4);
	at[5] = 0xff;
	at[6] = 0x25;
	memcpy(at + 7, &to_target, 4);
}

static uint32_t gate_offset(uint32_t index)
{
	return (index + 1) * GATE_BYTES;
}

int gates_make(struct child *c)
{
	struct process_domain *d = &c->domain;

	_Static_assert(GATE_BYTES >= 11, "a gate has 11 bytes");
	if (gate_offset(kpi_call_cnt) > DOMAIN_START_OFFSET)
		return -TENON_ENOSPC;
	d->slot_used[0] = 1;
	memcpy(d->view, &c->gate, 8);
	for (uint32_t i = 0; i < kpi_call_cnt; i++)
		write_gate(d->view + gate_offset(i), i, -(int32_t)(gate_offset(i) + 11));
	return child_map(d, d->base, DOMAIN_START_OFFSET, PROT_READ | PROT_EXEC);
}

int bind_export(void *context, struct tenon_domain *domain, const struct tenon_export *e, uint64_t *address)
{
	struct process_domain *d = tenon_domain_host(domain);
	int index;

	if (fail_point(context))
		return -TENON_EINVAL;
	if (!d->child || e->owner) {
		*address = e->value;
		return 0;
	}
	index = tenon_kpi_bind(&d->kpi, e->name);
	if (index < 0)
		return index;
	*address = d->base + gate_offset((uint32_t)index);
	return 0;
}
