// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * /sys/module: a directory for each record whose module is listed. It follows the core: what has gone is taken out by
 * whoever unloaded it, what has come is put there when somebody looks. `lock` is held meanwhile; it comes before those
 * of nodes.
 */
#include "kernel/domain/domain.h"
#include "kernel/boot.h"
#include "kernel/console.h"
#include "kernel/device/device.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/module/module.h"
#include "kernel/module/procfs.h"
#include "kernel/module/record.h"
#include "kernel/net/netlink.h"
#include "kernel/sched/lock.h"
#include "kernel/vfs/ramfs.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"
#include "tenon/module.h"
#include "tenon/runtime.h"

#define MODE_BYTES 16

static struct mutex lock = MUTEX_INIT(LOCK_VIEWS);
static struct node *top;            /* /sys/module */
static _Atomic bool something_came; /* since that was last looked at */

/* ---- its files; data is the record ------------------------------------------------------------------------------- */

static int show_core_bytes(struct text *t, void *data)
{
	struct tenon_module_info info;

	if (!record_info(data, &info))
		return -TENON_ENODEV;
	text_printf(t, "%zu\n", module_core_bytes(&info));
	return 0;
}

static int show_init_bytes(struct text *t, void *data)
{
	struct tenon_module_info info;

	if (!record_info(data, &info))
		return -TENON_ENODEV;
	text_printf(t, "%zu\n", info.size[TENON_MEM_INIT_TEXT] + info.size[TENON_MEM_INIT_DATA]);
	return 0;
}

static int show_state(struct text *t, void *data)
{
	struct tenon_module_info info;

	if (!record_info(data, &info))
		return -TENON_ENODEV;
	text_printf(t, "%s\n", tenon_state_name(info.state));
	return 0;
}

static int show_refs(struct text *t, void *data)
{
	struct tenon_module_info info;

	if (!record_info(data, &info))
		return -TENON_ENODEV;
	text_printf(t, "%u\n", info.refs + info.users);
	return 0;
}

static int show_taints(struct text *t, void *data)
{
	struct tenon_module_info info;
	char taints[MODULE_TAINT_BYTES];

	if (!record_info(data, &info))
		return -TENON_ENODEV;
	module_taints(info.taints, taints);
	text_printf(t, "%s\n", taints);
	return 0;
}

static int show_version(struct text *t, void *data)
{
	text_printf(t, "%s\n", ((const struct record *)data)->version);
	return 0;
}

static int show_srcversion(struct text *t, void *data)
{
	text_printf(t, "%s\n", ((const struct record *)data)->srcversion);
	return 0;
}

int section_show(struct text *t, void *data)
{
	const struct record_section *s = data;

	text_printf(t, "0x%016llx\n", (unsigned long long)s->run);
	return 0;
}

int note_show(struct text *t, void *data)
{
	const struct record_section *s = data;
	struct tenon_module *m = record_hold(s->record);
	char bytes[128];
	int err = 0;

	if (!m)
		return -TENON_ENODEV;
	for (size_t done = 0, part; done < s->size && !err; done += part) {
		part = s->size - done < sizeof(bytes) ? s->size - done : sizeof(bytes);
		err = module_read(s->record->domain, bytes, s->run + done, part);
		text_add(t, bytes, part);
	}
	domain_module_put(m, "record");
	return err;
}

/* ---- showing and hiding one; with the lock held ------------------------------------------------------------------ */

static int show_asked(struct text *t, void *data)
{
	text_printf(t, "%s\n", ((struct record *)data)->asked);
	return 0;
}

static int add_own(struct record *r, struct node *dir)
{
	static const struct attr files[] = {
		{ "coresize", 0444, show_core_bytes, NULL }, { "initsize", 0444, show_init_bytes, NULL },
		{ "initstate", 0444, show_state, NULL },     { "refcnt", 0444, show_refs, NULL },
		{ "taint", 0444, show_taints, NULL },
	};
	static const struct attr asked = { "asked_by", 0444, show_asked, NULL };
	static const struct attr version = { "version", 0444, show_version, NULL };
	static const struct attr srcversion = { "srcversion", 0444, show_srcversion, NULL };
	int err = 0;

	for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]) && !err; i++)
		err = attr_file(dir, &files[i], r);
	if (!err)
		err = attr_file(dir, &idle_attr, r);
	if (!err && r->on_need)
		err = attr_file(dir, &asked, r);
	if (!err && r->version)
		err = attr_file(dir, &version, r);
	if (!err && r->srcversion)
		err = attr_file(dir, &srcversion, r);
	return err;
}

static bool is_note(const struct record_section *s)
{
	return s->size && !strncmp(s->address.name, ".note", 5);
}

/* A directory of @dir, filled by @fill. */
static int add_dir(struct record *r, struct node *dir, const char *name,
		   int (*fill)(struct record *r, struct node *dir))
{
	struct node *made;
	int err = attr_dir(dir, name, &made);

	if (err)
		return err;
	err = fill(r, made);
	node_put(made);
	return err;
}

static int fill_sections(struct record *r, struct node *dir)
{
	int err = 0;

	for (uint32_t i = 0; i < r->section_cnt && !err; i++)
		if (r->sections[i].size)
			err = attr_file(dir, &r->sections[i].address, &r->sections[i]);
	return err;
}

static int fill_notes(struct record *r, struct node *dir)
{
	int err = 0;

	for (uint32_t i = 0; i < r->section_cnt && !err; i++)
		if (is_note(&r->sections[i]))
			err = attr_file(dir, &r->sections[i].note, &r->sections[i]);
	return err;
}

static int fill_params(struct record *r, struct node *dir)
{
	int err = 0;

	for (uint32_t i = 0; i < r->param_cnt && !err; i++)
		if (r->params[i].attr.mode)
			err = attr_file(dir, &r->params[i].attr, &r->params[i]);
	return err;
}

static int fill_holders(struct record *r, struct node *dir)
{
	r->holders = node_get(dir);
	return 0;
}

/* The records of the modules that it is bound to, each once. */
struct uses {
	struct record *of, **record;
	uint32_t cnt, room;
};

static int add_use(const struct tenon_export *e, void *arg)
{
	struct record *owner = e->owner ? tenon_module_kept(e->owner) : NULL;
	struct uses *u = arg;

	for (uint32_t i = 0; i < u->cnt; i++)
		if (u->record[i] == owner)
			return 0;
	if (owner && u->cnt < u->room) {
		record_get(owner);
		u->record[u->cnt++] = owner;
	}
	return 0;
}

static int find_uses(const struct tenon_module *m, void *arg)
{
	struct uses *u = arg;

	if (tenon_module_kept(m) != u->of)
		return 0;
	tenon_for_each_import(m, add_use, u);
	return 1;
}

static int add_to_holders(struct record *r)
{
	char target[TENON_NAME_BYTES + 6];
	struct tenon_module_info info;
	struct uses u = { .of = r };
	int err = 0;

	if (!record_info(r, &info) || !info.import_cnt)
		return 0;
	u.room = info.import_cnt;
	u.record = heap_alloc_array(u.room, sizeof(*u.record));
	if (!u.record)
		return -TENON_ENOMEM;
	tenon_for_each(module_core, find_uses, &u);
	r->uses = u.record;
	r->use_cnt = u.cnt;
	tenon_snprintf(target, sizeof(target), "../../%s", r->name);
	for (uint32_t i = 0; i < u.cnt && !err; i++)
		if (u.record[i]->holders)
			err = attr_link(u.record[i]->holders, r->name, target);
	return err;
}

static void hide(struct record *r)
{
	for (uint32_t i = 0; i < r->use_cnt; i++) {
		if (r->uses[i]->holders)
			attr_remove(r->uses[i]->holders, r->name);
		record_put(r->uses[i]);
	}
	r->use_cnt = 0;
	if (r->holders)
		node_put(r->holders);
	r->holders = NULL;
	attr_remove(top, r->name);
	uevent_send_module("remove", r->name);
}

static int fill(struct record *r, struct node *dir)
{
	return add_own(r, dir)                                ?:
		   add_dir(r, dir, "sections", fill_sections) ?:
		   add_dir(r, dir, "notes", fill_notes)       ?:
		   add_dir(r, dir, "holders", fill_holders)   ?:
		   r->param_cnt                               ? add_dir(r, dir, "parameters", fill_params) :
								0;
}

/* Modules of other domains may have the same name; the first one is shown. */
static void show(struct record *r)
{
	int err = add_dir(r, top, r->name, fill);

	if (err == -TENON_EEXIST) {
		r->passed_over = true;
		return;
	}
	r->shown = true;
	record_get(r);
	if (!err)
		err = add_to_holders(r);
	if (err)
		log_warn("/sys/module/%s: not all of it can be shown, error %d", r->name, -err);
}

/* ---- following the core ------------------------------------------------------------------------------------------ */

static bool is_listed(const struct record *r)
{
	enum tenon_module_state state = atomic_load(&r->state);

	return state != TENON_UNFORMED && state != TENON_QUARANTINED;
}

/* With a reference. */
static struct record *oldest_new(void)
{
	struct record *found = NULL;

	for (struct record *r = record_next(NULL); r; r = record_next(r)) {
		if (r->shown || r->passed_over || !is_listed(r))
			continue;
		if (found)
			record_put(found);
		record_get(r);
		found = r;
	}
	return found;
}

/* @announced: to those who listen for what comes and goes. */
static void show_new(bool announced)
{
	struct record *r;

	if (!atomic_load(&something_came))
		return;
	mutex_lock(&lock);
	atomic_store(&something_came, false);
	/* Providers before users: the list has the newest first. */
	while ((r = oldest_new())) {
		show(r);
		if (announced)
			uevent_send_module("add", r->name);
		record_put(r);
	}
	mutex_unlock(&lock);
}

static void looked_at(struct node *dir)
{
	(void)dir;
	show_new(false);
}

/* Something was loaded or unloaded. What came is shown at once if somebody hears of it, else when somebody looks. */
void module_views_update(void)
{
	bool any_gone = false;
	struct record *r;

	mutex_lock(&lock);
	for (r = record_next(NULL); r; r = record_next(r))
		if (r->shown && !is_listed(r)) {
			hide(r);
			r->shown = false;
			record_put(r);
			any_gone = true;
		}
	/* What had the same name in another domain can be shown now. */
	for (r = any_gone ? record_next(NULL) : NULL; r; r = record_next(r))
		r->passed_over = false;
	mutex_unlock(&lock);
	atomic_store(&something_came, true);
	if (netlink_heard())
		show_new(true);
}

/* ---- what concerns all modules ----------------------------------------------------------------------------------- */

static int show_enforce(struct text *t, void *data)
{
	(void)data;
	text_printf(t, "%c\n", tenon_sig_mode(module_core) == TENON_SIG_ENFORCE ? 'Y' : 'N');
	return 0;
}

/* In the order in which they can follow each other: an earlier one never comes back. */
static const char *const mode_names[] = {
	[TENON_SIG_OFF] = "off",
	[TENON_SIG_AUDIT] = "warn",
	[TENON_SIG_ENFORCE] = "enforce",
};

static int set_mode(const char *text, size_t len)
{
	for (unsigned i = 0; i < sizeof(mode_names) / sizeof(mode_names[0]); i++) {
		if (strlen(mode_names[i]) != len || strncmp(mode_names[i], text, len))
			continue;
		return i < (unsigned)tenon_sig_mode(module_core) ?
			   -TENON_EPERM :
			   tenon_set_sig_mode(module_core, (enum tenon_sig_mode)i);
	}
	return -TENON_EINVAL;
}

static int show_mode(struct text *t, void *data)
{
	(void)data;
	text_printf(t, "%s\n", mode_names[tenon_sig_mode(module_core)]);
	return 0;
}

static int store_mode(const char *text, size_t len, void *data)
{
	(void)data;
	return set_mode(text, len && text[len - 1] == '\n' ? len - 1 : len);
}

/* It can be turned on, and never off again. */
static int store_enforce(const char *text, size_t len, void *data)
{
	uint64_t on;
	int err;

	(void)data;
	if (len && text[len - 1] == '\n')
		len--;
	err = tenon_param_parse(TENON_PARAM_BOOL, 1, text, len, &on);
	if (err)
		return err;
	return on ? set_mode("enforce", 7) : tenon_sig_mode(module_core) == TENON_SIG_ENFORCE ? -TENON_EPERM : 0;
}

void __init module_sig_mode_init(void)
{
	char mode[MODE_BYTES] = "off";

	boot_option("signatures", mode, sizeof(mode));
	if (set_mode(mode, strlen(mode)))
		machine_refuse("signatures=%s: it is off, warn or enforce", mode);
	if (boot_option("lockdown", mode, sizeof(mode)) && (strcmp(mode, "integrity") || set_mode("enforce", 7)))
		machine_refuse("lockdown=%s: it is integrity", mode);
	if (boot_option("nomodules", mode, sizeof(mode)))
		tenon_disable_modules(module_core);
	/* Linux's word, alone or with a value. */
	if (boot_option("module.sig_enforce", mode, sizeof(mode)) &&
	    store_enforce(*mode ? mode : "1", *mode ? strlen(mode) : 1, NULL))
		machine_refuse("module.sig_enforce=%s: it is 0 or 1", mode);
}

#ifdef KERNEL_DEBUG
static int show_fail_at(struct text *t, void *data)
{
	(void)data;
	text_printf(t, "%llu\n", (unsigned long long)page_fail_left());
	return 0;
}

static int store_fail_at(const char *text, size_t len, void *data)
{
	uint64_t at;
	int err;

	(void)data;
	if (len && text[len - 1] == '\n')
		len--;
	err = tenon_param_parse(TENON_PARAM_UINT, 4, text, len, &at);
	if (!err)
		page_fail_at(at);
	return err;
}
#endif

static int fill_switches(struct record *r, struct node *dir)
{
	static const struct attr files[] = {
		{ "sig_enforce", 0644, show_enforce, store_enforce },
		{ "signatures", 0644, show_mode, store_mode },
#ifdef KERNEL_DEBUG
		{ "fail_at", 0644, show_fail_at, store_fail_at },
#endif
	};
	int err = 0;

	(void)r;
	for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]) && !err; i++)
		err = attr_file(dir, &files[i], NULL);
	return err ? err : attr_file(dir, &idle_attr_all, NULL);
}

static int fill_general(struct record *r, struct node *dir)
{
	return add_dir(r, dir, "parameters", fill_switches);
}

/* For programs that let the kernel unpack (kmod, and our own): which format they may give it. */
static int show_compression(struct text *t, void *data)
{
	(void)data;
	text_add(t, "gzip\n", 5);
	return 0;
}

void __init module_views_init(void)
{
	static const struct attr compression = { .name = "compression", .mode = 0444, .show = show_compression };
	static const struct node_ops ops = {
		.prepare = looked_at,
		.lookup = ramfs_lookup,
		.list = ramfs_dir_list,
		.release = ramfs_release,
	};

	if (attr_dir_of(sysfs_root(), "module", &ops, &top) || add_dir(NULL, top, "module", fill_general) ||
	    attr_file(top, &compression, NULL) || module_procfs_init(procfs_root()))
		panic("no memory for /sys/module");
}
