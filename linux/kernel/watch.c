// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watching one module. Functions of linux.ko are compiled with frame pointers, modules are not: so a chain of frames leads
 * to the first address in the module; further ones are looked for on the stack, where old ones may lie.
 */
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/sizes.h>
#include <linux/swap.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "linux/glue.h"
#include "linux/kernel/kernel.h"
#include "linux/kernel/watch.h"
#include "linux/x86/percpu.h"

#define FRAMES_MAX 24
#define STACK_WORDS 192
#define STACK_ALIGN SZ_1M /* where stacks of an isolated domain end: what lies beyond cannot be read in a trap */
#define SEEN_MAX 64
#define NULL_END 0x10000ul
#define LINES_MAX 1000
#define BELOW_0 0x40000000 /* in a preempt count, whose highest bit is something else */
#define STACK_NEAR 8192ul /* bytes between the stack pointer and an access of a function call */
#define WARN_BYTES 512 /* of refcount_warn_saturate */
#define LATE_MAX (60ul * HZ) /* a list with a function after it looks like a timer, but for when that is due */
#define LATER_CNT 10
#define LATER_MS 10

bool linux_watching;
u32 linux_entered[TENON_LINUX_ENTERED_CNT];
static struct tenon_linux_watch watch;

static bool is_function(unsigned long address)
{
	return address >= watch.text.start && address < watch.text.end;
}

bool linux_watched(unsigned long pc)
{
	return is_function(pc) || (pc >= watch.init_text.start && pc < watch.init_text.end);
}

bool linux_watched_data(unsigned long address)
{
	for (unsigned int i = 0; i < TENON_LINUX_DATA_CNT; i++)
		if (address >= watch.data[i].start && address < watch.data[i].end)
			return true;
	return false;
}

static void add(struct trace *t, unsigned long pc)
{
	if (t->cnt < TRACE_MAX)
		t->pc[t->cnt++] = pc;
}

static void scan_stack(struct trace *t, unsigned long at, unsigned long end)
{
	unsigned long word;

	for (unsigned int i = 0; i < STACK_WORDS && at < end && t->cnt < TRACE_MAX; i++, at += sizeof(word)) {
		if (copy_from_kernel_nofault(&word, (void *)at, sizeof(word)))
			return;
		if (linux_watched(word))
			add(t, word);
	}
}

static void trace_frames(struct trace *t, unsigned long frame)
{
	unsigned long f[2], end = ALIGN(frame + 1, STACK_ALIGN);

	for (unsigned int i = 0; i < FRAMES_MAX; i++) {
		if (frame & 7 || frame + sizeof(f) > end || copy_from_kernel_nofault(f, (void *)frame, sizeof(f)))
			return;
		if (linux_watched(f[1])) {
			add(t, f[1]);
			scan_stack(t, frame + sizeof(f), end);
			return;
		}
		if (f[0] <= frame || f[0] - frame > 65536)
			return;
		frame = f[0];
	}
}

void linux_trace_here(struct trace *t)
{
	t->cnt = 0;
	trace_frames(t, (unsigned long)__builtin_frame_address(0));
}

static struct {
	const char *kind;
	unsigned long pc;
} seen[SEEN_MAX];
static unsigned int seen_cnt;

bool linux_finding_names(unsigned long pc)
{
	for (unsigned int i = 0; i < seen_cnt; i++)
		if (seen[i].pc == pc)
			return true;
	return false;
}

static void log_finding(const char *kind, unsigned long what, unsigned long size, const struct trace *t,
			unsigned long other, const unsigned long *places)
{
	char line[384];
	int len;

	for (unsigned int i = 0; i < seen_cnt; i++)
		if (seen[i].kind == kind && seen[i].pc == (t->cnt ? t->pc[0] : 0))
			return;
	if (seen_cnt == SEEN_MAX)
		return;
	seen[seen_cnt].kind = kind;
	seen[seen_cnt++].pc = t->cnt ? t->pc[0] : 0;
	len = scnprintf(line, sizeof(line), TENON_LINUX_FINDING " %s %lx %lx", kind, what, size);
	for (unsigned int i = 0; i < t->cnt; i++)
		len += scnprintf(line + len, sizeof(line) - (size_t)len, " %lx", t->pc[i]);
	if (other)
		len += scnprintf(line + len, sizeof(line) - (size_t)len, " " TENON_LINUX_AGAINST " %lx", other);
	for (unsigned int i = 0; places && i < t->cnt; i++)
		len += scnprintf(line + len, sizeof(line) - (size_t)len, " %lx", places[i]);
	linux_log_flush();
	lx_log(3, line, (unsigned long)len);
}

void linux_finding(const char *kind, unsigned long what, unsigned long size, const struct trace *t)
{
	log_finding(kind, what, size, t, 0, NULL);
}

void linux_finding_against(const char *kind, unsigned long what, const struct trace *t, unsigned long other)
{
	log_finding(kind, what, 0, t, other, NULL);
}

void linux_finding_held(const char *kind, unsigned long what, bool linked, const struct trace *t, unsigned long holder,
			const unsigned long *places)
{
	log_finding(kind, what, linked, t, holder, places);
}

/* ---- while it runs ---- */

static unsigned long last_entered(void)
{
	unsigned long pc;

	__asm__("movq %%gs:%c1, %0" : "=r"(pc) : "i"(WINDOW_LAST_ENTERED));
	return pc;
}

void linux_watch_sleep(void)
{
	struct trace t;

	if (!linux_watching || (!preempt_count() && !irqs_disabled() && !current->rcu_read_lock_nesting))
		return;
	linux_trace_here(&t);
	if (t.cnt)
		linux_finding("sleep-in-atomic", preempt_count(), 0, &t);
}

void linux_watch_copy(const void *from, size_t len)
{
	struct trace t;

	if (!pagefault_disabled())
		linux_watch_sleep();
	if (!linux_guard_is_unset(from, len))
		return;
	linux_trace_here(&t);
	if (t.cnt)
		linux_finding("uninitialised-read", (unsigned long)from, len, &t);
}

bool linux_watch_line(void)
{
	static atomic_t cnt;
	struct trace t;
	int nth;

	linux_trace_here(&t);
	nth = t.cnt ? atomic_inc_return(&cnt) : 0;
	if (nth == LINES_MAX)
		linux_finding("log-flood", LINES_MAX, 0, &t);
	return nth < LINES_MAX;
}

void linux_watch_bad_free(const void *p)
{
	struct trace t = { 0 };

	if (linux_watching)
		linux_trace_here(&t);
	if (t.cnt)
		linux_finding("bad-free", (unsigned long)p, 0, &t);
}

/* What is larger than anything that may be left asks for too much, which must be allowed to fail. */
void linux_watch_exhausted(size_t size, const struct trace *t)
{
	if (t->cnt && size <= SZ_1M)
		linux_finding("out-of-memory", 0, size, t);
}

/*
 * A mutex in the module's memory that the task has, and nobody waits for. Such an owner has no flags: what looks like one with
 * flags is a semaphore, which names its last reader for as long as no other comes.
 */
#ifdef CONFIG_PREEMPT_RT
static bool held_mutex(unsigned long at, const struct task_struct *by)
{
	const struct mutex *m = (void *)at;

	return m->rtmutex.owner == by && RB_EMPTY_ROOT(&m->rtmutex.waiters.rb_root);
}

static bool held_rwsem(unsigned long at, const struct task_struct *by)
{
	const struct rw_semaphore *s = (void *)at;

	return atomic_read(&s->rwbase.readers) == WRITER_BIAS && s->rwbase.rtmutex.owner == by;
}
#else
static bool held_mutex(unsigned long at, const struct task_struct *by)
{
	const struct mutex *m = (void *)at;

	return atomic_long_read(&m->owner) == (long)by && m->wait_list.next == &m->wait_list &&
	       m->wait_list.prev == &m->wait_list;
}

static bool held_rwsem(unsigned long at, const struct task_struct *by)
{
	const struct rw_semaphore *s = (void *)at;

	return atomic_long_read(&s->count) == 1 && (atomic_long_read(&s->owner) & ~7l) == (long)by &&
	       s->wait_list.next == &s->wait_list && s->wait_list.prev == &s->wait_list;
}
#endif

static const char *held(unsigned long at, unsigned long end, const struct task_struct *by)
{
	if (at + sizeof(struct mutex) <= end && held_mutex(at, by))
		return "mutex-held";
	return at + sizeof(struct rw_semaphore) <= end && held_rwsem(at, by) ? "rwsem-held" : NULL;
}

static void look_for_held(const struct task_struct *by, const struct trace *t)
{
	static bool seen; /* it will be held at the end of each later call, too */

	for (unsigned int i = 0; i < TENON_LINUX_DATA_CNT && !seen; i++)
		for (unsigned long at = ALIGN(watch.data[i].start, 8); at < watch.data[i].end && !seen; at += 8) {
			const char *kind = held(at, watch.data[i].end, by);

			if (kind)
				linux_finding(kind, at, 0, t);
			seen = kind;
		}
}

void linux_watch_leave(void)
{
	struct trace t = { .cnt = 1, .pc = { last_entered() } };

	if (!linux_watching)
		return;
	if (preempt_count() || irqs_disabled()) {
		linux_finding(preempt_count() & BELOW_0 ? "lock-unbalanced" : "lock-held", 0, 0, &t);
		preempt_count_set(0);
		local_irq_enable();
	}
	if (current->rcu_read_lock_nesting) {
		linux_finding(current->rcu_read_lock_nesting < 0 ? "lock-unbalanced" : "rcu-held", 0, 0, &t);
		current->rcu_read_lock_nesting = 0;
	}
	look_for_held(current, &t);
}

static bool is_stack_used_up(const struct linux_trap *trap)
{
	return !trap->illegal && trap->address + STACK_NEAR - trap->reg[7] < 2 * STACK_NEAR;
}

/* A trap in here would end the domain before anything is said: only what must be the stack is looked at. */
static void trace_trap(struct trace *t, const struct linux_trap *trap)
{
	unsigned long frame = trap->reg[6], stack = trap->reg[7];

	if (is_stack_used_up(trap)) /* the page that trapped lies below the stack */
		stack = max(stack, (trap->address | ~PAGE_MASK) + 1);
	t->cnt = 0;
	if (linux_watched(trap->pc))
		add(t, trap->pc + 1);
	else if (frame - stack < STACK_NEAR)
		trace_frames(t, frame);
	if (t->cnt < 2)
		scan_stack(t, stack, ALIGN(stack + 1, STACK_ALIGN));
}

/* An address that no CPU has comes from a register; which one, and so the address, it does not say. */
static bool is_from_unset(const struct linux_trap *trap)
{
	bool from = false;

	for (unsigned int i = 0; i < 16; i++)
		from |= linux_guard_from_unset(trap->reg[i]);
	return from && !trap->address;
}

static const char *kind_of_access(const struct linux_trap *trap)
{
	if (is_stack_used_up(trap))
		return "stack-overflow";
	if (is_from_unset(trap))
		return "uninitialised-read";
	return trap->address < NULL_END ? "null-access" : "wild-access";
}

void linux_watch_fault(const struct linux_trap *trap, bool bug)
{
	unsigned long start = trap->address;
	const char *kind = NULL;
	size_t size = 0;
	struct trace t;

	if (!linux_watching)
		return;
	trace_trap(&t, trap);
	if (!trap->illegal)
		kind = linux_guard_explain(trap->address, &size, &start) ?: kind_of_access(trap);
	linux_finding(kind ?: (bug ? "bug" : "illegal-instruction"), start, size, &t);
}

void linux_watch_warning(const struct linux_trap *trap)
{
	struct trace t;

	if (!linux_watching)
		return;
	trace_trap(&t, trap);
	if (t.cnt)
		linux_finding(trap->pc - (unsigned long)refcount_warn_saturate < WARN_BYTES ? "refcount" : "warning", 0,
			      0, &t);
}

bool linux_watch_fails(const struct trace *t)
{
	if (!t->cnt || !watch.fail_nth || --watch.fail_nth)
		return false;
	watch.failed = 1;
	return true;
}

/* ---- after its exit ---- */

static void report(const char *kind, unsigned long what, unsigned long function)
{
	const struct trace t = { .cnt = 1, .pc = { function + 1 } };

	linux_finding(kind, what, 0, &t);
}

/* Is the list intact that an item says it is in? */
static bool is_linked(const struct list_head *item)
{
	struct list_head *back;

	return !copy_from_kernel_nofault(&back, &item->next->prev, sizeof(back)) && back == item &&
	       !copy_from_kernel_nofault(&back, &item->prev->next, sizeof(back)) && back == item && item->next != item;
}

/* What leads to itself is an empty list, which a pointer happens to follow. */
static bool is_timer_pending(const struct timer_list *timer)
{
	struct hlist_node *back;

	return timer->entry.pprev && timer->entry.pprev != (void *)timer &&
	       (int)(timer->flags & TIMER_CPUMASK) < LINUX_CPU_CNT && time_after(timer->expires, jiffies - LATE_MAX) &&
	       !copy_from_kernel_nofault(&back, timer->entry.pprev, sizeof(back)) && back == &timer->entry;
}

/* Does the tree, or the node above, lead to it? */
static bool is_hrtimer_pending(const struct hrtimer *hr)
{
	const struct rb_node *node = &hr->node.node, *above = rb_parent(node), *child[2] = { 0 };

	if (hr->state != HRTIMER_STATE_ENQUEUED || above == node) /* the latter is an empty list */
		return false;
	if (!above)
		return !copy_from_kernel_nofault(child, &hr->base->active.rb_root.rb_root.rb_node, sizeof(child[0])) &&
		       child[0] == node;
	return !copy_from_kernel_nofault(child, &above->rb_right, sizeof(child)) &&
	       (child[0] == node || child[1] == node);
}

/* One place in the module's memory: is there something that would call the module? */
static void look(unsigned long at, unsigned long end)
{
	const struct timer_list *timer = (void *)at;
	const struct work_struct *work = (void *)at;
	const struct hrtimer *hr = (void *)at;
	unsigned long fn = (unsigned long)work->func;

	_Static_assert(offsetof(struct timer_list, function) == offsetof(struct work_struct, func),
		       "one look is enough");
	if (is_function(fn)) {
		if (*work_data_bits((struct work_struct *)work) & WORK_STRUCT_PENDING) {
			if (is_linked(&work->entry))
				report("work-left", at, fn);
		} else if (is_timer_pending(timer)) {
			report("timer-left", at, fn);
		}
	}
	if (timer->function == delayed_work_timer_fn && is_timer_pending(timer))
		report("work-left", at, (unsigned long)container_of(timer, struct delayed_work, timer)->work.func);
	if (at + sizeof(*hr) <= end && is_function((unsigned long)hr->function) && is_hrtimer_pending(hr))
		report("timer-left", at, (unsigned long)hr->function);
}

/* Not in the structure that the module itself is described by, which has its exit beside lists. */
static const struct module *exiting;

static void look_through(unsigned long start, unsigned long end)
{
	for (unsigned long at = ALIGN(start, 8); at + sizeof(struct timer_list) <= end; at += 8)
		if (at + sizeof(struct timer_list) <= (unsigned long)exiting || at >= (unsigned long)(exiting + 1))
			look(at, end);
}

static void look_through_memory(void *p, size_t size, const struct trace *by)
{
	(void)by;
	look_through((unsigned long)p, (unsigned long)p + size);
}

static void look_at_task(struct task_struct *task)
{
	unsigned long fn;

	if (!(task->flags & PF_KTHREAD) || task->flags & PF_EXITING || READ_ONCE(task->__state) == TASK_DEAD ||
	    !task->worker_private)
		return;
	fn = (unsigned long)kthread_func(task);
	if (linux_watched(fn))
		report("thread-left", (unsigned long)task->pid, fn);
}

static void report_leak(void *p, size_t size, const struct trace *by)
{
	linux_finding("leak", (unsigned long)p, size, by);
}

static bool any_left;

static void note_leak(void *p, size_t size, const struct trace *by)
{
	(void)p, (void)size, (void)by;
	any_left = true;
}

/* What Linux frees later, after a grace period or by work, is no leak: that is waited for. */
static void wait_for_frees(void)
{
	for (int i = 0; i < LATER_CNT; i++) {
		rcu_barrier();
		any_left = false;
		linux_guard_each(note_leak);
		linux_tracked_each(note_leak);
		if (!any_left)
			return;
		lru_add_drain_all(); /* CPUs keep pages of files for a while before they sort them */
		msleep(LATER_MS);
	}
}

static void look_for_callers(const struct module *mod)
{
	exiting = mod;
	for (unsigned int i = 0; i < TENON_LINUX_DATA_CNT; i++)
		look_through(watch.data[i].start, watch.data[i].end);
	linux_guard_each(look_through_memory);
	linux_tasks_each(look_at_task);
}

/* What calls the module before what it has allocated: the latter may be in use by the former. */
void linux_watch_exit(const struct module *mod)
{
	bool watched = linux_watched_data((unsigned long)mod);

	if (!linux_watching)
		return;
	if (watched)
		look_for_callers(mod);
	wait_for_frees(); /* of another module, too: it may have used the watched one, whose references come back then */
	if (!watched)
		return;
	linux_guard_each(report_leak);
	linux_tracked_each(report_leak);
}

bool linux_watch_owns(const void *p)
{
	return (p >= (void *)linux_entered && p < (void *)(linux_entered + TENON_LINUX_ENTERED_CNT)) ||
	       (p >= (void *)seen && p < (void *)(seen + SEEN_MAX)) ||
	       (p >= (void *)&watch && p < (void *)(&watch + 1)) || p == &exiting;
}

/* Its memory is somebody else's soon; its code may still be called, which is a mistake of its own. */
void linux_watch_forget(struct tenon_linux_watch *was)
{
	*was = watch;
	watch.rodata = (struct tenon_linux_range){ 0 };
	memset(watch.data, 0, sizeof(watch.data));
}

long linux_watch(struct tenon_linux_watch *w, void *out, unsigned long room)
{
	int err = linux_guard_start() ?: linux_tracks_start() ?: linux_locks_start();

	if (err)
		return err;
	if (w->size != sizeof(*w) || w->known_cnt > TENON_LINUX_KNOWN_MAX)
		return -EINVAL;
	w->failed = watch.failed;
	linux_quiet_ask(w);
	watch = *w;
	linux_watching = true;
	if (room < sizeof(linux_entered))
		return 0;
	memcpy(out, linux_entered, sizeof(linux_entered));
	return sizeof(linux_entered);
}
