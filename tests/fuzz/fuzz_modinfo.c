/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Any bytes as a .modinfo section. If it is accepted: what is found by walking is found by asking, in the same order.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/fmt/modinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void promise(bool kept)
{
	if (!kept)
		abort();
}

static void walk_list(const char *value)
{
	const char *at = value, *item;
	size_t len;

	while ((item = modinfo_list_next(&at, &len)))
		promise(len && item >= value && item + len <= value + strlen(value) && !memchr(item, ',', len));
}

/* Ask for the key of an entry until the answer is that entry. */
static void ask(const struct modinfo *mi, const char *entry, size_t key_len, const char *value)
{
	char *key = malloc(key_len + 1);
	const char *got;

	memcpy(key, entry, key_len);
	key[key_len] = '\0';
	for (got = modinfo_get(mi, key); got != value; got = modinfo_get_next(mi, key, got))
		promise(got && got < value);
	free(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct modinfo mi = { (const char *)data, size };
	struct tenon_diag diag = { 0 };
	const char *at = NULL, *value;
	unsigned int asked = 0;
	size_t len;

	if (modinfo_check(&mi, &diag)) {
		promise(diag.reason == TENON_R_MODINFO_MALFORMED && diag.offset < size);
		return 0;
	}
	while ((len = modinfo_next(&mi, &at, &value))) {
		promise(at >= mi.data && value + strlen(value) < mi.data + mi.size && value == at + len + 1);
		walk_list(value);
		if (asked++ < 16) /* else quadratic */
			ask(&mi, at, len, value);
	}
	return 0;
}
