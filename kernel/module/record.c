// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/module/record.h"

#include "kernel/domain/domain.h"
#include "kernel/mm/heap.h"
#include "kernel/module/gone.h"
#include "kernel/module/module.h"
#include "kernel/module/report.h"
#include "kernel/sched/lock.h"
#include "kernel/trust/policy.h"
#include "tenon/errno.h"
#include "tenon/fmt/elf.h"
#include "tenon/module.h"
#include "tenon/runtime.h"

#define FUNCTION_OFFSET_MAX (1u << 20)

static struct spinlock lock = SPINLOCK_INIT(LOCK_LEAF); /* of the list */
static struct record *records;

/* ---- making one -------------------------------------------------------------------------------------------------- */

static const char section_letter[TENON_MEM_COUNT] = { 't', 'r', 'r', 'd', 't', 'd' };

/* Which section kinds go with init. */
static bool is_init(enum tenon_mem mem)
{
	return mem == TENON_MEM_INIT_TEXT || mem == TENON_MEM_INIT_DATA;
}

/* Functions and variables; the others are marks of compilers and assemblers. */
static bool is_wanted(const struct tenon_linked_symbol *s)
{
	return s->type == STT_FUNC || s->type == STT_OBJECT;
}

/* What is kept. Room for everything is one piece; where its parts begin follows from the counts. */
struct found {
	uint32_t sections, symbols, params;
	size_t text; /* bytes of all strings */
	const struct tenon_param *table;
	const char *version, *srcversion;
};

static size_t text_bytes(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

/* Bytes of a string of the module's, with its NUL; its address is one of its domain. */
static size_t linked_text_bytes(const struct tenon_linked *l, tenon_addr text)
{
	const char *at;
	size_t bytes = 0;

	while ((at = tenon_linked_bytes(l, text + bytes, 1)) && *at)
		bytes++;
	return bytes + 1;
}

static const char *keep_linked_text(const struct tenon_linked *l, tenon_addr text, char **to)
{
	size_t len = linked_text_bytes(l, text) - 1;
	char *kept = *to;

	for (size_t i = 0; i < len; i++)
		kept[i] = *(const char *)tenon_linked_bytes(l, text + i, 1);
	kept[len] = '\0';
	*to += len + 1;
	return kept;
}

static void find(const struct tenon_linked *l, bool linux_own, struct found *n)
{
	struct tenon_linked_section section;
	struct tenon_linked_symbol symbol;

	for (uint32_t at = 0; tenon_linked_section(l, &at, &section); n->sections++) {
		n->text += strlen(section.name) + 1;
		if (!n->table && !strcmp(section.name, "__param")) {
			n->params = (uint32_t)(section.size / sizeof(*n->table));
			n->table = tenon_linked_bytes(l, section.run, section.size);
		}
	}
	/* Parameters of Linux's own modules are linux.ko's business. */
	if (linux_own || !n->table)
		n->params = 0;
	for (uint32_t i = 0; i < n->params; i++)
		n->text += linked_text_bytes(l, (tenon_addr)n->table[i].name);
	for (uint32_t at = 0; tenon_linked_symbol(l, &at, &symbol);) {
		if (!is_wanted(&symbol))
			continue;
		n->symbols++;
		n->text += strlen(symbol.name) + 1;
	}
	n->version = tenon_linked_info(l, "version");
	n->srcversion = tenon_linked_info(l, "srcversion");
	n->text += text_bytes(n->version) + text_bytes(n->srcversion);
}

/* Return: the copy at *@to, which moves behind it. */
static const char *keep_text(char **to, const char *text)
{
	char *kept = *to;
	size_t bytes = text_bytes(text);

	if (!bytes)
		return NULL;
	memcpy(kept, text, bytes);
	*to += bytes;
	return kept;
}

static void keep_sections(struct record *r, const struct tenon_linked *l, char **text)
{
	struct tenon_linked_section s;

	for (uint32_t at = 0; tenon_linked_section(l, &at, &s);) {
		const char *name = keep_text(text, s.name);

		r->sections[r->section_cnt++] = (struct record_section){
			.address = { .name = name, .mode = 0400, .show = section_show },
			.note = { .name = name, .mode = 0444, .show = note_show },
			.record = r,
			.run = s.run,
			.size = s.size,
		};
	}
}

/* The kind of memory that an address of the module is in. */
static enum tenon_mem memory_of(const struct tenon_module_info *info, tenon_addr address)
{
	enum tenon_mem mem = 0;

	while (mem + 1 < TENON_MEM_COUNT && address - info->address[mem] >= info->size[mem])
		mem++;
	return mem;
}

static void keep_symbols(struct record *r, const struct tenon_module_info *info, const struct tenon_linked *l,
			 char **text)
{
	struct tenon_linked_symbol s;

	for (uint32_t at = 0; tenon_linked_symbol(l, &at, &s);) {
		enum tenon_mem mem = memory_of(info, s.address);
		char letter = section_letter[mem];

		if (!is_wanted(&s))
			continue;
		if (s.bind != STB_LOCAL)
			letter = (char)(letter - 'a' + 'A');
		r->symbols[r->symbol_cnt++] =
		    (struct record_symbol){ s.address, keep_text(text, s.name), letter, is_init(mem) };
	}
}

static void keep_params(struct record *r, const struct tenon_linked *l, const struct tenon_param *table, uint32_t cnt,
			char **text)
{
	for (uint32_t i = 0; i < cnt; i++) {
		if (table[i].type >= TENON_PARAM_TYPE_CNT) /* the file may say anything */
			continue;
		r->params[r->param_cnt++] = (struct record_param){
			.attr = { .name = keep_linked_text(l, (tenon_addr)table[i].name, text),
				  .mode = table[i].mode & 0777u,
				  .show = param_show,
				  .store = table[i].mode & 0222u ? param_store : NULL },
			.record = r,
			.value = (tenon_addr)table[i].value,
			.count = (tenon_addr)table[i].count,
			.max = table[i].max,
			.type = table[i].type,
		};
	}
}

int record_linked(void *context, struct tenon_module *m, const struct tenon_linked *linked, void **kept)
{
	struct tenon_module_info info;
	struct found n = { 0 };
	struct record *r;
	char *text;

	(void)context;
	find(linked, tenon_module_caller(m), &n);
	if (policy_revokes_version(tenon_module_name(m), n.version))
		return -TENON_EKEYREJECTED;
	r = heap_alloc_zeroed(sizeof(*r) + n.sections * sizeof(*r->sections) + n.symbols * sizeof(*r->symbols) +
			      n.params * sizeof(*r->params) + n.text);
	if (!r)
		return -TENON_ENOMEM;
	r->sections = (struct record_section *)(r + 1);
	r->symbols = (struct record_symbol *)(r->sections + n.sections);
	r->params = (struct record_param *)(r->symbols + n.symbols);
	text = (char *)(r->params + n.params);
	tenon_module_info(m, &info);
	r->refs = 1;
	r->module = m;
	r->domain = tenon_module_domain(m);
	r->text = info.address[TENON_MEM_TEXT];
	r->text_bytes = info.size[TENON_MEM_TEXT];
	r->init_text = info.address[TENON_MEM_INIT_TEXT];
	r->init_text_bytes = info.size[TENON_MEM_INIT_TEXT];
	strscpy(r->name, info.name, sizeof(r->name));
	keep_sections(r, linked, &text);
	keep_symbols(r, &info, linked, &text);
	keep_params(r, linked, n.table, n.params, &text);
	r->version = keep_text(&text, n.version);
	idle_note(r, linked);
	r->srcversion = keep_text(&text, n.srcversion);
	spin_lock(&lock);
	r->next = records;
	__atomic_store_n(&records, r, __ATOMIC_RELEASE);
	spin_unlock(&lock);
	*kept = r;
	return 0;
}

/* ---- the list ---------------------------------------------------------------------------------------------------- */

void record_get(struct record *r)
{
	atomic_fetch_add(&r->refs, 1);
}

/* In the list are only those with references. */
void record_put(struct record *r)
{
	struct record **at = &records;

	spin_lock(&lock);
	if (atomic_fetch_sub(&r->refs, 1) > 1) {
		spin_unlock(&lock);
		return;
	}
	while (*at != r)
		at = &(*at)->next;
	__atomic_store_n(at, r->next, __ATOMIC_RELEASE);
	spin_unlock(&lock);
	heap_free(r->uses);
	heap_free(r);
}

struct record *record_next(struct record *r)
{
	struct record *next;

	spin_lock(&lock);
	next = r ? r->next : records;
	if (next)
		record_get(next);
	spin_unlock(&lock);
	if (r)
		record_put(r);
	return next;
}

/* Core's lock held. What /sys shows of it still has a reference of its own. */
void record_forget(void *context, struct tenon_module *m, void *kept)
{
	struct record *r = kept;

	(void)context;
	(void)m;
	gone_add(r);
	r->module = NULL;
	atomic_store(&r->state, TENON_UNFORMED);
	record_put(r);
}

/* A domain that somebody has ended did not fault. */
static bool has_faulted(const struct tenon_module *m, const struct record *r)
{
	const struct domain *d =
	    tenon_domain_kind(r->domain) == TENON_DOMAIN_ISOLATED ? tenon_domain_host(r->domain) : NULL;

	return tenon_module_state(m) == TENON_QUARANTINED && !(d && d->on_request);
}

void record_event(void *context, const struct tenon_module *m, const struct tenon_diag *diag)
{
	struct record *r = tenon_module_kept(m);

	(void)context;
	(void)diag;
	if (!r)
		return;
	if (atomic_exchange(&r->state, tenon_module_state(m)) != TENON_QUARANTINED && r->on_need && has_faulted(m, r))
		policy_fault(r->name);
	taint_note(m);
}

struct search {
	const struct record *record;
	struct tenon_module_info *info;
};

static int is_this(const struct tenon_module *m, void *arg)
{
	const struct search *s = arg;

	if (tenon_module_kept(m) != s->record)
		return 0;
	tenon_module_info(m, s->info);
	return 1;
}

bool record_info(const struct record *r, struct tenon_module_info *info)
{
	struct search s = { r, info };

	return tenon_for_each(module_core, is_this, &s);
}

static int hold(const struct tenon_module *m, void *arg)
{
	struct record **r = arg;

	if (tenon_module_kept(m) != *r)
		return 0;
	if (tenon_module_state(m) != TENON_LIVE || !tenon_try_get((*r)->module))
		*r = NULL;
	return 1;
}

struct tenon_module *record_hold(struct record *r)
{
	struct record *found = r;

	return tenon_for_each(module_core, hold, &found) && found ? r->module : NULL;
}

/* ---- addresses --------------------------------------------------------------------------------------------------- */

const struct record *record_at(uint64_t address)
{
	const struct record *r = __atomic_load_n(&records, __ATOMIC_ACQUIRE);

	while (r && (r->domain != module_kernel.core || !r->module ||
		     (address - r->text >= r->text_bytes && address - r->init_text >= r->init_text_bytes)))
		r = r->next;
	return r;
}

bool record_name_address(uint64_t address, char *text, size_t size)
{
	const struct record *r = record_at(address);
	uint64_t offset = r ? address - r->text : 0;
	const char *best = NULL;

	if (!r)
		return gone_name_address(address, text, size);
	for (uint32_t i = 0; i < r->symbol_cnt; i++) {
		const struct record_symbol *s = &r->symbols[i];

		if ((s->letter | 32) == 't' && address - s->address < (best ? offset : FUNCTION_OFFSET_MAX)) {
			best = s->name;
			offset = address - s->address;
		}
	}
	tenon_snprintf(text, size, "%s+0x%llx [%s]", best ? best : "text", (unsigned long long)offset, r->name);
	return true;
}
