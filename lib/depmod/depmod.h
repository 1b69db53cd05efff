/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* One run of depmod: find the modules (scan.c), read them (read.c), relate them (link.c), write indexes (write.c). */
#ifndef LIB_DEPMOD_DEPMOD_H
#define LIB_DEPMOD_DEPMOD_H

#include <pthread.h>

#include "lib/image.h"
#include "lib/names.h"
#include "lib/say.h"

#define DEPMOD_THREADS_MAX 8
/* As kmod: users are counted in 16 bits there, and other readers may do the same. */
#define DEPMOD_MODULES_MAX 65534u
#define DEPMOD_NO_MODULE UINT32_MAX

/* A part of an array that several modules share. */
struct span {
	uint32_t first, cnt;
};

struct depmod_module {
	char *path;          /* from the tree's folder on; owned */
	char *name;          /* owned */
	uint32_t order;      /* line in modules.order; UINT32_MAX without one */
	int err;             /* what is wrong with its file, and where the text of it is not in errno, that text */
	char *fault;
	struct reader *reader;
	struct span info;    /* in reader->info: '=' separated entries, NUL-terminated */
	struct span exports; /* in reader->exports: names, NUL-terminated; cnt is bytes */
	struct span needs;   /* in reader->needs: numbers of names in reader->needed */
	uint32_t *deps;      /* modules; owned. First those it needs itself, then (all) those these need */
	uint32_t dep_cnt, all_cnt;
	uint32_t users;      /* modules that need it */
	uint32_t rank;       /* users come before what they use */
};

/* What one thread read. */
struct reader {
	struct depmod *depmod;
	struct image image;
	struct names needed;
	struct buf info, exports, needs;
	pthread_t thread;
	int err;
};

struct depmod {
	const struct tmod_depmod *request;
	const struct tmod_messages *say;
	int dir; /* of the tree */
	struct depmod_module *modules; /* sorted by order, when scan.c is done */
	uint32_t module_cnt, module_cap;
	struct reader readers[DEPMOD_THREADS_MAX];
	unsigned int reader_cnt;
	uint32_t next_module; /* to be read; atomic */
	struct names exported;
	uint32_t *owners; /* for each number in exported, a module */
};

int depmod_scan(struct depmod *d);
int depmod_read(struct depmod *d);
int depmod_link(struct depmod *d);
int depmod_write(struct depmod *d);

/* Read a file of the tree into @out, with a NUL behind. Return: 0 or a negative errno value. */
int depmod_slurp(struct depmod *d, const char *name, struct buf *out);

/* Threads for @jobs jobs. */
unsigned int depmod_threads(const struct depmod *d, unsigned int jobs);

#endif
