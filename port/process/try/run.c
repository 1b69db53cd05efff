/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The run: a host, an isolated domain in it, linux.ko and what the module depends on, then the module under watch. Nothing
 * that the module does gets out of the domain (docs/containment.md); what it does there is in the log.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "port/process/program/module_file.h"
#include "port/process/program/standard.h"
#include "port/process/try/try.h"

/* Of linux.ko's clock, in which nothing new is to happen until the module is taken for idle; the first may come at once. */
#define SETTLE_TICKS (TENON_LINUX_QUIET_TICKS + 1)
#define SETTLE_TICKS_MAX 40 /* that are waited for in all */
#define LOOK_NS 1000000u    /* between two looks */
#define LOOK_CNT 4000       /* at most: a clock that stands still is no reason to wait for ever */
#define LOOKS_MS 60000      /* ... nor is a domain that takes its time for each */
#define STT_OBJECT 1
#define STT_FUNC 2
#define LOG_LINES 1000

struct run {
	const struct try_options *o;
	struct report *r;
	struct process_host *h;
	struct tenon_domain *d;
	struct vfs vfs;
	char *depends; /* what its file says */
	struct tenon_linux_watch watch;
	uint32_t entered[TENON_LINUX_ENTERED_CNT];
	uint64_t watch_address;
};

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* ---- watching ---- */

static int64_t update_watch(struct run *t)
{
	static const struct kpi_call type = { .name = TENON_LINUX_WATCH,
					      .type = "",
					      .argc = 3,
					      .ret = KPI_RET_LONG,
					      .copies = 1,
					      .arg = {
						  { .kind = KPI_INOUT, .size = sizeof(t->watch) },
						  { .kind = KPI_OUT_BYTES, .len_arg = 2, .size = sizeof(t->entered) },
						  { .kind = KPI_VALUE, .size = 8 } } };
	const uint64_t args[KPI_ARGS_MAX] = { (uintptr_t)&t->watch, (uintptr_t)t->entered, sizeof(t->entered) };

	t->watch.size = sizeof(t->watch);
	return vfs_upcall(&t->vfs, t->watch_address, &type, args);
}

/* ---- what the file says ---- */

/* Linux does not compile init and exit so that it is seen when they are entered: they run in any case. */
static void keep_sections(const struct tenon_linked *linked, struct report *r)
{
	struct tenon_linked_section s;

	for (uint32_t at = 0; tenon_linked_section(linked, &at, &s);) {
		if (s.mem != TENON_MEM_TEXT && s.mem != TENON_MEM_INIT_TEXT)
			continue;
		if (r->section_cnt < SECTIONS_MAX)
			r->sections[r->section_cnt++] = (struct section){ strdup(s.name), s.run, s.size };
		for (size_t i = 0; i < r->function_cnt; i++)
			if (!strcmp(s.name, ".init.text") || !strcmp(s.name, ".exit.text"))
				r->functions[i].entered |= r->functions[i].address - s.run < s.size;
	}
}

/* What the module depends on, or asks for: that works for it, and what is wrong there is not its mistake. */
static bool keep_code(const struct tenon_linked_section *s, struct report *r)
{
	struct range *more = realloc(r->other_code, (r->other_code_cnt + 1) * sizeof(*more));

	if (!more)
		return false;
	r->other_code = more;
	more[r->other_code_cnt++] = (struct range){ s->run, s->size };
	return true;
}

static bool keep_variables(const char *module, const struct tenon_linked_section *s, struct report *r)
{
	struct variables *more = realloc(r->variables, (r->variables_cnt + 1) * sizeof(*more));

	if (!more)
		return false;
	r->variables = more;
	more[r->variables_cnt++] = (struct variables){ strdup(module), strdup(s->name), s->run, s->size };
	return true;
}

static int keep_other(const struct tenon_module *m, const struct tenon_linked *linked, struct report *r)
{
	struct tenon_linked_section s;

	lines_add(&r->others, "%s", tenon_module_name(m));
	for (uint32_t at = 0; tenon_linked_section(linked, &at, &s);) {
		bool kept = true;

		if (s.mem == TENON_MEM_TEXT || s.mem == TENON_MEM_INIT_TEXT)
			kept = keep_code(&s, r);
		else if (s.mem == TENON_MEM_DATA || s.mem == TENON_MEM_RO_AFTER_INIT)
			kept = keep_variables(tenon_module_name(m), &s, r);
		if (!kept)
			return -TENON_ENOMEM;
	}
	return 0;
}

/* @items, @cnt of @size bytes each, with room for one more. Return: NULL: no memory; they are unchanged. */
static void *with_room(void *items, size_t cnt, size_t size)
{
	if (cnt & (cnt - 1) || (cnt && cnt < 64)) /* it was doubled when there were as many as a power of two */
		return items;
	return realloc(items, (cnt ? 2 * cnt : 64) * size);
}

static bool keep_function(const struct tenon_linked_symbol *s, struct report *r)
{
	struct function *more = with_room(r->functions, r->function_cnt, sizeof(*more));

	if (!more)
		return false;
	r->functions = more;
	more[r->function_cnt++] = (struct function){ strdup(s->name), s->address, s->size, false };
	return true;
}

static bool keep_object(const struct tenon_linked_symbol *s, struct report *r)
{
	struct object *more = with_room(r->objects, r->object_cnt, sizeof(*more));

	if (!more)
		return false;
	r->objects = more;
	more[r->object_cnt++] = (struct object){ strdup(s->name), s->address, s->size };
	return true;
}

static bool keep_symbol(const struct tenon_linked_symbol *s, struct report *r)
{
	if (!s->size || !strncmp(s->name, "__pfx_", 6)) /* the room before a function, which newer kernels name */
		return true;
	return s->type == STT_FUNC ? keep_function(s, r) : s->type != STT_OBJECT || keep_object(s, r);
}

static void add_range(struct tenon_linux_range *to, const struct tenon_linked_section *s)
{
	to->start = !to->end || s->run < to->start ? s->run : to->start;
	to->end = s->run + s->size > to->end ? s->run + s->size : to->end;
}

/* Where its memory is, which linux.ko is to know before its init runs. */
static void note_memory(const struct tenon_linked *linked, struct run *t)
{
	struct tenon_linked_section s;

	for (uint32_t at = 0; tenon_linked_section(linked, &at, &s);) {
		if (s.mem == TENON_MEM_TEXT)
			add_range(&t->watch.text, &s);
		else if (s.mem == TENON_MEM_INIT_TEXT)
			add_range(&t->watch.init_text, &s);
		else if (s.mem == TENON_MEM_RODATA)
			add_range(&t->watch.rodata, &s);
		else if (s.mem == TENON_MEM_DATA || s.mem == TENON_MEM_RO_AFTER_INIT)
			add_range(&t->watch.data[s.mem == TENON_MEM_DATA], &s);
	}
	if (t->watch_address) /* else what it depends on has asked for it */
		update_watch(t);
}

static int keep_functions(const struct tenon_module *m, const struct tenon_linked *linked, void *arg)
{
	struct report *r = ((struct run *)arg)->r;
	struct tenon_linked_symbol s;

	if (strcmp(tenon_module_name(m), r->name))
		return keep_other(m, linked, r);
	for (uint32_t at = 0; tenon_linked_symbol(linked, &at, &s);)
		if (!keep_symbol(&s, r))
			return -TENON_ENOMEM;
	keep_sections(linked, r);
	find_ioctls(linked, r);
	note_memory(linked, arg);
	if (((struct run *)arg)->o->in_process)
		debug_linked(linked, r->file);
	return 0;
}

static void say_failed(struct report *r, const struct tenon_diag *diag)
{
	tenon_diag_format(diag, r->failed, sizeof(r->failed));
}

/* Load what it depends on, by its own list. Return: whether it could. */
static bool load_dependencies(struct run *t, const char *depends)
{
	char name[TENON_NAME_BYTES];

	while (depends && *depends) {
		struct tenon_diag diag = { 0 };
		const struct tenon_request req = { .name = name, .domain = t->d };
		size_t len = strcspn(depends, ",");

		snprintf(name, sizeof(name), "%.*s", (int)len, depends);
		if (process_request(t->h, &req, &diag)) {
			say_failed(t->r, &diag);
			return false;
		}
		depends += len + (depends[len] == ',');
	}
	return true;
}

/* What the file says of itself, before anything is started for it. Return: false: it is no module, which the report says. */
static bool read_file(struct run *t)
{
	struct module_file f;
	struct tenon_diag diag;
	const char *name;
	int err = module_file_open(t->o->file, &f, &diag);

	if (err) {
		if (diag.reason)
			say_failed(t->r, &diag);
		else
			snprintf(t->r->failed, sizeof(t->r->failed), "%s",
				 err == -TENON_EINVAL ? "it is not a regular file, or has more than 1 GiB" :
							strerror(-err));
		return false;
	}
	name = modinfo_get(&f.info, "name");
	snprintf(t->r->name, sizeof(t->r->name), "%s", name ? name : "");
	if (!name)
		snprintf(t->r->failed, sizeof(t->r->failed), "it has no name in .modinfo");
	t->depends = name ? strdup(modinfo_get(&f.info, "depends") ?: "") : NULL;
	module_file_close(&f);
	return t->depends;
}

/* ---- the beginning ---- */

static struct tenon_linux_range range_of(const struct tenon_module_info *info, enum tenon_mem kind)
{
	return (struct tenon_linux_range){ info->address[kind], info->address[kind] + info->size[kind] };
}

/* Under the core's lock. */
static int add_known(const struct tenon_module *m, void *arg)
{
	struct run *t = arg;
	struct tenon_module_info info;

	tenon_module_info(m, &info);
	if (tenon_module_domain(m) == t->d && t->watch.known_cnt < TENON_LINUX_KNOWN_MAX)
		t->watch.known[t->watch.known_cnt++] =
		    (struct tenon_linux_known){ { range_of(&info, TENON_MEM_DATA),
						  range_of(&info, TENON_MEM_RO_AFTER_INIT) } };
	return 0;
}

static int note_time(uint64_t ns, enum tenon_log_level level, const char *text, size_t len, void *arg)
{
	(void)level, (void)text, (void)len;
	((struct report *)arg)->log_start_ns = ns;
	return 0;
}

static bool start_watch(struct run *t)
{
	struct tenon_export e;

	if (tenon_lookup(process_core(t->h), t->d, TENON_LINUX_WATCH, &e))
		return false;
	t->watch_address = e.value;
	t->watch.fail_nth = t->o->fail_nth;
	tenon_for_each(process_core(t->h), add_known, t);
	process_log_each(t->h, note_time, t->r);
	return update_watch(t) >= 0;
}

static int add_import(const struct tenon_export *e, void *arg)
{
	lines_add(arg, "%s %s", e->owner ? tenon_module_name(e->owner) : "interface", e->name);
	return 0;
}

/*
 * Timers, work and threads of the module do what they do: wait until it enters no function that it has not entered yet, and
 * all sleep. By linux.ko's own ticks: where the machine has other things to do, these come late, and so do timers. If nothing
 * can happen that soon, nothing is waited for.
 */
static void settle(struct run *t)
{
	const struct timespec ts = { .tv_nsec = LOOK_NS };
	uint64_t begun = t->watch.ticks, quiet_since = begun;
	uint32_t before[TENON_LINUX_ENTERED_CNT];
	const double end_ms = now_ms() + LOOKS_MS;

	for (int i = 0; i < LOOK_CNT && now_ms() < end_ms; i++) {
		memcpy(before, t->entered, sizeof(before));
		nanosleep(&ts, NULL);
		if (update_watch(t) < 0)
			return;
		if (memcmp(before, t->entered, sizeof(before)))
			quiet_since = t->watch.ticks;
		/* The first tick may have been under way before. */
		if (t->watch.quiet_tick > begun + 1 || t->watch.asleep_tick >= quiet_since + SETTLE_TICKS ||
		    t->watch.ticks >= begun + SETTLE_TICKS_MAX)
			return;
	}
}

static void note_entered(struct run *t)
{
	for (size_t i = 0; i < t->r->function_cnt; i++) {
		struct function *f = &t->r->functions[i];

		for (size_t n = 0; n < TENON_LINUX_ENTERED_CNT && !f->entered; n++)
			f->entered = t->entered[n] - f->address < f->size;
	}
}

/* ---- the steps ---- */

static bool load_module(struct run *t)
{
	struct tenon_source file;
	struct tenon_module *m = NULL;
	struct tenon_diag diag = { 0 };
	const struct tenon_request req = {
		.source = &file, .domain = t->d, .params = t->o->params, .flags = TENON_LOAD_FRESH | TENON_LOAD_NO_DEPS
	};
	int err = process_open_file(t->o->file, &file);

	if (err) {
		snprintf(t->r->failed, sizeof(t->r->failed), "%s: %s", t->o->file, strerror(-err));
		return false;
	}
	err = tenon_load(process_core(t->h), &req, NULL, &diag);
	if (diag.reason == TENON_R_INIT_FAILED)
		t->r->init_error = err;
	if (err && diag.reason == TENON_R_INIT_FAULT)
		tenon_diag_format(&diag, t->r->ended, sizeof(t->r->ended));
	else if (err)
		say_failed(t->r, &diag);
	t->watch.init_text = (struct tenon_linux_range){ 0 }; /* it has been given back */
	if (err)
		return false;
	m = tenon_get(process_core(t->h), t->d, t->r->name);
	if (m) {
		tenon_for_each_import(m, add_import, &t->r->imports);
		tenon_put(m, "try");
	}
	return true;
}

static void unload_module(struct run *t)
{
	struct tenon_diag diag = { 0 };
	struct tenon_module *m = tenon_get(process_core(t->h), t->d, t->r->name);
	struct tenon_module_info info;
	bool permanent;

	if (!m)
		return;
	tenon_module_info(m, &info);
	permanent = info.init && !info.exit;
	tenon_put(m, "try");
	if (permanent)
		lines_add(&t->r->unused, "unloading: it has no exit");
	else if (tenon_unload(process_core(t->h), t->d, t->r->name, standard_unload_deadline(t->h), &diag))
		say_failed(t->r, &diag);
}

/* It is not there any more, or never was. */
static void forget_memory(struct run *t)
{
	t->watch.rodata = (struct tenon_linux_range){ 0 };
	memset(t->watch.data, 0, sizeof(t->watch.data));
}

static void run_module(struct run *t)
{
	struct before before = { 0 };

	if (!tree_mount(&t->vfs))
		lines_add(&t->r->unused, "files: procfs, sysfs or debugfs cannot be mounted");
	list_before(&t->vfs, &before);
	if (load_module(t)) {
		update_watch(t);
		exercise(&t->vfs, &before, t->r);
		update_watch(t);
		settle(t);
		tree_unmount(&t->vfs);
		unload_module(t);
		tree_mount(&t->vfs);
	}
	forget_memory(t);
	t->r->functions_known = update_watch(t) >= 0;
	note_entered(t);
	find_left(&t->vfs, &before, t->r);
	lines_free(&before.devices);
	tree_free(&before.files);
}

static enum verdict judge(const struct report *r)
{
	if (r->stubs.cnt)
		return VERDICT_NOT_TRIED;
	if (r->finding_cnt || r->ended[0])
		return VERDICT_FINDINGS;
	if (r->init_error)
		return VERDICT_INIT_FAILED;
	return r->failed[0] ? VERDICT_NOT_TRIED : VERDICT_CLEAN;
}

/* The domain is not asked to end: what is left in it may run. */
static void end(struct run *t)
{
	if (t->o->in_process) {
		vfs_close(&t->vfs);
		return;
	}
	if (process_domain_pid(t->d))
		process_domain_kill(t->h, t->d);
	process_settle(t->h);
	vfs_close(&t->vfs);
	process_domain_close(t->h, t->d);
}

static int open_host(struct run *t, struct tenon_diag *diag)
{
	int err = standard_provide(t->h, diag);

	if (!err)
		err = t->o->in_process ? 0 : process_isolate(t->h, "try", &t->d);
	if (t->o->in_process)
		t->d = process_kernel(t->h);
	return err ? err : vfs_open(t->h, t->d, true, &t->vfs, diag);
}

static void run_in_host(struct run *t, bool *failed)
{
	if (load_dependencies(t, t->depends) && start_watch(t))
		run_module(t);
	process_settle(t->h); /* a domain that died says why */
	read_log(t->h, t->r);
	t->r->verdict = judge(t->r);
	*failed = t->watch.failed;
	end(t);
}

/* Return: whether there is a verdict. */
static bool start(struct run *t, bool *failed)
{
	const struct process_options options = { .module_dirs = t->o->dirs,
						 .module_dir_cnt = t->o->dir_cnt,
						 .deadline_ms = t->o->deadline_ms,
						 /* Findings are lines as well; linux.ko ends a flood. */
						 .quota = { .log_burst = 4 * LOG_LINES, .log_per_s = LOG_LINES },
						 .linked = keep_functions,
						 .linked_arg = t };
	struct tenon_diag diag = { 0 };
	int err = process_open(&options, &t->h);
	char text[512];

	if (err) {
		fprintf(stderr, "tenon-try: cannot start: %s\n", strerror(-err));
		return false;
	}
	err = open_host(t, &diag);
	if (!err) {
		run_in_host(t, failed);
	} else {
		tenon_diag_format(&diag, text, sizeof(text));
		fprintf(stderr, "tenon-try: linux.ko cannot be loaded: %s\n", diag.reason ? text : strerror(-err));
	}
	standard_unload_all(t->h, NULL);
	process_close(t->h);
	return !err;
}

/* Its own words, as far as the host has not made them printable before. */
static void make_report_printable(struct report *r)
{
	for (size_t i = 0; i < r->function_cnt; i++)
		make_printable(r->functions[i].name);
	for (struct finding *f = r->findings; f < r->findings + r->finding_cnt; f++) {
		for (struct place *p = f->place; p < f->place + f->place_cnt; p++) {
			make_printable(p->function);
			make_printable(p->line);
		}
		make_printable(f->against.function);
		make_printable(f->against.line);
		make_printable(f->name);
		make_printable(f->holder);
	}
	make_printable(r->name);
	make_printable(r->failed);
}

bool try_run(const struct try_options *o, struct report *r, bool *failed)
{
	struct run *t = calloc(1, sizeof(*t));
	double begun = now_ms();
	bool done = false;

	*r = (struct report){ .file = o->file };
	if (!t) {
		fputs("tenon-try: cannot start: out of memory\n", stderr);
		return false;
	}
	t->o = o;
	t->r = r;
	if (read_file(t)) {
		done = start(t, failed);
	} else {
		r->verdict = judge(r);
		done = true;
	}
	free(t->depends);
	free(t);
	make_report_printable(r);
	r->ms = now_ms() - begun;
	return done;
}

void report_free(struct report *r)
{
	for (size_t i = 0; i < r->function_cnt; i++)
		free(r->functions[i].name);
	free(r->functions);
	for (size_t i = 0; i < r->object_cnt; i++)
		free(r->objects[i].name);
	free(r->objects);
	for (size_t i = 0; i < r->section_cnt; i++)
		free(r->sections[i].name);
	free(r->other_code);
	for (size_t i = 0; i < r->variables_cnt; i++) {
		free(r->variables[i].module);
		free(r->variables[i].section);
	}
	free(r->variables);
	lines_free(&r->others);
	lines_free(&r->log);
	lines_free(&r->imports);
	lines_free(&r->registered);
	lines_free(&r->exercised);
	lines_free(&r->unused);
	lines_free(&r->stubs);
}
