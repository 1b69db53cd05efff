/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Native modules: include/tenon/module.h, completed by modpost. */
#include "core/string.h"

#include "core/param.h"
#include "core/personality.h"
#include "core/personality/common.h"
#include "core/symbols.h"
#include "core/versions.h"
#include "tenon/fmt/modtables.h"

/* struct tenon_this_module as it lies in the file: two 32-bit words, init, exit, name. */
enum { THIS_SIZE_OFF = 0, THIS_ABI_OFF = 4, THIS_INIT_OFF = 8 };
_Static_assert(TENON_MODULE_NAME_BYTES == TENON_NAME_BYTES, "a name that a file can hold is one that the core can");

static bool native_recognise(const struct load *l)
{
	const char *vermagic = modinfo_get(&l->modinfo, "vermagic");

	return vermagic && !strncmp(vermagic, "tenon-", 6);
}

static int native_after_relocate(struct load *l)
{
	const struct load_section *this = load_special(l, SPECIAL_THIS_MODULE);
	uint32_t size = THIS_INIT_OFF + 2 * ELF_WORD_BYTES(&l->elf) + TENON_MODULE_NAME_BYTES;

	if (this->size != size || get_le32(this->write + THIS_SIZE_OFF) != size ||
	    get_le32(this->write + THIS_ABI_OFF) != TENON_MODULE_ABI)
		return fail_value(l->diag, TENON_R_THIS_MODULE, this->size, size);
	l->m->this_module = this->run;
	l->m->init = personality_word(l, this->write + THIS_INIT_OFF, 0);
	l->m->exit = personality_word(l, this->write + THIS_INIT_OFF, 1);
	l->m->start = l->m->init;
	l->m->stop = l->m->exit;
	return personality_check_entries(l);
}

const struct tenon_personality tenon_native = {
	.name = "native",
	.versions = versions_read,
	.find = export_find,
	.recognise = native_recognise,
	.after_relocate = native_after_relocate,
	.params = param_apply,
};
