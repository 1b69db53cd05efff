/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Open any bytes as a module file, packed or not, and use all functions of the library on it. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tenon/mod.h"
#include "tests/fuzz/elf_mutator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Names end, so that reading them finds what lies outside. */
static int look(void *data, const struct tmod_symbol *symbol)
{
	*(size_t *)data += strlen(symbol->name) + symbol->crc;
	return 0;
}

static void ask(struct tmod_file *file)
{
	struct tmod_signature signature;
	struct tmod_info info;
	const char *at = NULL;
	size_t sum = 0;

	while (tmod_file_info(file, &at, &info))
		for (size_t i = 0; i < info.value_len; i++)
			sum += (uint8_t)info.value[i];
	tmod_file_signature(file, &signature);
	for (size_t i = 0; i < signature.signature_len; i++)
		sum += signature.signature[i];
	for (int kind = TMOD_EXPORTS; kind <= TMOD_VERSIONS; kind++)
		if (tmod_file_symbols(file, (enum tmod_symbol_kind)kind, look, &sum) > 0)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	char path[32], text[256];
	struct tmod_file *file;
	int err;

	if (fd < 0)
		fd = memfd_create("module", MFD_CLOEXEC);
	if (ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	err = tmod_file_open(path, &file, text, sizeof(text));
	if (err > 0)
		abort();
	if (!err) {
		ask(file);
		tmod_file_close(file);
	}
	return 0;
}
