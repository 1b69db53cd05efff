// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What lwIP asks for: memory, the time, random numbers. */
#include "tcpip.h"

#include "lwip/sys.h"
#include "stdlib.h"

#define MEMORY_BYTES_MAX (16u << 20) /* of all that it holds: what comes from outside can take no more */

#define CLASSES 7           /* of sizes: 64 bytes to 4096 */
#define CLASS_BYTES_MIN 64u
#define KEPT_BYTES_MAX (512u << 10) /* freed, and kept for the next time: going to the kernel for each frame is slow */

struct header {
	uint32_t bytes, class;
	struct header *next, **at; /* of those in use, or kept; what leads to it, while it is in use */
};

static size_t used_bytes, kept_bytes; /* tcpip_lock(), as below */
static struct header *used, *kept[CLASSES];

static unsigned int class_of(size_t bytes)
{
	unsigned int class = 0;

	while (class < CLASSES && CLASS_BYTES_MIN << class < bytes)
		class ++;
	return class;
}

void *port_alloc(unsigned long bytes)
{
	unsigned int class = class_of(bytes);
	struct header *h = class < CLASSES ? kept[class] : NULL;

	if (bytes > MEMORY_BYTES_MAX - used_bytes)
		return NULL;
	if (class < CLASSES)
		bytes = CLASS_BYTES_MIN << class;
	if (h) {
		kept[class] = h->next;
		kept_bytes -= bytes;
	} else {
		h = tenon_alloc(THIS_MODULE, sizeof(*h) + bytes);
		if (!h)
			return NULL;
	}
	*h = (struct header){ (uint32_t)bytes, class, used, &used };
	if (used)
		used->at = &h->next;
	used = h;
	used_bytes += bytes;
	return h + 1;
}

void port_free(void *memory)
{
	struct header *h = (struct header *)memory - 1;

	*h->at = h->next;
	if (h->next)
		h->next->at = h->at;
	used_bytes -= h->bytes;
	if (h->class == CLASSES || h->bytes > KEPT_BYTES_MAX - kept_bytes) {
		tenon_free(h);
		return;
	}
	h->next = kept[h->class];
	kept[h->class] = h;
	kept_bytes += h->bytes;
}

void *port_alloc_array(unsigned long cnt, unsigned long bytes)
{
	void *memory = bytes && cnt > MEMORY_BYTES_MAX / bytes ? NULL : port_alloc(cnt * bytes);

	return memory ? memset(memory, 0, cnt * bytes) : NULL;
}

struct word {
	uint64_t value;
} __attribute__((packed, may_alias)); /* wherever it lies */

static void free_all(struct header **list)
{
	struct header *h;

	while ((h = *list) != NULL) {
		*list = h->next;
		tenon_free(h);
	}
}

/* lwIP has no end: what it still has (timers, packets that wait for an answer) nobody looks at again. */
void port_close(void)
{
	free_all(&used);
	for (unsigned int class = 0; class < CLASSES; class ++)
		free_all(&kept[class]);
}

static uint64_t add_round(uint64_t sum, uint64_t word)
{
	bool carry = __builtin_add_overflow(sum, word, &sum);

	return sum + carry;
}

/* Eight words more. On x86 the carry of each goes into the next, which C has no words for. */
static uint64_t add_eight(uint64_t sum, const struct word *at)
{
#ifdef __x86_64__
	asm("addq %1, %0; adcq %2, %0; adcq %3, %0; adcq %4, %0; adcq %5, %0; adcq %6, %0; adcq %7, %0; adcq %8, %0; "
	    "adcq $0, %0"
	    : "+&r"(sum)
	    : "m"(at[0]), "m"(at[1]), "m"(at[2]), "m"(at[3]), "m"(at[4]), "m"(at[5]), "m"(at[6]), "m"(at[7])
	    : "cc");
#else
#pragma GCC unroll 8
	for (unsigned int i = 0; i < 8; i++)
		sum = add_round(sum, at[i].value);
#endif
	return sum;
}

/* The sum of RFC 1071 over pairs of bytes as they are in memory, eight at a time. */
uint16_t port_sum(const void *data, int len)
{
	const struct word *at = data;
	uint64_t sum = 0, rest = 0;
	int left = len;

	for (; left >= 64; left -= 64, at += 8)
		sum = add_eight(sum, at);
	for (; left >= 8; left -= 8)
		sum = add_round(sum, at++->value);
	memcpy(&rest, at, (size_t)left);
	sum = add_round(sum, rest);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
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
