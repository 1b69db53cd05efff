/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/host.h"
#include "bench/object.h"

static void *host_alloc(void *context, size_t size)
{
	struct bench_host *h = context;

	h->heap += size;
	if (h->heap > h->peak)
		h->peak = h->heap;
	if (size > h->largest)
		h->largest = size;
	return malloc(size);
}

static void host_free(void *context, void *p, size_t size)
{
	struct bench_host *h = context;

	h->heap -= size;
	free(p);
}

static int block_map(void *context, struct tenon_block *b)
{
	struct bench_host *h = context;

	b->host = calloc(1, b->size);
	if (!b->host)
		return -TENON_ENOMEM;
	b->run = h->next_run;
	h->next_run += b->size;
	h->blocks++;
	return 0;
}

static void block_unmap(void *context, struct tenon_block *b)
{
	struct bench_host *h = context;

	free(b->host);
	h->blocks--;
}

static int block_write(void *context, struct tenon_block *b)
{
	(void)context;
	b->write = b->host;
	return 0;
}

static int protect(void *context, const struct tenon_range *ranges, size_t cnt)
{
	(void)context;
	for (size_t i = 0; i < cnt; i++)
		if (ranges[i].close)
			ranges[i].block->write = NULL;
	return 0;
}

static void nothing(void *context)
{
	(void)context;
}

static uint64_t now_ns(void *context)
{
	(void)context;
	return 0;
}

static void host_log(void *context, enum tenon_log_level level, const char *text, size_t len)
{
	(void)context;
	if (level <= TENON_LOG_WARNING)
		fprintf(stderr, "%.*s\n", (int)len, text);
}

static void host_panic(void *context, const char *why)
{
	(void)context;
	fprintf(stderr, "bench: panic: %s\n", why);
	abort();
}

static int64_t read_at(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	memcpy(buf, (const char *)src->host + offset, len);
	return (int64_t)len;
}

struct tenon_source bench_source(const struct bench_file *file)
{
	return (struct tenon_source){ .size = file->size, .read_at = read_at, .host = (void *)file->data };
}

static int find(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src)
{
	struct bench_host *h = context;

	(void)domain;
	for (size_t i = 0; i < h->file_cnt; i++) {
		if (strcmp(h->files[i].name, name))
			continue;
		*src = bench_source(&h->files[i]);
		return 0;
	}
	return -TENON_ENOENT;
}

static _Noreturn void die(const struct tenon_diag *diag)
{
	char text[400] = "no instance";

	if (diag)
		tenon_diag_format(diag, text, sizeof(text));
	fprintf(stderr, "bench: %s\n", text);
	exit(2);
}

struct tenon *bench_open(struct bench_host *h, struct tenon_domain **d)
{
	struct tenon *t;

	*h = (struct bench_host){ .next_run = 0x60000000 };
	h->host = (struct tenon_host){
		.context = h,
		.page_size = 4096,
		.block_size = BENCH_BLOCK_BYTES,
		.window_start = 0,
		.window_size = 1ull << 31,
		.arch = &tenon_arch_x86_64,
		.alloc = host_alloc,
		.free = host_free,
		.block_map = block_map,
		.block_unmap = block_unmap,
		.block_write = block_write,
		.protect = protect,
		.lock = nothing,
		.unlock = nothing,
		.sync_cpus = nothing,
		.now_ns = now_ns,
		.log = host_log,
		.panic = host_panic,
		.find = find,
	};
	if (tenon_create(&h->host, &t) || tenon_accept(t, &tenon_native, OBJECT_VERMAGIC, NULL) ||
	    tenon_domain_open(t, "kernel", TENON_DOMAIN_KERNEL, NULL, d))
		die(NULL);
	return t;
}

uint32_t bench_crc(uint32_t idx)
{
	return idx * 2654435761u | 1;
}

void bench_provide(struct tenon *t, struct tenon_domain *d, uint32_t cnt)
{
	struct tenon_export *table = calloc(cnt, sizeof(*table));
	char(*names)[32] = calloc(cnt, sizeof(*names));
	struct tenon_diag diag;

	for (uint32_t i = 0; i < cnt; i++) {
		object_import_name(names[i], i);
		table[i] =
		    (struct tenon_export){ .name = names[i], .value = 0x50000000 + i * 16ull, .crc = bench_crc(i) };
	}
	if (tenon_provide(t, d, table, cnt, &diag))
		die(&diag);
}

struct tenon_module *bench_load(struct tenon *t, const struct tenon_request *req)
{
	struct tenon_module *m = NULL;
	struct tenon_diag diag;

	if (tenon_load(t, req, &m, &diag))
		die(&diag);
	return m;
}

int figure(const char *name, double value, double limit, const char *peer, ...)
{
	bool within = limit < 0 || value <= limit;
	va_list ap;

	printf("%s %.10g ", name, (double)(long long)(value * 1000 + 0.5) / 1000);
	if (limit < 0)
		printf("- ok");
	else
		printf("%.10g %s", limit, within ? "ok" : "over");
	if (peer && peer[0]) {
		printf("  # ");
		va_start(ap, peer);
		vprintf(peer, ap);
		va_end(ap);
	}
	printf("\n");
	fflush(stdout);
	return within;
}
