// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* /sys/kernel/security: a file for each policy. Opening the name of another asks for the module that has it. */
#include "kernel/boot.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/module/module.h"
#include "kernel/module/request.h"
#include "kernel/policy/policy.h"
#include "kernel/process/process.h"
#include "kernel/trust/policy.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/ramfs.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

struct policy_node {
	struct attr attr;
	char name[TENON_POLICY_NAME_BYTES];
};

static struct node *directory;
static bool refused; /* all of them: the word nopolicy */

static int show(struct text *t, void *data)
{
	(void)data;
	text_printf(t, "active\n");
	return 0;
}

bool policy_accepted(const char *name)
{
	if (refused)
		log_warn("policy %s: not taken, as the command line says (nopolicy)", name);
	return !refused;
}

int policy_node_add(const char *name, void **out)
{
	struct policy_node *n = heap_alloc_zeroed(sizeof(*n));
	int err;

	if (!n)
		return -TENON_ENOMEM;
	strscpy(n->name, name, sizeof(n->name));
	n->attr = (struct attr){ n->name, 0444, show, NULL };
	err = attr_file(directory, &n->attr, n);
	if (err)
		heap_free(n);
	else
		*out = n;
	return err;
}

void policy_node_remove(void *node)
{
	attr_remove(directory, ((struct policy_node *)node)->name);
	heap_free(node);
}

static bool want(struct node *dir, const char *name)
{
	(void)dir;
	return !process_credentials()->euid && !module_request("policy-%s", name);
}

/* Linux's, whose "confidentiality" would be nothing else here. It is signatures=enforce by another name, and as lasting. */
static int show_lockdown(struct text *t, void *data)
{
	(void)data;
	text_printf(t, tenon_sig_mode(module_core) == TENON_SIG_ENFORCE ? "none [integrity]\n" : "[none] integrity\n");
	return 0;
}

static int store_lockdown(const char *text, size_t len, void *data)
{
	(void)data;
	if (len && text[len - 1] == '\n')
		len--;
	if (len == 9 && !strncmp(text, "integrity", len))
		return tenon_set_sig_mode(module_core, TENON_SIG_ENFORCE);
	return len == 4 && !strncmp(text, "none", len) ? -TENON_EPERM : -TENON_EINVAL;
}

void __init policies_init(void)
{
	static const struct attr lockdown = { "lockdown", 0644, show_lockdown, store_lockdown };
	static const struct node_ops ops = {
		.lookup = ramfs_lookup,
		.list = ramfs_dir_list,
		.want = want,
		.release = ramfs_release,
	};
	struct node *kernel;
	char value[2];

	refused = boot_option("nopolicy", value, sizeof(value));
	if (attr_dir(sysfs_root(), "kernel", &kernel) || attr_dir_of(kernel, "security", &ops, &directory))
		panic("no memory for /sys/kernel/security");
	node_put(kernel);
	if (attr_file(directory, &modules_policy_attr, NULL) || attr_file(directory, &lockdown, NULL))
		panic("no memory for /sys/kernel/security");
}
