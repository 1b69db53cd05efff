/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Is there a signature, can it be read, and if certificates are given: was it made with the key of one of them? */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "user/lib/check/check.h"
#include "user/lib/say.h"
#include "tenon/fmt/modsig.h"

static int say_why_not(const struct check *c, int err)
{
	if (err == -ENOSYS)
		say(c->messages, TMOD_ERROR,
		    "to verify signatures takes libcrypto.so.3, and a program that is not static");
	else
		say(c->messages, TMOD_ERROR, "%s: %s", c->certificates,
		    err == -ENOMSG  ? "there is no certificate in it (PEM or DER)" :
		    err == -EBADMSG ? "a certificate in it is damaged" :
				      tmod_error_text(err));
	return err;
}

/* @signer: who the message says it was */
static int check_signer(struct check *c, const char *signer)
{
	enum verdict verdict;
	int err = verify(c->file, c->certificates, &verdict);

	if (err)
		return say_why_not(c, err);
	switch (verdict) {
	case VERDICT_GOOD:
		say(c->messages, TMOD_INFO, "signed by '%s', with a key of %s", signer, c->certificates);
		break;
	case VERDICT_UNKNOWN_KEY:
		check_problem(c, TMOD_PROBLEM_SIGNATURE, signer,
			      "it is signed by '%s', of whom no certificate is in %s", signer, c->certificates);
		break;
	case VERDICT_WRONG:
		check_problem(c, TMOD_PROBLEM_SIGNATURE, signer,
			      "it was changed after '%s' signed it, or it is somebody else's signature", signer);
		break;
	case VERDICT_OTHER_FORM:
		check_problem(c, TMOD_PROBLEM_SIGNATURE, signer,
			      "the kernel takes no signature of this form: it must not have attributes (openssl cms "
			      "-noattr) nor content in it, and be of plain data");
		break;
	case VERDICT_DAMAGED:
		check_problem(c, TMOD_PROBLEM_SIGNATURE, "", "its signature is damaged");
		break;
	}
	return 0;
}

void signer_name(const struct tmod_signature *s, char *text, size_t size)
{
	int len = 0;

	if (s->signer_len) {
		snprintf(text, size, "%.*s", (int)s->signer_len, s->signer);
		tmod_printable(text);
		return;
	}
	len = snprintf(text, size, "key ");
	for (size_t i = 0; i < s->key_len && (size_t)len + 3 < size; i++)
		len += snprintf(text + len, size - (size_t)len, "%02X", s->key[i]);
}

/* Does the kernel refuse what is not signed? Only the one that runs can say so. */
static bool enforces(const struct check *c)
{
	struct tmod_kernel kernel;
	struct utsname u;

	if (uname(&u) || strcmp(u.release, c->release))
		return false;
	tmod_kernel_read(&kernel);
	return kernel.enforced;
}

int check_signature(struct check *c)
{
	const size_t len = TENON_MODSIG_MARKER_BYTES;
	struct image *img = &c->file->image;
	struct tmod_signature s;
	char signer[256];
	bool marked = img->size > len && !image_need(img, img->size - len, len) &&
		      !memcmp(img->data + img->size - len, TENON_MODSIG_MARKER, len);

	tmod_file_signature(c->file, &s);
	if (c->file->old) {
		if (c->certificates || enforces(c))
			check_problem(c, TMOD_PROBLEM_SIGNATURE, "",
				      "its signature is of the form %s, which kernels since 4.3 do not take",
				      s.id_type);
		else
			say(c->messages, TMOD_NOTICE,
			    "its signature is of the form %s, which kernels since 4.3 do not take", s.id_type);
	} else if (s.signature_len) {
		signer_name(&s, signer, sizeof(signer));
		if (c->certificates)
			return check_signer(c, signer);
		say(c->messages, TMOD_INFO, "signed by '%s'; that the kernel has this key is not checked", signer);
	} else if (s.id_type || marked) {
		check_problem(c, TMOD_PROBLEM_SIGNATURE, "", "its signature is damaged");
	} else if (c->certificates) {
		check_problem(c, TMOD_PROBLEM_SIGNATURE, "", "it is not signed");
	} else if (enforces(c)) {
		check_problem(c, TMOD_PROBLEM_SIGNATURE, "",
			      "it is not signed, and the kernel takes signed modules only");
	} else if (c->reference.is_signed) {
		say(c->messages, TMOD_NOTICE,
		    "it is not signed, as the kernel's own modules are; with Secure Boot the kernel refuses it");
	}
	return 0;
}
