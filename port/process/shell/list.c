/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* lsmod, dmesg. */
#include <stdio.h>
#include <string.h>

#include "port/process/shell/shell.h"

struct listing {
	struct shell *s;
	bool verbose;
	size_t users; /* printed of the module at hand */
};

static int print_user(const struct tenon_module *user, void *arg)
{
	struct listing *l = arg;

	printf("%s%s", l->users++ ? "," : " ", tenon_module_name(user));
	return 0;
}

static void print_taints(uint32_t taints)
{
	static const struct {
		uint32_t taint;
		char letter;
	} letters[] = { { TENON_TAINT_PROPRIETARY, 'P' },
			{ TENON_TAINT_FORCED, 'F' },
			{ TENON_TAINT_FAULTED, 'D' },
			{ TENON_TAINT_UNSIGNED, 'E' } };

	if (!taints)
		return;
	fputs(" (", stdout);
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (taints & letters[i].taint)
			putchar(letters[i].letter);
	putchar(')');
}

/* As Linux's lsmod: what stays of the module after init, and how many modules and other users hold it. */
static int print_module(const struct tenon_module *m, void *arg)
{
	struct listing *l = arg;
	struct tenon_module_info info;
	size_t bytes = 0;

	tenon_module_info(m, &info);
	for (int kind = 0; kind < TENON_MEM_COUNT; kind++)
		if (kind != TENON_MEM_INIT_TEXT && kind != TENON_MEM_INIT_DATA)
			bytes += info.size[kind];
	printf("%-19s %8zu  ", info.name, bytes);
	if (l->verbose)
		printf("%-12s %-11s %-11s ", info.domain,
		       info.domain_kind == TENON_DOMAIN_KERNEL ? "uncontained" : "isolated",
		       tenon_state_name(info.state));
	printf("%u", info.refs + info.users);
	l->users = 0;
	tenon_for_each_user(l->s->core, m, print_user, l);
	if (l->verbose)
		print_taints(info.taints);
	putchar('\n');
	return 0;
}

int cmd_lsmod(struct shell *s, const struct args *a)
{
	struct listing l = { .s = s, .verbose = a->cnt == 2 && !strcmp(a->word[1], "-v") };

	if (a->cnt > 2 || (a->cnt == 2 && !l.verbose))
		return say_usage(a);
	printf("Module                  Size  %sUsed by\n", l.verbose ? "Domain       Faults      State       " : "");
	tenon_for_each(s->core, print_module, &l);
	return 0;
}

static int print_line(uint64_t ns, enum tenon_log_level level, const char *text, size_t len, void *arg)
{
	(void)level;
	(void)arg;
	printf("[%5llu.%06llu] %.*s\n", (unsigned long long)(ns / 1000000000),
	       (unsigned long long)(ns / 1000 % 1000000), (int)len, text);
	return 0;
}

int cmd_dmesg(struct shell *s, const struct args *a)
{
	if (a->cnt == 2 && !strcmp(a->word[1], "-C")) {
		process_log_clear(s->h);
		return 0;
	}
	if (a->cnt > 1)
		return say_usage(a);
	process_log_each(s->h, print_line, NULL);
	return 0;
}
