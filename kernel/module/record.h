/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What is kept of each module for those who look at it: names and addresses that only its file has. A record comes when
 * the module is linked, and stays until /sys has forgotten it too.
 */
#ifndef KERNEL_MODULE_RECORD_H
#define KERNEL_MODULE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/process/helper.h"
#include "kernel/vfs/attr.h"
#include "tenon/core.h"

struct record;

struct record_section {
	struct attr address, note; /* its files in sections/ and, of a note, in notes/ */
	struct record *record;
	tenon_addr run, size;
};

struct record_symbol { /* sorted as the file has them */
	tenon_addr address;
	const char *name;
	char letter; /* as nm's: t, d, r, or a capital for what is global */
	bool init;   /* goes when init has returned */
};

struct record_param {
	struct attr attr; /* its file in parameters/ */
	struct record *record;
	tenon_addr value, count; /* in the module; count: 0 or how many values an array has */
	uint32_t max;            /* values of an array, bytes of a string */
	uint16_t type;           /* enum tenon_param_type */
};

struct record {
	struct record *next; /* of all; changed by single stores, so that a panic can follow it without a lock */
	_Atomic uint32_t refs;
	struct tenon_module *module;           /* NULL: it has gone. Core's lock */
	_Atomic enum tenon_module_state state; /* its last; UNFORMED: nobody knows it, or it has gone */
	struct tenon_domain *domain;
	tenon_addr text, text_bytes, init_text, init_text_bytes;
	uint32_t section_cnt, symbol_cnt, param_cnt;
	struct record_section *sections;
	struct record_symbol *symbols;
	struct record_param *params;
	const char *version, *srcversion; /* NULL: it does not say */

	/* Leaving when idle; idle.c's lock. */
	bool on_need;         /* the kernel had it loaded */
	bool idle_own;        /* idle_ms counts, and not what holds for all that were loaded on need */
	uint32_t idle_ms;     /* 0: it stays */
	uint64_t idle_due_ns; /* when it is looked at; 0: not known yet */
	bool idle_graced;     /* that was put off for somebody who had asked for modules */

	/* Its place in /sys/module; sysfs.c's lock. */
	bool shown, passed_over;
	struct node *holders; /* a reference */
	struct record **uses; /* whose holders/ have it */
	uint32_t use_cnt;

	char asked[HELPER_WHY_BYTES]; /* on need: as what, and by whom */
	char name[TENON_NAME_BYTES];
};

/* The port contract's: include/tenon/host.h. */
int record_linked(void *context, struct tenon_module *m, const struct tenon_linked *linked, void **kept);
void record_forget(void *context, struct tenon_module *m, void *kept);

void record_event(void *context, const struct tenon_module *m, const struct tenon_diag *diag);

void record_get(struct record *r);
void record_put(struct record *r);
/* The next record after @r, with a reference instead of that to @r; NULL: the first, or there is none. */
struct record *record_next(struct record *r);

/* The module, live and with a reference, so that its memory stays; NULL: it has gone, or is not there yet. */
struct tenon_module *record_hold(struct record *r);
/* Return: false if the module has gone. */
bool record_info(const struct record *r, struct tenon_module_info *info);

/* Whose code of the kernel's own domain is there? NULL: no module's. Context: any; does not lock. */
const struct record *record_at(uint64_t address);

/**
 * record_name_address - "function+0x12 [module]", also of a module that has gone
 * Return: false: the address is in no module's code. Context: any; does not lock.
 */
bool record_name_address(uint64_t address, char *text, size_t size);

/* ---- what is shown of them --------------------------------------------------------------------------------------- */

/* /sys/module and /proc/modules, /proc/kallsyms. Once, after vfs_init(). */
void module_views_init(void);
/* The mode that the command line asks for: signatures=off, warn or enforce. Once. */
void module_sig_mode_init(void);
/* Something was loaded or unloaded: what has gone leaves /sys/module, what has come is there for who looks. Thread, no lock. */
void module_views_update(void);

/* ---- leaving when idle: idle.c ----------------------------------------------------------------------------------- */

#define IDLE_MS_DEFAULT 300000

extern const struct attr idle_attr, idle_attr_all; /* of a record; of all that were loaded on need */

/*
 * A module was linked by the thread that runs: was it asked for by the kernel? Then "idle_ms" in .modinfo says how long it may be
 * idle, if it is there.
 */
void idle_note(struct record *r, const struct tenon_linked *linked);
/* Modules that may leave have been loaded. Thread, no lock is held. */
void idle_begin(void);
/* If one is just leaving, return when it has. */
void idle_wait(void);
/* A request is being carried out, until idle_resume(): nothing that it finds loaded leaves meanwhile. */
void idle_hold(void);
void idle_resume(void);

/* The functions of files in parameters/, sections/ and notes/. */
int param_show(struct text *t, void *data);
/* As param_show(), of a module that cannot go, or whoever lets it go is stopped: a panic does not lock. */
int param_show_values(struct text *t, const struct record_param *p);
int param_store(const char *text, size_t len, void *data);
int section_show(struct text *t, void *data);
int note_show(struct text *t, void *data);

#endif
