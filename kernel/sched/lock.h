/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Locks. A spin lock turns interrupts off while it is held, and so preemption; whoever holds one does not sleep, touch
 * user memory or wait for another CPU. A mutex sleeps; interrupts know nothing of it.
 *
 * Every lock has a rank. A thread takes locks in rising order only: VFS, object, core, pages. Two of the same rank are
 * taken in an order that the caller vouches for, with mutex_lock_second() or spin_lock_second(). Owners are always checked, ranks in debug
 * builds (KERNEL_DEBUG); what is wrong is a panic.
 */
#ifndef KERNEL_SCHED_LOCK_H
#define KERNEL_SCHED_LOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum lock_rank {
	/* mutexes */
	LOCK_MOUNTS = 10,     /* VFS: renaming directories, mounting */
	LOCK_POSITION = 16,   /* an open file's position */
	LOCK_DISCIPLINE = 17, /* a terminal's line discipline; asks its module */
	LOCK_VIEWS = 18,      /* /sys/module follows the module core */
	LOCK_NODE = 20,       /* VFS: one node */
	LOCK_FILE = 24,       /* what an open file stands for: a pipe, a text */
	LOCK_FILES = 28,      /* a table of descriptors, a working directory */
	LOCK_SPACE = 32,      /* a user address space: faults take it, so user memory is copied with locks below only */
	LOCK_PLACE = 36,      /* VFS: parents, names and mounts of all nodes; unmapping may close a file */
	LOCK_MODEL = 38,      /* which devices and drivers there are */
	LOCK_OBJECT = 40,     /* objects of the native interface */
	LOCK_CONTENTS = 42,   /* pages of a file are being brought in; asks the file system's module */
	LOCK_VOLUME = 43,     /* the same of a volume, for such a module */
	LOCK_FLUSH = 44,      /* pages of a volume are being written back */
	LOCK_DOMAINS = 46,    /* which isolated domains there are */
	LOCK_CORE = 50,       /* the module core */
	LOCK_DOMAIN = 54,     /* an isolated domain's memory */
	/* spin locks; all are above all mutexes */
	LOCK_TERMINAL = 90,   /* one terminal: sends signals while it holds it */
	LOCK_PROCESS = 100,   /* the tree of processes and their signals */
	LOCK_DEVICE = 110,    /* one device */
	LOCK_LEAF = 120,      /* whatever calls nothing but wake-ups, the heap and pages while it holds it */
	LOCK_INTERFACE = 125, /* kpi/impl/'s, several in the order that it says */
	LOCK_BLOCK = 127,     /* block and input devices: taken with locks of the native interface held */
	LOCK_WAIT = 130,      /* a wait queue */
	LOCK_TIMER = 140,     /* the timers of a CPU */
	LOCK_RUN = 150,       /* the run queue */
	LOCK_STACKS = 155,
	LOCK_HEAP = 160,
	LOCK_CACHE = 165, /* the page cache: whoever lacks pages takes some from it */
	LOCK_PAGES = 170,
	LOCK_LOG = 180,
	LOCK_CONSOLE = 190, /* the serial port: also from a panic */
};

struct thread;

struct spinlock {
	_Atomic bool taken;
	uint8_t rank;
	struct thread *owner;
	const void *where; /* the call that took it */
};

#define SPINLOCK_INIT(lock_rank) { .rank = (lock_rank) }

void spin_init(struct spinlock *l, enum lock_rank rank);
void spin_lock(struct spinlock *l);
void spin_lock_second(struct spinlock *l);
void spin_unlock(struct spinlock *l);
/* Does the thread that runs hold any? */
bool spin_any_held(void);

struct mutex_waiter;

struct mutex {
	struct spinlock lock; /* of what follows */
	struct thread *owner; /* NULL: free */
	struct mutex_waiter *first, *last;
	uint8_t rank;
	const void *where;
};

#define MUTEX_INIT(lock_rank) { .lock = SPINLOCK_INIT(LOCK_WAIT), .rank = (lock_rank) }

/* In a thread, interrupts on, no spin lock held. A mutex is held briefly: waiting for it is not ended by signals. */
void mutex_init(struct mutex *m, enum lock_rank rank);
void mutex_lock(struct mutex *m);
void mutex_lock_second(struct mutex *m);
void mutex_unlock(struct mutex *m);

#endif
