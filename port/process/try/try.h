/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the files of the program tenon-try have of one another. */
#ifndef PORT_PROCESS_TRY_H
#define PORT_PROCESS_TRY_H

#include <stdio.h>

#include "port/process/process.h"
#include "port/process/program/debug.h"
#include "port/process/vfs/vfs.h"
#include "tenon/linux_watch.h"

#define FINDINGS_MAX 64
#define LINES_MAX 256 /* of a list */
#define TRACE_MAX 8
#define IOCTLS_MAX 64
#define SECTIONS_MAX 64 /* of a module, with code */

enum verdict {
	VERDICT_CLEAN,
	VERDICT_FINDINGS,    /* the module does something that it must not */
	VERDICT_INIT_FAILED, /* its init returned an error, and left nothing */
	VERDICT_NOT_TRIED,   /* it cannot be loaded, or linux.ko lacks what it calls: nothing is known of it */
};

/* A function of the module, or a part of its text that has no name. */
struct function {
	char *name;
	uint64_t address, size;
	bool entered;
};

/* A variable of the module's. */
struct object {
	char *name;
	uint64_t address, size;
};

/* A section with variables, of another module of the domain. */
struct variables {
	char *module, *section;
	uint64_t address, size;
};

struct range {
	uint64_t address, size;
};

struct section {
	char *name;
	uint64_t address, size;
};

/* A place in the module: "function+0x12", and its line, "" if the file has no debugging information. */
struct place {
	char function[TENON_SYMBOL_BYTES], line[128];
};

struct finding {
	char kind[32];
	uint64_t what, size;           /* an address and its bytes, if that has a meaning for the kind */
	struct place place[TRACE_MAX]; /* the innermost first */
	unsigned int place_cnt;
	struct place against; /* what makes it one, elsewhere; its function is "" if nothing does */
	char name[128];       /* of what was left, or is meant, if it has one */
	char holder[128];     /* who has it still, or "" */
};

struct lines {
	char *line[LINES_MAX];
	size_t cnt, lost;
};

/* Files and directories that linux.ko shows, sorted by path. */
struct tree {
	struct node {
		char *path;
		bool is_dir;
	} * node;
	size_t cnt, cap;
};

/* What there was before the module. */
struct before {
	struct lines devices;
	struct tree files;
};

struct report {
	const char *file;
	char name[TENON_NAME_BYTES];
	struct function *functions;
	size_t function_cnt;
	struct section sections[SECTIONS_MAX];
	size_t section_cnt;
	bool functions_known; /* which of them were entered */
	struct object *objects;
	size_t object_cnt;
	struct finding findings[FINDINGS_MAX];
	size_t finding_cnt;
	struct lines others; /* modules of its domain that came before it or by it */
	struct range *other_code;
	size_t other_code_cnt;
	struct variables *variables;
	size_t variables_cnt;
	uint64_t log_start_ns; /* when all that it needs was loaded; 0: it was not */
	struct lines log, imports, registered, exercised, unused, stubs;
	uint32_t ioctls[IOCTLS_MAX]; /* numbers that its code compares with */
	size_t ioctl_cnt;
	char ended[128];  /* why its domain ended; "" if it did not */
	char failed[512]; /* why it was not loaded; "" if it was */
	int init_error;
	enum verdict verdict;
	double ms;
	uint32_t failed_allocation; /* that was made to fail; 0: none */
	uint32_t explored;          /* how many were, in other runs, without a finding */
};

struct try_options {
	const char *file, *params;
	const char *dirs[16];
	size_t dir_cnt;
	uint32_t deadline_ms;
	uint32_t fail_nth; /* 0: none */
	bool in_process;   /* in the host itself, not in a domain of its own: for a debugger */
};

/**
 * try_run - load, exercise and unload it, in an isolated domain
 * @failed: out: whether the allocation that was to fail was reached
 * Return: whether there is a verdict; else the host could not do it, which was said.
 */
bool try_run(const struct try_options *o, struct report *r, bool *failed);
void report_free(struct report *r);

/* exercise.c: use every device and file that was not there before. */
void exercise(const struct vfs *v, const struct before *before, struct report *r);
/* exercise.c: what is there now. */
void list_before(const struct vfs *v, struct before *out);
/* exercise.c: devices and files that its exit did not take away. */
void find_left(const struct vfs *v, const struct before *before, struct report *r);

/* files.c: the part of procfs, sysfs and debugfs in these. */
void use_files(const struct vfs *v, const struct tree *before, struct report *r);
void find_left_files(const struct vfs *v, const struct tree *before, struct report *r);

/* ioctl.c: numbers of ioctl in a module's code. */
void find_ioctls(const struct tenon_linked *linked, struct report *r);
/* ioctl.c: call them all. */
void use_ioctls(const struct vfs *v, uint64_t file, const struct report *r);

/* tree.c: mount them where tree_list looks. Return: whether all could be. */
bool tree_mount(const struct vfs *v);
void tree_unmount(const struct vfs *v);
/* tree.c: what is in procfs, sysfs and debugfs; to be freed. */
void tree_list(const struct vfs *v, struct tree *out);
void tree_free(struct tree *t);
bool tree_has(const struct tree *t, const char *path);
/* tree.c: whether it is new, and in a directory that is not. */
bool tree_is_top(const struct tree *before, const char *path);

/* findings.c: something with a name is there that should be gone. */
void add_left(struct report *r, const char *kind, const char *name);
/* findings.c: sort the log into lines, findings and stubs. */
void read_log(struct process_host *h, struct report *r);
/* findings.c: what one is, in words. */
const char *finding_text(const struct finding *f);

/* holder.c: "VARIABLE of MODULE", or "memory of MODULE", for an address that is not the module's. Return: bytes of the variable, 0: none. */
uint64_t holder_name(struct process_host *h, const struct report *r, uint64_t address, char *text, size_t size);

/* source.c: the debugging information of a file; NULL: it has none, which source_line accepts. */
struct source *source_open(const char *path);
void source_close(struct source *s);
/* source.c: "file.c:12" for a place in a section, or "". */
void source_line(const struct source *s, const char *section, uint64_t offset, char *text, size_t size);

/* report.c, machine.c: what was found. */
void report_print(const struct report *r);
void report_json(const struct report *r);
/* Return: false: it cannot be written, which was said. */
bool report_junit(const struct report *r, const char *path);
const char *verdict_name(enum verdict v);

/* What a terminal would obey instead of showing it becomes '?': names of functions, devices and files are the module's own words. */
void make_printable(char *text);
void lines_add(struct lines *l, const char *fmt, ...) TENON_PRINTF(2, 3);
void lines_free(struct lines *l);
bool lines_have(const struct lines *l, const char *line);

#endif
