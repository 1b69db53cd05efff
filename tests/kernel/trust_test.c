// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Reading signatures and certificates: those that openssl makes are read, and damaged ones, of whatever length, never lead
 * beyond their bytes (each is in a piece of memory of its own, which the address sanitizer watches).
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/trust/message.h"
#include "tests/tap.h"

struct bytes {
	unsigned char *at;
	size_t cnt;
};

enum { FILES = 9, FILE_BYTES = 8192 };

static unsigned char files[FILES][FILE_BYTES];

static struct bytes read_file(const char *name)
{
	static unsigned used;
	struct bytes b = { files[used++], 0 };
	FILE *f = fopen(name, "r");

	if (f) {
		b.cnt = fread(b.at, 1, FILE_BYTES, f);
		fclose(f);
	}
	return b;
}

/* A copy that ends where its memory ends. */
static unsigned char *copy(const unsigned char *from, size_t cnt)
{
	unsigned char *to = malloc(cnt ? cnt : 1);

	memcpy(to, from, cnt);
	return to;
}

static bool same(const struct signature *a, const struct signature *b)
{
	return der_same(&a->signer.issuer, &b->signer.issuer) && der_same(&a->signer.serial, &b->signer.serial) &&
	       der_same(&a->signer.key_id, &b->signer.key_id) && a->hash == b->hash && der_same(&a->value, &b->value);
}

/* A part of a message has not one bit that means nothing, but for NULL parameters that may be left out. */
static void flip_bits(struct bytes m, const struct signature *good)
{
	unsigned unnoticed = 0;

	for (size_t bit = 0; bit < m.cnt * 8; bit++) {
		unsigned char *damaged = copy(m.at, m.cnt);
		struct signature s;

		damaged[bit / 8] ^= (unsigned char)(1 << bit % 8);
		if (signature_read(damaged, m.cnt, &s) && same(&s, good))
			unnoticed++;
		free(damaged);
	}
	ok(!unnoticed, "each changed bit is refused, or changes what is read (%u)", unnoticed);
}

static void cut(struct bytes m)
{
	unsigned accepted = 0;
	struct signature s;
	unsigned char *longer = malloc(m.cnt + 1);

	for (size_t cnt = 0; cnt < m.cnt; cnt++) {
		unsigned char *shorter = copy(m.at, cnt);

		accepted += signature_read(shorter, cnt, &s);
		free(shorter);
	}
	ok(!accepted, "what is shorter is no message (%u)", accepted);
	memcpy(longer, m.at, m.cnt);
	longer[m.cnt] = 0;
	ok(!signature_read(longer, m.cnt + 1, &s), "nor what is longer");
	free(longer);
}

static void damage_certificate(struct bytes c)
{
	struct certificate read;
	unsigned accepted = 0;

	for (size_t cnt = 0; cnt < c.cnt; cnt++) {
		unsigned char *shorter = copy(c.at, cnt);
		struct der all = { shorter, shorter + cnt };

		accepted += certificate_read(&all, &read);
		free(shorter);
	}
	ok(!accepted, "a shorter certificate is none (%u)", accepted);
	for (size_t bit = 0; bit < c.cnt * 8; bit++) {
		unsigned char *damaged = copy(c.at, c.cnt);
		struct der all = { damaged, damaged + c.cnt };

		damaged[bit / 8] ^= (unsigned char)(1 << bit % 8);
		certificate_read(&all, &read);
		free(damaged);
	}
	ok(true, "damaged ones are read within their bytes");
}

static void check(const char *what, struct bytes message, const struct certificate *c, const struct certificate *other)
{
	struct signature s;

	ok(message.cnt && signature_read(message.at, message.cnt, &s) && signer_is(&s.signer, c) &&
	       !signer_is(&s.signer, other) && der_bytes(&s.value) == 256,
	   "%s: is read, and its signer known", what);
	flip_bits(message, &s);
	cut(message);
}

#define SIGN "openssl cms -sign -in x -binary -noattr -nocerts -outform DER -signer a.pem -inkey a.key "

int main(void)
{
	static const char make[] =
	    "for i in a b; do openssl req -new -x509 -newkey rsa:2048 -nodes -sha256 -days 9 -subj /CN=$i -keyout "
	    "$i.key "
	    "-out $i.pem && openssl x509 -in $i.pem -outform DER -out $i.der; done 2>/dev/null; echo content >x; " SIGN
	    "-md sha256 -out serial; " SIGN "-md sha512 -keyid -out keyid; " SIGN "-md sha1 -out sha1; "
	    "openssl cms -sign -in x -binary -noattr -outform DER -signer a.pem -inkey a.key -out certs; "
	    "openssl cms -sign -in x -binary -nocerts -outform DER -signer a.pem -inkey a.key -out attributes";
	char dir[] = "/tmp/trust-XXXXXX";
	static const char *const refused[] = { "sha1", "certs", "attributes", "a.der", "x" };
	struct certificate a, b;
	struct signature s;

	if (!mkdtemp(dir) || chdir(dir) || system(make)) {
		ok(false, "openssl makes keys and signatures");
		return tap_done();
	}
	struct bytes ca = read_file("a.der"), cb = read_file("b.der");
	struct der da = { ca.at, ca.at + ca.cnt }, db = { cb.at, cb.at + cb.cnt };

	ok(certificate_read(&da, &a) && certificate_read(&db, &b) && da.at == da.end && der_bytes(&a.modulus) == 257 &&
	       der_bytes(&a.exponent) == 3 && der_bytes(&a.subject.key_id) == 20,
	   "certificates are read");
	check("issuer and serial number", read_file("serial"), &a, &b);
	check("identifier of the key", read_file("keyid"), &a, &b);
	for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct bytes m = read_file(refused[i]);

		ok(m.cnt && !signature_read(m.at, m.cnt, &s), "refused: %s", refused[i]);
	}
	damage_certificate(ca);
	if (system("rm -f a.* b.* x serial keyid sha1 certs attributes") || chdir("/") || rmdir(dir))
		diag("%s stays", dir);
	return tap_done();
}
