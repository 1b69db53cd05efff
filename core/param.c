/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Setting the parameters of a native module, from the table in its __param section. */
#include "core/string.h"

#include "core/fmt/modname.h"
#include "core/param.h"
#include "core/personality/common.h"
#include "tenon/fmt/modtables.h"

/* Bytes of a value; 0: the module's word. */
static const uint8_t type_bytes[TENON_PARAM_TYPE_CNT] = {
	[TENON_PARAM_BOOL] = 1,  [TENON_PARAM_INVBOOL] = 1, [TENON_PARAM_BYTE] = 1,
	[TENON_PARAM_SHORT] = 2, [TENON_PARAM_USHORT] = 2,  [TENON_PARAM_INT] = 4,
	[TENON_PARAM_UINT] = 4,  [TENON_PARAM_HEXINT] = 4,  [TENON_PARAM_ULLONG] = 8,
};
#define SIGNED_TYPES (1u << TENON_PARAM_SHORT | 1u << TENON_PARAM_INT | 1u << TENON_PARAM_LONG)

/* One entry of the table, as the file has it: three words, then max, type, mode. */
struct param {
	const char *name;
	tenon_addr value, count; /* run addresses */
	uint32_t max;            /* values */
	uint32_t bytes;          /* of a value */
	uint16_t type;
};

struct param_table {
	struct load *l;
	const struct load_section *sec;
	uint32_t entry_bytes, cnt;
	tenon_addr strings_used; /* bytes of the room for charp values */
	bool names_only;         /* of an entry nothing but its name is known */
};

/* @entry_bytes: 0 for the native table; otherwise entries are that large and only begin with a name. */
static int table_open(struct load *l, struct param_table *tab, uint32_t entry_bytes)
{
	*tab = (struct param_table){ .l = l, .sec = load_special(l, SPECIAL_PARAM) };
	tab->names_only = entry_bytes;
	tab->entry_bytes = entry_bytes ? entry_bytes : 3 * ELF_WORD_BYTES(&l->elf) + 8;
	if (tab->sec->size % tab->entry_bytes)
		return fail_got(l->diag, TENON_R_PARAM_TABLE, tab->sec->size);
	tab->cnt = (uint32_t)(tab->sec->size / tab->entry_bytes);
	return 0;
}

static int table_entry(const struct param_table *tab, uint32_t idx, struct param *out)
{
	const uint8_t *p = tab->sec->write + (size_t)idx * tab->entry_bytes;
	struct load *l = tab->l;

	out->name = load_string(l, personality_word(l, p, 0));
	out->max = 1;
	out->type = 0;
	if (!tab->names_only) {
		out->value = personality_word(l, p, 1);
		out->count = personality_word(l, p, 2);
		out->max = get_le32(p + 3 * ELF_WORD_BYTES(&l->elf));
		out->type = get_le16(p + 3 * ELF_WORD_BYTES(&l->elf) + 4);
	}
	if (!out->name || !out->max || out->type >= TENON_PARAM_TYPE_CNT)
		return fail_got(l->diag, TENON_R_PARAM_TABLE, idx);
	out->bytes = type_bytes[out->type] ? type_bytes[out->type] : ELF_WORD_BYTES(&l->elf);
	/* A string is one value, of as many bytes as the entry says. */
	if (out->type == TENON_PARAM_STRING) {
		out->bytes = out->max;
		out->max = 1;
	}
	return 0;
}

/* Fail about parameter @name, and @text of @len bytes. */
static int refuse(struct param_table *tab, enum tenon_reason reason, const char *name, const char *text, size_t len)
{
	int err = fail_name(tab->l->diag, reason, name);

	diag_cut(tab->l->diag->other, text, len);
	return err;
}

/* No such parameter: say which ones there are. */
static int unknown(struct param_table *tab, const struct param_arg *arg)
{
	struct tenon_diag *diag = tab->l->diag;
	struct param p;
	int err = fail_names(diag, TENON_R_PARAM_UNKNOWN, "", tab->cnt ? "" : "none");

	diag_cut(diag->name, arg->key, arg->key_len);
	for (uint32_t i = 0; i < tab->cnt && !table_entry(tab, i, &p); i++)
		diag_list(diag->other, p.name);
	return err;
}

static enum tenon_reason parse_bool(const char *text, size_t len, bool inverse, uint64_t *out)
{
	bool yes = modinfo_list_has("y,Y,1,on", text, len);

	*out = yes != inverse;
	return yes || modinfo_list_has("n,N,0,off", text, len) ? TENON_R_NONE : TENON_R_PARAM_VALUE;
}

static enum tenon_reason parse_number(uint32_t type, uint32_t bytes, const char *text, size_t len, uint64_t *out)
{
	uint64_t max = bytes > 4 ? UINT64_MAX : UINT32_MAX >> (32 - 8 * bytes);
	bool neg;
	int err = param_number(text, len, out, &neg);

	if (err == -TENON_EINVAL)
		return TENON_R_PARAM_VALUE;
	if (SIGNED_TYPES >> type & 1)
		max = (max >> 1) + neg;
	else if (neg && *out)
		max = 0;
	if (err || *out > max)
		return TENON_R_PARAM_RANGE;
	if (neg)
		*out = 0 - *out;
	return TENON_R_NONE;
}

static enum tenon_reason parse(uint32_t type, uint32_t bytes, const char *text, size_t len, uint64_t *out)
{
	return type <= TENON_PARAM_INVBOOL ? parse_bool(text, len, type == TENON_PARAM_INVBOOL, out) :
					     parse_number(type, bytes, text, len, out);
}

int tenon_param_parse(uint32_t type, uint32_t bytes, const char *text, size_t len, uint64_t *out)
{
	enum tenon_reason reason = parse(type, bytes, text, len, out);

	return reason == TENON_R_PARAM_RANGE ? -TENON_ERANGE : reason ? -TENON_EINVAL : 0;
}

/* Store @text as a string. */
static void put_string(uint8_t *to, const char *text, size_t len)
{
	memcpy(to, text, len);
	to[len] = 0;
}

/* Put the text of a string parameter after those before it. Return: its run address. */
static tenon_addr keep_text(struct param_table *tab, const char *text, size_t len)
{
	const struct arena_region *data = &tab->l->m->region[TENON_MEM_DATA];
	tenon_addr off = tab->l->params_offset + tab->strings_used;

	tab->strings_used += len + 1;
	put_string(arena_write(data) + off, text, len);
	return arena_run(data) + off;
}

static enum tenon_reason set_one(struct param_table *tab, const struct param *p, uint32_t idx, const char *text,
				 size_t len)
{
	uint32_t bytes = p->bytes, limit = PARAM_TEXT_MAX;
	enum tenon_reason reason = TENON_R_NONE;
	uint64_t v = 0;
	uint8_t *to;

	if (p->type == TENON_PARAM_STRING && bytes < limit)
		limit = bytes;
	tab->l->diag->want = limit - 1;
	if (len >= limit)
		return TENON_R_PARAM_LENGTH;
	to = load_write_ptr(tab->l, p->value + (tenon_addr)idx * bytes, bytes);
	if (!to)
		return TENON_R_PARAM_TABLE;
	if (p->type == TENON_PARAM_STRING) {
		put_string(to, text, len);
		return TENON_R_NONE;
	}
	if (p->type == TENON_PARAM_CHARP)
		v = keep_text(tab, text, len);
	else
		reason = parse(p->type, bytes, text, len, &v);
	if (!reason)
		memcpy(to, &v, bytes);
	return reason;
}

/* A value, or for an array several, separated by commas. */
static int set_param(struct param_table *tab, const struct param *p, const struct param_arg *arg)
{
	const char *text = arg->value ? arg->value : "y", *end = text + (arg->value ? arg->value_len : 1);
	uint32_t cnt = 0;
	uint8_t *count;

	/* A bool by itself is a yes. */
	if (!arg->value && p->type > TENON_PARAM_INVBOOL)
		return refuse(tab, TENON_R_PARAM_NO_VALUE, p->name, "", 0);
	for (;; text++) {
		const char *comma = p->max > 1 ? memchr(text, ',', (size_t)(end - text)) : NULL;
		size_t len = (size_t)((comma ? comma : end) - text);
		enum tenon_reason reason = TENON_R_PARAM_COUNT;

		tab->l->diag->want = p->max;
		if (cnt < p->max)
			reason = set_one(tab, p, cnt++, text, len);
		if (reason)
			return refuse(tab, reason, p->name, text, len);
		if (!comma)
			break;
		text = comma;
	}
	count = p->count ? load_write_ptr(tab->l, p->count, sizeof(cnt)) : NULL;
	if (count)
		memcpy(count, &cnt, sizeof(cnt));
	return 0;
}

static int find_param(struct param_table *tab, const struct param_arg *arg, struct param *out)
{
	for (uint32_t i = 0; i < tab->cnt; i++) {
		int err = table_entry(tab, i, out);

		if (err)
			return err;
		if (modname_is(out->name, arg->key, arg->key_len))
			return 0;
	}
	return unknown(tab, arg);
}

/* Is the parameter @name of @arg set by an earlier argument too? */
static bool given_before(const char *text, const char *name, const struct param_arg *arg, struct tenon_diag *diag)
{
	struct param_arg other;

	while (param_next(&text, &other, diag) > 0 && other.key != arg->key)
		if (modname_is(name, other.key, other.key_len))
			return true;
	return false;
}

/* Nobody sees the module before all are set; if one is refused, it goes. */
static int set_all(struct load *l, uint32_t entry_bytes)
{
	const char *at = l->params;
	struct param_table tab;
	struct param_arg arg;
	struct param p;
	int err = table_open(l, &tab, entry_bytes);

	if (err || !load_has_params(l))
		return err;
	if (l->params_bytes > TENON_PARAMS_BYTES) {
		l->diag->want = TENON_PARAMS_BYTES - 1;
		return fail_name(l->diag, TENON_R_PARAM_LENGTH, "text");
	}
	while ((err = param_next(&at, &arg, l->diag)) > 0) {
		err = find_param(&tab, &arg, &p);
		if (!err && given_before(l->params, p.name, &arg, l->diag))
			err = refuse(&tab, TENON_R_PARAM_DUPLICATE, p.name, "", 0);
		if (!err && !tab.names_only)
			err = set_param(&tab, &p, &arg);
		if (err)
			break;
	}
	return err;
}

int param_apply(struct load *l)
{
	return set_all(l, 0);
}

int param_check_names(struct load *l, uint32_t entry_bytes)
{
	return set_all(l, entry_bytes);
}
