/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a module of the kernel's own says of the kernel: its CPU, vermagic, whether its modules are signed. */
#include <stdio.h>

#include "user/lib/check/check.h"
#include "user/lib/say.h"

/* The first module that can be read and is the kernel's own will do. */
static int learn(struct check *c, const char *path)
{
	struct reference *r = &c->reference;
	size_t len = strlen(c->dir);
	struct tmod_signature signature;
	struct tmod_file *file;
	const char *vermagic;

	if (strncmp(path, c->dir, len) || strncmp(path + len, "/kernel/", 8) || tmod_file_open(path, &file, NULL, 0))
		return 0;
	vermagic = modinfo_get(&file->info, "vermagic");
	if (vermagic) {
		tmod_file_signature(file, &signature);
		r->vermagic = arena_copy(&c->arena, vermagic, strlen(vermagic));
		r->known = r->vermagic;
		r->machine = file->elf.machine;
		r->is64 = file->elf.is64;
		r->is_signed = signature.id_type;
	}
	tmod_file_close(file);
	return r->known;
}

void reference_find(struct check *c)
{
	check_modules(c, learn);
	if (!c->reference.known)
		say(c->messages, TMOD_WARNING,
		    "%s: no module of this kernel can be read (run: depmod %s), so the CPU and most of vermagic are "
		    "not checked",
		    c->dir, c->release);
}

/* ELF's names for CPUs that Linux runs on; their numbers are in the ELF registry. */
static const char *machine_name(uint16_t machine, bool is64, char *text, size_t size)
{
	static const struct {
		uint16_t machine;
		const char *name;
	} names[] = {
		{ 3, "x86" },         { 8, "MIPS" },      { 15, "PA-RISC" }, { 20, "PowerPC" },
		{ 21, "PowerPC 64" }, { 22, "S/390" },    { 40, "ARM" },     { 43, "SPARC v9" },
		{ 62, "x86-64" },     { 183, "AArch64" }, { 243, "RISC-V" }, { 258, "LoongArch" },
	};
	const char *name = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].machine == machine)
			name = names[i].name;
	if (name)
		snprintf(text, size, "%s (%d bits)", name, is64 ? 64 : 32);
	else
		snprintf(text, size, "CPU number %u of ELF (%d bits)", machine, is64 ? 64 : 32);
	return text;
}

void check_machine(struct check *c)
{
	const struct elf_file *elf = &c->file->elf;
	char its[64], kernels[64];

	if (c->reference.known && (elf->machine != c->reference.machine || elf->is64 != c->reference.is64))
		check_problem(c, TMOD_PROBLEM_CPU, "", "it is for %s, the kernel for %s",
			      machine_name(elf->machine, elf->is64, its, sizeof(its)),
			      machine_name(c->reference.machine, c->reference.is64, kernels, sizeof(kernels)));
}

/* With checksums for symbols the release in front may differ: what is after the first blank must be the same. */
static const char *comparable(const char *vermagic, bool with_checksums)
{
	const char *blank = with_checksums ? strchr(vermagic, ' ') : NULL;

	return blank ? blank : vermagic;
}

void check_vermagic(struct check *c)
{
	const char *its = check_info(c, "vermagic"), *kernels = c->reference.vermagic;
	bool checksums = check_has_checksums(c);

	if (!its) {
		check_problem(c, TMOD_PROBLEM_VERMAGIC, "", "it has no vermagic, so that it is loaded by force only");
	} else if (c->reference.known) {
		if (strcmp(comparable(its, checksums), comparable(kernels, checksums)))
			check_problem(c, TMOD_PROBLEM_VERMAGIC, its, "its vermagic is '%s', the kernel's '%s'", its,
				      kernels);
	} else if (!checksums && (strncmp(its, c->release, strlen(c->release)) || its[strlen(c->release)] != ' ')) {
		check_problem(c, TMOD_PROBLEM_VERMAGIC, its, "its vermagic is '%s', the kernel's begins with '%s'", its,
			      c->release);
	}
}
