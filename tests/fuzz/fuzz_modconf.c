/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Configuration. First byte 0: the rest is the kernel's command line; odd: a file of depmod.d; else: one of modprobe.d.
 * Whatever they are, every entry is found by its name, and a softdep written anew stays what it is. A file of modprobe.d
 * is also looked at for mistakes (tmod_lint()).
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "user/lib/config/config.h"
#include "user/lib/config/depmod_conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void promise(bool kept)
{
	if (!kept)
		abort();
}

static void look(void *data, enum tmod_level level, const char *text)
{
	promise(level >= TMOD_ERROR && *text);
	++*(size_t *)data;
}

static void check_entry(const struct tmod_config *c, const struct tmod_entry *e, struct arena *arena, size_t size)
{
	const struct tmod_entry *found = tmod_config_find(c, e->directive, e->name, NULL);

	bool policy =
	    e->directive == TMOD_ALLOW || e->directive == TMOD_FORBID; /* its value is why it is not understood */

	promise((*e->name || e->directive == TMOD_ALLOW) && strlen(e->name) <= size);
	promise((policy || strlen(e->value) <= size) && *e->file && e->line <= size);
	if (!strpbrk(e->name, "*?[\\"))
		promise(found && found <= e);
	if (e->directive == TMOD_SOFTDEP)
		promise(!strcmp(softdep_normalise(arena, e->value), e->value));
	if (e->directive == TMOD_FORBID && !strpbrk(e->name, "*?[\\"))
		promise(tmod_config_forbids(c, e->name));
}

static size_t check(const struct tmod_config *c, size_t size)
{
	struct arena arena = { 0 };
	size_t cnt = 0;

	for (enum tmod_directive d = 0; d < TMOD_DIRECTIVE_CNT; d++)
		for (const struct tmod_entry *e = NULL; (e = tmod_config_next(c, d, e)); cnt++)
			check_entry(c, e, &arena, size);
	arena_close(&arena);
	return cnt;
}

static void try_cmdline(const uint8_t *data, size_t size, const struct tmod_messages *messages)
{
	struct tmod_config c = { 0 };
	const struct config_entry *e;

	promise(!cmdline_read(&c, (const char *)data, size, messages));
	e = (const struct config_entry *)(const void *)c.entries.data;
	for (size_t n = c.entries.len / sizeof(*e); n; n--, e++)
		promise(*e->public.name && strlen(e->public.name) + strlen(e->public.value) <= size);
	buf_free(&c.entries);
	arena_close(&c.arena);
}

static void try_depmod(const char *const *paths, size_t size, const struct tmod_messages *messages)
{
	struct depmod_conf c;

	promise(!depmod_conf_open(&c, paths, "6.1.0-56-amd64", messages));
	promise(c.search[0]);
	for (size_t i = 0; i < c.override_cnt; i++)
		promise(strlen(c.overrides[i].module) + strlen(c.overrides[i].dir) < size);
	depmod_conf_close(&c);
}

static void look_at_finding(void *data, const struct tmod_finding *f)
{
	size_t size = *(const size_t *)data;

	promise(*f->rule && *f->text && f->line <= size + 1 && f->column <= size + 1 && !f->fixed);
}

static void try_lint(const char *const *paths, size_t size)
{
	const struct tmod_where where = { .tree = "/nonexistent/tree" };
	const struct tmod_messages silence = { 0 };
	const struct tmod_lint request = { .paths = paths };
	struct tmod_system *system;

	promise(!tmod_system_open(&where, &silence, &system));
	promise(tmod_lint(system, &request, look_at_finding, &size) == 1);
	tmod_system_close(system);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t said = 0;
	struct tmod_messages messages = { look, &said };
	const char *paths[] = { NULL, NULL };
	struct tmod_config *c;
	char path[64];
	int fd;

	if (!size)
		return 0;
	if (!data[0]) {
		try_cmdline(data + 1, size - 1, &messages);
		return 0;
	}
	fd = memfd_create("conf", MFD_CLOEXEC);
	promise(fd >= 0 && write(fd, data + 1, size - 1) == (ssize_t)(size - 1));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	paths[0] = path;
	if (data[0] & 1) {
		try_depmod(paths, size, &messages);
	} else {
		promise(!tmod_config_open(paths, NULL, &messages, &c));
		promise(check(c, size) + said <= 2 * size);
		promise(!tmod_config_changed(c));
		tmod_config_close(c);
		try_lint(paths, size);
	}
	close(fd);
	return 0;
}
