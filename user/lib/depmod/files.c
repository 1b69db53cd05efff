/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The text files. */
#include <errno.h>
#include <stdio.h>

#include "user/lib/depmod/files.h"
#include "user/lib/depmod/order.h"

const char *depmod_info_next(const struct depmod_module *m, const char *key, const char **at)
{
	const char *start = m->reader->info.data + m->info.first, *end = start + m->info.cnt;
	size_t len = strlen(key);

	if (!m->info.cnt)
		return NULL;
	for (const char *s = *at ? *at + strlen(*at) + 1 : start; s < end; s += strlen(s) + 1) {
		if (*s == *key && !strncmp(s, key, len) && s[len] == '=') {
			*at = s;
			return s + len + 1;
		}
	}
	return NULL;
}

int depmod_dep(struct depmod *d, const struct tmod_messages *to, struct buf *out)
{
	(void)to;
	for (uint32_t i = 0; i < d->module_cnt; i++) {
		const struct depmod_module *m = &d->modules[i];

		buf_text(out, m->path);
		buf_char(out, ':');
		for (uint32_t k = 0; k < m->all_cnt; k++) {
			buf_char(out, ' ');
			buf_text(out, d->modules[m->deps[k]].path);
		}
		buf_char(out, '\n');
	}
	return 0;
}

int depmod_alias(struct depmod *d, const struct tmod_messages *to, struct buf *out)
{
	(void)to;
	buf_text(out, "# Aliases extracted from modules themselves.\n");
	for (uint32_t i = 0; i < d->module_cnt; i++) {
		const struct depmod_module *m = &d->modules[i];
		const char *at = NULL, *value;

		while ((value = depmod_info_next(m, "alias", &at))) {
			buf_text(out, "alias ");
			buf_text(out, value);
			buf_char(out, ' ');
			buf_text(out, m->name);
			buf_char(out, '\n');
		}
	}
	return 0;
}

/* Lines "softdep MODULE TEXT". */
static void add_deps(const struct depmod *d, const char *key, struct buf *out)
{
	for (uint32_t i = 0; i < d->module_cnt; i++) {
		const struct depmod_module *m = &d->modules[i];
		const char *at = NULL, *value;

		while ((value = depmod_info_next(m, key, &at))) {
			buf_text(out, key);
			buf_char(out, ' ');
			buf_text(out, m->name);
			buf_char(out, ' ');
			buf_text(out, value);
			buf_char(out, '\n');
		}
	}
}

int depmod_softdep(struct depmod *d, const struct tmod_messages *to, struct buf *out)
{
	(void)to;
	buf_text(out, "# Soft dependencies extracted from modules themselves.\n");
	add_deps(d, "softdep", out);
	return 0;
}

/* Nothing at all if no module has one: kmod knows this file only since release 33. */
int depmod_weakdep(struct depmod *d, const struct tmod_messages *to, struct buf *out)
{
	static const char title[] = "# Weak dependencies extracted from modules themselves.\n";

	(void)to;
	buf_text(out, title);
	add_deps(d, "weakdep", out);
	if (out->len == strlen(title))
		out->len = 0;
	return 0;
}

int depmod_symbols(struct depmod *d, const struct tmod_messages *to, struct buf *out)
{
	uint32_t *order = depmod_symbol_order(d);

	(void)to;
	if (!order)
		return -ENOMEM;
	buf_text(out, "# Aliases for symbols, used by symbol_request().\n");
	for (uint32_t i = 0; i < d->exported.cnt; i++) {
		buf_text(out, "alias symbol:");
		buf_text(out, names_text(&d->exported, order[i]));
		buf_char(out, ' ');
		buf_text(out, d->modules[d->owners[order[i]]].name);
		buf_char(out, '\n');
	}
	free(order);
	return 0;
}

/* A device node that a module serves: its name from one alias, its number from another. */
struct node {
	const char *name;
	char type;
	unsigned int major, minor;
};

static void find_node(const struct depmod_module *m, struct node *n)
{
	const char *at = NULL, *value;

	while ((value = depmod_info_next(m, "alias", &at)) && !(n->name && n->type)) {
		if (*value == 'd' && !strncmp(value, "devname:", 8))
			n->name = value + 8;
		else if (n->type)
			continue;
		else if (*value == 'c' && sscanf(value, "char-major-%u-%u", &n->major, &n->minor) == 2)
			n->type = 'c';
		else if (*value == 'b' && sscanf(value, "block-major-%u-%u", &n->major, &n->minor) == 2)
			n->type = 'b';
	}
}

int depmod_devname(struct depmod *d, const struct tmod_messages *to, struct buf *out)
{
	for (uint32_t i = 0; i < d->module_cnt; i++) {
		const struct depmod_module *m = &d->modules[i];
		struct node n = { 0 };
		char number[40];

		find_node(m, &n);
		if (!n.name)
			continue;
		if (!n.type) {
			say(to, TMOD_ERROR,
			    "Module '%s' has devname (%s) but lacks major and minor information. Ignoring.", m->name,
			    n.name);
			continue;
		}
		if (!out->len)
			buf_text(out, "# Device nodes to trigger on-demand module loading.\n");
		snprintf(number, sizeof(number), " %c%u:%u\n", n.type, n.major, n.minor);
		buf_text(out, m->name);
		buf_char(out, ' ');
		buf_text(out, n.name);
		buf_text(out, number);
	}
	return 0;
}
