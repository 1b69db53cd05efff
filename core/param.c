/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Setting the parameters of a native module, from the table in its __param section. */
#include "core/string.h"

#include "core/param.h"
#include "core/personality/common.h"

/* As enum tenon_param_type in include/tenon/module.h. */
enum param_type { P_BOOL, P_INVBOOL, P_BYTE, P_SHORT, P_USHORT, P_INT, P_UINT, P_HEXINT, P_LONG, P_ULONG, P_ULLONG,
		  P_CHARP, P_STRING, P_TYPE_CNT };

static const struct {
	uint8_t bytes; /* 0: the module's word */
	bool is_signed;
} number_types[P_TYPE_CNT] = {
	[P_BYTE] = { 1, false },  [P_SHORT] = { 2, true },  [P_USHORT] = { 2, false }, [P_INT] = { 4, true },
	[P_UINT] = { 4, false },  [P_HEXINT] = { 4, false }, [P_LONG] = { 0, true },   [P_ULONG] = { 0, false },
	[P_ULLONG] = { 8, false },
};

/* One entry of the table, as the file has it: three words, then max, type, mode. */
struct param {
	const char *name;
	tenon_addr value, count; /* run addresses */
	uint32_t max;
	uint16_t type;
};

struct param_table {
	struct load *l;
	const struct load_section *sec;
	uint32_t word, entry_bytes, cnt;
	tenon_addr strings_used; /* bytes of the room for charp values */
	bool names_only;       /* of an entry nothing but its name is known */
};

/* @entry_bytes: 0 for the native table; otherwise entries are that large and only begin with a name. */
static int table_open(struct load *l, struct param_table *tab, uint32_t entry_bytes)
{
	*tab = (struct param_table){ .l = l, .sec = load_find(l, "__param"), .word = l->elf.is64 ? 8 : 4 };
	tab->names_only = entry_bytes;
	tab->entry_bytes = entry_bytes ? entry_bytes : 3 * tab->word + 8;
	if (!tab->sec || !tab->sec->write)
		return 0;
	if (tab->sec->size % tab->entry_bytes)
		return fail_value(l->diag, TENON_R_PARAM_TABLE, tab->sec->size, 0);
	tab->cnt = (uint32_t)(tab->sec->size / tab->entry_bytes);
	return 0;
}

static int table_entry(const struct param_table *tab, uint32_t idx, struct param *out)
{
	const uint8_t *p = tab->sec->write + (size_t)idx * tab->entry_bytes;
	tenon_addr name_run = personality_word(p, tab->word);

	out->name = load_string(tab->l, name_run);
	if (tab->names_only)
		return out->name ? 0 : fail_value(tab->l->diag, TENON_R_PARAM_TABLE, idx, 0);
	out->value = personality_word(p + tab->word, tab->word);
	out->count = personality_word(p + 2 * tab->word, tab->word);
	out->max = get_le32(p + 3 * tab->word);
	out->type = get_le16(p + 3 * tab->word + 4);
	if (!out->name || !out->max || out->type >= P_TYPE_CNT)
		return fail_value(tab->l->diag, TENON_R_PARAM_TABLE, idx, 0);
	return 0;
}

static bool same_name(const char *name, const char *key, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((name[i] == '-' ? '_' : name[i]) != (key[i] == '-' ? '_' : key[i]) || !name[i])
			return false;
	return !name[len];
}

/* Cut @text to a string for a diagnosis. */
static const char *cut(char buf[64], const char *text, size_t len)
{
	size_t n = len < 63 ? len : 63;

	memcpy(buf, text, n);
	buf[n] = 0;
	return buf;
}

static int refuse(struct param_table *tab, enum tenon_reason reason, const char *name, const char *text, size_t len)
{
	char buf[64];

	return fail_name(tab->l->diag, reason, name, cut(buf, text, len));
}

/* No such parameter: say which ones there are. */
static int unknown(struct param_table *tab, const struct param_arg *arg)
{
	char list[TENON_DIAG_NAME_BYTES] = "; it has none", buf[64];

	for (uint32_t i = 0; i < tab->cnt; i++) {
		struct param p;

		if (table_entry(tab, i, &p))
			break;
		if (i)
			diag_append(list, sizeof(list), ", ");
		else
			diag_copy(list, sizeof(list), "; it has ");
		diag_append(list, sizeof(list), p.name);
	}
	return fail_name(tab->l->diag, TENON_R_PARAM_UNKNOWN, cut(buf, arg->key, arg->key_len), list);
}

static bool parse_bool(const char *text, size_t len, bool *out)
{
	static const char yes[] = "yY1", no[] = "nN0";

	*out = (len == 1 && strchr(yes, *text)) || (len == 2 && !memcmp(text, "on", 2));
	return *out || (len == 1 && strchr(no, *text)) || (len == 3 && !memcmp(text, "off", 3));
}

static int parse_number(struct param_table *tab, const struct param *p, const char *text, size_t len, uint64_t *out)
{
	uint32_t bytes = number_types[p->type].bytes ? number_types[p->type].bytes : tab->word;
	uint64_t max = UINT64_MAX >> (64 - 8 * bytes);
	bool neg;
	int err = param_number(text, len, out, &neg);

	if (err == -TENON_EINVAL)
		return refuse(tab, TENON_R_PARAM_VALUE, p->name, text, len);
	if (number_types[p->type].is_signed)
		max = (max >> 1) + neg;
	else if (neg && *out)
		max = 0;
	if (err || *out > max)
		return refuse(tab, TENON_R_PARAM_RANGE, p->name, text, len);
	if (neg)
		*out = 0 - *out;
	return 0;
}

/* The place of @bytes at run address @run, which must be writable memory of the module. */
static uint8_t *place(struct param_table *tab, tenon_addr run, size_t bytes)
{
	return load_write_ptr(tab->l, run, bytes);
}

static void put_word(uint8_t *to, uint64_t v, uint32_t bytes)
{
	memcpy(to, &v, bytes);
}

static int set_charp(struct param_table *tab, uint8_t *to, const char *text, size_t len, bool store)
{
	const struct arena_extent *data = tab->l->m->region[TENON_MEM_DATA];
	tenon_addr off = tab->l->params_offset + tab->strings_used;

	tab->strings_used += len + 1;
	if (!store)
		return 0;
	memcpy(arena_write(data) + off, text, len);
	arena_write(data)[off + len] = 0;
	put_word(to, arena_run(data) + off, tab->word);
	return 0;
}

static int set_one(struct param_table *tab, const struct param *p, uint32_t idx, const char *text, size_t len, bool store)
{
	uint32_t bytes = number_types[p->type].bytes ? number_types[p->type].bytes : tab->word;
	uint64_t v = 0;
	uint8_t *to;
	bool b = false;
	int err = 0;

	if (len >= PARAM_TEXT_MAX || (p->type == P_STRING && len >= p->max)) {
		refuse(tab, TENON_R_PARAM_LENGTH, p->name, text, len);
		tab->l->diag->want = p->type == P_STRING ? p->max - 1 : PARAM_TEXT_MAX - 1;
		return -TENON_ENAMETOOLONG;
	}
	if (p->type == P_BOOL || p->type == P_INVBOOL)
		bytes = 1;
	else if (p->type == P_STRING)
		bytes = p->max;
	to = place(tab, p->value + (tenon_addr)idx * bytes, bytes);
	if (!to)
		return fail_name(tab->l->diag, TENON_R_PARAM_TABLE, p->name, NULL);
	if (p->type == P_CHARP)
		return set_charp(tab, to, text, len, store);
	if (p->type == P_STRING) {
		if (store) {
			memcpy(to, text, len);
			to[len] = 0;
		}
		return 0;
	}
	if (p->type == P_BOOL || p->type == P_INVBOOL) {
		if (!parse_bool(text, len, &b))
			return refuse(tab, TENON_R_PARAM_VALUE, p->name, text, len);
		v = b != (p->type == P_INVBOOL);
	} else {
		err = parse_number(tab, p, text, len, &v);
	}
	if (!err && store)
		put_word(to, v, bytes);
	return err;
}

/* A value, or for an array several, separated by commas. */
static int set_param(struct param_table *tab, const struct param *p, const struct param_arg *arg, bool store)
{
	const char *text = arg->value ? arg->value : "y", *end = text + (arg->value ? arg->value_len : 1);
	bool array = p->max > 1 && p->type != P_STRING;
	uint32_t cnt = 0;
	uint8_t *to;

	/* A bool by itself is a yes. */
	if (!arg->value && p->type != P_BOOL && p->type != P_INVBOOL)
		return fail_name(tab->l->diag, TENON_R_PARAM_NO_VALUE, p->name, NULL);
	for (;; text++) {
		const char *comma = array ? memchr(text, ',', (size_t)(end - text)) : NULL;
		const char *stop = comma ? comma : end;
		int err;

		if (cnt == (array ? p->max : 1)) {
			fail_name(tab->l->diag, TENON_R_PARAM_COUNT, p->name, NULL);
			tab->l->diag->want = p->max;
			return -TENON_EINVAL;
		}
		err = set_one(tab, p, cnt++, text, (size_t)(stop - text), store);
		if (err || !comma) {
			to = p->count && !err && store ? place(tab, p->count, 4) : NULL;
			if (to)
				put_word(to, cnt, 4);
			return err;
		}
		text = comma;
	}
}

static int find_param(struct param_table *tab, const struct param_arg *arg, struct param *out)
{
	for (uint32_t i = 0; i < tab->cnt; i++) {
		int err = table_entry(tab, i, out);

		if (err)
			return err;
		if (same_name(out->name, arg->key, arg->key_len))
			return 0;
	}
	return unknown(tab, arg);
}

/* Is the parameter of @arg set by an earlier argument too? */
static bool given_before(const char *text, const struct param_arg *arg, struct tenon_diag *diag)
{
	struct param_arg other;

	while (param_next(&text, &other, diag) > 0 && other.key != arg->key)
		if (other.key_len == arg->key_len && !memcmp(other.key, arg->key, arg->key_len))
			return true;
	return false;
}

static int apply_pass(struct param_table *tab, bool store)
{
	const char *at = tab->l->params;
	struct param_arg arg;
	struct param p;
	int err;

	tab->strings_used = 0;
	while ((err = param_next(&at, &arg, tab->l->diag)) > 0) {
		err = find_param(tab, &arg, &p);
		if (!err && !store && given_before(tab->l->params, &arg, tab->l->diag))
			err = fail_name(tab->l->diag, TENON_R_PARAM_DUPLICATE, p.name, NULL);
		if (!err && !tab->names_only)
			err = set_param(tab, &p, &arg, store);
		if (err)
			return err;
	}
	return err;
}

static int check_all(struct load *l, struct param_table *tab, uint32_t entry_bytes)
{
	int err = table_open(l, tab, entry_bytes);

	if (err || !l->params || !l->params[0])
		return err;
	if (l->params_bytes > 4096) {
		fail_name(l->diag, TENON_R_PARAM_LENGTH, "text", NULL);
		l->diag->want = 4095;
		return -TENON_ENAMETOOLONG;
	}
	return apply_pass(tab, false);
}

int param_apply(struct load *l)
{
	struct param_table tab;
	int err = check_all(l, &tab, 0);

	return err || !l->params || !l->params[0] ? err : apply_pass(&tab, true);
}

int param_check_names(struct load *l, uint32_t entry_bytes)
{
	struct param_table tab;

	return check_all(l, &tab, entry_bytes);
}
