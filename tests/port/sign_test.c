/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The process host's verifier, on messages that the openssl program makes: what is accepted, and that each other
 * encoding, key, digest and content is refused with the error that the contract says.
 */
#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "port/process/process.h"
#include "tests/tap.h"

#define CONTENT_BYTES 4096
#define RSA_BYTES     256 /* a signature's value by a key of 2048 bits */

struct bytes {
	uint8_t *p;
	size_t len;
};

static const char *dir; /* everything made here */
static struct process_host *h;
static uint8_t content[CONTENT_BYTES];

/* ---- libcrypto's memory, counted: what a refused message leaves allocated must not depend on its version ---- */

static _Atomic long allocated;

static void *counted_malloc(size_t size, const char *file, int line)
{
	void *p = malloc(size);

	(void)file, (void)line;
	allocated += !!p;
	return p;
}

static void *counted_realloc(void *old, size_t size, const char *file, int line)
{
	void *p = realloc(old, size);

	(void)file, (void)line;
	allocated += !old && p;
	return p;
}

static void counted_free(void *p, const char *file, int line)
{
	(void)file, (void)line;
	allocated -= !!p;
	free(p);
}

/* ---- messages ---- */

/* Run a command of the openssl program in the directory. */
__attribute__((format(printf, 1, 2))) static bool openssl(const char *fmt, ...)
{
	char args[1024], command[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(args, sizeof(args), fmt, ap);
	va_end(ap);
	snprintf(command, sizeof(command), "cd '%s' && openssl %s >log 2>&1", dir, args);
	if (!system(command))
		return true;
	diag("failed: openssl %s", args);
	return false;
}

static const char *path(const char *name)
{
	static char buf[8][1024];
	static int next;
	char *p = buf[next++ % 8];

	snprintf(p, sizeof(buf[0]), "%s/%s", dir, name);
	return p;
}

static struct bytes slurp(const char *name)
{
	struct bytes b = { 0 };
	FILE *f = fopen(path(name), "rb");

	if (!f)
		return b;
	b.p = malloc(65536);
	b.len = fread(b.p, 1, 65536, f);
	fclose(f);
	return b;
}

static bool make_key(const char *name, const char *algorithm)
{
	return openssl(
	    "req -new -x509 -newkey %s -nodes -sha256 -days 30 -batch -subj '/CN=Test %s' -keyout %s.key -out %s.pem",
	    algorithm, name, name, name);
}

static struct bytes sign(const char *key, const char *options)
{
	openssl("cms -sign -binary -outform DER -in content -signer %s.pem -inkey %s.key -out message %s", key, key,
		options);
	return slurp("message");
}

static int64_t read_constant(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	memcpy(buf, (const char *)src->constant + offset, len);
	return (int64_t)len;
}

/*
 * Offer content and message as a module, with Linux's trailer. Return: why it was refused; ELF_MAGIC: not for its
 * signature.
 */
static enum tenon_reason verify(const void *data, size_t size, struct bytes sig)
{
	static const char magic[] = "~Module signature appended~\n";
	uint8_t trailer[12] = { 0,
				0,
				2,
				[8] = (uint8_t)(sig.len >> 24),
				(uint8_t)(sig.len >> 16),
				(uint8_t)(sig.len >> 8),
				(uint8_t)sig.len };
	uint8_t *file = malloc(size + sig.len + sizeof(trailer) + sizeof(magic)), *at = file;
	struct tenon_source src = { .read_at = read_constant, .constant = file };
	const struct tenon_request req = { .name = "signed", .source = &src, .domain = process_kernel(h) };
	struct tenon_diag why = { 0 };

	at = (uint8_t *)memcpy(at, data, size) + size;
	at = (uint8_t *)memcpy(at, sig.p, sig.len) + sig.len;
	at = (uint8_t *)memcpy(at, trailer, sizeof(trailer)) + sizeof(trailer);
	at = (uint8_t *)memcpy(at, magic, sizeof(magic) - 1) + sizeof(magic) - 1;
	src.size = (uint64_t)(at - file);
	tenon_load(process_core(h), &req, NULL, &why);
	free(file);
	return why.reason;
}

#define ACCEPTED TENON_R_ELF_MAGIC

static void expect(enum tenon_reason want, struct bytes sig, const char *what)
{
	enum tenon_reason got = verify(content, CONTENT_BYTES, sig);

	ok(sig.len && got == want, "%s: %s", what, got == ACCEPTED ? "accepted" : tenon_reason_name(got));
	free(sig.p);
}

#define DETACHED "-nocerts -noattr -nosmimecap -md sha256"

static void test_kinds(void)
{
	expect(ACCEPTED, sign("rsa", DETACHED), "issuer and serial number are accepted");
	expect(ACCEPTED, sign("rsa", DETACHED " -keyid"), "a key's identifier is accepted");
	expect(ACCEPTED, sign("rsa", "-nocerts -noattr -nosmimecap -md sha512"), "SHA-512 is accepted");
	expect(ACCEPTED, sign("ec", DETACHED), "an elliptic curve is accepted");
	expect(TENON_R_SIG_UNKNOWN_KEY, sign("other", DETACHED), "another key is unknown");
	expect(TENON_R_SIG_MISMATCH, sign("rsa", "-nocerts -noattr -md sha1"), "SHA-1 is refused");
	expect(TENON_R_SIG_MISMATCH, sign("rsa", "-noattr -md sha256"), "a message with certificates is refused");
	expect(TENON_R_SIG_MISMATCH, sign("rsa", "-nocerts -md sha256"), "a message with attributes is refused");
	expect(TENON_R_SIG_MISMATCH, sign("rsa", DETACHED " -nodetach"), "a message with content is refused");
	expect(TENON_R_SIG_REVOKED, sign("revoked", DETACHED), "a revoked key is refused");
}

/* Every bit, every length, and something after the end. */
static void test_changes(const char *key)
{
	struct bytes sig = sign(key, DETACHED), longer;
	size_t accepted = 0, format = 0, unknown = 0;
	enum tenon_reason got;

	for (size_t bit = 0; bit < sig.len * 8; bit++) {
		sig.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		got = verify(content, CONTENT_BYTES, sig);
		accepted += got == ACCEPTED;
		format += got == TENON_R_SIG_FORMAT;
		unknown += got == TENON_R_SIG_UNKNOWN_KEY;
		sig.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	ok(sig.len && !accepted, "%s: none of %zu changed bits is accepted (%zu no message, %zu unknown key)", key,
	   sig.len * 8, format, unknown);
	for (size_t len = 0; len < sig.len; len++)
		accepted += verify(content, CONTENT_BYTES, (struct bytes){ sig.p, len }) == ACCEPTED;
	ok(!accepted, "%s: no shorter message is accepted", key);
	longer = (struct bytes){ calloc(1, sig.len + 1), sig.len + 1 };
	memcpy(longer.p, sig.p, sig.len);
	ok(verify(content, CONTENT_BYTES, longer) == TENON_R_SIG_FORMAT, "%s: a byte after the message is refused",
	   key);
	for (size_t bit = 0; bit < CONTENT_BYTES * 8; bit += 37) {
		content[bit / 8] ^= (uint8_t)(1u << bit % 8);
		accepted += verify(content, CONTENT_BYTES, sig) != TENON_R_SIG_MISMATCH;
		content[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	ok(!accepted, "%s: changed content is rejected", key);
	ok(verify(content, CONTENT_BYTES - 1, sig) == TENON_R_SIG_MISMATCH, "%s: shorter content is rejected", key);
	free(sig.p);
	free(longer.p);
}

/*
 * Offer the message with each bit of its form changed, that is of all before the signature's value. Return: accepted.
 */
static size_t offer_damaged(struct bytes sig)
{
	size_t accepted = 0;

	for (size_t bit = 0; bit < (sig.len - RSA_BYTES) * 8; bit++) {
		sig.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		accepted += verify(content, CONTENT_BYTES, sig) == ACCEPTED;
		sig.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	return accepted;
}

/* The first round is libcrypto's, which keeps what it looks up once. */
static void test_growth(unsigned rounds)
{
	struct bytes sig = sign("rsa", DETACHED);
	size_t accepted = offer_damaged(sig);
	long before = allocated;

	for (unsigned i = 0; i < rounds; i++)
		accepted += offer_damaged(sig);
	ok(!accepted && before > 0 && allocated == before,
	   "%zu refused messages leave nothing allocated (%ld, then %ld blocks)", rounds * (sig.len - RSA_BYTES) * 8,
	   before, (long)allocated);
	free(sig.p);
}

/* The revocation list: the key named "revoked", by the identifier in its certificate. */
static bool write_revoked(void)
{
	char line[256] = "", id[256];
	FILE *f;

	if (!openssl("x509 -in revoked.pem -noout -ext subjectKeyIdentifier") || !(f = fopen(path("log"), "r")))
		return false;
	while (fgets(line, sizeof(line), f) && sscanf(line, " %200[0-9A-F:]", id) != 1)
		;
	fclose(f);
	f = fopen(path("list"), "w");
	if (!f)
		return false;
	fprintf(f, "# a comment\n\nkey %s\n", id);
	fclose(f);
	return strlen(id) == 59; /* 20 bytes and colons */
}

static bool make_all(void)
{
	FILE *f;

	for (size_t i = 0; i < CONTENT_BYTES; i++)
		content[i] = (uint8_t)(i * 7 + i / 256);
	f = fopen(path("content"), "wb");
	if (!f || fwrite(content, 1, CONTENT_BYTES, f) != CONTENT_BYTES || fclose(f))
		return false;
	return make_key("rsa", "rsa:2048") && make_key("ec", "ec -pkeyopt ec_paramgen_curve:prime256v1") &&
	       make_key("other", "rsa:2048") && make_key("revoked", "rsa:2048") && write_revoked();
}

int main(void)
{
	char template[] = "/tmp/sign_test.XXXXXX", command[64];
	struct process_options options = { 0 };

	ok(CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free), "libcrypto's memory is counted");
	dir = mkdtemp(template);
	if (!ok(dir && make_all(), "keys are made"))
		return tap_done();
	options.certificates = (const char *[]){ path("rsa.pem"), path("ec.pem"), path("revoked.pem") };
	options.certificate_cnt = 3;
	options.revoked = path("list");
	if (ok(!process_open(&options, &h), "the process host opens with them")) {
		ok(!tenon_set_sig_mode(process_core(h), TENON_SIG_ENFORCE), "signatures are enforced");
		test_kinds();
		test_changes("rsa");
		test_changes("ec");
		test_growth(1);
		process_close(h);
	}
	options.revoked = path("content");
	ok(process_open(&options, &h) == -TENON_EINVAL, "a list that is none is refused");
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	ok(!system(command), "everything is removed");
	return tap_done();
}
