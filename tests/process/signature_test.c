/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Signatures as they are enforced: of a signed module of 16 KiB every single bit flipped and every truncation is
 * refused, each for the reason that goes with its place; and all else that is not a module with a good signature.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/process/signed.h"

/* ---- every bit ---- */

/* What may be said about a flipped bit of this byte: the only reason, or NONE where the message's form decides. */
static enum tenon_reason expected(size_t at, size_t message, size_t trailer)
{
	if (at < message)
		return TENON_R_SIG_MISMATCH;
	if (at >= trailer + TRAILER_BYTES)
		return TENON_R_SIG_MISSING; /* the marker is none */
	if (at >= trailer)
		return at < trailer + 8 ? TENON_R_SIG_TRAILER : TENON_R_NONE;
	return at >= trailer - RSA_BYTES ? TENON_R_SIG_MISMATCH : TENON_R_NONE;
}

static bool possible(enum tenon_reason r)
{
	return r == TENON_R_SIG_FORMAT || r == TENON_R_SIG_UNKNOWN_KEY || r == TENON_R_SIG_MISMATCH ||
	       r == TENON_R_SIG_LENGTH;
}

/* Where the serial number of the own certificate stands: 20 or fewer bytes, as openssl prints them. */
static size_t find_serial(const uint8_t *message, size_t len, size_t *serial_len)
{
	uint8_t serial[64];
	char hex[128];

	output_of(hex, sizeof(hex), "openssl x509 -noout -serial -in %s/own.pem | cut -d= -f2", dir);
	*serial_len = strlen(hex) / 2;
	for (size_t i = 0; i < *serial_len; i++)
		sscanf(hex + 2 * i, "%2hhx", &serial[i]);
	for (size_t i = 0; i + *serial_len <= len; i++)
		if (!memcmp(message + i, serial, *serial_len))
			return i;
	bail("the message does not contain the serial number");
}

/*
 * X.690, 8.3.2: an integer's first nine bits are not all equal; else it has a byte too many, and is none. Serial
 * numbers are random, so a flip in one may do that.
 */
static bool is_integer(const uint8_t *content)
{
	return !(content[0] == 0 && content[1] < 0x80) && !(content[0] == 0xff && content[1] >= 0x80);
}

struct counts {
	uint32_t refused, wrong, by[TENON_R_COUNT];
};

static void flip_bits(size_t from, size_t to, struct counts *c)
{
	size_t trailer = good.size - MARKER_BYTES - TRAILER_BYTES, message = trailer - message_size(good), serial_len;
	size_t serial = message + find_serial(good.at + message, trailer - message, &serial_len);
	size_t integer = serial - (good.at[serial] >= 0x80); /* it is positive: then a zero goes before it */
	struct bytes b = copy_of(good, 0);

	for (size_t at = from; at < to; at++) {
		enum tenon_reason want = expected(at, message, trailer);

		for (int bit = 0; bit < 8; bit++) {
			int err;

			b.at[at] ^= (uint8_t)(1 << bit);
			if (at - serial < serial_len)
				want = is_integer(b.at + integer) ? TENON_R_SIG_UNKNOWN_KEY : TENON_R_SIG_FORMAT;
			err = load_bytes(b.at, b.size, TENON_LOAD_NO_START);
			b.at[at] ^= (uint8_t)(1 << bit);
			c->refused += err < 0;
			c->by[rig_diag.reason]++;
			if (want ? rig_diag.reason == want : possible(rig_diag.reason))
				continue;
			c->wrong++;
			diag("byte %zu bit %d: %d %s, wanted %s", at, bit, err, rig_text(), tenon_reason_name(want));
		}
	}
	free(b.at);
}

static void every_bit(void)
{
	/* The message up to the signature's value, and the length in the trailer: there the form decides. */
	size_t form = message_size(good) - RSA_BYTES + 4;
	struct counts c = { 0 };

	flip_bits(0, good.size, &c);
	ok(good.size == FILE_BYTES && c.refused == 8 * FILE_BYTES,
	   "F-29 131072 of 131072 single-bit flips are refused (%u)", c.refused);
	ok(!c.wrong, "F-29 each for the reason of its place");
	for (int r = 0; r < TENON_R_COUNT; r++)
		if (c.by[r])
			diag("%s: %u", tenon_reason_name((enum tenon_reason)r), c.by[r]);
	ok(c.by[TENON_R_SIG_MISMATCH] >= 8 * (FILE_BYTES - form - 8 - MARKER_BYTES) &&
	       c.by[TENON_R_SIG_MISSING] == 8 * MARKER_BYTES && c.by[TENON_R_SIG_TRAILER] == 8 * 8,
	   "F-29 content, message, trailer and marker have their own diagnosis");
}

static void every_truncation(void)
{
	size_t wrong = 0;

	for (size_t size = 0; size < good.size; size++) {
		int err = load_bytes(good.at, size, TENON_LOAD_NO_START);

		wrong += size ? err != -TENON_ENOKEY || rig_diag.reason != TENON_R_SIG_MISSING :
				err != -TENON_ENOEXEC || rig_diag.reason != TENON_R_FILE_EMPTY;
	}
	ok(!wrong, "F-29 16384 of 16384 truncations are refused (%zu wrong)", wrong);
	wrong = 0;
	for (size_t size = 1; size < good.size; size++)
		wrong += load_bytes(good.at + size, good.size - size, TENON_LOAD_NO_START) >= 0 ||
			 (rig_diag.reason != TENON_R_SIG_MISMATCH && rig_diag.reason != TENON_R_SIG_LENGTH &&
			  rig_diag.reason != TENON_R_SIG_TRAILER && rig_diag.reason != TENON_R_SIG_MISSING);
	ok(!wrong, "F-29 nor does it load with the beginning cut off (%zu wrong)", wrong);
}

/* ---- wrong as a whole ---- */

static void trailing_data(void)
{
	struct bytes b = copy_of(good, 4096);
	size_t wrong = 0;

	b.size++;
	for (int byte = 0; byte < 256; byte++) {
		b.at[good.size] = (uint8_t)byte;
		wrong += load_bytes(b.at, b.size, 0) != -TENON_ENOKEY || rig_diag.reason != TENON_R_SIG_MISSING;
	}
	ok(!wrong, "F-29 a byte behind the end: refused");
	memset(b.at + good.size, 0, 4096);
	b.size = good.size + 4096;
	ok(refused(b, -TENON_ENOKEY, TENON_R_SIG_MISSING), "F-29 a page of zeros behind the end: refused");
	memcpy(b.at + good.size, MARKER, MARKER_BYTES);
	b.size = good.size + MARKER_BYTES;
	ok(refused(b, -TENON_EKEYREJECTED, TENON_R_SIG_TRAILER), "F-29 a second marker: refused");
	free(b.at);
}

static void other_signatures(void)
{
	struct bytes other = sign(timer, "other"), hello = read_bytes(rig_path("modules/x86_64/examples/hello.ko"));
	struct bytes signed_hello = sign(hello, "own"), b;
	size_t len = message_size(signed_hello);

	ok(refused(timer, -TENON_ENOKEY, TENON_R_SIG_MISSING), "no signature: refused");
	ok(refused(other, -TENON_ENOKEY, TENON_R_SIG_UNKNOWN_KEY), "an unknown key: refused");
	b = append(timer, signed_hello.at + hello.size, len);
	ok(refused(b, -TENON_EKEYREJECTED, TENON_R_SIG_MISMATCH), "F-29 the signature of another module: refused");
	free(b.at);
	b = append(good, other.at + timer.size, message_size(other));
	ok(refused(b, -TENON_ENOKEY, TENON_R_SIG_UNKNOWN_KEY), "two signatures, the last of an unknown key: refused");
	free(b.at);
	b = append(good, good.at + timer.size, message_size(good));
	ok(refused(b, -TENON_EKEYREJECTED, TENON_R_SIG_MISMATCH),
	   "two signatures, the last not over the first: refused");
	free(b.at);
	b = append(other, good.at + timer.size, message_size(good));
	ok(refused(b, -TENON_EKEYREJECTED, TENON_R_SIG_MISMATCH), "a good signature behind an unknown one: refused");
	free(b.at);
	free(other.at);
	free(hello.at);
	free(signed_hello.at);
}

/* Messages that are no bare signature, made by openssl over the same content with the trusted key. */
static void other_messages(void)
{
	static const struct {
		const char *name, *options;
	} kinds[] = {
		{ "with attributes, among them a date", "-md sha256 -nocerts -nosmimecap" },
		{ "that brings certificates", "-md sha256 -noattr -nosmimecap" },
		{ "with a digest of SHA-1", "-md sha1 -noattr -nocerts -nosmimecap" },
		{ "of two signers", "-md sha256 -noattr -nocerts -nosmimecap -signer other.pem -inkey other.key" },
		{ "that contains the content", "-md sha256 -noattr -nocerts -nosmimecap -nodetach" },
	};
	struct bytes message, b;
	char path[256];

	write_bytes("content", timer.at, timer.size);
	snprintf(path, sizeof(path), "%s/message", dir);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		int err;

		run("cd %s && openssl cms -sign -binary -outform DER -in content -out message -signer own.pem -inkey "
		    "own.key %s 2>log",
		    dir, kinds[i].options);
		message = read_bytes(path);
		b = append(timer, message.at, message.size);
		err = load_bytes(b.at, b.size, 0);
		ok(err == -TENON_EKEYREJECTED &&
		       (rig_diag.reason == TENON_R_SIG_MISMATCH || rig_diag.reason == TENON_R_SIG_FORMAT),
		   "F-29 a message %s: refused (%s)", kinds[i].name, tenon_reason_name(rig_diag.reason));
		free(b.at);
		free(message.at);
	}
	b = append(timer, (const uint8_t *)"not a message", 13);
	ok(refused(b, -TENON_EKEYREJECTED, TENON_R_SIG_FORMAT), "what is no message: refused");
	free(b.at);
}

/* ---- good ones ---- */

static void accepted(void)
{
	struct bytes curve = sign(timer, "curve"), b;
	struct bytes signed_runtime = sign(runtime, "own");

	ok(rig_says(load_bytes(signed_runtime.at, signed_runtime.size, 0), 0, TENON_R_NONE),
	   "the signed runtime is taken");
	ok(taken(good, "timer"), "the module that all this was done to is taken");
	ok(taken(curve, "timer"), "so is one signed by a P-256 key");
	free(curve.at);
	b = sign(timer, "own");
	ok(b.size == good.size && !memcmp(b.at, good.at, b.size), "signing again makes the same bytes");
	free(b.at);
	free(signed_runtime.at);
}

/* ---- bytes that change ---- */

struct changing {
	struct bytes first, later; /* what is read the first time, and every other time */
	size_t given;
	uint32_t reads;
};

static int64_t changing_read(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	struct changing *c = src->host;
	struct bytes from = c->given < c->first.size ? c->first : c->later;

	memcpy(buf, from.at + offset, len);
	c->given += len;
	c->reads++;
	return (int64_t)len;
}

static int load_changing(struct changing *c)
{
	struct tenon_source src = { .size = c->first.size, .read_at = changing_read, .host = c };
	const struct tenon_request req = { .source = &src,
					   .domain = process_kernel(rig_host),
					   .flags = TENON_LOAD_FRESH };

	return tenon_load(rig_core, &req, NULL, &rig_diag);
}

static void change_between_reads(void)
{
	struct bytes evil = copy_of(good, 0);
	struct changing c = { .first = good, .later = evil };
	int err;

	memset(evil.at, 0xcc, timer.size);
	err = load_changing(&c);
	ok(rig_says(err, 0, TENON_R_NONE) && c.given == good.size,
	   "F-29 each byte is read once (%zu in %u reads): what changes afterwards has no effect", c.given, c.reads);
	rig_sleep(30 * MS);
	process_log_clear(rig_host);
	ok(!rig_unload(process_kernel(rig_host), "timer") && rig_logged("ticks"),
	   "F-29 the module that was signed has run");
	c = (struct changing){ .first = evil, .later = good };
	err = load_changing(&c);
	ok(rig_says(err, -TENON_EKEYREJECTED, TENON_R_SIG_MISMATCH), "F-29 nor does a good file help that comes later");
	free(evil.at);
}

int main(void)
{
	signed_begin();
	signed_open();
	ok(!tenon_set_sig_mode(rig_core, TENON_SIG_ENFORCE), "signatures are enforced");
	every_bit();
	every_truncation();
	trailing_data();
	other_signatures();
	other_messages();
	accepted();
	change_between_reads();
	signed_end();
	ok(rig_close(), "the host closes");
	return tap_done();
}
