/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* One instance of the core, its domains, and the memory it takes for itself. */
#ifndef CORE_CONTEXT_H
#define CORE_CONTEXT_H

#include <stdatomic.h>

#include "core/arena.h"
#include "core/table.h"
#include "tenon/core.h"

#define PERSONALITY_MAX 4

struct load;

struct personality_use {
	const struct tenon_personality *ops;
	const char *vermagic, *base; /* NULL: not compared; none */
};

/* Interfaces as text: tenon_explain_versions. */
struct type_texts {
	/* Keep that of a module's exports, which are in the domain's table. Return: 0 or -TENON_ENOMEM. */
	int (*keep)(struct load *l);
	/* Put the difference between what @l was built with and the export's into the diagnosis, if both are known. */
	void (*explain)(struct load *l, const struct tenon_export *e);
};

struct tenon_domain {
	struct tenon_domain *next;
	struct tenon *t;
	const char *name; /* points to name_text */
	void *host;
	enum tenon_domain_kind kind;
	bool dead;
	uint32_t busy; /* calls that are using it: it cannot be closed */
	struct arena arena;
	struct table exports;       /* of its modules and what the kernel gives to it alone */
	struct table linux_exports; /* those with TENON_EXPORT_LINUX */
	struct table modules;       /* by name, in every state but QUARANTINED */
	char name_text[TENON_NAME_BYTES];
};

struct tenon {
	const struct tenon_host *host;
	enum tenon_sig_mode sig_mode; /* this and the next are read without the lock */
	bool modules_disabled;
	const struct type_texts *types; /* NULL: they are not explained */
	uint32_t kind_cnt;
	size_t hash_key[2]; /* of all tables of names; from the host, and never changed */

	/* the core's lock protects everything below, but for the counters of memory */
	uint32_t bind_serial;
	struct tenon_domain *domains;
	struct tenon_module *newest;
	struct tenon_thread *threads;
	int (*policy)(void *context, const struct tenon_module *m, char why[64]);
	void *policy_context;
	_Atomic size_t heap_bytes, heap_peak_bytes;
	struct tenon_stats stats;
	struct table interface; /* exports that bind in every domain */

	struct personality_use kinds[PERSONALITY_MAX];
	struct mem_unused *unused;       /* to be freed when the lock is released */
	struct tenon_thread only_thread; /* where the host has no threads */
};

/* Memory of the core's own, zeroed. NULL if there is none. Where the lock is held, host.h says so at alloc. */
void *mem_alloc(struct tenon *t, size_t size);
/* Without the core's lock. */
void mem_free(struct tenon *t, void *p, size_t size);
/* With it: core_unlock() gives it back to the host, which may sleep in free or take locks of its own. */
void mem_free_later(struct tenon *t, void *p, size_t size);

void core_lock(struct tenon *t);
void core_unlock(struct tenon *t);
struct tenon_thread *core_thread(struct tenon *t);

static inline void core_event(struct tenon *t, const struct tenon_module *m, const struct tenon_diag *diag)
{
	if (t->host->event)
		t->host->event(t->host->context, m, diag);
}

/* One line to the host's log, "who: what", and the detail after it. Any context. */
void core_log(struct tenon *t, enum tenon_log_level level, const char *who, const char *what, const char *detail);

#endif
