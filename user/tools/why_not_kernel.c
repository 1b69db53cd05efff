/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the running kernel says of modules. */
#include <unistd.h>

#include "user/tools/why_not.h"

void why_not_kernel(struct question *q)
{
	struct tmod_kernel kernel;

	tmod_kernel_read(&kernel);
	q->enforced = kernel.enforced;
	if (!kernel.modules)
		why_not_add(q, "no-modules", NULL, true, &(struct source){ TMOD_LOADED_FILE, 0 },
			    "the running kernel cannot load modules: it has no %s", TMOD_LOADED_FILE);
	if (kernel.disabled)
		why_not_add(q, "modules-disabled", NULL, true, &(struct source){ TMOD_DISABLED_FILE, 1 },
			    "loading was switched off (kernel.modules_disabled=1) until the machine restarts");
	if (kernel.locked_down)
		why_not_add(q, "lockdown", NULL, false, &(struct source){ TMOD_LOCKDOWN_FILE, 1 },
			    "the kernel is locked down (%s): it takes only modules whose signature it can verify",
			    kernel.lockdown);
	if (*kernel.sig_enforce == 'Y')
		why_not_add(q, "signature-enforced", NULL, false, &(struct source){ TMOD_ENFORCE_FILE, 1 },
			    "the kernel takes only modules whose signature it can verify");
	if (!kernel.permitted)
		why_not_add(q, "permission", NULL, !geteuid(), NULL,
			    geteuid() ? "only root may load modules, and you are not" :
					"root here may not load modules (no CAP_SYS_MODULE): is this a container?");
}

void why_not_kernel_blacklist(struct question *q, const char *name)
{
	if (tmod_kernel_blacklists(name))
		why_not_add(q, "kernel-blacklist", name, true, &(struct source){ TMOD_CMDLINE_FILE, 1 },
			    "the kernel was started with module_blacklist=...: it refuses %s itself", name);
}
