/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What the core needs of a kernel at most, stack and heap, on the CPU that this program is for: the figures of
 * docs/porting.md, which it is given and may not exceed. Modules are linked and not run; the host's functions take next
 * to nothing themselves.
 *
 *     footprint MODULES STACK STACK-A-LEVEL HEAP     MODULES: the directory with runtime/ and examples/
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fmt/elf.h"
#include "port/mps2/pool.h"
#include "tenon/core.h"
#include "tenon/fmt/modtables.h"
#include "tenon/vermagic.h"
#include "tests/port/stack.h"
#include "tests/tap.h"

#if defined(__x86_64__)
#define ARCH "x86_64", &tenon_arch_x86_64
#elif defined(__aarch64__)
#define ARCH "aarch64", &tenon_arch_aarch64
#else
#define ARCH "riscv64", &tenon_arch_riscv64
#endif
#define RUN 0x60000000u
#define CNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	const struct tenon_arch *arch;
} cpu = { ARCH };

static struct file {
	const char *name, *path;
	void *bytes;
	size_t size;
} files[] = {
	{ "runtime", "runtime/runtime.ko", NULL, 0 },
	{ "export_a", "examples/export-a.ko", NULL, 0 },
	{ "export_b", "examples/export-b.ko", NULL, 0 },
	{ "params", "examples/params.ko", NULL, 0 },
};
static struct tenon_export interface[64];
static size_t interface_cnt;
static _Alignas(4096) uint8_t heap_bytes[1 << 20], module_bytes[1 << 20];
static struct pool heap, modules;
static size_t heap_peak;

static void *alloc(void *context, size_t size)
{
	void *p = pool_alloc(&heap, size);

	(void)context;
	if (heap.used > heap_peak)
		heap_peak = heap.used;
	return p;
}

static void give_back(void *context, void *p, size_t size)
{
	(void)context;
	pool_free(&heap, p, size);
}

static int block_map(void *context, struct tenon_block *b)
{
	(void)context;
	b->host = pool_alloc(&modules, b->size);
	b->run = RUN + (tenon_addr)((uint8_t *)b->host - module_bytes);
	return b->host ? 0 : -TENON_ENOMEM;
}

static void block_unmap(void *context, struct tenon_block *b)
{
	(void)context;
	pool_free(&modules, b->host, b->size);
}

static int block_write(void *context, struct tenon_block *b)
{
	(void)context;
	b->write = b->host;
	return 0;
}

static int protect(void *context, const struct tenon_range *ranges, size_t cnt)
{
	(void)context, (void)ranges, (void)cnt;
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

static void nothing_log(void *context, enum tenon_log_level level, const char *text, size_t len)
{
	(void)context, (void)level, (void)text, (void)len;
}

static void stop(void *context, const char *why)
{
	(void)context;
	fprintf(stderr, "panic: %s\n", why);
	abort();
}

static int find(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src)
{
	(void)context, (void)domain;
	for (size_t i = 0; i < CNT(files); i++) {
		if (strcmp(files[i].name, name))
			continue;
		*src = (struct tenon_source){ .size = files[i].size, .constant = files[i].bytes };
		return 0;
	}
	return -TENON_ENOENT;
}

static int call(void *context, struct tenon_module *m, tenon_addr address, tenon_addr arg, int64_t *result,
		char why[64])
{
	(void)context, (void)m, (void)address, (void)arg, (void)why;
	*result = 0;
	return 0;
}

static const struct tenon_host host_functions = {
	.page_size = 64,
	.block_size = 16384,
	.alloc = alloc,
	.free = give_back,
	.block_map = block_map,
	.block_unmap = block_unmap,
	.block_write = block_write,
	.protect = protect,
	.lock = nothing,
	.unlock = nothing,
	.sync_cpus = nothing,
	.now_ns = now_ns,
	.log = nothing_log,
	.panic = stop,
	.find = find,
	.call = call,
};

/* Does the runtime have it, the first of the files? */
static bool is_of_runtime(const char *name)
{
	struct tenon_diag diag;
	struct elf_symbol sym;
	struct elf_file f;

	if (elf_open(&f, files[0].bytes, files[0].size, &diag))
		return false;
	for (uint32_t i = 1; i < f.symbol_cnt; i++) {
		elf_symbol_at(&f, i, &sym);
		if (sym.shndx && !strcmp(elf_symbol_name(&f, &sym), name))
			return true;
	}
	return false;
}

/* What a module imports of the interface, as it wants it. */
static void add_interface(const struct file *file)
{
	struct tenon_diag diag;
	struct elf_file f;
	struct elf_section s;
	const char *at;

	if (elf_open(&f, file->bytes, file->size, &diag) || !elf_find_section(&f, "__versions", &s))
		return;
	at = elf_section_data(&f, &s);
	for (size_t off = 0; off < s.size; off += TENON_VERSION_BYTES) {
		const struct tenon_version64 *v = (const void *)(at + off);
		bool known = strncmp(v->name, "tenon_", 6) || is_of_runtime(v->name);

		for (size_t i = 0; i < interface_cnt; i++)
			known |= !strcmp(interface[i].name, v->name);
		if (!known && interface_cnt < CNT(interface))
			interface[interface_cnt++] = (struct tenon_export){
				.name = v->name, .value = RUN, .crc = (uint32_t)v->crc, .flags = TENON_EXPORT_INTERFACE
			};
	}
}

static bool read_files(const char *directory)
{
	for (size_t i = 0; i < CNT(files); i++) {
		char path[512];
		FILE *f;
		long size;

		snprintf(path, sizeof(path), "%s/%s", directory, files[i].path);
		f = fopen(path, "rb");
		if (!f || fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0)
			return false;
		rewind(f);
		files[i].size = (size_t)size;
		files[i].bytes = malloc(files[i].size);
		if (fread(files[i].bytes, 1, files[i].size, f) != files[i].size)
			return false;
		fclose(f);
		add_interface(&files[i]);
	}
	return true;
}

static struct tenon *core;
static struct tenon_domain *domain;

/* Return: bytes of stack that it took. */
static size_t load(const char *name, const char *params)
{
	const struct tenon_request req = { .name = name, .domain = domain, .params = params };
	static struct tenon_diag diag;
	uintptr_t low = stack_paint();
	int err = tenon_load(core, &req, NULL, &diag);
	size_t used = stack_used(low);
	char text[256];

	if (err)
		tenon_diag_format(&diag, text, sizeof(text));
	ok(!err, "%s is loaded%s%s", name, err ? ": " : "", err ? text : "");
	return used;
}

static size_t unload(const char *name)
{
	static struct tenon_diag diag;
	uintptr_t low = stack_paint();
	int err = tenon_unload(core, NULL, name, 0, &diag);
	size_t used = stack_used(low);

	ok(!err, "%s is unloaded", name);
	return used;
}

/* A figure may not be exceeded; nor be twice what is needed, for then it says nothing. */
static void within(const char *what, size_t measured, const char *limit)
{
	size_t most = strtoul(limit, NULL, 10);

	ok(measured <= most && measured * 2 > most, "%s, %s: %zu bytes, at most %zu", cpu.name, what, measured, most);
}

int main(int argc, char **argv)
{
	static struct tenon_host host;
	size_t flat, nested, base, used;

	if (argc != 5 || !ok(read_files(argv[1]), "the modules are there"))
		return 2;
	host = host_functions;
	host.arch = cpu.arch;
	pool_init(&heap, heap_bytes, heap_bytes + sizeof(heap_bytes), 16);
	pool_init(&modules, module_bytes, module_bytes + sizeof(module_bytes), host.block_size);
	ok(!tenon_create(&host, &core) && !tenon_accept(core, &tenon_native, NULL, "runtime") &&
	       !tenon_domain_open(core, "kernel", TENON_DOMAIN_KERNEL, NULL, &domain) &&
	       !tenon_provide(core, NULL, interface, interface_cnt, NULL),
	   "a core");
	load("runtime", NULL);
	base = heap.used;
	heap_peak = heap.used;
	flat = load("params", "count=3");
	used = heap_peak - base;
	unload("params");
	load("export_a", NULL);
	flat = flat > (nested = load("export_b", NULL)) ? flat : nested;
	unload("export_b");
	unload("export_a");
	nested = load("export_b", NULL); /* and export_a, from within */
	base = unload("export_b");
	unload("export_a");
	unload("runtime");
	within("stack of a load", flat, argv[2]);
	within("stack for each level of dependencies", nested > flat ? nested - flat : 0, argv[3]);
	within("heap of a load", used, argv[4]);
	ok(base <= flat, "an unload takes less stack (%zu)", base);
	return tap_done();
}
