/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The log: a ring of bytes in which whole lines push out the oldest ones. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/internal.h"

#define RING_BYTES (512 * 1024u) /* a power of two */
#define LINE_MAX 1024u

struct line {
	uint64_t ns;
	uint32_t len; /* bytes of text that follow */
	uint32_t level;
};

/* Positions only grow; the byte at position p is at p % RING_BYTES. */
struct log_ring {
	pthread_mutex_t lock;
	uint64_t first, end;
	bool verbose;
	uint8_t bytes[RING_BYTES];
};

struct log_ring *log_new(bool verbose)
{
	struct log_ring *ring = calloc(1, sizeof(*ring));

	if (!ring)
		return NULL;
	pthread_mutex_init(&ring->lock, NULL);
	ring->verbose = verbose;
	return ring;
}

void log_free(struct log_ring *ring)
{
	free(ring);
}

static void put(struct log_ring *ring, const void *from, size_t len)
{
	size_t at = ring->end % RING_BYTES, before_wrap = RING_BYTES - at < len ? RING_BYTES - at : len;

	memcpy(ring->bytes + at, from, before_wrap);
	memcpy(ring->bytes, (const uint8_t *)from + before_wrap, len - before_wrap);
	ring->end += len;
}

static void get(const struct log_ring *ring, uint64_t pos, void *to, size_t len)
{
	size_t at = pos % RING_BYTES, before_wrap = RING_BYTES - at < len ? RING_BYTES - at : len;

	memcpy(to, ring->bytes + at, before_wrap);
	memcpy((uint8_t *)to + before_wrap, ring->bytes, len - before_wrap);
}

char process_printable(char before, char given)
{
	uint8_t c = (uint8_t)given;

	/* The upper control characters follow a C2 in UTF-8; after another byte they are part of a letter. */
	return (c < ' ' && c != '\t') || c == 0x7f || (before == '\xc2' && c >= 0x80 && c < 0xa0) ? '?' : given;
}

void log_line(void *context, enum tenon_log_level level, const char *given, size_t len)
{
	struct process_host *h = context;
	struct log_ring *ring = h->log;
	struct line head = { .ns = sync_now(h), .level = level }, oldest;
	char text[LINE_MAX];

	if (len > LINE_MAX)
		len = LINE_MAX;
	for (size_t i = 0; i < len; i++) /* a line is one line, whoever wrote it */
		text[i] = process_printable(i ? given[i - 1] : 0, given[i]);
	head.len = (uint32_t)len;
	pthread_mutex_lock(&ring->lock);
	while (ring->end + sizeof(head) + len - ring->first > RING_BYTES) {
		get(ring, ring->first, &oldest, sizeof(oldest));
		ring->first += sizeof(oldest) + oldest.len;
	}
	put(ring, &head, sizeof(head));
	put(ring, text, len);
	pthread_mutex_unlock(&ring->lock);
	if (ring->verbose)
		fprintf(stderr, "<%d>%.*s\n", (int)level, (int)len, text);
}

void process_log(struct process_host *h, enum tenon_log_level level, const char *fmt, ...)
{
	char text[LINE_MAX];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (len >= (int)sizeof(text))
		len = sizeof(text) - 1;
	if (len >= 0)
		log_line(h, level, text, (size_t)len);
}

int process_log_each(struct process_host *h,
		     int (*fn)(uint64_t ns, enum tenon_log_level level, const char *text, size_t len, void *arg),
		     void *arg)
{
	struct log_ring *ring = h->log;
	char text[LINE_MAX + 1];
	struct line head;
	int stop = 0;

	pthread_mutex_lock(&ring->lock);
	for (uint64_t pos = ring->first; pos < ring->end && !stop; pos += sizeof(head) + head.len) {
		get(ring, pos, &head, sizeof(head));
		get(ring, pos + sizeof(head), text, head.len);
		text[head.len] = 0;
		stop = fn(head.ns, (enum tenon_log_level)head.level, text, head.len, arg);
	}
	pthread_mutex_unlock(&ring->lock);
	return stop;
}

void process_log_clear(struct process_host *h)
{
	pthread_mutex_lock(&h->log->lock);
	h->log->first = h->log->end;
	pthread_mutex_unlock(&h->log->lock);
}

void log_panic(void *context, const char *why)
{
	(void)context;
	fprintf(stderr, "tenon: panic: %s\n", why);
	abort();
}
