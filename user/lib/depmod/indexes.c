/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The binary indexes. A module's number, its place in modules.order, is the priority of its values. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "user/lib/alias.h"
#include "user/lib/depmod/files.h"
#include "user/lib/index_write.h"
#include "tenon/fmt/modindex.h"

/* A character that no index can hold, or 0. Most keys have none, which eight bytes at a time show. */
static char bad_char(const char *key)
{
	const uint64_t high = 0x0101010101010101u * TENON_INDEX_CHARS;
	size_t len = strlen(key), i = 0;
	uint64_t word;

	for (; len - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, key + i, sizeof(word));
		if (word & high)
			break;
	}
	while (i < len && (uint8_t)key[i] < TENON_INDEX_CHARS)
		i++;
	return key[i];
}

/* Add a key that came from a file. */
static void add_key(const struct tmod_messages *to, struct index_writer *w, const char *key, uint32_t value,
		    uint32_t priority)
{
	char bad = bad_char(key);

	if (bad)
		say(to, TMOD_ERROR, "Module index: bad character 0x%x - only 7-bit ASCII is supported: %s",
		    (uint8_t)bad, key);
	else
		index_add(w, index_text(w, key), value, priority);
}

static void add_alias(const struct tmod_messages *to, struct index_writer *w, const char *alias, uint32_t value,
		      uint32_t priority)
{
	char key[TMOD_ALIAS_BYTES_MAX];

	if (tmod_alias_name(alias, key, sizeof(key)))
		add_key(to, w, key, value, priority);
	else
		say(to, TMOD_WARNING, "Unmatched bracket in %s", alias);
}

int depmod_dep_bin(struct depmod *d, const struct tmod_messages *to, struct buf *out)
{
	struct index_writer w = { .preorder = d->request->preorder };

	for (uint32_t i = 0; i < d->module_cnt; i++) {
		const struct depmod_module *m = &d->modules[i];
		uint32_t line = (uint32_t)w.text.len;

		buf_text(&w.text, m->path);
		buf_char(&w.text, ':');
		for (uint32_t k = 0; k < m->all_cnt; k++) {
			buf_char(&w.text, ' ');
			buf_text(&w.text, d->modules[m->deps[k]].path);
		}
		buf_char(&w.text, '\0');
		add_key(to, &w, m->name, line, i);
	}
	return index_write(&w, out);
}

/* Tell of an alias that a module has twice. @seen: "ALIAS MODULE". */
static void tell_duplicate(const struct tmod_messages *to, struct names *seen, const char *alias, const char *module)
{
	char key[TMOD_ALIAS_BYTES_MAX], pair[TMOD_ALIAS_BYTES_MAX + NAME_MAX + 2];
	uint32_t cnt = seen->cnt;

	if (!tmod_alias_name(alias, key, sizeof(key)))
		return;
	snprintf(pair, sizeof(pair), "%s %s", key, module);
	if (names_add(seen, pair) < cnt)
		say(to, TMOD_WARNING, "duplicate module alias:\n%s", pair);
}

int depmod_alias_bin(struct depmod *d, const struct tmod_messages *to, struct buf *out)
{
	struct index_writer w = { .preorder = d->request->preorder };
	struct names seen = { 0 };

	for (uint32_t i = 0; i < d->module_cnt; i++) {
		const struct depmod_module *m = &d->modules[i];
		const char *at = NULL, *value;
		uint32_t name = index_text(&w, m->name);

		while ((value = depmod_info_next(m, "alias", &at))) {
			add_alias(to, &w, value, name, i);
			if (d->request->warn_duplicates)
				tell_duplicate(to, &seen, value, m->name);
		}
	}
	names_free(&seen);
	return index_write(&w, out);
}

int depmod_symbols_bin(struct depmod *d, const struct tmod_messages *to, struct buf *out)
{
	struct index_writer w = { .preorder = d->request->preorder };

	(void)to;
	for (uint32_t i = 0; i < d->exported.cnt; i++) {
		uint32_t key = (uint32_t)w.text.len, value;
		const char *name = names_text(&d->exported, i);

		if (bad_char(name) || strlen(name) + sizeof("symbol:") > TMOD_ALIAS_BYTES_MAX)
			continue;
		buf_text(&w.text, "symbol:");
		buf_string(&w.text, name);
		value = index_text(&w, d->modules[d->owners[i]].name);
		index_add(&w, key, value, d->owners[i]);
	}
	return index_write(&w, out);
}

/* The list of built-in modules or their aliases cannot be read: as with kmod, the index is then an empty file. */
static int no_input(struct depmod *d, const struct tmod_messages *to, const char *name, int err, struct index_writer *w,
		    struct buf *text)
{
	say(to, TMOD_WARNING, "could not open %s at %s: %s", name, d->request->dir, strerror(-err));
	buf_free(&w->text);
	buf_free(text);
	return err == -ENOMEM ? err : 0;
}

int depmod_builtin_bin(struct depmod *d, const struct tmod_messages *to, struct buf *out)
{
	struct index_writer w = { .preorder = d->request->preorder };
	struct buf text = { 0 };
	char *rest, name[256];
	uint32_t none = index_text(&w, "");
	int err = depmod_slurp(d, "modules.builtin", &text);

	if (err)
		return no_input(d, to, "modules.builtin", err, &w, &text);
	for (char *p = strtok_r(text.data, "\n", &rest); p; p = strtok_r(NULL, "\n", &rest)) {
		tmod_module_name(p, name, sizeof(name));
		add_key(to, &w, name, none, 0);
	}
	buf_free(&text);
	return index_write(&w, out);
}

/* modules.builtin.modinfo: NUL-terminated strings "module.key=value". */
int depmod_builtin_alias_bin(struct depmod *d, const struct tmod_messages *to, struct buf *out)
{
	struct index_writer w = { .preorder = d->request->preorder };
	struct buf text = { 0 };
	int err = depmod_slurp(d, "modules.builtin.modinfo", &text);

	if (err)
		return no_input(d, to, "modules.builtin.modinfo", err, &w, &text);
	for (const char *p = text.data; p < text.data + text.len; p += strlen(p) + 1) {
		const char *dot = strchr(p, '.');
		uint32_t value;

		if (!dot || strncmp(dot, ".alias=", 7))
			continue;
		value = (uint32_t)w.text.len;
		buf_add(&w.text, p, (size_t)(dot - p));
		buf_char(&w.text, '\0');
		add_alias(to, &w, dot + 7, value, 0);
	}
	buf_free(&text);
	return index_write(&w, out);
}
