/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * One run of depmod: find the modules (walk.c) and read them (read.c), choose (scan.c) and order them (order.c), relate
 * them (link.c), write indexes (write.c).
 */
#ifndef LIB_DEPMOD_DEPMOD_H
#define LIB_DEPMOD_DEPMOD_H

#include <pthread.h>

#include "user/lib/config/depmod_conf.h"
#include "user/lib/depmod/stamp.h"
#include "user/lib/image.h"
#include "user/lib/names.h"
#include "user/lib/say.h"

#define DEPMOD_THREADS_MAX 8
/* As kmod: users are counted in 16 bits there, and other readers may do the same. */
#define DEPMOD_MODULES_MAX 65534u
#define DEPMOD_NO_MODULE UINT32_MAX
#define DEPMOD_PATH_BYTES 8192 /* the tree's path and that of a module in it */

/* In the order in which `depmod -n` shows them. */
enum depmod_file {
	DEPMOD_DEP,
	DEPMOD_DEP_BIN,
	DEPMOD_ALIAS,
	DEPMOD_ALIAS_BIN,
	DEPMOD_SOFTDEP,
	DEPMOD_WEAKDEP,
	DEPMOD_SYMBOLS,
	DEPMOD_SYMBOLS_BIN,
	DEPMOD_BUILTIN_BIN,
	DEPMOD_BUILTIN_ALIAS_BIN,
	DEPMOD_DEVNAME,
	DEPMOD_RECORD,
	DEPMOD_FILE_CNT
};

/* A part of an array that several modules share. */
struct span {
	uint32_t first, cnt;
};

struct depmod_module {
	const char *path; /* from the tree's directory on, or absolute; in the arena of who found it */
	const char *name;
	uint32_t order;     /* line in modules.order; UINT32_MAX without one */
	uint32_t bucket;    /* orders those without one */
	struct stamp stamp; /* if the request has if_newer */
	int err;            /* what is wrong with its file, and where the text of it is not in errno, that text */
	const char *fault;
	struct reader *reader; /* NULL: not read yet */
	struct span info;      /* in reader->info: '=' separated entries, NUL-terminated */
	struct span exports;   /* in reader->exports: names, NUL-terminated; cnt is bytes */
	struct span needs;     /* in reader->needs: numbers of names in reader->needed */
	uint32_t *deps;        /* modules; owned. First those it needs itself, then (all) those these need */
	uint32_t dep_cnt, all_cnt;
	uint32_t users; /* modules that need it */
	uint32_t rank;  /* users come before what they use */
	bool cyclic;    /* it needs a module that needs it */
};

/* A thread, and what it found and read. */
struct reader {
	struct depmod *depmod;
	struct buf found;   /* struct depmod_module */
	struct arena arena; /* their paths, names and faults */
	struct image image;
	struct names needed;
	uint32_t *owners; /* for each name in needed, the module that has it; set by link.c */
	struct buf info, exports, needs;
	pthread_t thread;
};

struct depmod {
	const struct tmod_depmod *request;
	const struct tmod_messages *say; /* one at a time */
	struct tmod_messages serial;
	pthread_mutex_t say_lock;
	struct depmod_conf conf;
	bool bad_symbols;              /* depmod_check() has found some */
	int dir, dir_err;              /* of the tree; or -1, and why */
	bool links_inside;             /* absolute links in it lead to other parts of the root; atomic */
	struct names names;            /* of modules; their numbers mean nothing once they are sorted */
	struct depmod_module *modules; /* in their order, when scan.c is done */
	uint32_t module_cnt;
	struct reader readers[DEPMOD_THREADS_MAX];
	unsigned int reader_cnt;
	uint32_t next_module;  /* to be read; atomic */
	int64_t begun_ns;      /* when this run began */
	struct record *record; /* of an earlier run, or NULL */
	struct names exported;
	uint32_t *owners; /* for each number in exported, a module */
};

/*
 * Add the module files below @directories (NUL-terminated paths) to readers[].found. They are read at once, except where
 * a record may have them, and what is left for threads that have no directory.
 */
int depmod_walk(struct depmod *d, const struct buf *directories);
int depmod_scan(struct depmod *d);
/* Add a module to r->found. @stamp: of its file, or NULL. Return: it, or NULL without memory, which r->found notes. */
struct depmod_module *depmod_found(struct reader *r, const char *path, const struct stamp *stamp);
/* Read a module, which is @path from the directory @dir on; what is wrong with it is noted in it. */
void depmod_read_module(struct reader *r, struct depmod_module *m, int dir, const char *path);
/* Read those that have not been read, and report what is wrong with any. */
int depmod_read(struct depmod *d);
/* Return: 0 or a negative errno value: -ELOOP after depmod_find_cycles(). */
int depmod_link(struct depmod *d);
/*
 * Mark and tell the modules that need each other; called once their direct dependencies are known. Return: 0, -ENOMEM.
 */
int depmod_find_cycles(struct depmod *d);
/* Go on without them, as if their files were not there and nothing had been related. */
void depmod_drop_cycles(struct depmod *d);
/* Warn of symbols that nothing exports. */
int depmod_check(struct depmod *d);
int depmod_write(struct depmod *d);
/* Free what is known of the modules, when all files have been made. */
void depmod_forget(struct depmod *d);

/* The names of the files. */
extern const char *const depmod_file_names[DEPMOD_FILE_CNT];

/* Open the directory that the indexes go to. Return: the descriptor or a negative errno value, which has been reported. */
int depmod_open_out(const struct depmod *d);

/* The absolute path of a module's file. @path: DEPMOD_PATH_BYTES */
void depmod_full_path(const struct depmod *d, const struct depmod_module *m, char *path);

/* A symbol's name without the prefix that it has on some machines. */
static inline const char *depmod_symbol(const struct depmod *d, const char *name)
{
	return *name && *name == d->request->symbol_prefix ? name + 1 : name;
}

/*
 * The path by which a file is opened: @path itself, from the tree's directory on or absolute, or where it leads in
 * another system's root. @to: PATH_MAX bytes
 */
const char *depmod_real_path(const struct depmod *d, const char *path, char *to);

/* Open a file by such a path. Return: the descriptor or -1. */
int depmod_open(const struct depmod *d, const char *path, int flags);

/*
 * Read all of @fd into @out, with a NUL after it, and close it. @fd: -1: errno says why. Return: 0 or a negative errno
 * value.
 */
int depmod_read_all(int fd, struct buf *out);
/* The same with a file of the tree. */
int depmod_slurp(const struct depmod *d, const char *name, struct buf *out);

/* Call @work for the first @cnt readers at once, but no more than there are. Return: when all have returned. */
void depmod_parallel(struct depmod *d, unsigned int cnt, void (*work)(struct reader *r, void *data), void *data);

#endif
