/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 *     calls WORK
 *
 * The fragmentation penalty: calls in random order into one function of each of many modules, loaded by the core into
 * the process host's memory; beside it the same objects linked by ld into one program, in memory of the same kind with
 * pages of the same size, called in the same order; and each module in pages of its own, as Linux lays them out.
 * WORK is a directory for the objects.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/host.h"
#include "bench/object.h"
#include "core/fmt/elf.h"
#include "port/process/process.h"

#define MODULES_MAX 4000
#define PROCESSES 5 /* each has other physical pages, which caches notice */
#define ROUNDS 9
#define CALLS 200000
#define LIMIT 1.05
#define HUGE_BYTES (2ul << 20)
#define PAGE 4096ul
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* Linux 6.1 */
#endif

typedef int (*function)(int);

struct layout {
	function fn[MODULES_MAX];
	double ns[ROUNDS]; /* a call */
};

static const char *work;
static struct layout core_layout, ld_layout, linux_layout;
static struct bench_file files[MODULES_MAX];
static char names[MODULES_MAX][16];

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(2);
}

/* x + 1, and nothing else: the cost is that of getting there. */
static const uint8_t code[] = { 0x8d, 0x47, 0x01, 0xc3 };

static void make_objects(uint32_t cnt, size_t bytes)
{
	for (uint32_t i = 0; i < cnt; i++) {
		struct object_spec spec = {
			.name = names[i], .code = code, .code_bytes = sizeof(code), .text_bytes = bytes
		};

		snprintf(names[i], sizeof(names[i]), "m%04u", i);
		files[i].name = names[i];
		files[i].data = object_make(&spec, &files[i].size);
	}
}

/* Shared memory like the host's, at an address aligned for large pages, with @bytes of @data; executable. */
static char *map_code(const void *data, size_t bytes, bool huge)
{
	size_t size = (bytes + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
	int fd = memfd_create("bench", MFD_CLOEXEC);
	char *at = mmap(NULL, size + HUGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (fd < 0 || at == MAP_FAILED || ftruncate(fd, (off_t)size))
		die("memfd");
	at = (char *)(((uintptr_t)at + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES);
	if (mmap(at, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
		die("mmap");
	memset(at, 0xcc, size);
	memcpy(at, data, bytes);
	if (huge)
		madvise(at, size, MADV_COLLAPSE);
	if (mprotect(at, size, PROT_READ | PROT_EXEC))
		die("mprotect");
	close(fd);
	return at;
}

/* Is the page at @address one of 2 MiB? */
static bool is_huge(const void *address)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	unsigned long start, end, kb = 0;
	bool inside = false;
	char line[512];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			inside = (uintptr_t)address >= start && (uintptr_t)address < end;
		else if (inside && sscanf(line, "ShmemPmdMapped: %lu", &kb) == 1)
			break;
	}
	if (f)
		fclose(f);
	return inside && kb;
}

static void load_all(uint32_t cnt, bool huge)
{
	struct process_options options = { .small_pages = !huge };
	struct process_host *h;

	if (process_open(&options, &h) || tenon_accept(process_core(h), &tenon_native, OBJECT_VERMAGIC, NULL))
		die("process_open");
	for (uint32_t i = 0; i < cnt; i++) {
		struct tenon_source src = bench_source(&files[i]);
		struct tenon_request req = { .source = &src,
					     .domain = process_kernel(h),
					     .flags = TENON_LOAD_NO_START };
		struct tenon_module_info info;

		tenon_module_info(bench_load(process_core(h), &req), &info);
		core_layout.fn[i] = (function)(uintptr_t)info.address[TENON_MEM_TEXT];
	}
}

static char *read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	char *data;

	if (!f || fseek(f, 0, SEEK_END))
		die(path);
	*size = (size_t)ftell(f);
	rewind(f);
	data = malloc(*size);
	if (fread(data, 1, *size, f) != *size)
		die(path);
	fclose(f);
	return data;
}

static void write_objects(uint32_t cnt)
{
	char path[4096];
	FILE *list;

	snprintf(path, sizeof(path), "%s/list", work);
	list = fopen(path, "w");
	for (uint32_t i = 0; i < cnt; i++) {
		FILE *f;

		snprintf(path, sizeof(path), "%s/%u.o", work, i);
		f = fopen(path, "wb");
		if (!f || !list || fwrite(files[i].data, 1, files[i].size, f) != files[i].size || fclose(f))
			die(path);
		fprintf(list, "%s\n", path);
	}
	if (list)
		fclose(list);
}

/* The objects in one program, at a multiple of 2 MiB. */
static void link_objects(uint32_t cnt)
{
	char command[3 * 4096];

	write_objects(cnt);
	snprintf(command, sizeof(command),
		 "ld -N -e 0 --no-warn-rwx-segments --build-id=none -Ttext=0x10000000 -o %s/linked @%s/list", work,
		 work);
	if (system(command))
		die("ld");
}

/* Map the program; symbols say where the functions are. */
static void map_linked(bool huge)
{
	char path[4096];
	const Elf64_Shdr *sections;
	const Elf64_Ehdr *header;
	const Elf64_Shdr *text = NULL, *symbols = NULL;
	size_t size;
	char *out, *at;

	snprintf(path, sizeof(path), "%s/linked", work);
	out = read_file(path, &size);
	header = (const void *)out;
	sections = (const void *)(out + header->e_shoff);
	for (int i = 1; i < header->e_shnum; i++) {
		const char *name = out + sections[header->e_shstrndx].sh_offset + sections[i].sh_name;

		if (!strcmp(name, ".text"))
			text = &sections[i];
		if (sections[i].sh_type == SHT_SYMTAB)
			symbols = &sections[i];
	}
	if (!text || !symbols)
		die("no text");
	at = map_code(out + text->sh_offset, text->sh_size, huge);
	for (uint64_t i = 0; i < symbols->sh_size / sizeof(Elf64_Sym); i++) {
		const Elf64_Sym *s = (const Elf64_Sym *)(const void *)(out + symbols->sh_offset) + i;
		unsigned int idx;

		if (sscanf(out + sections[symbols->sh_link].sh_offset + s->st_name, "entry_m%u", &idx) == 1)
			ld_layout.fn[idx] = (function)(uintptr_t)(at + (s->st_value - text->sh_addr));
	}
	free(out);
}

static void lay_out_in_pages(uint32_t cnt, size_t bytes)
{
	size_t step = (bytes + PAGE - 1) / PAGE * PAGE;
	char *image = calloc(cnt, step), *at;

	for (uint32_t i = 0; i < cnt; i++)
		memcpy(image + i * step, code, sizeof(code));
	at = map_code(image, cnt * step, false);
	for (uint32_t i = 0; i < cnt; i++)
		linux_layout.fn[i] = (function)(uintptr_t)(at + i * step);
	free(image);
}

/* Nanoseconds a call, of CALLS calls. */
static double call_all(const struct layout *l, const uint16_t *order, uint32_t cnt)
{
	struct timespec start, end;
	int sum = 0;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
	for (uint32_t done = 0; done < CALLS; done += cnt)
		for (uint32_t i = 0; i < cnt; i++)
			sum = l->fn[order[i]](sum);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
	if (sum != (int)((CALLS + cnt - 1) / cnt * cnt))
		die("wrong sum");
	return ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) / sum;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, size_t cnt)
{
	qsort(values, cnt, sizeof(*values), by_value);
	return values[cnt / 2];
}

static void measure(uint32_t cnt)
{
	static uint16_t order[MODULES_MAX];
	uint64_t state = 88172645463325252ull;

	for (uint32_t i = 0; i < cnt; i++) {
		uint32_t other;

		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		other = (uint32_t)(state >> 33) % (i + 1);
		order[i] = order[other];
		order[other] = (uint16_t)i;
	}
	/* In turn, so that other load on the machine affects all of them. */
	for (int i = 0; i < ROUNDS; i++) {
		core_layout.ns[i] = call_all(&core_layout, order, cnt);
		ld_layout.ns[i] = call_all(&ld_layout, order, cnt);
		linux_layout.ns[i] = call_all(&linux_layout, order, cnt);
	}
}

/* What one process found. */
struct outcome {
	double ratio, core_ns, ld_ns, linux_ns;
	bool core_huge, ld_huge;
};

static struct outcome try_once(uint32_t cnt, size_t bytes, bool huge)
{
	double ratios[ROUNDS];
	struct outcome o;

	load_all(cnt, huge);
	map_linked(huge);
	lay_out_in_pages(cnt, bytes);
	measure(cnt);
	for (int i = 0; i < ROUNDS; i++)
		ratios[i] = core_layout.ns[i] / ld_layout.ns[i];
	o.ratio = median(ratios, ROUNDS);
	o.core_ns = median(core_layout.ns, ROUNDS);
	o.ld_ns = median(ld_layout.ns, ROUNDS);
	o.linux_ns = median(linux_layout.ns, ROUNDS);
	o.core_huge = is_huge((const void *)(uintptr_t)core_layout.fn[0]);
	o.ld_huge = is_huge((const void *)(uintptr_t)ld_layout.fn[0]);
	return o;
}

/* There is one process host in a process: a new one for each. */
static void try_in_process(struct outcome *o, uint32_t cnt, size_t bytes, bool huge)
{
	int pipes[2], status;

	if (pipe(pipes))
		die("pipe");
	if (!fork()) {
		*o = try_once(cnt, bytes, huge);
		_exit(write(pipes[1], o, sizeof(*o)) != sizeof(*o));
	}
	close(pipes[1]);
	if (read(pipes[0], o, sizeof(*o)) != sizeof(*o) || wait(&status) < 0 || status)
		die("a measuring process failed");
	close(pipes[0]);
}

static void figures(uint32_t cnt, size_t bytes, bool huge)
{
	double ratio[PROCESSES], core_ns[PROCESSES], ld_ns[PROCESSES], linux_ns[PROCESSES];
	bool right_pages = true;
	char name[64];

	for (int i = 0; i < PROCESSES; i++) {
		struct outcome o;

		try_in_process(&o, cnt, bytes, huge);
		ratio[i] = o.ratio;
		core_ns[i] = o.core_ns;
		ld_ns[i] = o.ld_ns;
		linux_ns[i] = o.linux_ns;
		right_pages &= o.core_huge == huge && o.ld_huge == huge;
	}
	snprintf(name, sizeof(name), "calls.%u_modules.%zu_bytes.%s", cnt, bytes, huge ? "2MiB" : "4KiB");
	figure(name, median(ratio, PROCESSES), right_pages ? LIMIT : -1,
	       "%s%.2f ns a call, linked by ld %.2f, in a page for each module, as Linux does it, %.2f",
	       right_pages ? "" : "not measured, there are no such pages here: ", median(core_ns, PROCESSES),
	       median(ld_ns, PROCESSES), median(linux_ns, PROCESSES));
}

int main(int argc, char **argv)
{
	static const uint32_t counts[] = { 1000, 4000 };
	static const size_t sizes[] = { 64, 3072 };

	if (argc != 2)
		return 2;
	work = argv[1];
	for (int i = 0; i < 4; i++) {
		make_objects(counts[i / 2], sizes[i % 2]);
		link_objects(counts[i / 2]);
		figures(counts[i / 2], sizes[i % 2], false);
		figures(counts[i / 2], sizes[i % 2], true);
	}
	return 0;
}
