/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Is there a signature, and can it be read? Whether it is right only the kernel knows, which has the keys. */
#include <stdio.h>

#include "lib/check/check.h"
#include "lib/say.h"
#include "tenon/fmt/modsig.h"

void check_signature(struct check *c)
{
	const size_t len = TENON_MODSIG_MARKER_BYTES;
	struct image *img = &c->file->image;
	struct tmod_signature s;
	char signer[256];
	bool marked = img->size > len && !image_need(img, img->size - len, len) &&
		      !memcmp(img->data + img->size - len, TENON_MODSIG_MARKER, len);

	tmod_file_signature(c->file, &s);
	if (s.signer_len) {
		snprintf(signer, sizeof(signer), "%.*s", (int)s.signer_len, s.signer);
		say(c->messages, TMOD_INFO, "signed by '%s'; that the kernel has this key is not checked",
		    check_printable(signer));
	} else if (s.id_type || marked) {
		check_problem(c, TMOD_PROBLEM_SIGNATURE, "", "its signature is damaged");
	} else if (c->reference.is_signed) {
		check_problem(c, TMOD_PROBLEM_SIGNATURE, "",
			      "it is not signed, as the kernel's own modules are; with Secure Boot the kernel refuses it");
	}
}
