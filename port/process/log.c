/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The log: rings of bytes in which whole lines push out the oldest ones. Each isolated domain has one of its own for
 * what threads write that are inside, so that none of them can push out others' lines; of a domain that is closed the
 * last lines move to the host's ring. Lines are numbered, and shown in that order.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/child.h"

#define HOST_BYTES (512 * 1024u)
#define DOMAIN_BYTES (128 * 1024u)
#define CLOSED_BYTES (16 * 1024u) /* that are kept of a domain's ring */
#define LINE_MAX 1024u

struct line {
	uint64_t nr, ns;
	uint32_t len; /* bytes of text that follow */
	uint32_t level;
};

/* Positions only grow; the byte at position p is at p % size. */
struct log_ring {
	struct log_ring *next, **prev; /* of all */
	size_t size;
	uint64_t first, end;
	uint8_t bytes[];
};

struct log {
	pthread_mutex_t lock; /* all below, and the rings */
	struct log_ring *rings, *host;
	uint64_t last_nr;
	bool verbose;
};

static struct log_ring *open_ring(struct log *log, size_t size)
{
	struct log_ring *ring = calloc(1, sizeof(*ring) + size);

	if (!ring)
		return NULL;
	ring->size = size;
	pthread_mutex_lock(&log->lock);
	ring->next = log->rings;
	ring->prev = &log->rings;
	if (ring->next)
		ring->next->prev = &ring->next;
	log->rings = ring;
	pthread_mutex_unlock(&log->lock);
	return ring;
}

struct log *log_new(bool verbose)
{
	struct log *log = calloc(1, sizeof(*log));

	if (!log)
		return NULL;
	pthread_mutex_init(&log->lock, NULL);
	log->verbose = verbose;
	log->host = open_ring(log, HOST_BYTES);
	if (log->host)
		return log;
	free(log);
	return NULL;
}

void log_free(struct log *log)
{
	if (log)
		free(log->host);
	free(log);
}

static void put(struct log_ring *ring, const void *from, size_t len)
{
	size_t at = ring->end % ring->size, before_wrap = ring->size - at < len ? ring->size - at : len;

	memcpy(ring->bytes + at, from, before_wrap);
	memcpy(ring->bytes, (const uint8_t *)from + before_wrap, len - before_wrap);
	ring->end += len;
}

static void get(const struct log_ring *ring, uint64_t pos, void *to, size_t len)
{
	size_t at = pos % ring->size, before_wrap = ring->size - at < len ? ring->size - at : len;

	memcpy(to, ring->bytes + at, before_wrap);
	memcpy((uint8_t *)to + before_wrap, ring->bytes, len - before_wrap);
}

static void drop_oldest(struct log_ring *ring)
{
	struct line oldest;

	get(ring, ring->first, &oldest, sizeof(oldest));
	ring->first += sizeof(oldest) + oldest.len;
}

static void put_line(struct log_ring *ring, const struct line *head, const char *text)
{
	while (ring->end + sizeof(*head) + head->len - ring->first > ring->size)
		drop_oldest(ring);
	put(ring, head, sizeof(*head));
	put(ring, text, head->len);
}

struct log_ring *log_ring_open(struct process_host *h)
{
	return open_ring(h->log, DOMAIN_BYTES);
}

void log_ring_close(struct process_host *h, struct log_ring *ring)
{
	char text[LINE_MAX];
	struct line head;

	if (!ring)
		return;
	pthread_mutex_lock(&h->log->lock);
	while (ring->end - ring->first > CLOSED_BYTES)
		drop_oldest(ring);
	for (; ring->first < ring->end; drop_oldest(ring)) {
		get(ring, ring->first, &head, sizeof(head));
		get(ring, ring->first + sizeof(head), text, head.len);
		put_line(h->log->host, &head, text);
	}
	*ring->prev = ring->next;
	if (ring->next)
		ring->next->prev = ring->prev;
	pthread_mutex_unlock(&h->log->lock);
	free(ring);
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
	const struct process_domain *d = thread_domain(h);
	struct log *log = h->log;
	struct line head = { .ns = sync_now(h), .level = level };
	char text[LINE_MAX];

	if (len > LINE_MAX)
		len = LINE_MAX;
	for (size_t i = 0; i < len; i++) /* a line is one line, whoever wrote it */
		text[i] = process_printable(i ? given[i - 1] : 0, given[i]);
	head.len = (uint32_t)len;
	pthread_mutex_lock(&log->lock);
	head.nr = ++log->last_nr;
	put_line(d && d->child ? d->child->log : log->host, &head, text);
	pthread_mutex_unlock(&log->lock);
	if (log->verbose)
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

/* Where a line is. */
struct place {
	uint64_t nr, pos;
	const struct log_ring *ring;
};

static int by_number(const void *a, const void *b)
{
	uint64_t x = ((const struct place *)a)->nr, y = ((const struct place *)b)->nr;

	return x < y ? -1 : x > y;
}

/* Bytes of all lines. Log's lock. */
static size_t lines_bytes(const struct log *log)
{
	size_t bytes = 0;

	for (const struct log_ring *ring = log->rings; ring; ring = ring->next)
		bytes += ring->end - ring->first;
	return bytes;
}

/* The places of all lines in order, for the caller to free; NULL without memory. Log's lock. */
static struct place *find_lines(const struct log *log, size_t bytes, size_t *cnt)
{
	struct place *places;
	struct line head;

	places = malloc((bytes / sizeof(head) + 1) * sizeof(*places));
	*cnt = 0;
	for (const struct log_ring *ring = log->rings; places && ring; ring = ring->next) {
		for (uint64_t pos = ring->first; pos < ring->end; pos += sizeof(head) + head.len) {
			get(ring, pos, &head, sizeof(head));
			places[(*cnt)++] = (struct place){ head.nr, pos, ring };
		}
	}
	if (places)
		qsort(places, *cnt, sizeof(*places), by_number);
	return places;
}

/* A copy of all lines in order, for the caller to free; NULL without memory, or if there are none. */
static uint8_t *copy_lines(struct log *log, size_t *bytes)
{
	struct place *places;
	uint8_t *copy, *to;
	struct line head;
	size_t cnt;

	pthread_mutex_lock(&log->lock);
	*bytes = lines_bytes(log);
	places = find_lines(log, *bytes, &cnt);
	copy = to = places ? malloc(*bytes) : NULL;
	for (size_t i = 0; copy && i < cnt; i++) {
		get(places[i].ring, places[i].pos, &head, sizeof(head));
		get(places[i].ring, places[i].pos, to, sizeof(head) + head.len);
		to += sizeof(head) + head.len;
	}
	pthread_mutex_unlock(&log->lock);
	free(places);
	return copy;
}

/* Without the lock: what @fn writes to may not be read for long, and who logs meanwhile, with a lock or in a module, must not wait. */
int process_log_each(struct process_host *h,
		     int (*fn)(uint64_t ns, enum tenon_log_level level, const char *text, size_t len, void *arg),
		     void *arg)
{
	char text[LINE_MAX + 1];
	struct line head;
	int stop = 0;
	size_t bytes;
	uint8_t *lines = copy_lines(h->log, &bytes);

	for (size_t at = 0; lines && at < bytes && !stop; at += sizeof(head) + head.len) {
		memcpy(&head, lines + at, sizeof(head));
		memcpy(text, lines + at + sizeof(head), head.len);
		text[head.len] = 0;
		stop = fn(head.ns, (enum tenon_log_level)head.level, text, head.len, arg);
	}
	free(lines);
	return stop;
}

void process_log_clear(struct process_host *h)
{
	pthread_mutex_lock(&h->log->lock);
	for (struct log_ring *ring = h->log->rings; ring; ring = ring->next)
		ring->first = ring->end;
	pthread_mutex_unlock(&h->log->lock);
}

void log_panic(void *context, const char *why)
{
	(void)context;
	fprintf(stderr, "tenon: panic: %s\n", why);
	abort();
}
