/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the running kernel says of modules. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/why_not.h"

#define CAP_SYS_MODULE 16

/* The mode in brackets: "none [integrity] confidentiality". */
static void check_lockdown(struct question *q)
{
	static const char path[] = "/sys/kernel/security/lockdown";
	char text[128];

	if (tools_line(path, text, sizeof(text)) && !strstr(text, "[none]") && strchr(text, '[')) {
		q->enforced = true;
		why_not_add(q, "lockdown", NULL, false, &(struct source){ path, 1 },
			    "the kernel is locked down (%s): it takes only modules whose signature it can verify",
			    text);
	}
}

static void check_enforcement(struct question *q)
{
	static const char path[] = "/sys/module/module/parameters/sig_enforce";
	char text[16];

	if (tools_line(path, text, sizeof(text)) && *text == 'Y') {
		q->enforced = true;
		why_not_add(q, "signature-enforced", NULL, false, &(struct source){ path, 1 },
			    "the kernel takes only modules whose signature it can verify");
	}
}

/* Root in a container may have lost it. */
static void check_capability(struct question *q)
{
	FILE *in = fopen("/proc/self/status", "re");
	unsigned long long capabilities = ~0ull;
	char line[256];

	while (in && fgets(line, sizeof(line), in))
		if (!strncmp(line, "CapEff:", 7))
			capabilities = strtoull(line + 7, NULL, 16);
	if (in)
		fclose(in);
	if (!(capabilities >> CAP_SYS_MODULE & 1))
		why_not_add(q, "permission", NULL, !geteuid(), NULL,
			    geteuid() ? "only root may load modules, and you are not" :
					"root here may not load modules (no CAP_SYS_MODULE): is this a container?");
}

void why_not_kernel(struct question *q)
{
	static const char disabled[] = "/proc/sys/kernel/modules_disabled";
	char text[16];

	if (access("/proc/modules", F_OK))
		why_not_add(q, "no-modules", NULL, true, NULL,
			    "the running kernel cannot load modules: /proc/modules: %s", strerror(errno));
	if (tools_line(disabled, text, sizeof(text)) && *text == '1')
		why_not_add(q, "modules-disabled", NULL, true, &(struct source){ disabled, 1 },
			    "loading was switched off (kernel.modules_disabled=1), until the machine starts anew");
	check_lockdown(q);
	check_enforcement(q);
	check_capability(q);
}

void why_not_kernel_blacklist(struct question *q, const char *name)
{
	static const char path[] = "/proc/cmdline", key[] = "module_blacklist=";
	char text[4096], *rest, *word, *list = NULL, *names;

	tools_line(path, text, sizeof(text));
	/* The last one counts, and names as they stand there. */
	for (word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		if (!strncmp(word, key, strlen(key)))
			list = word + strlen(key);
	while ((names = strsep(&list, ",")))
		if (!strcmp(names, name))
			why_not_add(q, "kernel-blacklist", name, true, &(struct source){ path, 1 },
				    "the kernel was started with %s...: it refuses %s itself", key, name);
}
