/* SPDX-License-Identifier: GPL-2.0-only */
/* Watching one module (include/tenon/linux_watch.h): what is found, and where. Nothing is checked unless linux_watching. */
#ifndef LINUX_KERNEL_WATCH_H
#define LINUX_KERNEL_WATCH_H

#include <linux/types.h>

#include "tenon/linux_watch.h"

#define TRACE_MAX 8

/* Code addresses in the watched module, the innermost first. */
struct trace {
	unsigned int cnt;
	unsigned long pc[TRACE_MAX];
};

extern bool linux_watching;
extern u32 linux_entered[TENON_LINUX_ENTERED_CNT]; /* x86/thunk.S */

/* Is it code of the watched module? */
bool linux_watched(unsigned long pc);
/* Is it in its memory that is not allocated? */
bool linux_watched_data(unsigned long address);
/* Who is calling, from a function of linux.ko. Empty: not the watched module. */
void linux_trace_here(struct trace *t);
/* Log a finding, once for each kind and place. */
void linux_finding(const char *kind, unsigned long what, unsigned long size, const struct trace *t);
/* ... that is one only beside another place in code or data, which is named, too. */
void linux_finding_against(const char *kind, unsigned long what, const struct trace *t, unsigned long other);
/* ... that is about what leads to an address from @holder; each function of @t stands at a place of its own. */
void linux_finding_held(const char *kind, unsigned long what, bool linked, const struct trace *t, unsigned long holder,
			const unsigned long *places);
/* The calling function may sleep: is that allowed here? */
void linux_watch_sleep(void);
/* What is freed was not allocated, or has been freed already. */
void linux_watch_bad_free(const void *p);
/* These bytes go to a program, which may have to wait for its memory. */
void linux_watch_copy(const void *from, size_t len);
/* A line for the log. Return: whether it is to be there: no flood washes away what was found. */
bool linux_watch_line(void);
/* No memory is left for an allocation by @t. */
void linux_watch_exhausted(size_t size, const struct trace *t);
/* A WARN. */
struct linux_trap;
void linux_watch_warning(const struct linux_trap *trap);
/* A thread leaves Linux code. */
void linux_watch_leave(void);
/* A trap that nobody fixes. */
void linux_watch_fault(const struct linux_trap *t, bool bug);
/* The watched module has exited: what has it left? */
struct module;
void linux_watch_exit(const struct module *mod);
/* callbacks.c: ... and all that linux.ko has of it has gone. What still leads to it? */
void linux_watch_gone(const struct module *mod);
/* watch.c: give away what is known of where the module is. */
void linux_watch_forget(struct tenon_linux_watch *was);
/* Is that a variable of this part's, which may know of the module for ever? */
bool linux_watch_owns(const void *p);
/* Is a finding about this function, or this place in one? */
bool linux_finding_names(unsigned long pc);
/* Is this allocation, by @t, to fail? */
bool linux_watch_fails(const struct trace *t);

/* kernel/task.c: each task that there is. */
struct task_struct;
void linux_tasks_each(void (*fn)(struct task_struct *task));

/*
 * mm/guard.c: allocations of the watched module, each before a page without access. Return: NULL: there is no room, the
 * usual way is to be gone.
 */
void *linux_guard_alloc(size_t size, size_t align, bool zero, const struct trace *t);
/* Return: whether it is one of those; then it has been freed, or the mistake is reported. */
bool linux_guard_free(const void *p);
/* Is something among these bytes of an allocation that was never written? */
bool linux_guard_is_unset(const void *p, size_t len);
bool linux_guard_from_unset(unsigned long value);
/* Its size. Return: whether it is one of those. */
bool linux_guard_size(const void *p, size_t *size);
/* Who asked for the allocation that these bytes are in, or NULL: it is none of those, or has been freed. */
const struct trace *linux_guard_origin(const void *p, unsigned long *offset);
/* Is this page among those that have access? */
bool linux_guard_has(const void *page);
/* What an address that trapped is. Return: the kind of finding, or NULL; @size: of the allocation. */
const char *linux_guard_explain(unsigned long address, size_t *size, unsigned long *start);
/* Allocations that there still are. */
void linux_guard_each(void (*fn)(void *p, size_t size, const struct trace *by));
/* Return: 0 or a negative errno value. */
int linux_guard_start(void);

/* Return: 0 or a negative errno value. */
int linux_tracks_start(void);
/* mm/track.c: other allocations, by @by, which may be nobody; and any that is freed. */
void linux_track(const void *start, size_t size, const struct trace *by);
void linux_untrack(const void *start);
void linux_tracked_each(void (*fn)(void *p, size_t size, const struct trace *by));

#endif
