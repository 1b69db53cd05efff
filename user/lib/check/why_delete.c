/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Why the kernel does not unload a module (delete_module(2)). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "user/lib/check/why.h"
#include "user/lib/running/state.h"

#define USES_SHOWN 8

struct users {
	struct why *why;
	uint32_t cnt;
	char modules[512]; /* that use it */
};

static int add_use(void *data, const struct tmod_use *use)
{
	struct users *u = data;
	size_t len = strlen(u->modules);

	if (use->kind == TMOD_USE_DEVICE)
		return 0;
	if (use->kind == TMOD_USE_MODULE)
		snprintf(u->modules + len, sizeof(u->modules) - len, " %s", use->what);
	else if (u->cnt++ >= USES_SHOWN)
		return 0;
	else if (use->kind == TMOD_USE_MOUNT)
		why_line(u->why, "%s is mounted at %s", use->by, use->what);
	else if (use->kind == TMOD_USE_FILE)
		why_line(u->why, "%s is open in process %u (%s)", use->what, use->pid, use->by);
	else if (use->kind == TMOD_USE_SOCKET)
		why_line(u->why, "%u sockets of %s are open", use->cnt, use->what);
	else
		why_line(u->why, "%u users of %s", use->cnt, use->what);
	return 0;
}

static void in_use(struct why *w)
{
	struct users u = { .why = w };
	int refcount = module_refcount(w->name);

	if (w->system)
		tmod_uses_each(w->system, w->name, add_use, &u);
	if (*u.modules)
		why_line(w, "modules that use it:%s", u.modules);
	if (*u.modules) {
		why_line(w, "unload these first (modprobe -r --remove-holders %s does)", w->name);
	} else if (u.cnt) {
		why_line(w, "end these uses of it first");
	} else {
		why_line(w, "it is in use, %d times, and the kernel does not show by whom",
			 refcount < 0 ? 0 : refcount);
		why_line(w, "tenon why %s shows what is known; stop what uses its devices, file systems or protocols",
			 w->name);
	}
}

static void busy(struct why *w)
{
	switch (module_state(w->name)) {
	case MODULE_COMING:
	case MODULE_GOING:
		why_line(w, "it is being loaded or unloaded this moment");
		why_line(
		    w,
		    "wait until that is done; if it never ends, the module hangs and a restart is needed (see dmesg)");
		break;
	default:
		why_line(w, "the module is made to stay: it has no function that ends it");
		why_line(w, "it goes when the computer restarts");
	}
}

void why_delete(struct why *w)
{
	switch (-w->err) {
	case ENOENT:
		if (why_builtin(w->name))
			why_line(w, "%s is built into the kernel and cannot be unloaded", w->name);
		else
			why_line(w, "%s is not loaded: lsmod shows what is", w->name);
		break;
	case EWOULDBLOCK:
		in_use(w);
		break;
	case EBUSY:
		busy(w);
		break;
	case EPERM:
		why_permission(w);
		break;
	case ENOSYS:
		why_line(w, "this kernel cannot unload modules (it is built without CONFIG_MODULE_UNLOAD)");
		break;
	default:
		why_line(w, "dmesg may tell more (%s)", strerror(-w->err));
	}
}
