/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Domains: the kernel's, which is this process, and isolated ones, which are child processes. */
#include <stdio.h>
#include <string.h>

#include "port/process/shell/shell.h"

const char *domain_kind_name(enum tenon_domain_kind kind)
{
	return kind == TENON_DOMAIN_KERNEL ? "kernel, uncontained" : "isolated";
}

struct tenon_domain *domain_need(struct shell *s, const struct args *a, const char *name)
{
	struct tenon_domain *d = tenon_domain_find(s->core, name);
	int err;

	if (d)
		return d;
	if (s->domain_cnt == DOMAINS_MAX) {
		say(a, "%s: there are %d domains already; use one that `domains` lists", name, DOMAINS_MAX);
		return NULL;
	}
	err = process_isolate(s->h, name, &d);
	if (!err)
		return s->domains[s->domain_cnt++] = d;
	if (err == -TENON_ENAMETOOLONG)
		say(a, "domain name '%.20s...' is too long; it has at most %d characters", name, TENON_NAME_BYTES - 1);
	else if (err == -TENON_ENOSYS)
		say(a, "%s: this host has no isolated domains; load it into the domain kernel (uncontained)", name);
	else
		say(a, "cannot create domain %s: %s", name, strerror(-err));
	return NULL;
}

void domains_bury(struct shell *s)
{
	size_t kept = 1;

	process_settle(s->h);
	for (size_t i = 1; i < s->domain_cnt; i++)
		/* A domain stays while there are references to its modules. */
		if (process_domain_pid(s->domains[i]) || process_domain_close(s->h, s->domains[i]))
			s->domains[kept++] = s->domains[i];
	s->domain_cnt = kept;
}

void domains_close(struct shell *s)
{
	while (s->domain_cnt > 1)
		process_domain_close(s->h, s->domains[--s->domain_cnt]);
}

int cmd_kill(struct shell *s, const struct args *a)
{
	int status = 0;

	if (a->cnt < 2)
		return say_usage(a);
	for (size_t i = 1; i < a->cnt; i++) {
		struct tenon_domain *d = tenon_domain_find(s->core, a->word[i]);

		if (!d)
			status = say(a, "there is no domain '%s'; `domains` lists them", a->word[i]);
		else if (process_domain_kill(s->h, d))
			status = say(a, "%s: it is this process; `exit` ends it", a->word[i]);
	}
	process_settle(s->h);
	return status;
}

struct count {
	const struct tenon_domain *domain;
	size_t modules;
};

static int count_module(const struct tenon_module *m, void *arg)
{
	struct count *c = arg;

	c->modules += tenon_module_domain(m) == c->domain;
	return 0;
}

int cmd_domains(struct shell *s, const struct args *a)
{
	if (a->cnt > 1)
		return say_usage(a);
	puts("Domain               Kind                 Process  Modules");
	for (size_t i = 0; i < s->domain_cnt; i++) {
		struct count c = { .domain = s->domains[i] };
		int pid = process_domain_pid(c.domain);
		char process[16] = "-";

		if (!i)
			strcpy(process, "this one");
		else if (pid)
			snprintf(process, sizeof(process), "%d", pid);
		tenon_for_each(s->core, count_module, &c);
		printf("%-20s %-20s %-8s %zu\n", tenon_domain_name(c.domain),
		       domain_kind_name(tenon_domain_kind(c.domain)), process, c.modules);
	}
	return 0;
}
