// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/module/report.h"

#include "kernel/log.h"
#include "kernel/module/gone.h"
#include "kernel/module/module.h"
#include "kernel/module/procfs.h"
#include "kernel/module/record.h"
#include "kernel/vfs/text.h"
#include "tenon/runtime.h"

#define BUILD_ID ".note.gnu.build-id"
#define NOTE_HEADER_BYTES 16 /* of a note whose owner is "GNU" */
#define BUILD_ID_BYTES 20

static void add_build_id(struct text *t, const struct record *r)
{
	uint8_t id[BUILD_ID_BYTES];

	for (uint32_t i = 0; i < r->section_cnt; i++) {
		const struct record_section *s = &r->sections[i];

		if (strcmp(s->address.name, BUILD_ID) || s->size < NOTE_HEADER_BYTES + sizeof(id) ||
		    module_read(r->domain, id, s->run + NOTE_HEADER_BYTES, sizeof(id)))
			continue;
		text_printf(t, " build-id ");
		for (unsigned k = 0; k < sizeof(id); k++)
			text_printf(t, "%02x", id[k]);
	}
}

static int add_user(const struct tenon_module *user, void *arg)
{
	text_printf(arg, " %s", tenon_module_name(user));
	return 0;
}

struct about {
	const struct record *record;
	struct text *text;
};

static int add_core_knows(const struct tenon_module *m, void *arg)
{
	const struct about *a = arg;
	struct tenon_module_info info;
	char taints[MODULE_TAINT_BYTES];

	if (tenon_module_kept(m) != a->record)
		return 0;
	tenon_module_info(m, &info);
	module_taints(info.taints, taints);
	text_printf(a->text, ", taints %s, used by", *taints ? taints : "none");
	if (!tenon_for_each_user(module_core, m, add_user, a->text) && !info.users)
		text_printf(a->text, " none");
	return 1;
}

void report_module(const struct record *r, void (*tell)(const char *line))
{
	char bytes[LOG_LINE_BYTES];
	struct text t = { .bytes = bytes, .size = sizeof(bytes) - 1, .fixed = true };
	struct about about = { r, &t };

	text_printf(&t, "%s:", r->name);
	add_build_id(&t, r);
	if (panic_running() && r->module)
		add_core_knows(r->module, &about);
	else if (!panic_running())
		tenon_for_each(module_core, add_core_knows, &about);
	bytes[t.len] = '\0';
	tell(bytes);
	for (uint32_t i = 0; i < r->param_cnt; i++) {
		t.len = 0;
		t.failed = false;
		text_printf(&t, "%s: %s=", r->name, r->params[i].attr.name);
		param_show_values(&t, &r->params[i]);
		if (t.len && bytes[t.len - 1] == '\n')
			t.len--;
		bytes[t.len] = '\0';
		tell(bytes);
	}
}

void report_gone(void (*tell)(const char *line))
{
	char line[LOG_LINE_BYTES];

	for (unsigned i = 0; gone_describe(i, line, sizeof(line)); i++)
		tell(line);
}
