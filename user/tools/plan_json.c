/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <string.h>
#include <sys/stat.h>

#include "user/tools/plan_json.h"
#include "user/tools/why.h"

/* Of the file, packed or not, and of what the kernel keeps of it. Null: the file cannot be read. */
static void put_sizes(json_t *step, const char *path)
{
	uint64_t stays, init;
	struct tmod_file *file;
	struct stat st;
	char text[256];
	bool known = path && !stat(path, &st);

	json_put(step, "file_bytes", known ? json_integer(st.st_size) : json_null());
	known = known && !tmod_file_open(path, &file, text, sizeof(text));
	if (known) {
		tmod_file_memory(file, &stays, &init);
		tmod_file_close(file);
	}
	json_put(step, "memory_bytes", known ? json_integer((json_int_t)stays) : json_null());
	json_put(step, "init_bytes", known ? json_integer((json_int_t)init) : json_null());
}

json_t *plan_step_json(const struct tmod_step *s)
{
	static const char *const actions[] = {
		[TMOD_LOAD] = "load",
		[TMOD_RUN_INSTALL] = "install",
		[TMOD_UNLOAD] = "unload",
		[TMOD_RUN_REMOVE] = "remove",
	};
	static const char *const roles[] = {
		[TMOD_ASKED] = "asked",          [TMOD_DEPENDENCY] = "dependency",
		[TMOD_SOFT_PRE] = "softdep-pre", [TMOD_SOFT_POST] = "softdep-post",
		[TMOD_HOLDER] = "holder",
	};
	json_t *step = json_object(), *after = json_array();

	for (uint32_t i = 0; i < s->after_cnt; i++)
		json_add(after, json_integer(s->after[i]));
	json_put(step, "action", json_text(actions[s->action]));
	json_put(step, "module", json_text(s->name));
	json_put(step, "role", json_text(roles[s->role]));
	json_put(step, "needed_by", json_text(s->needed_by));
	json_put(step, "path", json_text(s->path));
	put_sizes(step, s->path);
	json_put(step, "options", json_text(s->options));
	json_put(step, "command", json_text(s->command));
	json_put(step, "required", json_boolean(s->required));
	json_put(step, "builtin", json_boolean(s->builtin));
	json_put(step, "loaded", json_boolean(s->loaded));
	json_put(step, "stopped_by", s->stopped_by ? why_entry(s->stopped_by) : json_null());
	json_put(step, "instead_of", json_text(s->instead_of));
	json_put(step, "preferred_by", s->preferred_by ? why_entry(s->preferred_by) : json_null());
	json_put(step, "after", after);
	return step;
}

json_t *plan_json(const struct tmod_plan *plan)
{
	size_t cnt;
	const struct tmod_step *steps = tmod_plan_steps(plan, &cnt);
	json_t *array = json_array();

	for (size_t i = 0; i < cnt; i++)
		json_add(array, plan_step_json(&steps[i]));
	return array;
}

bool plan_is_stopped(const struct tmod_plan *plan)
{
	size_t cnt;
	const struct tmod_step *steps = tmod_plan_steps(plan, &cnt);

	for (size_t i = 0; i < cnt; i++)
		if (steps[i].stopped_by && steps[i].required)
			return true;
	return false;
}
