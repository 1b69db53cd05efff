// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "text.h"

#define TEXT_BYTES_MAX (256u << 10)

static char *text;
static tenon_handle idle, policy;

char *text_read(size_t *len, int *err)
{
	long got;

	*len = 0;
	*err = -TENON_ENOMEM;
	text = tenon_alloc(THIS_MODULE, TEXT_BYTES_MAX + 1);
	if (!text)
		return NULL;
	do {
		size_t room = TEXT_BYTES_MAX - *len;

		got = tenon_policy_text(*len, text + *len,
					room < TENON_POLICY_TEXT_BYTES ? room : TENON_POLICY_TEXT_BYTES);
		*len += got > 0 ? (size_t)got : 0;
	} while (got > 0 && *len < TEXT_BYTES_MAX);
	*err = got < 0 ? (int)got : got ? -TENON_EFBIG : 0;
	if (*err)
		pr_err("/etc/policy/%s cannot be read (%d)\n", THIS_MODULE->name, *err);
	text[*len] = '\0';
	return *err ? NULL : text;
}

static bool ends_word(char c)
{
	return !c || c == ' ' || c == '\t' || c == '\n' || c == '#';
}

int text_words(char **at, char *words[TEXT_WORDS_MAX])
{
	char *p = *at;
	int cnt = 0;

	if (!*p)
		return -1;
	while (*p && *p != '\n' && *p != '#') {
		if (ends_word(*p)) {
			*p++ = '\0';
			continue;
		}
		if (cnt < TEXT_WORDS_MAX)
			words[cnt] = p;
		cnt++;
		while (!ends_word(*p))
			p++;
	}
	while (*p && *p != '\n')
		*p++ = '\0';
	if (*p)
		*p++ = '\0';
	*at = p;
	return cnt;
}

/*
 * On a mismatch the last star takes one byte more; if it cannot, the last "**" does. No earlier one needs to: what it could take
 * the later one can as well.
 */
bool text_matches(const char *pattern, const char *path)
{
	struct {
		const char *behind, *took; /* of the pattern, of the path up to where; NULL: there was none */
	} name = { 0 }, all = { 0 };

	for (;;) {
		if (pattern[0] == '*' && pattern[1] == '*') {
			pattern += 2;
			all.behind = pattern;
			all.took = path;
			name.behind = NULL;
		} else if (*pattern == '*') {
			name.behind = ++pattern;
			name.took = path;
		} else if (*pattern == *path) {
			if (!*path)
				return true;
			pattern++;
			path++;
		} else if (name.behind && *name.took && *name.took != '/') {
			path = ++name.took;
			pattern = name.behind;
		} else if (all.behind && *all.took) {
			path = ++all.took;
			pattern = all.behind;
			name.behind = NULL;
		} else {
			return false;
		}
	}
}

size_t text_lines(const char *from, size_t len)
{
	size_t lines = 1;

	while (len)
		lines += from[--len] == '\n';
	return lines;
}

int text_refuse(unsigned line, const char *expected)
{
	pr_err("/etc/policy/%s:%u: not %s\n", THIS_MODULE->name, line, expected);
	return -TENON_EINVAL;
}

static int stay(void *unused)
{
	(void)unused;
	return 1;
}

int policy_begin(const char *name, bool removable, const struct tenon_policy_ops *ops)
{
	idle = tenon_idle_register(THIS_MODULE, stay, NULL);
	if (tenon_handle_error(idle))
		return tenon_handle_error(idle);
	policy = tenon_policy_register(THIS_MODULE, name, removable ? TENON_POLICY_REMOVABLE : 0, ops, NULL);
	return tenon_handle_error(policy);
}

int policy_end(int err)
{
	if (policy && !tenon_handle_error(policy))
		tenon_policy_unregister(policy);
	if (idle && !tenon_handle_error(idle))
		tenon_idle_unregister(idle);
	if (text)
		tenon_free(text);
	return err;
}
