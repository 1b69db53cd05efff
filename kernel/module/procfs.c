// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* /proc/modules and /proc/kallsyms. */
#include "kernel/module/procfs.h"

#include "kernel/init.h"
#include "kernel/module/module.h"
#include "kernel/module/record.h"
#include "kernel/module/report.h"
#include "kernel/process/exec_format.h"
#include "kernel/process/process.h"
#include "kernel/symbols.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"

typedef unsigned long long ull;

void module_taints(uint32_t taints, char text[MODULE_TAINT_BYTES])
{
	static const struct {
		uint32_t bit;
		char letter;
	} letters[] = {
		{ TENON_TAINT_PROPRIETARY, 'P' },
		{ TENON_TAINT_FORCED, 'F' },
		{ TENON_TAINT_FAULTED, 'D' },
		{ TENON_TAINT_UNSIGNED, 'E' },
	};

	for (unsigned i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (taints & letters[i].bit)
			*text++ = letters[i].letter;
	*text = '\0';
}

size_t module_core_bytes(const struct tenon_module_info *info)
{
	size_t bytes = 0;

	for (enum tenon_mem mem = 0; mem < TENON_MEM_INIT_TEXT; mem++)
		bytes += info->size[mem];
	return bytes;
}

static int show_user(const struct tenon_module *user, void *arg)
{
	text_printf(arg, "%s,", tenon_module_name(user));
	return 0;
}

static const char *state_of(enum tenon_module_state state)
{
	return state == TENON_LIVE ? "Live" : state == TENON_COMING ? "Loading" : "Unloading";
}

/* Addresses are for root's eyes. */
static ull address_shown(tenon_addr address)
{
	return process_credentials()->euid ? 0 : address;
}

/*
 * What has faulted has no name any more: nobody can ask for it. Of several of one name, in different domains, the one in
 * /sys is shown.
 */
static int show_module(const struct tenon_module *m, void *arg)
{
	struct tenon_module_info i;
	char taints[MODULE_TAINT_BYTES];
	const struct record *r = tenon_module_kept(m);
	struct text *t = arg;

	tenon_module_info(m, &i);
	if (i.state == TENON_UNFORMED || i.state == TENON_QUARANTINED || (r && r->passed_over))
		return 0;
	text_printf(t, "%s %zu %u ", i.name, module_core_bytes(&i), i.refs + i.users);
	if (i.users)
		tenon_for_each_user(module_core, m, show_user, t);
	if (i.init && !i.exit)
		text_printf(t, "[permanent],");
	text_printf(t, "%s %s 0x%016llx", i.users || (i.init && !i.exit) ? "" : "-", state_of(i.state),
		    address_shown(i.address[TENON_MEM_TEXT]));
	module_taints(i.taints, taints);
	text_printf(t, taints[0] ? " (%s)\n" : "\n", taints);
	return 0;
}

static int show_modules(struct text *t, void *data)
{
	(void)data;
	tenon_for_each(module_core, show_module, t);
	return 0;
}

static void show_kernel_symbol(const char *name, uint64_t address, void *arg)
{
	text_printf(arg, "%016llx t %s\n", address_shown(address), name);
}

static int show_symbols(struct text *t, void *data)
{
	struct tenon_module_info info;

	(void)data;
	symbol_each(show_kernel_symbol, t);
	for (struct record *r = record_next(NULL); r; r = record_next(r)) {
		bool there = record_info(r, &info) && info.state != TENON_UNFORMED;

		for (uint32_t i = 0; there && i < r->symbol_cnt; i++)
			if (!r->symbols[i].init || info.state == TENON_COMING)
				text_printf(t, "%016llx %c %s\t[%s]\n", address_shown(r->symbols[i].address),
					    r->symbols[i].letter, r->symbols[i].name, r->name);
	}
	return 0;
}

static int show_disabled(struct text *t, void *data)
{
	(void)data;
	text_printf(t, "%u\n", tenon_modules_disabled(module_core));
	return 0;
}

/* One way, as Linux's. */
static int store_disabled(const char *text, size_t len, void *data)
{
	(void)data;
	if (!len || text[0] != '1' || (len > 1 && text[1] != '\n'))
		return -TENON_EINVAL;
	tenon_disable_modules(module_core);
	return 0;
}

int __init module_procfs_init(struct node *root)
{
	static const struct attr modules = { "modules", 0444, show_modules, NULL };
	static const struct attr symbols = { "kallsyms", 0444, show_symbols, NULL };
	static const struct attr disabled = { "modules_disabled", 0644, show_disabled, store_disabled };
	struct node *sys, *kernel;
	int err = attr_file(root, &modules, NULL) ?: attr_file(root, &symbols, NULL) ?: attr_dir(root, "sys", &sys);

	if (err)
		return err;
	err = attr_dir(sys, "kernel", &kernel);
	if (!err)
		err = exec_format_files_init(sys);
	node_put(sys);
	if (err)
		return err;
	err = taint_files_init(root, kernel) ?: attr_file(kernel, &disabled, NULL);
	node_put(kernel);
	return err;
}
