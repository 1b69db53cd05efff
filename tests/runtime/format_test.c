// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The runtime's formatting against the C library's: 100,000 random formats, and what the C library leaves open. */
#include "tests/tap.h"
#include "tests/runtime/runtime.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

#define ROUNDS 100000

static const long long values[] = { 0,     1,          -1,      7,       8,        9,         10,       -10,   99,
				    100,   127,        128,     -128,    255,      256,       32767,    32768, 65535,
				    65536, 1000000007, INT_MAX, INT_MIN, UINT_MAX, LLONG_MAX, LLONG_MIN };

static long long value(void)
{
	if (fake_rand(3))
		return values[fake_rand(sizeof(values) / sizeof(values[0]))];
	return (long long)((uint64_t)fake_rand(UINT32_MAX) << 32 | fake_rand(UINT32_MAX));
}

/* Put flags of @allowed, a width and a precision into @to; widths and precisions also as '*', then @stars says which.
 */
static char *specification(char *to, const char *allowed, bool precision, int stars[2])
{
	int star_cnt = 0;

	stars[0] = stars[1] = INT_MAX;
	for (; *allowed; allowed++)
		if (fake_rand(3) == 0)
			*to++ = *allowed;
	if (fake_rand(2))
		to += sprintf(to, "%u", 1 + fake_rand(fake_rand(4) ? 12 : 80));
	else if (fake_rand(3) == 0) {
		*to++ = '*';
		stars[star_cnt++] = (int)fake_rand(40) - 20;
	}
	if (precision && fake_rand(2)) {
		*to++ = '.';
		if (fake_rand(4) == 0) {
			*to++ = '*';
			stars[star_cnt++] = (int)fake_rand(24) - 4;
		} else if (fake_rand(4)) {
			to += sprintf(to, "%u", fake_rand(25));
		}
	}
	return to;
}

static char *ours, *theirs;
static size_t size;

/* Both functions with the same arguments; the buffers have exactly @size bytes. */
#define BOTH(...) (tenon_snprintf(ours, size, __VA_ARGS__) == snprintf(theirs, size, __VA_ARGS__))
#define WITH(stars, arg)                                                                                               \
	((stars)[0] == INT_MAX   ? BOTH(fmt, arg)                                                                      \
	 : (stars)[1] == INT_MAX ? BOTH(fmt, (stars)[0], arg)                                                          \
				 : BOTH(fmt, (stars)[0], (stars)[1], arg))

static bool integer(char *fmt, char *to)
{
	static const char *const lengths[] = { "", "hh", "h", "l", "ll", "z", "t", "j" };
	static const char conversions[] = "diuxXo";
	char conversion = conversions[fake_rand(6)];
	const char *length = lengths[fake_rand(8)];
	long long v = value();
	int stars[2];

	to = specification(to,
			   strchr("di", conversion)  ? "-+ 0" :
			   strchr("xXo", conversion) ? "-#0" :
						       "-0",
			   true, stars);
	sprintf(to, "%s%c]", length, conversion);
	return *length && *length != 'h' ? WITH(stars, v) : WITH(stars, (int)v);
}

static bool string(char *fmt, char *to)
{
	static const char *const texts[] = { "", "a", "hello", "a rather longer text, longer than most fields" };
	const char *text = texts[fake_rand(4)];
	int stars[2];

	strcpy(specification(to, "-", true, stars), "s]");
	return WITH(stars, text);
}

static bool character(char *fmt, char *to)
{
	int c = (int)fake_rand(256);
	int stars[2];

	strcpy(specification(to, "-", false, stars), "c]");
	return WITH(stars, c);
}

static bool pointer(char *fmt, char *to)
{
	void *p = (void *)(uintptr_t)(1 + fake_rand(UINT32_MAX));
	int stars[2];

	strcpy(specification(to, "-", false, stars), "p]");
	return WITH(stars, p);
}

/* One format with text and %% around it. Return: same length and same bytes. */
static bool agrees(bool (*kind)(char *fmt, char *to))
{
	char fmt[64] = "a%%b[%";
	bool good;

	size = fake_rand(4) ? 128 : fake_rand(24);
	ours = malloc(size);
	theirs = malloc(size);
	memset(ours, '#', size);
	memset(theirs, '#', size);
	good = kind(fmt, fmt + strlen(fmt)) && !memcmp(ours, theirs, size);
	if (!good)
		diag("'%s' size %zu: '%.*s', the C library says '%.*s'", fmt, size, (int)size, ours, (int)size, theirs);
	free(ours);
	free(theirs);
	return good;
}

static void check_random(const char *name, bool (*kind)(char *fmt, char *to))
{
	int i = 0;

	while (i < ROUNDS && agrees(kind))
		i++;
	ok(i == ROUNDS, "%d random formats of %s", ROUNDS, name);
}

#define IS(expected, ...)                                                                                              \
	do {                                                                                                           \
		char text_[128];                                                                                       \
		int len_ = tenon_snprintf(text_, sizeof(text_), __VA_ARGS__);                                          \
		if (!ok(len_ == (int)strlen(expected) && !strcmp(text_, expected), "'%s'", expected))                  \
			diag("got '%s'", text_);                                                                       \
	} while (0)

int main(void)
{
	char byte = '#';

	check_random("integers", integer);
	check_random("strings", string);
	check_random("characters", character);
	check_random("pointers", pointer);
	IS("0x0", "%p", NULL);
	IS("(null)", "%s", (char *)NULL);
	IS("%f 7 %", "%f %d %", 7);
	IS("%5.2lq|7", "%5.2lq|%d", 7);
	ok(tenon_snprintf(NULL, 0, "%d", 12345) == 5, "no buffer: only the length");
	ok(tenon_snprintf(&byte, 1, "%d", 12345) == 5 && byte == '\0', "a buffer of one byte");
	ok(tenon_snprintf(NULL, 0, "%99999999999d", 1) == 32767, "an absurd width is cut");
	ok(tenon_snprintf(NULL, 0, "%.*d", INT_MAX, 1) == 32767, "an absurd precision is cut");
	ok(tenon_snprintf(NULL, 0, "%*d", INT_MIN, 1) == 32767, "the smallest number as a width");
	return tap_done();
}
