// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/vfs/proc_show.h"

#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/mm/user_space.h"
#include "kernel/process/process.h"
#include "kernel/process/shared.h"
#include "kernel/process/terminal.h"
#include "kernel/sched/timer.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/fs_context.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"

#define NS_PER_TICK (NS_PER_SECOND / 100) /* Linux's USER_HZ */
#define CHUNK_BYTES 4096
#define COMMAND_LINE_BYTES (128 << 10) /* what is shown of it */

typedef unsigned long long ull;

static ull ticks(uint64_t ns)
{
	return ns / NS_PER_TICK;
}

int proc_show_cmdline(struct process *p, struct text *t)
{
	char *chunk = heap_alloc(CHUNK_BYTES);
	long got = 0;

	if (!chunk)
		return -TENON_ENOMEM;
	do {
		got = process_command_line(p, t->len, chunk, CHUNK_BYTES);
		if (got > 0)
			text_add(t, chunk, (size_t)got);
	} while (got > 0 && t->len < COMMAND_LINE_BYTES && !t->failed);
	heap_free(chunk);
	return got < 0 ? (int)got : 0;
}

int proc_show_comm(struct process *p, struct text *t)
{
	struct process_info info;

	process_info(p, &info);
	text_printf(t, "%s\n", info.name);
	return 0;
}

int proc_show_stat(struct process *p, struct text *t)
{
	struct process_info i;

	process_info(p, &i);
	text_printf(t, "%d (%s) %c %d %d %d", i.pid, i.name, i.state, i.parent, i.group, i.session);
	text_printf(t, " %u %d 0 0 0 0 0", i.terminal ? terminal_device(i.terminal) : 0,
		    i.terminal ? terminal_foreground(i.terminal) : -1);
	text_printf(t, " %llu %llu %llu %llu 20 0 %u 0 %llu", ticks(i.user_ns), ticks(i.system_ns),
		    ticks(i.children_user_ns), ticks(i.children_system_ns), i.task_cnt, ticks(i.start_ns));
	text_printf(t, " %llu %llu 18446744073709551615 0 0 0 0 0", (ull)i.size_bytes, (ull)i.resident_pages);
	text_printf(t, " %llu %llu %llu %llu 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n", (ull)i.pending, (ull)i.blocked,
		    (ull)i.ignored, (ull)i.caught);
	return 0;
}

int proc_show_statm(struct process *p, struct text *t)
{
	struct process_info i;

	process_info(p, &i);
	text_printf(t, "%llu %llu 0 0 0 0 0\n", (ull)(i.size_bytes / PAGE_BYTES), (ull)i.resident_pages);
	return 0;
}

static const char *state_word(char state)
{
	return state == 'R' ? "running" : state == 'T' ? "stopped" : state == 'Z' ? "zombie" : "sleeping";
}

int proc_show_status(struct process *p, struct text *t)
{
	const ull kib = PAGE_BYTES / 1024;
	struct process_info i;
	const struct credentials *c = &i.credentials;

	process_info(p, &i);
	text_printf(t, "Name:\t%s\nState:\t%c (%s)\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\nTracerPid:\t%d\n", i.name, i.state,
		    state_word(i.state), i.pid, i.pid, i.parent, i.tracer);
	text_printf(t, "Uid:\t%u\t%u\t%u\t%u\n", c->uid, c->euid, c->suid, c->fsuid);
	text_printf(t, "Gid:\t%u\t%u\t%u\t%u\n", c->gid, c->egid, c->sgid, c->fsgid);
	if (i.state != 'Z')
		text_printf(t, "VmSize:\t%8llu kB\nVmRSS:\t%8llu kB\n", (ull)i.size_bytes / 1024,
			    (ull)i.resident_pages * kib);
	text_printf(t, "Threads:\t%u\nSigPnd:\t%016llx\nSigBlk:\t%016llx\nSigIgn:\t%016llx\nSigCgt:\t%016llx\n",
		    i.task_cnt, (ull)i.pending, (ull)i.blocked, (ull)i.ignored, (ull)i.caught);
	return 0;
}

int proc_show_mounts(struct process *p, struct text *t)
{
	struct fs_context *fs = process_fs_get(p);
	struct path_start start;

	if (!fs)
		return -TENON_ESRCH;
	fs_context_start(fs, &start);
	filesystem_show_mounts(t, start.root);
	path_start_put(&start);
	fs_context_put(fs);
	return 0;
}

/* ---- maps -------------------------------------------------------------------------------------------------------- */

/* The first area at or above @addr, with a reference to its file. Return: is there one? */
static bool area_from(struct user_space *s, uint64_t addr, struct user_area *area, bool *heap)
{
	unsigned i;
	bool is;

	mutex_lock(&s->lock);
	i = areas_index(&s->areas, addr);
	is = i < s->areas.cnt;
	if (is) {
		*area = s->areas.area[i];
		*heap = !area->file && area->start < s->brk && area->end > s->brk_start;
		if (area->file)
			file_get(area->file);
	}
	mutex_unlock(&s->lock);
	return is;
}

static void show_area(struct text *t, const struct user_area *a, bool heap, struct node *root, char *buf)
{
	struct node *node = a->file ? a->file->node : NULL;
	const char *name = a->flags & AREA_STACK ? "[stack]" : heap ? "[heap]" : NULL;

	if (node)
		name = path_of(node, root, buf, PATH_BYTES);
	text_printf(t, "%08llx-%08llx %c%c%c%c %08llx", (ull)a->start, (ull)a->end, a->access & AREA_READ ? 'r' : '-',
		    a->access & AREA_WRITE ? 'w' : '-', a->access & AREA_EXEC ? 'x' : '-',
		    a->flags & AREA_SHARED ? 's' : 'p', node ? (ull)a->offset : 0);
	text_printf(t, " %02x:%02x %llu ", node ? device_major(node->fs->device) : 0,
		    node ? device_minor(node->fs->device) : 0, node ? (ull)node->number : 0);
	if (name) {
		text_printf(t, "   ");
		text_add_escaped(t, name);
	}
	text_add(t, "\n", 1);
}

int proc_show_maps(struct process *p, struct text *t)
{
	struct user_space *space = process_space_get(p);
	struct node *root = filesystem_root();
	char *buf = heap_alloc(PATH_BYTES);
	struct user_area area;
	uint64_t addr = 0;
	bool heap;

	while (space && buf && !t->failed && area_from(space, addr, &area, &heap)) {
		show_area(t, &area, heap, root, buf);
		if (area.file)
			file_put(area.file);
		addr = area.end;
	}
	if (!buf)
		t->failed = true;
	heap_free(buf);
	node_put(root);
	if (space)
		space_put(space);
	return 0;
}
