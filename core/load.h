/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The transient half of a load: the file's bytes, its section table, its symbol values. Freed when the plan ends;
 * what stays is in struct tenon_module. Starts zeroed; stages write what they allocate into it at once and free
 * nothing: only load_free() does.
 */
#ifndef CORE_LOAD_H
#define CORE_LOAD_H

#include "core/arch.h"
#include "core/fmt/elf.h"
#include "core/fmt/modinfo.h"
#include "core/module.h"

#define SECTION_NOT_LOADED 0xff

/* What a section became. */
struct load_section {
	uint64_t run;        /* address; 0 if it is not loaded */
	uint8_t *write;
	uint64_t size;       /* bytes */
	uint64_t offset;     /* in its region, before addresses are known */
	uint8_t mem;         /* enum tenon_mem, or SECTION_NOT_LOADED */
	bool has_relocs;
};

struct load {
	struct load *next;             /* in the plan: providers before users */
	struct tenon_plan *plan;
	struct tenon *t;
	struct tenon_module *m;
	struct tenon_diag *diag;       /* the plan's */
	const struct load *needed_by;  /* who asked for it, NULL: the request itself */
	bool on_path;                  /* its dependencies are being read: meeting it again is a cycle */

	void *file;                    /* private copy, or the source's constant bytes */
	bool file_is_copy;
	size_t file_size;              /* bytes in all */
	size_t content_size;           /* without the signature */

	struct elf_file elf;
	struct modinfo modinfo;
	struct load_section *sections; /* elf.section_cnt of them */
	uint64_t *values;              /* by symbol index */
	uint32_t *stub_of, *got_of;    /* by symbol index, only if slots are needed */
	struct reloc_slots stubs, got;
	uint64_t stubs_offset, got_offset, params_offset; /* in TEXT, RODATA, DATA */
	size_t params_bytes;           /* room for string parameters */

	size_t region_size[TENON_MEM_COUNT], region_align[TENON_MEM_COUNT];
	const char *params;            /* text of the request, or NULL */
	bool gpl;                      /* its licence is GPL-compatible */
	uint32_t flags;                /* enum tenon_load_flags of the request */
};

/* The stages, in this order. Each returns 0, or a negative errno with l->diag filled in. */
int load_read(struct load *l, struct tenon_source *src);
int load_verify(struct load *l);
int load_check(struct load *l);
int load_layout(struct load *l);   /* core's lock held, as for the next one */
int load_resolve(struct load *l);
int load_relocate(struct load *l);
int load_params(struct load *l);
/* protect, publish and init are done for the whole plan at once: plan.c */

struct load *load_new(struct tenon_plan *plan, const char *name);
void load_free(struct load *l);

/* A section by name that is loaded, or NULL. */
const struct load_section *load_find(const struct load *l, const char *name, struct elf_section *out);
/* The place to write what is at run address @run, if @size bytes there are in one of the module's regions; else NULL. */
uint8_t *load_write_ptr(const struct load *l, uint64_t run, size_t size);
/* Record that the module was bound to @e. */
int load_add_import(struct load *l, const struct tenon_export *e);

#endif
