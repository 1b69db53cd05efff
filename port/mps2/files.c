/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Module files in the image. Their bytes cannot change, so the core reads them in place and makes no copy. */
#include "core/fmt/modname.h"
#include "port/mps2/mps2.h"
#include "tenon/runtime.h"

/* Of files.S, which the build makes. */
extern const struct mps2_file files_table[], files_table_end[];

const struct mps2_file *mps2_file_find(const char *name)
{
	for (const struct mps2_file *f = files_table; f < files_table_end; f++)
		if (modname_is(f->name, name, strlen(name)))
			return f;
	return NULL;
}

int mps2_find(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src)
{
	const struct mps2_file *f = mps2_file_find(name);

	(void)context, (void)domain;
	if (!f)
		return -TENON_ENOENT;
	*src = (struct tenon_source){ .size = f->size, .constant = f->bytes };
	return 0;
}
