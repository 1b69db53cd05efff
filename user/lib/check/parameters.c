/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Parameters: does the module have them, and can the kernel read their values? What is known of them is in .modinfo:
 * parmtype=name:type, and parm=name:description for the others, whose values only the module understands.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#include "core/fmt/modname.h"
#include "user/lib/check/check.h"

struct parameter {
	char *name, *value; /* NULL: there is no '=' */
	bool open_quote;    /* with which the text ends */
};

/* As the kernel: blanks separate, quotes around a value keep blanks and are no part of it. */
static bool next_parameter(char **at, struct parameter *p)
{
	bool quoted = false, all;
	char *end;

	while (isspace((unsigned char)**at))
		(*at)++;
	if (!**at)
		return false;
	/* Around name and value. */
	all = quoted = **at == '"';
	*at += all;
	*p = (struct parameter){ .name = *at };
	for (end = *at; *end && (quoted || !isspace((unsigned char)*end)); end++) {
		quoted ^= *end == '"';
		if (*end == '=' && !p->value) {
			*end = '\0';
			p->value = end + 1;
		}
	}
	*at = *end ? end + 1 : end;
	*end = '\0';
	p->open_quote = quoted;
	if (p->value && *p->value == '"') {
		p->value++;
		if (end > p->value && end[-1] == '"')
			end[-1] = '\0';
	}
	if (all && end > p->name && end[-1] == '"')
		end[-1] = '\0';
	return true;
}

/* '-' and '_' are the same. Return: what is after the name and the ':', or NULL. */
static const char *behind_name(const char *entry, const char *name)
{
	for (; *name; name++, entry++)
		if (modname_fold(*name) != modname_fold(*entry))
			return NULL;
	return *entry == ':' ? entry + 1 : NULL;
}

static const char *find(const struct check *c, const char *key, const char *name)
{
	for (const char *s = check_info(c, key); s; s = modinfo_get_next(&c->file->info, key, s)) {
		const char *rest = behind_name(s, name);

		if (rest)
			return rest;
	}
	return NULL;
}

static bool is_bool(const char *value)
{
	const char *first = "yYtT1nNfF0";

	/* "on", "off" */
	if (*value == 'o' || *value == 'O')
		first = "nNfF", value++;
	return *value && strchr(first, *value);
}

/* The smallest and largest value of the kernel's types. */
static bool number_fits(const char *type, const char *value)
{
	static const struct {
		const char *type;
		unsigned int bits; /* of an unsigned type; of a signed one without the sign */
		bool is_signed;
	} types[] = {
		{ "byte", 8, false }, { "short", 15, true },  { "ushort", 16, false },
		{ "int", 31, true },  { "uint", 32, false },  { "hexint", 32, false },
		{ "long", 63, true }, { "ulong", 64, false }, { "ullong", 64, false },
	};
	bool negative = *value == '-';
	unsigned long long n;
	char *end;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].type, type))
			continue;
		value += negative || *value == '+';
		if (!isdigit((unsigned char)*value) || (negative && !types[i].is_signed))
			return false;
		errno = 0;
		n = strtoull(value, &end, 0);
		return !*end && !errno &&
		       (types[i].bits == 64 || n < (1ull << types[i].bits) || (negative && n == 1ull << types[i].bits));
	}
	return true;
}

static bool value_fits(const char *type, const char *value)
{
	if (!strcmp(type, "bool") || !strcmp(type, "invbool") || !strcmp(type, "bint"))
		return is_bool(value);
	if (strncmp(type, "array of ", 9))
		return number_fits(type, value);
	for (size_t len;; value += len + 1) {
		char item[64]; /* longer than any number; a truncated one is invalid */

		len = strcspn(value, ",");
		snprintf(item, sizeof(item), "%.*s", (int)(len < sizeof(item) ? len : sizeof(item) - 1), value);
		if (!number_fits(type + 9, item))
			return false;
		if (!value[len])
			return true;
	}
}

/* The kernel keeps no longer text of a parameter. */
#define CHARP_BYTES_MAX 1024

static void check_one(struct check *c, const struct parameter *p)
{
	const char *type = find(c, "parmtype", p->name);

	/* These every module has. */
	if (!strcmp(p->name, "async_probe") || !strcmp(p->name, "dyndbg"))
		return;
	if (!type && !find(c, "parm", p->name))
		check_problem(c, TMOD_PROBLEM_ODD_PARAMETER, p->name, "%s: the module has no such parameter", p->name);
	else if (type && !p->value && strcmp(type, "bool") && strcmp(type, "bool_enable_only"))
		check_problem(c, TMOD_PROBLEM_PARAMETER, p->name, "%s: the parameter needs a value (%s)", p->name,
			      type);
	else if (type && p->value && !value_fits(type, p->value))
		check_problem(c, TMOD_PROBLEM_PARAMETER, p->name, "%s: '%s' is no value of the type %s", p->name,
			      p->value, type);
	else if (type && p->value && !strcmp(type, "charp") && strlen(p->value) > CHARP_BYTES_MAX)
		check_problem(c, TMOD_PROBLEM_PARAMETER, p->name, "%s: the value has more than %d bytes", p->name,
			      CHARP_BYTES_MAX);
	if (p->open_quote)
		check_problem(c, TMOD_PROBLEM_ODD_PARAMETER, p->name, "%s: its quotes do not end", p->name);
}

void check_parameters(struct check *c)
{
	char *text = c->options ? arena_copy(&c->arena, c->options, strlen(c->options)) : NULL, *at = text;
	struct names seen = { 0 };
	struct parameter p;

	c->failed |= c->options && !text;
	while (text && next_parameter(&at, &p) && strcmp(p.name, "--")) {
		uint32_t cnt = seen.cnt;

		check_one(c, &p);
		if (names_add(&seen, p.name) != cnt)
			check_problem(c, TMOD_PROBLEM_REPEATED_PARAMETER, p.name,
				      "%s: the parameter is given twice; the last counts", p.name);
	}
	names_free(&seen);
}
