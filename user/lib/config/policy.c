/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* `forbid` and `allow`: which modules may be loaded at all. */
#include "tenon/mod.h"

const struct tmod_entry *tmod_config_forbids(const struct tmod_config *config, const char *name)
{
	const struct tmod_entry *forbid = tmod_config_find(config, TMOD_FORBID, name, NULL);

	if (forbid)
		return forbid;
	if (tmod_config_find(config, TMOD_ALLOW, name, NULL))
		return NULL;
	return tmod_config_next(config, TMOD_ALLOW, NULL);
}
