// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * A module signed with the build's key, and everything that is next to it: each bit changed, each length below, and longer ones.
 * What the kernel's verifier accepts is that one file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fmt/modsig.h"
#include "kernel/module/module.h"
#include "kernel/trust/policy.h"
#include "kernel/trust/trust.h"
#include "tests/tap.h"

struct tenon *module_core;

/* What else the verifier calls: nothing is revoked, and nobody remembers who signed. */
bool policy_revokes(const uint8_t *hash, size_t bytes, const struct der *key_id)
{
	(void)hash, (void)bytes, (void)key_id;
	return false;
}

void tenon_set_signer(struct tenon *t, uint64_t signer)
{
	(void)t, (void)signer;
}

/* As the module core does it: core/verify.c. */
static bool accepted(const unsigned char *file, size_t bytes)
{
	struct tenon_diag diag;
	struct modsig_parts sig;

	return !modsig_split(file, bytes, &sig, &diag) && sig.message &&
	       !trust_verify(NULL, file, sig.content_size, sig.message, sig.message_size);
}

int main(void)
{
	static const char sign[] =
	    "cp $O/modules/x86_64/examples/hello.ko $O/tests/trust/signed.ko && "
	    "$O/modpost/modpost --sign $O/keys/signing.key --cert $O/keys/signing.pem $O/tests/trust/signed.ko";
	char name[256];
	FILE *f;
	unsigned char *file = malloc(1 << 20);
	size_t bytes;
	unsigned long unnoticed = 0, cut = 0, longer = 0;

	setenv("O", "build", 0);
	if (system(sign))
		ok(false, "modpost signs a module");
	snprintf(name, sizeof(name), "%s/tests/trust/signed.ko", getenv("O"));
	f = fopen(name, "r");
	bytes = f ? fread(file, 1, (1 << 20) - 1, f) : 0;
	if (f)
		fclose(f);
	ok(accepted(file, bytes), "a signed module of %zu bytes is accepted", bytes);
	for (size_t bit = 0; bit < bytes * 8; bit++) {
		file[bit / 8] ^= (unsigned char)(1 << bit % 8);
		unnoticed += accepted(file, bytes);
		file[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	ok(!unnoticed, "A2: none of %zu with one bit changed is accepted (%lu)", bytes * 8, unnoticed);
	for (size_t len = 0; len < bytes; len++)
		cut += accepted(file, len);
	ok(!cut, "A3: none that is shorter is accepted (%lu)", cut);
	for (unsigned last = 0; last < 256; last++) {
		file[bytes] = (unsigned char)last;
		longer += accepted(file, bytes + 1);
	}
	ok(!longer, "A3: none that is one byte longer is accepted (%lu)", longer);
	free(file);
	return tap_done();
}
