// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Algorithms that look for text: at which place they must find it, and that they do not find what is not there. */
#include <linux/err.h>
#include <linux/textsearch.h>

#include "watch.h"

static const char text[] = "a mortice is no mortise, but mortise 407 is one";

#define PATTERN(word) word, sizeof(word) - 1

static const struct {
	const char *module, *algorithm;
	const void *pattern;
	unsigned int len, place; /* UINT_MAX: nowhere */
} rows[] = {
	{ "ts_kmp", "kmp", PATTERN("mortise"), 16 },     { "ts_kmp", "kmp", PATTERN("one"), 44 },
	{ "ts_kmp", "kmp", PATTERN("tenon"), UINT_MAX }, { "ts_bm", "bm", PATTERN("mortise"), 16 },
	{ "ts_bm", "bm", PATTERN("one"), 44 },           { "ts_bm", "bm", PATTERN("tenon"), UINT_MAX },
};

static bool finds(int row)
{
	struct ts_config *config =
	    textsearch_prepare(rows[row].algorithm, rows[row].pattern, rows[row].len, GFP_KERNEL, TS_AUTOLOAD);
	struct ts_state state;
	unsigned int place;

	if (IS_ERR(config))
		return false;
	place = textsearch_find_continuous(config, &state, text, sizeof(text) - 1);
	textsearch_destroy(config);
	if (place != rows[row].place)
		report("differs %s %u\n", rows[row].module, place);
	return place == rows[row].place;
}

static void use(struct module *mod)
{
	int right = 0, wrong = 0;

	for (int i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(rows[i].module, mod->name)) {
			const bool is = finds(i);

			right += is;
			wrong += !is;
		}
	if (right && !wrong)
		report("compared %s %d places in a text\n", mod->name, right);
}

WATCH_HELPER(use)
