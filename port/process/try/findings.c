/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the log says: lines of the module's own, what linux.ko found, and why the domain ended. */
#include <stdlib.h>
#include <string.h>

#include "port/process/try/try.h"

static const struct {
	const char *kind, *text;
} texts[] = {
	{ "leak", "memory is not freed" },
	{ "overflow", "access beyond the end of an allocation" },
	{ "underflow", "write before the beginning of an allocation" },
	{ "use-after-free", "access to freed memory" },
	{ "double-free", "memory is freed twice" },
	{ "bad-free", "an address is freed that was not allocated" },
	{ "null-access", "access through a null pointer" },
	{ "wild-access", "access to an address that is not there" },
	{ "illegal-instruction", "undefined instruction, or a check of linux.ko's failed" },
	{ "bug", "BUG() was reached" },
	{ "sleep-in-atomic", "something that may sleep is called with preemption or interrupts off" },
	{ "lock-held", "a function returned with preemption or interrupts off: a spinlock is held" },
	{ "lock-order", "a lock is taken while another is held, and elsewhere the other way round" },
	{ "lock-irq", "a spinlock is taken in an interrupt or softirq, and elsewhere with these on" },
	{ "mutex-held", "a function returned with a mutex held" },
	{ "lock-unbalanced", "a function returned with a lock released that it had not taken" },
	{ "rcu-held", "a function returned in a read-side critical section of RCU" },
	{ "rwsem-held", "a function returned with a semaphore for readers and writers held" },
	{ "refcount", "a reference count has gone below 0, or too high, or is used after it was 0" },
	{ "uninitialised-read", "allocated memory is used that was never written" },
	{ "stack-overflow", "the stack is used up" },
	{ "out-of-memory", "all memory is used up" },
	{ "timer-left", "a timer is still set after exit" },
	{ "callback-left", "something that leads to the module is still registered after exit" },
	{ "work-left", "work is still queued after exit" },
	{ "thread-left", "a thread still runs after exit" },
	{ "stuck", "it computes without end" },
	{ "device-left", "a device is still registered after exit" },
	{ "file-left", "a file or directory is still there after exit" },
	{ "warning", "a WARN() was reached" },
	{ "system-call", "it makes system calls by itself" },
	{ "log-flood", "it floods the log" },
	{ "died", "its domain has ended" },
};

const char *finding_text(const struct finding *f)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!strcmp(f->kind, texts[i].kind))
			return texts[i].text;
	return f->kind;
}

static const struct function *function_at(const struct report *r, uint64_t pc)
{
	for (size_t i = 0; i < r->function_cnt; i++)
		if (pc - r->functions[i].address < r->functions[i].size)
			return &r->functions[i];
	return NULL;
}

static const struct object *object_at(const struct report *r, uint64_t address)
{
	for (size_t i = 0; i < r->object_cnt; i++)
		if (address - r->objects[i].address < r->objects[i].size)
			return &r->objects[i];
	return NULL;
}

static void name_line(const struct report *r, const struct source *src, uint64_t pc, struct place *out)
{
	for (size_t i = 0; i < r->section_cnt; i++)
		if (pc - r->sections[i].address < r->sections[i].size)
			source_line(src, r->sections[i].name, pc - r->sections[i].address, out->line,
				    sizeof(out->line));
}

static bool is_others(const struct report *r, uint64_t pc)
{
	for (size_t i = 0; i < r->other_code_cnt; i++)
		if (pc - r->other_code[i].address < r->other_code[i].size)
			return true;
	return false;
}

struct reading {
	struct process_host *h;
	struct report *r;
	struct source *src;             /* once a finding has to be placed: most modules have none */
	char own[TENON_NAME_BYTES + 3]; /* what its lines in the log begin with, if it is known whose they are */
	struct finding stuck_at;        /* where it stayed longest, in ticks: counts only if the domain ended for it */
};

/* Return: false: it is in no function of the module's. */
static bool name_place(const struct report *r, const struct source *src, uint64_t pc, struct place *out)
{
	const struct function *fn = function_at(r, pc);

	if (!fn)
		return false;
	snprintf(out->function, sizeof(out->function), "%s+%#llx", fn->name, (unsigned long long)(pc - fn->address));
	name_line(r, src, pc, out);
	return true;
}

/*
 * "tenon-finding KIND WHAT SIZE PC... [/ PC]". Addresses are those after an instruction or a byte of it. Those that are in no
 * function of the module's were old ones on the stack.
 */
/*
 * "callback-left": an address of the module's that is kept somewhere may be a number by chance. It is a link of a list, or
 * where a variable begins that has functions, or a function in a variable that is only that.
 */
static bool take_holder(const struct reading *in, struct finding *f, const char *text, unsigned int function_cnt)
{
	const struct object *meant = object_at(in->r, f->what);
	uint64_t holder, place, lowest = UINT64_MAX, holder_size;
	bool linked = f->size, is_function = function_at(in->r, f->what);
	int used = 0, at = 0;

	f->size = 0;
	if (sscanf(text, " " TENON_LINUX_AGAINST " %lx%n", &holder, &used) != 1)
		return false;
	holder_size = holder_name(in->h, in->r, holder, f->holder, sizeof(f->holder));
	for (unsigned int i = 0; i < function_cnt && sscanf(text += used, " %lx%n", &place, &used) == 1; i++)
		if (f->place[i].function[0] && object_at(in->r, place) == meant && place < lowest) {
			lowest = place;
			at = (int)i;
		}
	f->place[0] = f->place[at];
	f->place_cnt = lowest != UINT64_MAX;
	if (is_function)
		return holder_size == sizeof(void *) && function_at(in->r, f->what)->address == f->what;
	return linked || (meant && meant->address == f->what && f->place_cnt);
}

static void take_finding(const struct reading *in, const char *text)
{
	struct report *r = in->r;
	struct finding *f = &r->findings[r->finding_cnt];
	const struct object *meant;
	int used = 0;
	bool others = false, held;
	uint64_t pc;

	if (r->finding_cnt == FINDINGS_MAX)
		return;
	*f = (struct finding){ 0 };
	if (sscanf(text, TENON_LINUX_FINDING " %31s %lx %lx%n", f->kind, &f->what, &f->size, &used) < 3)
		return;
	held = !strcmp(f->kind, "callback-left");
	while (f->place_cnt < TRACE_MAX && sscanf(text += used, " %lx%n", &pc, &used) == 1) {
		if (name_place(r, in->src, --pc, &f->place[f->place_cnt]) || held)
			f->place_cnt++;
		else
			others |= is_others(r, pc);
	}
	if (held) {
		if (!take_holder(in, f, text, f->place_cnt))
			return;
	} else if (sscanf(text, " " TENON_LINUX_AGAINST " %lx", &pc) == 1) {
		name_place(r, in->src, pc - 1, &f->against);
	}
	meant = f->what ? object_at(r, f->what) : NULL;
	if (meant)
		snprintf(f->name, sizeof(f->name), "%s", meant->name);
	if (f->place_cnt || !others)
		r->finding_cnt++;
}

void add_left(struct report *r, const char *kind, const char *name)
{
	struct finding *f = &r->findings[r->finding_cnt];

	if (r->finding_cnt == FINDINGS_MAX)
		return;
	*f = (struct finding){ 0 };
	snprintf(f->kind, sizeof(f->kind), "%s", kind);
	snprintf(f->name, sizeof(f->name), "%s", name);
	r->finding_cnt++;
}

/*
 * A line without what it begins with, or NULL: it is not about the module. Where the host does not know who is calling
 * linux.ko, in operations, timers and threads, it names linux.ko; since the module was loaded nobody else prints.
 */
static const char *own_line(const struct reading *in, uint64_t ns, const char *line)
{
	uint64_t start = in->r->log_start_ns;

	static const char base[] = "linux: ";

	if (!strncmp(line, in->own, strlen(in->own)))
		return line + strlen(in->own);
	return start && ns > start && !strncmp(line, base, strlen(base)) ? line + strlen(base) : NULL;
}

static int take_line(uint64_t ns, enum tenon_log_level level, const char *text, size_t len, void *arg)
{
	struct reading *in = arg;
	struct report *r = in->r;
	char line[600], *at;
	const char *said;

	(void)level;
	snprintf(line, sizeof(line), "%.*s", (int)len, text);
	at = strstr(line, TENON_LINUX_FINDING);
	if (at) {
		in->src = in->src ? in->src : source_open(r->file);
		take_finding(in, at);
		if (r->finding_cnt && !strcmp(r->findings[r->finding_cnt - 1].kind, "stuck")) {
			const struct finding *f = &r->findings[--r->finding_cnt];

			if (f->place_cnt && f->size >= in->stuck_at.size)
				in->stuck_at = *f;
		}
		return 0;
	}
	if (strstr(line, "() is called and not there") && (at = strstr(line, "linux.ko: "))) {
		lines_add(&r->stubs, "%.*s", (int)strcspn(at + 10, "("), at + 10);
		return 0;
	}
	at = strstr(line, "domain is dead: ");
	said = at ? NULL : own_line(in, ns, line);
	if (at)
		snprintf(r->ended, sizeof(r->ended), "%s", at + strlen("domain is dead: "));
	else if (said)
		lines_add(&r->log, "%s", said);
	return 0;
}

/* The domain ended, and linux.ko did not say why. */
static void explain_end(struct report *r, const struct reading *in)
{
	struct finding f = { .kind = "died" };

	if (strstr(r->ended, "CPU time") || strstr(r->ended, "did not return")) {
		f = in->stuck_at;
		f.size = 0;
		strcpy(f.kind, "stuck");
	} else if (strstr(r->ended, "(SYS)")) {
		strcpy(f.kind, "system-call");
	} else if (r->finding_cnt) {
		return;
	}
	if (r->finding_cnt < FINDINGS_MAX)
		r->findings[r->finding_cnt++] = f;
}

void read_log(struct process_host *h, struct report *r)
{
	struct reading in = { .h = h, .r = r };

	snprintf(in.own, sizeof(in.own), "%s: ", r->name);
	process_log_each(h, take_line, &in);
	source_close(in.src);
	if (r->stubs.cnt) /* linux.ko traps there: that is no fault of the module's */
		for (size_t i = 0; i < r->finding_cnt; i++)
			if (!strcmp(r->findings[i].kind, "illegal-instruction"))
				r->findings[i--] = r->findings[--r->finding_cnt];
	if (r->ended[0] && !r->stubs.cnt)
		explain_end(r, &in);
}
