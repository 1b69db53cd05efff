/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * mount_image DOMAIN MODULE TYPE FLAGS IMAGE LIST [GONE] - mount IMAGE by Debian's module of that file system, on the disk
 * that MODULE (image.c) makes, and write the hash and path of each of its files to LIST. With GONE two are made and
 * that one is removed before. Unless FLAGS has 1, read-only, IMAGE is replaced by what is on the disk after it is unmounted.
 * DOMAIN: kernel or isolated.
 * Status 0: all went well, and everything was unloaded with nothing left behind.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/linux/compartment.h"

#define PIECE 65536u
#define LIST_BYTES 16384u

static char list[LIST_BYTES];

static int print_line(uint64_t ns, enum tenon_log_level level, const char *text, size_t len, void *arg)
{
	(void)ns, (void)level, (void)arg;
	fprintf(stderr, "%.*s\n", (int)len, text);
	return 0;
}

static struct compartment c;

static _Noreturn void fail(const char *what, long err)
{
	fprintf(stderr, "mount_image: %s: error %ld\n", what, err);
	process_log_each(c.h, print_line, NULL);
	exit(1);
}

static void must(const char *what, long err)
{
	if (err)
		fail(what, err);
}

static void load_file(const char *path)
{
	struct tenon_diag why = { 0 };
	struct tenon_source file;
	const struct tenon_request req = { .source = &file, .domain = c.d };

	must(path, process_open_file(path, &file));
	must(path, tenon_load(c.core, &req, NULL, &why));
}

/* Modules but linux.ko and its runtime, newest first. */
struct search {
	int skip;
	char name[64];
};

/* Under the core's lock. */
static int find_other(const struct tenon_module *m, void *arg)
{
	struct search *s = arg;

	if (!strcmp(tenon_module_name(m), "linux") || !strcmp(tenon_module_name(m), "runtime") || s->skip--)
		return 0;
	snprintf(s->name, sizeof(s->name), "%s", tenon_module_name(m));
	return 1;
}

/* Return: whether it was there no longer needed; any other failure, or something left behind, ends the test. */
static bool unload(const char *name)
{
	struct tenon_diag why = { 0 };
	int err = try_unload(&c, name, &why);

	if (err == -TENON_EBUSY)
		return false;
	must(name, err);
	must(name, why.reason == TENON_R_LEFT_BEHIND);
	return true;
}

/* One that is in use goes after those that use it. */
static void unload_all(void)
{
	for (int busy = 0;;) {
		struct search s = { .skip = busy };

		tenon_for_each(c.core, find_other, &s);
		if (!s.name[0] && !busy)
			break;
		must("a module is in use by none", !s.name[0]);
		busy = unload(s.name) ? 0 : busy + 1;
	}
	must("linux.ko is in use", !unload("linux"));
	must("its runtime is in use", !unload("runtime"));
}

static void copy_disk(const char *symbol, char *image, size_t bytes, uint8_t kind)
{
	for (size_t at = 0; at < bytes; at += PIECE) {
		size_t len = bytes - at < PIECE ? bytes - at : PIECE;
		const struct argument arg[] = { { kind, len, (uintptr_t)image + at }, NUMBER(len), NUMBER(at) };

		must(symbol, (long)call_function(&c, symbol, 3, arg));
	}
}

static void change(const char *gone)
{
	static const char first[] = "made", second[] = "made too";

	must("create", (long)CALL(&c, "image_create", IN(first, sizeof(first)), NUMBER(300001), NUMBER(1)));
	must("create", (long)CALL(&c, "image_create", IN(second, sizeof(second)), NUMBER(5), NUMBER(2)));
	must("remove", (long)CALL(&c, "image_remove", IN(gone, strlen(gone) + 1)));
}

static void write_list(const char *path, long len)
{
	FILE *f = fopen(path, "w");

	if (len < 0 || !f || fwrite(list, 1, (size_t)len, f) != (size_t)len || fclose(f))
		fail("the files' hashes", len);
}

int main(int argc, char **argv)
{
	const char *type = argc > 3 && !strcmp(argv[3], "isofs") ? "iso9660" : argv[3];
	struct stat st;
	char *image;
	int fd;

	if (argc < 7)
		return 2;
	if (!compartment_open(&c))
		return 1;
	c.d = process_kernel(c.h);
	c.where = argv[1];
	if (!strcmp(argv[1], "isolated"))
		must("isolate", process_isolate(c.h, "box", &c.d));
	fd = open(argv[5], O_RDWR);
	must(argv[5], fd < 0 || fstat(fd, &st));
	image = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	must(argv[3], !load(&c, argv[3], NULL));
	load_file(argv[2]);
	must("disk", (long)CALL(&c, "image_make", NUMBER(st.st_size)));
	copy_disk("image_write", image, (size_t)st.st_size, KPI_IN);
	must("mount", (long)CALL(&c, "image_mount", IN(type, strlen(type) + 1), NUMBER(atoi(argv[4]))));
	if (argc > 7)
		change(argv[7]);
	write_list(argv[6], (long)CALL(&c, "image_hashes", OUT(list, LIST_BYTES), NUMBER(LIST_BYTES)));
	must("unmount", (long)call_function(&c, "image_unmount", 0, NULL));
	if (!(atoi(argv[4]) & 1))
		copy_disk("image_read", image, (size_t)st.st_size, KPI_OUT);
	unload_all();
	if (c.d != process_kernel(c.h))
		must("domain", process_domain_close(c.h, c.d));
	compartment_close(&c);
	return 0;
}
