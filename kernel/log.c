// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The log: a ring of bytes with whole entries, the oldest overwritten. `lock` protects all of it. */
#include "kernel/log.h"

#include "tenon/errno.h"
#include "tenon/runtime.h"
#include "kernel/console.h"
#include "kernel/sched/lock.h"
#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"

#define RING_BYTES 65536

struct header {
	uint64_t time_ns;
	uint16_t len;
	uint16_t level;
};

static struct spinlock lock = SPINLOCK_INIT(LOCK_LOG);
static struct wait_queue queue = WAIT_QUEUE_INIT;
static char ring[RING_BYTES];
/* Positions count up and are taken modulo RING_BYTES. */
static uint64_t first_pos, next_pos, first_sequence, next_sequence;
static int console_level = LOG_CONSOLE_DEFAULT;

static void ring_put(uint64_t pos, const void *src, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		ring[(pos + i) % RING_BYTES] = ((const char *)src)[i];
}

static void ring_get(uint64_t pos, void *dst, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		((char *)dst)[i] = ring[(pos + i) % RING_BYTES];
}

static void drop_first(void)
{
	struct header h;

	ring_get(first_pos, &h, sizeof(h));
	first_pos += sizeof(h) + h.len;
	first_sequence++;
}

static void append(int level, uint64_t now, const char *text, size_t len)
{
	struct header h = { .time_ns = now, .len = (uint16_t)len, .level = (uint16_t)level };

	while (next_pos + sizeof(h) + len - first_pos > RING_BYTES)
		drop_first();
	ring_put(next_pos, &h, sizeof(h));
	ring_put(next_pos + sizeof(h), text, len);
	next_pos += sizeof(h) + len;
	next_sequence++;
}

static void print(uint64_t now, const char *text, size_t len)
{
	char stamp[40];
	int stamp_len =
	    tenon_snprintf(stamp, sizeof(stamp), "[%5llu.%06llu] ", (unsigned long long)(now / NS_PER_SECOND),
			   (unsigned long long)(now % NS_PER_SECOND / 1000));

	console_write(stamp, (size_t)stamp_len);
	console_write(text, len);
	console_write("\r\n", 2);
}

void log_line(int level, const char *fmt, ...)
{
	char text[LOG_LINE_BYTES];
	uint64_t now = clock_ns();
	bool alone = panic_running();
	va_list args;
	size_t len;

	va_start(args, fmt);
	tenon_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	/*
	 * Names in it are programs' and modules': blanks for what could confuse a terminal or a parser of lines. C2 begins
	 * the upper control characters in UTF-8.
	 */
	for (len = 0; text[len]; len++)
		if ((unsigned char)text[len] < ' ' || text[len] == 0x7f ||
		    (text[len] == '\xc2' && text[len + 1] < '\xa0'))
			text[len] = ' ';
	if (!alone)
		spin_lock(&lock);
	append(level, now, text, len);
	if (!alone)
		spin_unlock(&lock);
	if (level < console_level)
		print(now, text, len);
	if (!alone && !spin_any_held())
		wait_wake_all(&queue);
}

void log_set_console_level(int level)
{
	console_level = level;
}

int log_read(uint64_t sequence, struct log_entry *entry)
{
	struct header h;
	uint64_t pos;

	spin_lock(&lock);
	if (sequence >= next_sequence) {
		spin_unlock(&lock);
		return -TENON_ENOENT;
	}
	entry->sequence = first_sequence;
	for (pos = first_pos;; pos += sizeof(h) + h.len, entry->sequence++) {
		ring_get(pos, &h, sizeof(h));
		if (entry->sequence >= sequence)
			break;
	}
	entry->time_ns = h.time_ns;
	entry->level = h.level;
	entry->len = h.len;
	ring_get(pos + sizeof(h), entry->text, h.len);
	spin_unlock(&lock);
	return 0;
}

uint64_t log_next_sequence(void)
{
	uint64_t next;

	spin_lock(&lock);
	next = next_sequence;
	spin_unlock(&lock);
	return next;
}

struct wait_queue *log_queue(void)
{
	return &queue;
}
