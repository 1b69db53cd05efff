/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* sig, disable: switches that go one way only. */
#include <stdio.h>
#include <string.h>

#include "port/process/shell/shell.h"

static const char *const modes[] = {
	[TENON_SIG_OFF] = "off",
	[TENON_SIG_AUDIT] = "audit",
	[TENON_SIG_ENFORCE] = "enforce",
};

int sig_set(struct shell *s, const char *name)
{
	for (enum tenon_sig_mode m = TENON_SIG_OFF; m <= TENON_SIG_ENFORCE; m++)
		if (!strcmp(modes[m], name))
			return tenon_set_sig_mode(s->core, m);
	return -TENON_EINVAL;
}

int cmd_sig(struct shell *s, const struct args *a)
{
	int err;

	if (a->cnt == 1) {
		puts(modes[tenon_sig_mode(s->core)]);
		return 0;
	}
	err = a->cnt == 2 ? sig_set(s, a->word[1]) : -TENON_EINVAL;
	if (err == -TENON_EPERM)
		return say(a, "signatures are enforced, and that cannot be undone; leave with `exit` and restart");
	return err ? say_usage(a) : 0;
}

int cmd_disable(struct shell *s, const struct args *a)
{
	if (a->cnt > 1)
		return say_usage(a);
	tenon_disable_modules(s->core);
	return 0;
}
