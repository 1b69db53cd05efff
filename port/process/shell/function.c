/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Functions that modules export: finding one by name, and calling it the way its kind of module wants. */
#include <stdio.h>
#include <string.h>

#include "port/process/shell/shell.h"
#include "tenon/linux.h"

/* Is @address in what the module may execute? */
static bool is_function(const struct tenon_module *m, uint64_t address)
{
	struct tenon_module_info info;

	tenon_module_info(m, &info);
	return address - info.address[TENON_MEM_TEXT] < info.size[TENON_MEM_TEXT];
}

static int offer(const struct tenon_export *e, void *arg)
{
	closest_offer(arg, e->name);
	return 0;
}

static int not_exported(struct shell *s, const struct args *a, const char *name)
{
	struct closest c;

	closest_begin(&c, name);
	for (size_t i = 0; i < s->domain_cnt; i++)
		tenon_for_each_export(s->core, s->domains[i], offer, &c);
	if (c.name[0])
		return say(a, "%s: no loaded module exports that; did you mean %s?", name, c.name);
	return say(a, "%s: no loaded module exports that; `exports` lists what there is", name);
}

int function_find(struct shell *s, const struct args *a, const char *name, const struct tenon_domain *only,
		  struct process_code *code)
{
	struct tenon_export e = { 0 };
	int err = -TENON_ENOENT;

	for (size_t i = 0; i < s->domain_cnt && err; i++)
		if (!only || s->domains[i] == only)
			err = tenon_lookup(s->core, s->domains[i], name, &e);
	if (err)
		return not_exported(s, a, name);
	if (!e.owner)
		return say(a, "%s is the kernel's own; call takes functions of modules", name);
	if (!is_function(e.owner, e.value))
		return say(a, "%s is data; call takes functions", name);
	if (!tenon_try_get(e.owner))
		return say(a, "%s: its module is being unloaded; load it again", name);
	code->module = e.owner;
	code->address = e.value;
	return 0;
}

/* ---- calling ---- */

/*
 * Linux's functions run on a virtual CPU, which linux.ko's tenon_linux_call provides: it takes six arguments and, as
 * the seventh, the function. A call into a module passes six, so this stands between.
 */
typedef int64_t linux_call(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t function);
static _Thread_local struct {
	linux_call *by;
	uint64_t function;
} on_cpu;

static int64_t call_on_cpu(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f)
{
	return on_cpu.by(a, b, c, d, e, f, on_cpu.function);
}

static int is_of_linux(const struct tenon_export *e, void *arg)
{
	(void)arg;
	return e->owner && !strcmp(tenon_module_name(e->owner), "linux");
}

int function_call(struct shell *s, const struct process_code *code, const uint64_t args[KPI_ARGS_MAX], int64_t *result,
		  char why[64])
{
	struct tenon_domain *d = tenon_module_domain(code->module);
	struct process_code through = *code;
	struct tenon_export by;

	/* Linux's modules are those that are bound to linux.ko. */
	if (!tenon_for_each_import(code->module, is_of_linux, NULL))
		return process_upcall(s->h, code, args, result, why);
	if (tenon_domain_kind(d) != TENON_DOMAIN_KERNEL || tenon_lookup(s->core, d, TENON_LINUX_CALL, &by)) {
		strcpy(why, "Linux's functions can be called in domain kernel only");
		return -TENON_EOPNOTSUPP;
	}
	on_cpu.by = (linux_call *)(uintptr_t)by.value;
	on_cpu.function = code->address;
	through.address = (uintptr_t)call_on_cpu;
	return process_upcall(s->h, &through, args, result, why);
}
