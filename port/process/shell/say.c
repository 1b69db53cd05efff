/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What went wrong: one line that says what, where and what to do. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "port/process/shell/shell.h"

int say(const struct args *a, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fprintf(stderr, "%s: ", a->word[0]);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return 1;
}

int say_usage(const struct args *a)
{
	const struct command *c = command_find(a->word[0]);

	say(a, "usage: %s %s", c->name, c->usage);
	return 2;
}

/* What to do, by what went wrong; %s is the name that the diagnosis is about. */
static const struct hint {
	enum tenon_reason first, last;
	const char *text;
} hints[] = {
	{ TENON_R_READ_FAILED, TENON_R_READ_SHORT, "copy the file again" },
	{ TENON_R_FILE_EMPTY, TENON_R_FILE_EMPTY, "rebuild it or copy it again" },
	{ TENON_R_NAME_INVALID, TENON_R_NAME_TOO_LONG,
	  "a name has at most 55 letters, digits, '_' and '-', as in lz4_compress; for a file use insmod" },
	{ TENON_R_SIG_MISSING, TENON_R_SIG_MISMATCH, "sign it with a key that --keys trusts (modpost --sign)" },
	{ TENON_R_SIG_REVOKED, TENON_R_SIG_REVOKED, "get a newer version of it" },
	{ TENON_R_MODULES_DISABLED, TENON_R_MODULES_DISABLED, "leave with `exit` and restart" },
	{ TENON_R_ELF_SHORT, TENON_R_ELF_MAGIC, "a module is a relocatable ELF file, usually named NAME.ko" },
	{ TENON_R_ELF_CLASS, TENON_R_ELF_ENDIAN, "use the module built for this CPU" },
	{ TENON_R_ELF_TYPE, TENON_R_ELF_TYPE, "a module is a relocatable ELF file, usually named NAME.ko" },
	{ TENON_R_ELF_MACHINE, TENON_R_ELF_FLAGS, "use the module built for this CPU" },
	{ TENON_R_SHDR_RANGE, TENON_R_SHDR_RANGE, "the file is truncated or damaged: copy it again" },
	{ TENON_R_SEC_RANGE, TENON_R_SEC_RANGE, "the file is truncated or damaged: copy it again" },
	{ TENON_R_NO_PERSONALITY, TENON_R_NO_PERSONALITY, "link it as a module: docs/writing-a-module.md" },
	{ TENON_R_VERMAGIC, TENON_R_VERMAGIC_MISSING, "use the module built for this kernel version" },
	{ TENON_R_LOADED, TENON_R_LOADED_PARAMS, "to reload it, `rmmod %s` first" },
	{ TENON_R_DEPENDENCY_MISSING, TENON_R_DEPENDENCY_MISSING, "name the tree that has it with --modules" },
	{ TENON_R_DEPENDENCY_CYCLE, TENON_R_DEPENDENCY_DEPTH, "correct the modules' `depends` and rebuild them" },
	{ TENON_R_SYM_UNDEFINED, TENON_R_SYM_UNDEFINED, "`exports` lists what there is" },
	{ TENON_R_SYM_CRC, TENON_R_SYM_CRC_MISSING, "rebuild the module against this interface" },
	{ TENON_R_SYM_NAMESPACE, TENON_R_SYM_NAMESPACE, "add MODULE_IMPORT_NS to its source" },
	{ TENON_R_SYM_DOMAIN, TENON_R_SYM_DOMAIN, "load both into one domain" },
	{ TENON_R_PARAM_UNKNOWN, TENON_R_PARAM_UNKNOWN, "`modinfo -p %s` lists its parameters" },
	{ TENON_R_PARAM_SYNTAX, TENON_R_PARAM_SYNTAX, "write NAME=VALUE, with quotes around a value that has spaces" },
	{ TENON_R_PARAM_VALUE, TENON_R_PARAM_NO_VALUE, "`modinfo -p %s` shows its type" },
	{ TENON_R_PARAM_DUPLICATE, TENON_R_PARAM_DUPLICATE, "give it once" },
	{ TENON_R_INIT_FAILED, TENON_R_INIT_FAILED, "`dmesg` may say more" },
	{ TENON_R_INIT_FAULT, TENON_R_INIT_FAULT, "`dmesg` may say more" },
	{ TENON_R_IN_USE_BY, TENON_R_IN_USE_BY, "unload those first" },
	{ TENON_R_IN_USE_REFS, TENON_R_IN_USE_REFS, "`refs %s` shows who uses it" },
	{ TENON_R_IN_USE_THREAD, TENON_R_IN_USE_THREAD, "try again when that has returned" },
	{ TENON_R_NOT_LOADED, TENON_R_NOT_LOADED, "`lsmod` lists what is loaded" },
};

static int offer_loaded(const struct tenon_module *m, void *arg)
{
	closest_offer(arg, tenon_module_name(m));
	return 0;
}

static int offer_export(const struct tenon_export *e, void *arg)
{
	closest_offer(arg, e->name);
	return 0;
}

/* A name that may have been meant, into @c. */
static void find_meant(struct shell *s, const struct tenon_diag *diag, struct closest *c)
{
	char *const *names;
	size_t cnt;

	closest_begin(c, diag->reason == TENON_R_NOT_LOADED ? diag->module : diag->name);
	switch (diag->reason) {
	case TENON_R_NOT_FOUND:
		names = names_get(s, &cnt);
		for (size_t i = 0; i < cnt; i++)
			closest_offer(c, names[i]);
		break;
	case TENON_R_NOT_LOADED:
		tenon_for_each(s->core, offer_loaded, c);
		break;
	case TENON_R_SYM_UNDEFINED:
		tenon_for_each_export(s->core, s->domains[0], offer_export, c);
		break;
	default:
		break;
	}
}

/* Where modules are looked for, for one that was not found. */
static void print_dirs(const struct shell *s)
{
	fputs("; searched", stderr);
	for (size_t i = 0; i < s->dir_cnt; i++)
		fprintf(stderr, "%s %s", i ? "," : "", s->dirs[i]);
	fputs(s->dir_cnt ? "" : " nowhere: name a tree with --modules", stderr);
}

static void print_hint(struct shell *s, const struct tenon_diag *diag)
{
	struct closest meant;

	find_meant(s, diag, &meant);
	if (meant.name[0]) {
		fprintf(stderr, "; did you mean %s?", meant.name);
		return;
	}
	if (diag->reason == TENON_R_NOT_FOUND)
		print_dirs(s);
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		if (diag->reason < hints[i].first || diag->reason > hints[i].last)
			continue;
		fputs("; ", stderr);
		for (const char *c = hints[i].text; *c; c++) {
			if (c[0] == '%' && c[1] == 's')
				fputs(diag->module, stderr), c++;
			else
				fputc(*c, stderr);
		}
		return;
	}
}

int say_diag(struct shell *s, const struct args *a, const char *where, const struct tenon_diag *diag)
{
	char text[512];
	const char *rest = text;
	size_t len = strlen(diag->module);

	tenon_diag_format(diag, text, sizeof(text));
	/* The file's path says more than the module's name. */
	if (where && !strncmp(text, diag->module, len) && text[len] == ':')
		rest = text + len + 2;
	fflush(stdout);
	fprintf(stderr, "%s: %s%s%s", a->word[0], where ? where : "", where ? ": " : "", rest);
	if (diag->reason == TENON_R_SYM_UNDEFINED)
		print_missing(s, where, diag);
	print_hint(s, diag);
	fputc('\n', stderr);
	return 1;
}
