/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The program's beginning, and its control loop: the host says what memory and threads there are. */
#include <asm/prctl.h>
#include <linux/membarrier.h>
#include <linux/mman.h>
#include <stdbool.h>

#include "port/process/domain/domain.h"
#include "port/process/domain/sys.h"

#define PAGE 4096ul

struct domain_start domain;

/* mem* that the compiler may call. */
void *memcpy(void *to, const void *from, unsigned long len);
void *memcpy(void *to, const void *from, unsigned long len)
{
	void *ret = to;

	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(len)::"memory");
	return ret;
}

void *memset(void *to, int byte, unsigned long len);
void *memset(void *to, int byte, unsigned long len)
{
	void *ret = to;

	__asm__ volatile("rep stosb" : "+D"(to), "+c"(len) : "a"(byte) : "memory");
	return ret;
}

static bool map(uint64_t offset, uint64_t size, int prot)
{
	uint64_t at = domain.base + offset;

	return sys6(SYS_mmap, (long)at, (long)size, prot, MAP_SHARED | MAP_FIXED, DOMAIN_MEMFD, (long)offset) == (long)at;
}

static struct channel *channel_at(uint64_t nr)
{
	return (struct channel *)(domain.base + domain.channels + nr * CHANNEL_BYTES);
}

static bool map_channel(uint64_t nr)
{
	uint64_t offset = domain.channels + nr * CHANNEL_BYTES;

	return map(offset, CHANNEL_GUARD, PROT_READ | PROT_WRITE) &&
	       map(offset + CHANNEL_STACK, CHANNEL_BYTES - CHANNEL_STACK, PROT_READ | PROT_WRITE);
}

/* What the host says, from a page mapped for that alone. */
static void read_start(uint64_t channels)
{
	long page = sys6(SYS_mmap, 0, PAGE, PROT_READ, MAP_SHARED, DOMAIN_MEMFD, (long)(channels + CHANNEL_SCRATCH));

	if (page < 0)
		sys_exit_all(EXIT_MAP);
	domain = *(const struct domain_start *)page;
	sys3(SYS_munmap, page, PAGE, 0);
}

static long control(const struct channel *ch)
{
	const uint64_t *args = ch->args;

	switch (ch->op) {
	case OP_MAP:
		return map(args[0] - domain.base, args[1], (int)args[2]) ? 0 : -1;
	case OP_PROTECT:
		return sys3(SYS_mprotect, (long)args[0], (long)args[1], (long)args[2]);
	case OP_UNMAP:
		return sys3(SYS_munmap, (long)args[0], (long)args[1], 0);
	case OP_THREAD: {
		struct channel *own = channel_at(args[0]);

		return map_channel(args[0]) && thread_start((char *)own + CHANNEL_BYTES, own) > 0 ? 0 : -1;
	}
	case OP_CODE:
		return sys3(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0);
	default:
		sys_exit_all(EXIT_PROTOCOL);
	}
}

/* The first argument of the program, in hexadecimal: where channel 0 is. */
static uint64_t parse_hex(const char *text)
{
	uint64_t v = 0;

	for (; *text; text++)
		v = v << 4 | (uint64_t)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
	return v;
}

void domain_main(const char *const *argv)
{
	struct channel *ch;

	read_start(parse_hex(argv[1]));
	ch = channel_at(0);
	if (!map_channel(0) || !map(domain.heap, domain.heap_size, PROT_READ | PROT_WRITE))
		sys_exit_all(EXIT_MAP);
	sys3(SYS_arch_prctl, ARCH_SET_FS, (long)ch, 0);
	fault_init();
	fault_stack(ch);
	rights_drop();
	ch->address = (uint64_t)gate_entry;
	for (uint32_t op = OP_READY;; op = OP_DONE) {
		channel_give(ch, op);
		channel_wait(ch);
		ch->result = control(ch);
	}
}
