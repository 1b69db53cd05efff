// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What modules have done that makes the kernel's word less certain: it is never forgotten, also not when they have gone. */
#include "kernel/log.h"
#include "kernel/module/module.h"
#include "kernel/module/procfs.h"
#include "kernel/module/report.h"
#include "kernel/sched/timer.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/text.h"
#include "tenon/runtime.h"

/* By bit of enum tenon_taint: where Linux's number of a tainted kernel has it, and who set it first. Core's lock; one is read
   without it once @set is. */
static struct taint {
	uint8_t linux_bit;
	bool set;
	uint64_t at_ns;
	char module[TENON_NAME_BYTES];
} taints[] = { { .linux_bit = 13 }, { .linux_bit = 1 }, { .linux_bit = 0 }, { .linux_bit = 7 } };

#define TAINT_CNT (sizeof(taints) / sizeof(*taints))

void taint_note(const struct tenon_module *m)
{
	struct tenon_module_info info;

	tenon_module_info(m, &info);
	for (unsigned i = 0; info.state != TENON_UNFORMED && i < TAINT_CNT; i++) {
		if (!(info.taints >> i & 1) || taints[i].set)
			continue;
		taints[i].at_ns = clock_ns();
		strscpy(taints[i].module, info.name, sizeof(taints[i].module));
		__atomic_store_n(&taints[i].set, true, __ATOMIC_RELEASE);
	}
}

/* Return: whether it is set. */
static bool describe(unsigned i, char *line, size_t size)
{
	const struct taint *t = &taints[i];
	char letter[MODULE_TAINT_BYTES];

	if (!__atomic_load_n(&t->set, __ATOMIC_ACQUIRE))
		return false;
	module_taints(1u << i, letter);
	tenon_snprintf(line, size, "%s %llu.%06llu %s", letter, (unsigned long long)(t->at_ns / NS_PER_SECOND),
		       (unsigned long long)(t->at_ns % NS_PER_SECOND / 1000), t->module);
	return true;
}

void report_taints(void (*tell)(const char *line))
{
	char line[LOG_LINE_BYTES] = "tainted: ";

	for (unsigned i = 0; i < TAINT_CNT; i++)
		if (describe(i, line + 9, sizeof(line) - 9))
			tell(line);
}

static int show_taints(struct text *t, void *data)
{
	char line[LOG_LINE_BYTES];

	(void)data;
	for (unsigned i = 0; i < TAINT_CNT; i++)
		if (describe(i, line, sizeof(line)))
			text_printf(t, "%s\n", line);
	return 0;
}

static int show_number(struct text *t, void *data)
{
	unsigned number = 0;

	(void)data;
	for (unsigned i = 0; i < TAINT_CNT; i++)
		number |= (unsigned)__atomic_load_n(&taints[i].set, __ATOMIC_ACQUIRE) << taints[i].linux_bit;
	text_printf(t, "%u\n", number);
	return 0;
}

int taint_files_init(struct node *proc, struct node *sys_kernel)
{
	static const struct attr all = { "taints", 0444, show_taints, NULL };
	static const struct attr tainted = { "tainted", 0444, show_number, NULL };

	return attr_file(proc, &all, NULL) ?: attr_file(sys_kernel, &tainted, NULL);
}
