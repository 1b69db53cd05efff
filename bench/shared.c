/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/host.h"
#include "bench/object.h"
#include "bench/shared.h"

#define FUNCTIONS 10000 /* that the base exports: about as many as a kernel */
#define IMPORTS_MAX 1024

extern char **environ;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void write_file(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(data, 1, size, f) != size || fclose(f))
		die(path);
}

static void *read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	void *data;

	if (!f || fstat(fileno(f), &st))
		die(path);
	data = malloc((size_t)st.st_size);
	*size = fread(data, 1, (size_t)st.st_size, f);
	fclose(f);
	return data;
}

static void run(const char *const *args)
{
	int status = -1;
	pid_t pid;

	if (posix_spawnp(&pid, args[0], NULL, NULL, (char *const *)args, environ) || waitpid(pid, &status, 0) != pid ||
	    status)
		die(args[0]);
}

/* How large the parts of the module are, and how much it imports. */
static void measure(const char *path, struct object_spec *spec)
{
	struct tenon_diag diag;
	struct elf_file elf;
	size_t size;
	void *data = read_file(path, &size);

	if (elf_open(&elf, data, size, &diag))
		die(path);
	for (uint32_t i = 1; i < elf.section_cnt; i++) {
		struct elf_section s;

		elf_section_at(&elf, i, &s);
		if (!(s.flags & SHF_ALLOC) || !strcmp(s.name, "__versions") || !strcmp(s.name, ".modinfo"))
			continue;
		if (s.flags & SHF_EXECINSTR)
			spec->text_bytes += s.size;
		else if (s.flags & SHF_WRITE)
			spec->data_bytes += s.size;
		else
			spec->rodata_bytes += s.size;
	}
	for (uint32_t i = 1; i < elf.symbol_cnt; i++) {
		struct elf_symbol s;

		elf_symbol_at(&elf, i, &s);
		spec->import_cnt += !s.shndx && spec->import_cnt < IMPORTS_MAX;
	}
	free(data);
}

static void shared_path(char path[4096], const char *directory, size_t idx)
{
	snprintf(path, 4096, "%s/%zu.so", directory, idx);
}

static void make_one(const struct tree *tree, const char *directory, size_t idx)
{
	static char names[IMPORTS_MAX][32];
	static const char *imports[IMPORTS_MAX];
	static uint32_t crcs[IMPORTS_MAX];
	struct object_spec spec = { .name = tree->names[idx], .imports = imports, .crcs = crcs };
	char object[4096], made[4096];
	const char *const ld[] = { "ld",   "-shared", "--no-gc-sections", "--build-id=none", "-z", "now", "-o", made,
				   object, NULL };
	size_t size;
	void *data;

	measure(tree->paths[idx], &spec);
	for (uint32_t i = 0; i < spec.import_cnt; i++) {
		object_import_name(names[i], (uint32_t)(idx * 37 + i * 11) % FUNCTIONS);
		imports[i] = names[i];
	}
	spec.calls = spec.import_cnt;
	data = object_make(&spec, &size);
	snprintf(object, sizeof(object), "%s/%zu.o", directory, idx);
	shared_path(made, directory, idx);
	write_file(object, data, size);
	run(ld);
	unlink(object);
	free(data);
}

/* The object that has all the functions. */
static void make_base(const char *directory)
{
	char source[4096], object[4096], made[4096], name[32];
	const char *const as[] = { "as", "-o", object, source, NULL };
	const char *const ld[] = { "ld", "-shared", "-o", made, object, NULL };
	FILE *f;

	snprintf(source, sizeof(source), "%s/base.s", directory);
	snprintf(object, sizeof(object), "%s/base.o", directory);
	snprintf(made, sizeof(made), "%s/base.so", directory);
	f = fopen(source, "w");
	if (!f)
		die(source);
	for (uint32_t i = 0; i < FUNCTIONS; i++) {
		object_import_name(name, i);
		fprintf(f, ".globl %s\n.type %s, @function\n%s: ret\n.balign 16\n", name, name, name);
	}
	fclose(f);
	run(as);
	run(ld);
}

void shared_make_all(const struct tree *tree, const char *directory)
{
	char done[4096];

	snprintf(done, sizeof(done), "%s/done-%zu", directory, tree->cnt);
	if (!access(done, F_OK))
		return;
	fprintf(stderr, "bench: making %zu shared objects in %s\n", tree->cnt, directory);
	mkdir(directory, 0755);
	make_base(directory);
	for (size_t i = 0; i < tree->cnt; i++)
		make_one(tree, directory, i);
	write_file(done, "", 0);
}

double shared_open_all(const struct tree *tree, const char *directory)
{
	struct timespec start, end;
	char path[4096];

	snprintf(path, sizeof(path), "%s/base.so", directory);
	if (!dlopen(path, RTLD_NOW | RTLD_GLOBAL))
		return -1;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	for (size_t i = 0; i < tree->cnt; i++) {
		shared_path(path, directory, i);
		if (!dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
			fprintf(stderr, "bench: %s\n", dlerror());
			return -1;
		}
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	return (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) / 1e6;
}
