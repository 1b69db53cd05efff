/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Stage 2: the signature. Of the file nothing is looked at but its last bytes; the message in them goes to the host's
 * verifier as it is. Starts from "refused": only a verifier that returns 0 accepts.
 */
#include "core/fmt/modsig.h"
#include "core/plan.h"

void tenon_set_signer(struct tenon *t, uint64_t signer)
{
	core_thread(t)->plan->verifying->m->signer = signer;
}

uint64_t tenon_module_signer(const struct tenon_module *m)
{
	return m->signer;
}

/* What the verifier's errors mean; any other says that it failed itself. */
static const struct {
	uint8_t error, reason;
} meanings[] = {
	{ TENON_ENOKEY, TENON_R_SIG_UNKNOWN_KEY },
	{ TENON_EKEYREJECTED, TENON_R_SIG_MISMATCH },
	{ TENON_EACCES, TENON_R_SIG_REVOKED },
	{ TENON_EINVAL, TENON_R_SIG_FORMAT },
};
_Static_assert(TENON_R_COUNT <= UINT8_MAX && TENON_EKEYREJECTED <= UINT8_MAX, "both fit in a byte");

static int signature_check(struct load *l, const struct modsig_parts *sig)
{
	const struct tenon_host *h = l->t->host;
	int err;

	if (!sig->message)
		return fail(l->diag, TENON_R_SIG_MISSING);
	if (!h->verify)
		return fail(l->diag, TENON_R_SIG_NO_VERIFIER);
	l->plan->verifying = l;
	err = h->verify(h->context, l->file, sig->content_size, sig->message, sig->message_size);
	l->verified = !err;
	if (!err)
		return 0;
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (err == -meanings[i].error)
			return fail(l->diag, meanings[i].reason);
	return fail_got(l->diag, TENON_R_SIG_VERIFIER, (tenon_addr)(int64_t)err);
}

int load_verify(struct load *l)
{
	enum tenon_sig_mode mode = tenon_sig_mode(l->t);
	struct modsig_parts sig;
	int err = modsig_split(l->file, l->file_size, &sig, l->diag);

	l->content_size = sig.content_size;
	if (mode == TENON_SIG_OFF)
		return 0;
	if (!err)
		err = signature_check(l, &sig);
	if (err && mode == TENON_SIG_AUDIT) {
		l->m->taints |= TENON_TAINT_UNSIGNED;
		l->diag->reason = TENON_R_NONE;
		err = 0;
	}
	return err;
}
