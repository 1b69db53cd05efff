/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Which functions of a module were entered once its init had returned: linux.ko notes it while it watches the module. */
#include <stdlib.h>
#include <string.h>

#include "tenon/linux_watch.h"
#include "tests/linux/tiers/try_module.h"

#define STT_FUNC 2
#define NAMES_MAX 12 /* that are printed */

static struct {
	char name[64];
	uint64_t address, size;
} functions[8192];
static size_t function_cnt;

static const char *target;
static struct tenon_linux_watch watch;
static uint32_t entered[TENON_LINUX_ENTERED_CNT];

void entered_target(const char *name)
{
	target = name;
}

int entered_linked(const struct tenon_module *m, const struct tenon_linked *linked, void *arg)
{
	struct tenon_linked_symbol s;

	(void)arg;
	if (strcmp(tenon_module_name(m), target))
		return 0;
	for (uint32_t at = 0; tenon_linked_symbol(linked, &at, &s);) {
		if (s.type != STT_FUNC || !s.size || function_cnt == sizeof(functions) / sizeof(functions[0]))
			continue;
		snprintf(functions[function_cnt].name, sizeof(functions[0].name), "%s", s.name);
		functions[function_cnt].address = s.address;
		functions[function_cnt++].size = s.size;
	}
	return 0;
}

static void update(struct compartment *c)
{
	watch.size = sizeof(watch);
	CALL(c, TENON_LINUX_WATCH, INOUT(&watch, sizeof(watch)), OUT(entered, sizeof(entered)),
	     NUMBER(sizeof(entered)));
}

void entered_start(struct compartment *c)
{
	update(c);
}

void entered_print(struct compartment *c)
{
	int cnt = 0;

	update(c);
	for (size_t i = 0; i < function_cnt; i++) {
		bool seen = false;

		for (size_t n = 0; n < TENON_LINUX_ENTERED_CNT && !seen; n++)
			seen = entered[n] - functions[i].address < functions[i].size;
		if (seen && cnt++ < NAMES_MAX)
			printf("%s %s", cnt == 1 ? "entered" : "", functions[i].name);
	}
	if (cnt)
		printf("%s\n", cnt > NAMES_MAX ? " and others" : "");
}
