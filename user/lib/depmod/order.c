/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>

#include "user/lib/depmod/order.h"

static uint32_t half_word(const char *text)
{
	return (uint32_t)(uint8_t)text[0] | (uint32_t)(uint8_t)text[1] << 8;
}

uint32_t order_hash(const char *text)
{
	size_t len = strlen(text);
	uint32_t hash = (uint32_t)len;

	for (; len >= 4; text += 4, len -= 4) {
		hash += half_word(text);
		hash = hash << 16 ^ half_word(text + 2) << 11 ^ hash;
		hash += hash >> 11;
	}
	if (len >= 2)
		hash += half_word(text);
	else if (len)
		hash += (uint32_t)(int8_t)text[0];
	if (len == 3) {
		hash ^= hash << 16;
		hash ^= (uint32_t)(int8_t)text[2] << 18;
		hash += hash >> 11;
	} else if (len == 2) {
		hash ^= hash << 11;
		hash += hash >> 17;
	} else if (len) {
		hash ^= hash << 10;
		hash += hash >> 1;
	}
	hash ^= hash << 3;
	hash += hash >> 5;
	hash ^= hash << 4;
	hash += hash >> 17;
	hash ^= hash << 25;
	return hash + (hash >> 6);
}

/* Is it the path of a module file, but for what says that this is packed? */
static bool is_unpacked_path(const char *line, const char *path)
{
	size_t len = strlen(line);
	const char *packed = path + len;

	if (len < 3 || strcmp(line + len - 3, ".ko") || strncmp(path, line, len))
		return false;
	return !*packed || (*packed == '.' && strcmp(packed, ".ko") && !strchr(packed + 1, '.'));
}

/* Number the modules as modules.order lists them. */
static int read_order(struct depmod *d)
{
	struct buf text = { 0 };
	char *rest, name[NAME_MAX + 1];
	uint32_t line = 0;
	int err;

	/* Only with files as arguments there may be no tree. */
	if (d->dir < 0) {
		say(d->say, TMOD_WARNING, "could not open directory %s: %s", d->request->dir, strerror(d->dir_err));
		return 0;
	}
	err = depmod_slurp(d, "modules.order", &text);
	if (err) {
		say(d->say, TMOD_WARNING, "could not open modules.order at %s: %s", d->request->dir, strerror(-err));
		buf_free(&text);
		return err == -ENOMEM ? err : 0;
	}
	for (char *p = strtok_r(text.data, "\n", &rest); p; p = strtok_r(NULL, "\n", &rest), line++) {
		uint32_t i;

		tmod_module_name(p, name, sizeof(name));
		i = names_find(&d->names, name);
		if (i != NAME_NONE && is_unpacked_path(p, d->modules[i].path))
			d->modules[i].order = line;
	}
	buf_free(&text);
	return 0;
}

static int by_order(const void *a, const void *b)
{
	const struct depmod_module *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (x->bucket != y->bucket)
		return x->bucket < y->bucket ? -1 : 1;
	return strcmp(x->name, y->name);
}

int depmod_order(struct depmod *d)
{
	int err = read_order(d);

	for (uint32_t i = 0; i < d->module_cnt; i++)
		if (d->modules[i].order == UINT32_MAX)
			d->modules[i].bucket = order_hash(d->modules[i].name) % ORDER_MODULE_BUCKETS;
	if (!err && d->module_cnt)
		qsort(d->modules, d->module_cnt, sizeof(*d->modules), by_order);
	return err;
}

static int by_name(const void *a, const void *b, void *names)
{
	return strcmp(names_text(names, *(const uint32_t *)a), names_text(names, *(const uint32_t *)b));
}

uint32_t *depmod_symbol_order(const struct depmod *d)
{
	uint32_t end[ORDER_SYMBOL_BUCKETS] = { 0 }, cnt = d->exported.cnt, sum = 0;
	uint32_t *order = malloc((cnt + 1) * 2 * sizeof(*order)), *bucket = order + cnt;

	if (!order)
		return NULL;
	for (uint32_t i = 0; i < cnt; i++) {
		bucket[i] = order_hash(names_text(&d->exported, i)) % ORDER_SYMBOL_BUCKETS;
		end[bucket[i]]++;
	}
	for (uint32_t b = 0; b < ORDER_SYMBOL_BUCKETS; b++) {
		uint32_t first = sum;

		sum += end[b];
		end[b] = first;
	}
	for (uint32_t i = 0; i < cnt; i++)
		order[end[bucket[i]]++] = i;
	for (uint32_t b = 0; b < ORDER_SYMBOL_BUCKETS; b++) {
		uint32_t first = b ? end[b - 1] : 0;

		qsort_r(order + first, end[b] - first, sizeof(*order), by_name, (struct names *)&d->exported);
	}
	return order;
}
