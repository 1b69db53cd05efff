// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What lwIP asks for: memory, the time, random numbers. */
#include "tcpip.h"

#include "lwip/sys.h"
#include "stdlib.h"

#define MEMORY_BYTES_MAX (16u << 20) /* of all that it holds: what comes from outside can take no more */

struct header {
	size_t bytes;
	uint64_t pad; /* keeps the alignment */
};

static size_t used_bytes; /* tcpip_lock() */

void *port_alloc(unsigned long bytes)
{
	struct header *h;

	if (bytes > MEMORY_BYTES_MAX - used_bytes)
		return NULL;
	h = tenon_alloc(THIS_MODULE, sizeof(*h) + bytes);
	if (!h)
		return NULL;
	h->bytes = bytes;
	used_bytes += bytes;
	return h + 1;
}

void *port_alloc_array(unsigned long cnt, unsigned long bytes)
{
	return bytes && cnt > MEMORY_BYTES_MAX / bytes ? NULL : port_alloc(cnt * bytes);
}

void port_free(void *memory)
{
	struct header *h = (struct header *)memory - 1;

	used_bytes -= h->bytes;
	tenon_free(h);
}

u32_t sys_now(void)
{
	return (u32_t)(tenon_clock_ns() / 1000000);
}

uint32_t port_random(void)
{
	uint32_t value;

	if (tenon_random(&value, sizeof(value)) < 0)
		value = (uint32_t)tenon_clock_ns();
	return value;
}

/* An invariant of lwIP's is broken: nothing it does is to be believed any more. */
_Noreturn void port_fail(const char *message, const char *file, int line)
{
	pr_err("%s:%d: %s\n", file, line, message);
	__builtin_trap();
}

int atoi(const char *text)
{
	unsigned int value = 0;

	while (*text >= '0' && *text <= '9')
		value = value * 10 + (unsigned int)(*text++ - '0');
	return (int)value;
}
