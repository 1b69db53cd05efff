/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "core/fmt/modsig.h"
#include "tenon/errno.h"
#include "tenon/fmt/modsig.h"
#include "tests/tap.h"

/*
 * Bytes counted by hand from Linux's description, not from our structure: content, 300 bytes of message, trailer,
 * marker.
 */
enum { CONTENT = 1000, MESSAGE = 300, TRAILER = 12, MARKER = 28, SIZE = CONTENT + MESSAGE + TRAILER + MARKER };

static uint8_t *make_signed(void)
{
	static const uint8_t trailer[TRAILER] = { 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 44 };
	uint8_t *p = malloc(SIZE);

	memset(p, 'c', CONTENT);
	memset(p + CONTENT, 'm', MESSAGE);
	memcpy(p + CONTENT + MESSAGE, trailer, TRAILER);
	memcpy(p + CONTENT + MESSAGE + TRAILER, "~Module signature appended~\n", MARKER);
	return p;
}

/* A file that has only its last @size bytes. */
static uint8_t *last_bytes(const uint8_t *file, size_t size)
{
	uint8_t *p = malloc(size ? size : 1);

	memcpy(p, file + SIZE - size, size);
	return p;
}

static void test_field(unsigned int at, uint8_t value, const char *name)
{
	struct tenon_diag why = { 0 };
	struct modsig_parts parts;
	uint8_t *p = make_signed();
	int err;

	p[CONTENT + MESSAGE + at] = value;
	err = modsig_split(p, SIZE, &parts, &why);
	ok(err == -TENON_EKEYREJECTED && why.reason == TENON_R_SIG_TRAILER && !strcmp(why.name, name),
	   "trailer byte %u is %u: refused for %s", at, value, name);
	free(p);
}

static void test_length(uint32_t len, bool good)
{
	struct tenon_diag why = { 0 };
	struct modsig_parts parts;
	uint8_t *p = make_signed(), *be = p + CONTENT + MESSAGE + 8;
	int err;

	be[0] = (uint8_t)(len >> 24);
	be[1] = (uint8_t)(len >> 16);
	be[2] = (uint8_t)(len >> 8);
	be[3] = (uint8_t)len;
	err = modsig_split(p, SIZE, &parts, &why);
	if (good)
		ok(!err && parts.message_size == len && parts.content_size == CONTENT + MESSAGE - len &&
		       parts.message == p + parts.content_size,
		   "message of %u bytes", len);
	else
		ok(err == -TENON_EKEYREJECTED && why.reason == TENON_R_SIG_LENGTH && why.got == len,
		   "length %u refused", len);
	free(p);
}

static void test_unsigned(const uint8_t *file, size_t size, const char *what)
{
	struct tenon_diag why = { 0 };
	struct modsig_parts parts;

	ok(!modsig_split(file, size, &parts, &why) && parts.content_size == size && !parts.message && !why.reason,
	   "no signature: %s", what);
}

static void test_short(void)
{
	uint8_t *file = make_signed();

	for (size_t size = 0; size <= MARKER + TRAILER + 1; size++) {
		struct tenon_diag why = { 0 };
		struct modsig_parts parts;
		uint8_t *p = last_bytes(file, size);
		int err = modsig_split(p, size, &parts, &why);
		enum tenon_reason want = size < MARKER           ? TENON_R_NONE :
					 size < MARKER + TRAILER ? TENON_R_SIG_TRAILER :
								   TENON_R_SIG_LENGTH;

		ok(why.reason == want && !err == !want, "last %zu bytes alone: %s", size, tenon_reason_name(want));
		free(p);
	}
	test_unsigned(file, SIZE - 1, "marker without its last byte");
	file[SIZE - MARKER] = '-';
	test_unsigned(file, SIZE, "marker misspelt");
	free(file);
}

int main(void)
{
	static const struct {
		unsigned int at;
		const char *name;
	} zero[] = { { 0, "algo" }, { 1, "hash" }, { 3, "signer_len" }, { 4, "key_id_len" },
		     { 5, "pad" },  { 6, "pad" },  { 7, "pad" } };

	for (size_t i = 0; i < sizeof(zero) / sizeof(zero[0]); i++)
		test_field(zero[i].at, 1, zero[i].name);
	test_field(2, 0, "id_type");
	test_field(2, 1, "id_type");
	test_length(MESSAGE, true);
	test_length(1, true);
	test_length(CONTENT + MESSAGE - 1, true);
	test_length(0, false);
	test_length(CONTENT + MESSAGE, false);
	test_length(CONTENT + MESSAGE + 1, false);
	test_length(0xffffffff, false);
	test_short();
	return tap_done();
}
