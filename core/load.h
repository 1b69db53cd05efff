/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The transient half of a load: the file's bytes, its section table, its symbol values. Freed when the plan ends;
 * what stays is in struct tenon_module. Starts zeroed; stages write what they allocate into it at once and free
 * nothing: only load_free() does.
 */
#ifndef CORE_LOAD_H
#define CORE_LOAD_H

#include "core/arch.h"
#include "core/context.h"
#include "core/fmt/elf.h"
#include "core/fmt/modinfo.h"
#include "core/module.h"

#define SECTION_NOT_LOADED 0xff

/* What a section became. */
struct load_section {
	tenon_addr run; /* address, before load_place the offset in its region; 0 if it is not loaded */
	uint8_t *write;
	const void *data;    /* in the file, NULL if it has no bytes there */
	tenon_addr size;     /* bytes */
	uint32_t type, info; /* as in its header */
	uint8_t mem;         /* enum tenon_mem, or SECTION_NOT_LOADED */
};

/* The sections that the loader looks for by name; there may be one of each. The first ones are for the loader alone. */
enum special {
	SPECIAL_MODINFO,
	SPECIAL_VERSIONS,
	SPECIAL_VERSION_EXT_CRCS,
	SPECIAL_VERSION_EXT_NAMES,
	SPECIAL_NOT_LOADED,
	SPECIAL_KSYMTAB = SPECIAL_NOT_LOADED,
	SPECIAL_KSYMTAB_GPL,
	SPECIAL_KCRCTAB,
	SPECIAL_KCRCTAB_GPL,
	SPECIAL_KFLAGSTAB,
	SPECIAL_PARAM,
	SPECIAL_THIS_MODULE,
	SPECIAL_BUILD_ID,
	SPECIAL_CNT
};

struct load {
	struct tenon *t;
	struct tenon_plan *plan;
	struct tenon_module *m;
	struct tenon_diag *diag; /* the plan's */
	struct load *next;       /* in the plan: providers before users */
	struct load *needed_by;  /* who asked for it, NULL: the request itself */

	bool file_is_copy;
	bool wanted;    /* asked for by name, not only needed */
	bool gpl;       /* @license is GPL-compatible */
	bool verified;  /* its signature has been accepted */
	bool allowed;   /* the policy has been asked */
	uint32_t flags; /* enum tenon_load_flags of the request */

	void *file;            /* private copy, or the source's constant bytes */
	size_t file_size;      /* bytes in all */
	size_t content_size;   /* without the signature */
	size_t relocation_cnt; /* applied */
	struct elf_file elf;
	const struct personality_use *kind;
	struct load_section *sections; /* elf.section_cnt of them */
	tenon_addr *values;            /* by symbol index */
	struct modinfo modinfo;
	const char *license;                         /* as it says, or "unspecified" */
	const char *params;                          /* text of the request, or NULL */
	size_t params_bytes;                         /* room for string parameters */
	tenon_addr params_offset, descriptor_offset; /* in DATA; the latter is the personality's */

	struct reloc_slots stubs, got;
	struct tenon_source found; /* the host's find; of a constant one the bytes are used until it is closed */
	size_t region_size[TENON_MEM_COUNT], region_align[TENON_MEM_COUNT];
	uint16_t special[SPECIAL_CNT]; /* indices of the sections that are looked for by name, 0: it has none */
};

/*
 * The stages, in this order. Each returns 0, or a negative errno with l->diag filled in. What concerns several modules
 * at once - reserving memory, protecting, publishing, init - is done for the whole plan: plan.c.
 */
int load_read(struct load *l, struct tenon_source *src);
int load_verify(struct load *l);
int load_check(struct load *l);
int load_layout(struct load *l); /* sizes, and the form of relocations; plan_reserve() gives addresses */
int load_place(struct load *l);  /* copy the sections there */
int load_resolve(struct load *l);
int load_relocate(struct load *l);
int load_exports(struct load *l);   /* read its export tables */
int load_tell_host(struct load *l); /* linked.c: what the host wants to keep of the file */

void load_free(struct load *l);
/* Close what the host has found, if that is open still. */
void load_close_found(struct load *l);

/* A special section; if there is none, section 0, which has no bytes. */
const struct load_section *load_special(const struct load *l, enum special which);

/* Fail about a place of a section, in bytes from its beginning. Return: the reason's errno value. */
int load_fail_at(const struct load *l, enum tenon_reason reason, const struct load_section *sec, tenon_addr offset);
/*
 * Describe the next section of relocations after *relocs that is for a loaded section; NULL: the first. False at the end.
 */
bool load_next_relocs(struct load *l, const struct load_section **relocs, struct reloc_job *job);
/*
 * The place to write what is at run address @run, if @size bytes there are in one of the module's regions; else NULL.
 */
uint8_t *load_write_ptr(const struct load *l, tenon_addr run, size_t size);
/* The name at run address @run in the module's read-only memory; NULL: none is there, or it is too long for a symbol. */
const char *load_string(const struct load *l, tenon_addr run);
/* Add the chain of need, "c, b, a" (c is needed by b, b by a), to the other name of the diagnosis. */
void load_need_path(const struct load *l);

/* layout.c: add @size bytes to the module's memory. Return: their offset in the region. */
tenon_addr load_add(struct load *l, enum tenon_mem mem, tenon_addr size, tenon_addr align);

/*
 * resolve.c: bind an export by name, as an import of the module; @v: the versions that the file has, NULL for what it
 * does not ask for itself. load_check_crc only compares: 0 or SYM_CRC, SYM_CRC_MISSING. Core's lock held.
 */
struct versions;
int load_bind(struct load *l, struct versions *v, const char *name, bool weak, tenon_addr *value);
int load_check_crc(struct load *l, struct versions *v, const struct tenon_export *e, uint32_t hash);

/*
 * Is the check to be left out because the request says so, and signatures are not enforced? Then the module is tainted.
 */
bool load_forced(const struct load *l, enum tenon_load_flags what);

static inline bool load_has_params(const struct load *l)
{
	return l->params && l->params[0];
}

static inline const struct tenon_arch *load_arch(const struct load *l)
{
	return l->t->host->arch;
}

#endif
