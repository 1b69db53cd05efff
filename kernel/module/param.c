// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Parameters of live native modules, as files. The checks are those of loading: the type's notation and range. Text that
 * a pointer leads to cannot be set: nothing says when the module has done with what was there before.
 */
#include "kernel/domain/domain.h"
#include "kernel/module/module.h"
#include "kernel/module/record.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"
#include "tenon/module.h"
#include "tenon/runtime.h"

#define VALUES_MAX 64 /* of an array, that are shown */

static const uint8_t bytes_of[TENON_PARAM_TYPE_CNT] = {
	[TENON_PARAM_BOOL] = 1, [TENON_PARAM_INVBOOL] = 1, [TENON_PARAM_BYTE] = 1,   [TENON_PARAM_SHORT] = 2,
	[TENON_PARAM_INT] = 4,  [TENON_PARAM_USHORT] = 2,  [TENON_PARAM_UINT] = 4,   [TENON_PARAM_HEXINT] = 4,
	[TENON_PARAM_LONG] = 8, [TENON_PARAM_ULONG] = 8,   [TENON_PARAM_ULLONG] = 8, [TENON_PARAM_CHARP] = 8,
};

static bool is_signed(uint32_t type)
{
	return type == TENON_PARAM_SHORT || type == TENON_PARAM_INT || type == TENON_PARAM_LONG;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* Text up to its NUL, at most @max bytes. */
static void show_text(struct text *t, const struct record *r, tenon_addr at, size_t max)
{
	char c;

	for (size_t i = 0; i < max && !module_read(r->domain, &c, at + i, 1) && c; i++)
		text_add(t, &c, 1);
}

static int show_value(struct text *t, const struct record_param *p, tenon_addr at)
{
	uint32_t bytes = bytes_of[p->type];
	uint64_t v = 0;

	if (module_read(p->record->domain, &v, at, bytes))
		return -TENON_EIO;
	if (p->type == TENON_PARAM_CHARP && v)
		show_text(t, p->record, v, ATTR_STORE_BYTES);
	else if (p->type == TENON_PARAM_CHARP)
		text_printf(t, "(null)");
	else if (p->type <= TENON_PARAM_INVBOOL)
		text_printf(t, "%c", !v == (p->type == TENON_PARAM_BOOL) ? 'N' : 'Y');
	else if (p->type == TENON_PARAM_HEXINT)
		text_printf(t, "0x%llx", (unsigned long long)v);
	else if (is_signed(p->type))
		text_printf(t, "%lld", (long long)(v << (64 - 8 * bytes)) >> (64 - 8 * bytes));
	else
		text_printf(t, "%llu", (unsigned long long)v);
	return 0;
}

int param_show_values(struct text *t, const struct record_param *p)
{
	uint32_t cnt = p->max;
	int err = 0;

	if (p->type == TENON_PARAM_STRING)
		show_text(t, p->record, p->value, p->max);
	else if (p->count && module_read(p->record->domain, &cnt, p->count, sizeof(cnt)))
		return -TENON_EIO;
	for (uint32_t i = 0; p->type != TENON_PARAM_STRING && i < cnt && i < p->max && i < VALUES_MAX && !err; i++) {
		if (i)
			text_add(t, ",", 1);
		err = show_value(t, p, p->value + i * bytes_of[p->type]);
	}
	text_add(t, "\n", 1);
	return err;
}

int param_show(struct text *t, void *data)
{
	const struct record_param *p = data;
	struct tenon_module *m = record_hold(p->record);
	int err;

	if (!m)
		return -TENON_ENODEV;
	err = param_show_values(t, p);
	domain_module_put(m, "record");
	return err;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static int store_string(const struct record_param *p, const char *text, size_t len)
{
	static const char end = '\0';

	if (len >= p->max)
		return -TENON_ENOSPC;
	return module_write(p->record->domain, p->value, text, len) ?:
		   module_write(p->record->domain, p->value + len, &end, 1);
}

/* All values are looked at before the first one is stored. */
static int store_values(const struct record_param *p, const char *text, size_t len)
{
	uint32_t bytes = bytes_of[p->type], cnt = 0;
	uint64_t values[VALUES_MAX];
	const char *end = text + len;
	int err = 0;

	for (;; text++) {
		const char *comma = p->max > 1 ? memchr(text, ',', (size_t)(end - text)) : NULL;

		if (cnt == p->max || cnt == VALUES_MAX)
			return -TENON_EINVAL;
		err = tenon_param_parse(p->type, bytes, text, (size_t)((comma ? comma : end) - text), &values[cnt++]);
		if (err)
			return err;
		if (!comma)
			break;
		text = comma;
	}
	for (uint32_t i = 0; i < cnt && !err; i++)
		err = module_write(p->record->domain, p->value + i * bytes, &values[i], bytes);
	if (!err && p->count)
		err = module_write(p->record->domain, p->count, &cnt, sizeof(cnt));
	return err;
}

int param_store(const char *text, size_t len, void *data)
{
	const struct record_param *p = data;
	struct tenon_module *m;
	int err;

	if (p->type == TENON_PARAM_CHARP)
		return -TENON_EOPNOTSUPP;
	if (len && text[len - 1] == '\n')
		len--;
	m = record_hold(p->record);
	if (!m)
		return -TENON_ENODEV;
	err = p->type == TENON_PARAM_STRING ? store_string(p, text, len) : store_values(p, text, len);
	domain_module_put(m, "record");
	return err;
}
