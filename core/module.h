/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The resident module: what stays after a load. The transient half is struct load (load.h).
 * Freed by the plan that unloads it, or with its domain if it is in quarantine; never while there are references.
 */
#ifndef CORE_MODULE_H
#define CORE_MODULE_H

#include <stdatomic.h>

#include "core/arena.h"
#include "tenon/core.h"

struct load;
struct tenon_plan;

/* Flags in refs. Saturated: somebody put too often; the count has no meaning any more and the module stays. */
#define REFS_SATURATED 0x80000000u
#define REFS_CLOSED 0x40000000u /* going: no one can take a reference any more */
#define REFS_COUNT 0x3fffffffu

struct tenon_module {
	struct tenon_gate gate;                /* must be first: entries read it */
	bool started;                          /* its init has returned 0, or was left out */
	bool no_start;                         /* TENON_LOAD_NO_START: neither init nor exit is called */
	bool wanted;                           /* asked for by name: the rollback of another request leaves it */
	bool in_table, in_list, exports_added; /* what there is to undo */
	enum tenon_module_state state;         /* core's lock; atomics for readers outside it */
	struct tenon *t;
	const char *name; /* points to name_text */
	struct tenon_domain *domain;
	const struct tenon_personality *personality;
	struct tenon_plan *plan;            /* plan that is loading or unloading it, else NULL */
	struct tenon_module *newer, *older; /* list of modules, newest first */

	_Atomic uint32_t refs; /* taken with get */
	uint32_t users;        /* modules bound to it; core's lock */
	uint32_t taints;

	struct tenon_export *exports; /* export_cnt of them, names in its own rodata (host-readable copy) */
	char *export_names;           /* the copy */
	uint32_t export_cnt;
	size_t export_names_bytes;
	char *types; /* what exports[].type point into, or NULL */
	size_t types_bytes;
	const struct tenon_export **imports; /* one for each import that a module or the kernel provides */
	uint32_t import_cnt, import_cap;
	struct tenon_owned *owned; /* newest first; core's lock */
	uint32_t owned_cnt;        /* read without the lock too, where the list must not be */
	size_t owned_bytes;

	tenon_addr init, exit;  /* run addresses, 0: none */
	tenon_addr start, stop; /* what is called for them: themselves, or functions of its base; 0: none */
	tenon_addr descriptor;  /* the argument */
	tenon_addr this_module; /* run address of its module section, 0: none */
	size_t content_hash;    /* of the file, to tell same name, different content */
	uint64_t signer;        /* the host's, see tenon_set_signer */
	void *kept;             /* the host's, from linked to forget */
	uint32_t bind_mark;     /* t->bind_serial of the last pass that counted it */
	struct arena_region region[TENON_MEM_COUNT];
	char name_text[TENON_NAME_BYTES];
	uint32_t percpu, percpu_bytes; /* in the windows of CPUs, personality/percpu.h; 0 bytes: nothing. Core's lock */
};

/* The module that a table of modules has as @item, which is its name. */
static inline struct tenon_module *module_of_item(const void *item)
{
	return (struct tenon_module *)((uintptr_t)item - offsetof(struct tenon_module, name));
}

/* The flags and the count. What was done before a reference was put has been done. */
static inline uint32_t module_refs(const struct tenon_module *m)
{
	return atomic_load_explicit(&m->refs, memory_order_acquire);
}

/* ---- put into the tables and taken apart; shared by load, unload and kill. Core's lock held. ---- */

/* Without the lock: nobody knows it yet. NULL: no memory. */
struct tenon_module *module_new(struct tenon_plan *p, const char *name);
/* Nobody has its name. Return: 0 or -TENON_ENOMEM. */
int module_claim_name(struct tenon_module *m);
/* The module of that name in @d, or in any domain if @d is NULL. */
struct tenon_module *module_find(struct tenon *t, struct tenon_domain *d, const char *name);
/* Is @user bound to an export of @m? */
bool module_uses(const struct tenon_module *user, const struct tenon_module *m);
/* It is linked and protected: list it, coming. */
void module_publish(struct tenon_module *m);
/* Name, exports and bindings go. Done before: nothing is left to do. */
void module_withdraw(struct tenon_module *m);
void module_free_memory(struct tenon_module *m, bool init_only);
/* Free what is left. */
void module_delete(struct tenon_module *m);
/* Init has run: what was writable until then becomes read-only, what only init needed goes. Return: the host's error. */
int module_seal(struct tenon_module *m);
void module_set_state(struct tenon_module *m, enum tenon_module_state state, const struct tenon_diag *diag);
/* It faulted: nothing of it is called any more, its name and exports go; memory stays. */
void module_quarantine(struct tenon_module *m, const struct tenon_diag *diag);

#endif
