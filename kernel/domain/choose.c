// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Which domain a module is loaded into, as its parameters say, which may come from a line of modprobe's configuration:
 *
 *	isolated=1       the domain "isolated"
 *	isolated=NAME    the domain of that name, which is made if there is none
 *	restart=N        and when it dies the module is loaded anew, N times at most
 *
 * They are taken out before the module sees its parameters. Nothing of its file is looked at for that.
 */
#include "kernel/domain/domain.h"
#include "kernel/mm/heap.h"
#include "kernel/module/module.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define DOMAIN_DEFAULT "isolated"
#define NUMBER_BYTES 8

/* The end of a word, which quotes may be in. */
static char *word_end(char *at)
{
	bool quoted = false;

	for (; *at && (quoted || *at != ' '); at++)
		if (*at == '"')
			quoted = !quoted;
	return at;
}

/*
 * Take each "@key=VALUE" out of @params, of which the first counts: modprobe puts the configuration's before those that it was
 * given. Return: 0, and *value is "" if there is none; -TENON_EINVAL: it does not fit, or is empty.
 */
static int take(char *params, const char *key, char *value, size_t size)
{
	size_t key_len = strlen(key);
	char *at = params, *end;

	value[0] = '\0';
	for (; *at; at = *end ? end + 1 : end) {
		size_t len;

		end = word_end(at);
		if (strncmp(at, key, key_len) || at[key_len] != '=')
			continue;
		len = (size_t)(end - at) - key_len - 1;
		if (!len || len >= size)
			return -TENON_EINVAL;
		if (!value[0]) {
			memcpy(value, at + key_len + 1, len);
			value[len] = '\0';
		}
		memset(at, ' ', (size_t)(end - at));
	}
	return 0;
}

static int parse_number(const char *text, uint32_t *number)
{
	*number = 0;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -TENON_EINVAL;
		*number = *number * 10 + (uint32_t)(*text - '0');
	}
	return 0;
}

static bool is_one(const char *text)
{
	return !strcmp(text, "1") || !strcmp(text, "y") || !strcmp(text, "Y");
}

int domain_choose(char *params, struct domain **d, uint32_t *restarts)
{
	char name[TENON_NAME_BYTES], number[NUMBER_BYTES];

	*d = NULL;
	if (take(params, "isolated", name, sizeof(name)) || take(params, "restart", number, sizeof(number)) ||
	    parse_number(number, restarts) || (number[0] && !name[0]))
		return -TENON_EINVAL;
	if (!name[0] || !strcmp(name, "0"))
		return 0;
	return domain_open(is_one(name) ? DOMAIN_DEFAULT : name, d);
}
