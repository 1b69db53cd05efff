/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Run a linker on a module's file with a script that says where each section is. The linker works on a copy in which
 * SHF_MERGE and SHF_STRINGS are cleared, because it would merge strings. Its files are gone as soon as it has ended.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/debian/t0.h"

#define ARGS_MAX 32

extern char **environ;

struct files {
	char script[4200], copy[4200], out[4200], messages[4200];
};

static void name_files(struct files *f, const char *directory)
{
	snprintf(f->script, sizeof(f->script), "%s/script", directory);
	snprintf(f->copy, sizeof(f->copy), "%s/in.o", directory);
	snprintf(f->out, sizeof(f->out), "%s/out", directory);
	snprintf(f->messages, sizeof(f->messages), "%s/messages", directory);
}

static void remove_files(const struct files *f)
{
	unlink(f->script);
	unlink(f->copy);
	unlink(f->out);
	unlink(f->messages);
}

/* lld takes the quotes for part of a section's name: only where there is no other way. */
static const char *quote(const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";

	return name[strspn(name, plain)] ? "\"" : "";
}

static bool write_script(const char *path, const struct load *l, const struct symvers *sv)
{
	const Elf64_Sym *syms = (const void *)l->elf.symbols;
	FILE *f = fopen(path, "w");
	struct elf_section s;

	if (!f)
		return false;
	for (uint32_t i = 1; i < l->elf.symbol_cnt; i++) {
		const struct symver *known =
		    syms[i].st_shndx ? NULL : symvers_find(sv, l->elf.strings + syms[i].st_name);

		if (known)
			fprintf(f, "\"%s\" = %#llx;\n", known->name, (unsigned long long)known->address);
	}
	/* In no segment to load: then linkers do not make room in the file for what is between two addresses. */
	fprintf(f, "PHDRS { none PT_NULL; }\nSECTIONS {\n");
	for (uint32_t i = 1; i < l->elf.section_cnt; i++) {
		elf_section_at(&l->elf, i, &s);
		if (l->sections[i].mem != SECTION_NOT_LOADED)
			fprintf(f, "%s%s%s %#llx : { *(\"%s\") } :none\n", quote(s.name), s.name, quote(s.name),
				(unsigned long long)l->sections[i].run, s.name);
	}
	fprintf(f, "/DISCARD/ : {");
	for (uint32_t i = 1; i < l->elf.section_cnt; i++) {
		elf_section_at(&l->elf, i, &s);
		if (l->sections[i].mem == SECTION_NOT_LOADED && (s.type == SHT_PROGBITS || s.type == SHT_NOTE))
			fprintf(f, " *(\"%s\")", s.name);
	}
	fprintf(f, " }\n}\n");
	return !fclose(f);
}

static bool write_copy(const char *path, const struct load *l)
{
	char *copy = malloc(l->file_size);
	const Elf64_Ehdr *header = (const void *)copy;
	Elf64_Shdr *sections;
	FILE *f = fopen(path, "wb");
	bool good;

	if (!copy || !f)
		return false;
	memcpy(copy, l->file, l->file_size);
	sections = (void *)(copy + header->e_shoff);
	for (int i = 0; i < header->e_shnum; i++)
		sections[i].sh_flags &= ~(uint64_t)(SHF_MERGE | SHF_STRINGS);
	good = fwrite(copy, 1, l->file_size, f) == l->file_size;
	free(copy);
	return !fclose(f) && good;
}

static void *read_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *data = NULL;

	if (fd >= 0 && !fstat(fd, &st)) {
		data = malloc((size_t)st.st_size + 1);
		if (data && read(fd, data, (size_t)st.st_size) != st.st_size) {
			free(data);
			data = NULL;
		}
		if (data)
			data[st.st_size] = 0;
		*size = (size_t)st.st_size;
	}
	if (fd >= 0)
		close(fd);
	return data;
}

/* Run it, with what it says going to a file. */
static bool spawn(const struct linker *ld, const struct files *f)
{
	const char *args[ARGS_MAX] = { NULL };
	const char *const more[] = { "-T", f->script, "-o", f->out, f->copy };
	posix_spawn_file_actions_t actions;
	int n = 0, status = -1;
	pid_t pid;

	for (; ld->command[n]; n++)
		args[n] = ld->command[n];
	memcpy(args + n, more, sizeof(more));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, f->messages, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_adddup2(&actions, 1, 2);
	if (posix_spawnp(&pid, args[0], &actions, NULL, (char *const *)args, environ) ||
	    waitpid(pid, &status, 0) != pid)
		status = -1;
	posix_spawn_file_actions_destroy(&actions);
	return !status;
}

bool linker_run(const struct linker *ld, const struct load *l, const struct symvers *sv, struct result *r, void **out,
		size_t *out_size)
{
	struct files f;
	size_t size;

	*out = NULL;
	name_files(&f, ld->directory);
	if (!write_script(f.script, l, sv) || !write_copy(f.copy, l)) {
		result_wrong(r, "cannot write to %s", ld->directory);
	} else if (!spawn(ld, &f)) {
		char *said = read_file(f.messages, &size);

		result_wrong(r, "%s: %.200s", ld->command[0], said ? said : "did not run");
		free(said);
	} else {
		*out = read_file(f.out, out_size);
		if (!*out)
			result_wrong(r, "%s: no output", ld->command[0]);
	}
	remove_files(&f);
	return *out;
}
