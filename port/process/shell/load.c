/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* insmod, modprobe, rmmod. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fmt/modname.h"
#include "port/process/program/debug.h"
#include "port/process/shell/shell.h"

/* What insmod and modprobe are given: options, one name, parameters. */
struct load_args {
	struct tenon_domain *domain;
	const char *name;
	char *params; /* to be freed */
};

/* Return: 0, or the status to fail with, after it was said why. */
static int load_args_take(struct shell *s, const struct args *a, struct load_args *out)
{
	const char *domain = "kernel";
	size_t i = 1;

	for (; i < a->cnt && a->word[i][0] == '-' && !a->quoted[i]; i++) {
		if (!strcmp(a->word[i], "--isolated"))
			domain = "isolated";
		else if (!strcmp(a->word[i], "--domain") && i + 1 < a->cnt)
			domain = a->word[++i];
		else
			return say_usage(a);
	}
	if (i == a->cnt)
		return say_usage(a);
	out->name = a->word[i];
	out->domain = domain_need(s, a, domain);
	if (!out->domain)
		return 1;
	out->params = args_params(a, i + 1);
	return out->params ? 0 : say(a, "out of memory");
}

/* Load, and say what came of it. @where: the file, or NULL: it is to be found. */
static int load(struct shell *s, const struct args *a, const char *where, const struct tenon_request *req)
{
	struct tenon_diag diag = { 0 };
	int err = where ? tenon_load(s->core, req, NULL, &diag) : process_request(s->h, req, &diag);

	if (err || diag.reason != TENON_R_NONE)
		say_diag(s, a, where, &diag);
	return err ? 1 : 0;
}

int load_debugged(const struct tenon_module *m, const struct tenon_linked *linked, void *arg)
{
	const struct shell *s = arg;
	const char *name = tenon_module_name(m), *file = s->inserted ? strrchr(s->inserted, '/') : NULL;
	char found[PROCESS_PATH_BYTES];

	file = file ? file + 1 : s->inserted;
	if (tenon_domain_kind(tenon_module_domain(m)) != TENON_DOMAIN_KERNEL)
		return 0;
	if (file && modname_is(name, file, strcspn(file, ".")))
		debug_linked(linked, s->inserted);
	else if (process_find_path(s->h, name, found, sizeof(found)))
		debug_linked(linked, found);
	return 0;
}

static int open_file(const struct args *a, const char *path, struct tenon_source *src)
{
	int err = process_open_file(path, src);

	switch (err) {
	case 0:
		return 0;
	case -TENON_EINVAL:
		return say(a, "%s: not a regular file; name a module file (NAME.ko)", path);
	case -TENON_ENOEXEC:
		return say(a, "%s: the compressed file is damaged; copy it again", path);
	case -TENON_ENOENT:
		return say(a, "%s: no such file; to find a module by its name use modprobe", path);
	default:
		return say(a, "%s: cannot be read: %s", path, strerror(-err));
	}
}

int cmd_insmod(struct shell *s, const struct args *a)
{
	struct tenon_source src;
	struct load_args args;
	int status = load_args_take(s, a, &args);

	if (status)
		return status;
	status = open_file(a, args.name, &src);
	if (!status) {
		const struct tenon_request req = { .source = &src,
						   .domain = args.domain,
						   .params = args.params,
						   .flags = TENON_LOAD_FRESH | TENON_LOAD_NO_DEPS };

		s->inserted = args.name;
		status = load(s, a, args.name, &req);
		s->inserted = NULL;
	}
	free(args.params);
	return status;
}

int cmd_modprobe(struct shell *s, const struct args *a)
{
	struct load_args args;
	int status = load_args_take(s, a, &args);

	if (!status) {
		const struct tenon_request req = { .name = args.name, .domain = args.domain, .params = args.params };

		status = load(s, a, NULL, &req);
		free(args.params);
	}
	return status;
}

/* ---- unloading ---- */

static int unload(struct shell *s, const struct args *a, const char *given)
{
	struct tenon_diag diag = { 0 };
	char name[256];
	int err;

	/* Longer than any module's name: it is not loaded, and cutting it off changes nothing about that. */
	snprintf(name, sizeof(name), "%s", given);
	modname_fold_text(name);
	err = tenon_unload(s->core, NULL, name, standard_unload_deadline(s->h), &diag);
	if (err || diag.reason != TENON_R_NONE)
		say_diag(s, a, NULL, &diag);
	return err ? 1 : 0;
}

int cmd_rmmod(struct shell *s, const struct args *a)
{
	int status = 0;

	if (a->cnt < 2)
		return say_usage(a);
	for (size_t i = 1; i < a->cnt; i++)
		if (unload(s, a, a->word[i]))
			status = 1;
	return status;
}
