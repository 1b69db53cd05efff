// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a Linux module: what its loader in Linux does between relocation and init, and after exit. And the
 * references that Linux code takes on modules, which are the core's.
 */
#include <linux/async.h>
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/kmod.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/srcu.h>
#include <asm/extable.h>

#include "linux/glue.h"
#include "linux/kernel/kernel.h"
#include "linux/kernel/watch.h"
#include "linux/x86/percpu.h"
#include "linux/export.h"
#include "tenon/linux.h"

/* Never used: its checksum, which every module has, stands for the layout of struct module and other tables. */
char module_layout;
EXPORT_SYMBOL(module_layout);

/* Who wants to know of modules that come and go. */
static BLOCKING_NOTIFIER_HEAD(notify_list);

int register_module_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&notify_list, nb);
}
EXPORT_SYMBOL(register_module_notifier);

int unregister_module_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_unregister(&notify_list, nb);
}
EXPORT_SYMBOL(unregister_module_notifier);

static void set_state(struct module *mod, enum module_state state)
{
	mod->state = state;
	blocking_notifier_call_chain(&notify_list, state, mod);
}

static void *section(const struct tenon_linux_module *m, enum tenon_linux_section which, size_t size, unsigned int *cnt)
{
	*cnt = (unsigned int)(m->section[which].bytes / size);
	return (void *)m->section[which].address;
}

/* Fill in what the file leaves open. */
static void complete_module(struct module *mod, const struct tenon_linux_module *m)
{
	unsigned int cnt;

	mod->init = (void *)m->init;
	mod->exit = (void *)m->exit;
	mod->args = (char *)m->params;
	mod->kp = section(m, TENON_LINUX_PARAM, sizeof(struct kernel_param), &mod->num_kp);
	mod->extable = section(m, TENON_LINUX_EX_TABLE, sizeof(struct exception_table_entry), &mod->num_exentries);
	mod->jump_entries = section(m, TENON_LINUX_JUMP_TABLE, sizeof(struct jump_entry), &mod->num_jump_entries);
	mod->bug_table = section(m, TENON_LINUX_BUG_TABLE, sizeof(struct bug_entry), &cnt);
	mod->num_bugs = cnt;
	mod->percpu = (void __percpu *)(unsigned long)m->percpu;
	mod->percpu_size = (unsigned int)m->section[TENON_LINUX_PERCPU].bytes;
	mod->srcu_struct_ptrs = section(m, TENON_LINUX_SRCU, sizeof(struct srcu_struct *), &mod->num_srcu_structs);
	INIT_LIST_HEAD(&mod->source_list);
	INIT_LIST_HEAD(&mod->target_list);
}

/*
 * Linux's own reading of "name=value ...", which names what is wrong. All names are known: the core has checked them.
 */
static int set_params(struct module *mod)
{
	char *after;

	if (!mod->args)
		return 0;
	after = parse_args(mod->name, mod->args, mod->kp, mod->num_kp, S16_MIN, S16_MAX, NULL, NULL);
	return PTR_ERR_OR_ZERO(after);
}

static ssize_t store_uevent(struct module_attribute *attr, struct module_kobject *mk, const char *text, size_t len)
{
	int err = kobject_synth_uevent(&mk->kobj, text, len);

	(void)attr;
	return err ?: (ssize_t)len;
}

struct module_attribute module_uevent = __ATTR(uevent, 0200, NULL, store_uevent);

/* What Linux itself makes for a module that registers drivers, in the name of that module: it is no leak of the module's. */
static void drop_drivers_dir(struct module *mod)
{
	kobject_put(mod->mkobj.drivers_dir);
	mod->mkobj.drivers_dir = NULL;
}

/* /sys/module/NAME, with its parameters. Those who hold it are waited for when it goes. */
static void stop_sysfs(struct module *mod)
{
	DECLARE_COMPLETION_ONSTACK(released);

	module_param_sysfs_remove(mod);
	drop_drivers_dir(mod);
	mod->mkobj.kobj_completion = &released;
	kobject_put(&mod->mkobj.kobj);
	wait_for_completion(&released);
}

static int start_sysfs(struct module *mod)
{
	int err;

	mod->mkobj.mod = mod;
	mod->mkobj.kobj.kset = module_kset;
	err = kobject_init_and_add(&mod->mkobj.kobj, &module_ktype, NULL, "%s", mod->name);
	err = err ?: module_param_sysfs_setup(mod, mod->kp, mod->num_kp);
	if (err)
		stop_sysfs(mod);
	return err;
}

static void stop_srcu(struct module *mod)
{
	for (unsigned int i = 0; i < mod->num_srcu_structs; i++)
		cleanup_srcu_struct(mod->srcu_struct_ptrs[i]);
}

/* Those that the module declares have all but their counters, which are per CPU. */
static int start_srcu(struct module *mod)
{
	for (unsigned int i = 0; i < mod->num_srcu_structs; i++) {
		mod->srcu_struct_ptrs[i]->sda = alloc_percpu(struct srcu_data);
		if (!mod->srcu_struct_ptrs[i]->sda) {
			stop_srcu(mod);
			return -ENOMEM;
		}
	}
	return 0;
}

static int start(struct module *mod)
{
	int err = linux_jump_labels_start(mod);

	if (err)
		return err;
	err = start_srcu(mod);
	if (err)
		goto no_srcu;
	err = start_sysfs(mod);
	if (err)
		goto no_sysfs;
	linux_traps_add(mod);
	set_state(mod, MODULE_STATE_COMING);
	err = set_params(mod);
	if (!err && mod->init)
		err = mod->init();
	if (err)
		goto no_init;
	mod->init = NULL;
	set_state(mod, MODULE_STATE_LIVE);
	async_synchronize_full(); /* as in Linux: who has loaded a driver finds what it has probed */
	linux_pci_drivers_offer(mod);
	return 0;
no_init:
	drop_drivers_dir(mod);
	linux_watch_exit(mod);
	set_state(mod, MODULE_STATE_GOING);
	async_synchronize_full();
	linux_traps_remove(mod);
	stop_sysfs(mod);
no_sysfs:
	module_destroy_params(mod->kp, mod->num_kp);
	stop_srcu(mod);
no_srcu:
	linux_jump_labels_stop(mod);
	linux_watch_gone(mod);
	return err;
}

int linux_module_start(const struct tenon_linux_module *m)
{
	struct module *mod = (struct module *)m->module;

	complete_module(mod, m);
	for (unsigned int cpu = 0; cpu < LINUX_CPU_CNT; cpu++)
		memcpy(per_cpu_ptr(mod->percpu, cpu), (void *)m->section[TENON_LINUX_PERCPU].address, mod->percpu_size);
	return start(mod);
}

void linux_module_stop(const struct tenon_linux_module *m)
{
	struct module *mod = (struct module *)m->module;

	linux_pci_drivers_withdraw(mod);
	mod->state = MODULE_STATE_GOING;
	if (mod->exit)
		mod->exit();
	drop_drivers_dir(mod);
	linux_watch_exit(mod);
	set_state(mod, MODULE_STATE_GOING);
	async_synchronize_full(); /* what it began in other threads runs in it, and in those it uses, which may go next */
	linux_traps_remove(mod);
	stop_sysfs(mod);
	module_destroy_params(mod->kp, mod->num_kp);
	stop_srcu(mod);
	linux_jump_labels_stop(mod);
	linux_watch_gone(mod);
}

bool try_module_get(struct module *module)
{
	return !module || !lx_module_get(module);
}
EXPORT_SYMBOL(try_module_get);

/* For a module that somebody holds already, so that it cannot fail. */
void __module_get(struct module *module)
{
	if (module)
		lx_module_get(module);
}
EXPORT_SYMBOL(__module_get);

void module_put(struct module *module)
{
	if (module)
		lx_module_put(module);
}
EXPORT_SYMBOL(module_put);

/* For a thread whose function lies in the module: this one does not. */
void __noreturn __module_put_and_kthread_exit(struct module *module, long code)
{
	module_put(module);
	kthread_exit(code);
}
EXPORT_SYMBOL(__module_put_and_kthread_exit);

/* Linux also has the names of file systems, protocols and so on asked for this way; a host knows them as aliases. */
int __request_module(bool wait, const char *fmt, ...)
{
	char name[MODULE_NAME_LEN];
	va_list args;
	int len;

	(void)wait;
	va_start(args, fmt);
	len = vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	return len >= (int)sizeof(name) ? -ENAMETOOLONG : lx_request_module(name);
}
EXPORT_SYMBOL(__request_module);
