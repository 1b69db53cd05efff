// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The runtime's str* functions against the C library's. Few different letters, so that much is found and much is equal.
 */
#include "tests/tap.h"
#include "tests/runtime/runtime.h"

#include <stdlib.h>
#include <string.h>

#include "tenon/errno.h"

#define ROUNDS 50000

/* A random string in a block of exactly its size, so that the sanitizer sees a byte too far. */
static char *text(uint32_t longest)
{
	static const char letters[] = { 'a', 'b', '\x80', '\xff' };
	uint32_t len = fake_rand(longest + 1);
	char *s = malloc(len + 1);

	for (uint32_t i = 0; i < len; i++)
		s[i] = letters[fake_rand(sizeof(letters))];
	s[len] = '\0';
	return s;
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static bool lengths(const char *a, const char *b, size_t max)
{
	(void)b;
	return rt_strlen(a) == strlen(a) && rt_strnlen(a, max) == strnlen(a, max);
}

static bool comparisons(const char *a, const char *b, size_t max)
{
	return sign(rt_strcmp(a, b)) == sign(strcmp(a, b)) && sign(rt_strncmp(a, b, max)) == sign(strncmp(a, b, max)) &&
	       rt_strcmp(a, a) == 0;
}

static bool letters(const char *a, const char *b, size_t max)
{
	(void)max;
	return rt_strchr(a, *b) == strchr(a, *b) && rt_strrchr(a, *b) == strrchr(a, *b) && rt_strchr(a, 'x') == NULL &&
	       rt_strchr(a, 0x100 + 'a') == strchr(a, 0x100 + 'a');
}

static bool substrings(const char *a, const char *b, size_t max)
{
	(void)max;
	return rt_strstr(a, b) == strstr(a, b) && rt_strstr(a, "") == a;
}

static bool bounded_copies(const char *a, const char *b, size_t max)
{
	char *ours = malloc(max + 1), *theirs = malloc(max + 1);
	long got;
	bool fits = strlen(a) < max, good;

	(void)b;
	memset(ours, '#', max + 1);
	memset(theirs, '#', max + 1);
	snprintf(theirs, max, "%s", a);
	got = rt_strscpy(ours, a, max);
	good = got == (fits ? (long)strlen(a) : -TENON_E2BIG) && !strncmp(ours, theirs, max) && ours[max] == '#';
	free(ours);
	free(theirs);
	return good;
}

static bool always(bool (*check)(const char *a, const char *b, size_t max))
{
	bool good = true;

	for (int i = 0; i < ROUNDS && good; i++) {
		char *a = text(12), *b = text(3);

		good = check(a, b, fake_rand(16));
		free(a);
		free(b);
	}
	return good;
}

int main(void)
{
	ok(always(lengths), "strlen, strnlen");
	ok(always(comparisons), "strcmp, strncmp");
	ok(always(letters), "strchr, strrchr");
	ok(always(substrings), "strstr");
	ok(always(bounded_copies), "strscpy");
	return tap_done();
}
