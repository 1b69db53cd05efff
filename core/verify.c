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
	switch (err) {
	case 0:
		l->verified = true;
		return 0;
	case -TENON_ENOKEY:
		return fail(l->diag, TENON_R_SIG_UNKNOWN_KEY);
	case -TENON_EKEYREJECTED:
		return fail(l->diag, TENON_R_SIG_MISMATCH);
	case -TENON_EACCES:
		return fail_name(l->diag, TENON_R_SIG_REVOKED, "by key or content");
	case -TENON_EINVAL:
		return fail(l->diag, TENON_R_SIG_FORMAT);
	default:
		return fail_got(l->diag, TENON_R_SIG_VERIFIER, (tenon_addr)(int64_t)err);
	}
}

int load_verify(struct load *l)
{
	enum tenon_sig_mode mode = tenon_sig_mode(l->t);
	struct modsig_parts sig = { .content_size = l->file_size };
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
