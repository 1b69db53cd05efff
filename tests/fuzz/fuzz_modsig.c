/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Any bytes as a file with or without a signature: the parts that are found make up the whole file. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/fmt/modsig.h"
#include "tenon/fmt/modsig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void promise(bool kept)
{
	if (!kept)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tenon_diag diag = { 0 };
	struct modsig_parts parts;

	if (modsig_split(data, size, &parts, &diag)) {
		promise(diag.reason == TENON_R_SIG_TRAILER || diag.reason == TENON_R_SIG_LENGTH);
		return 0;
	}
	if (!parts.message) {
		promise(parts.content_size == size);
		return 0;
	}
	promise(parts.content_size && parts.message_size && parts.message == data + parts.content_size);
	promise(parts.content_size + parts.message_size + sizeof(struct tenon_modsig) + TENON_MODSIG_MARKER_BYTES ==
		size);
	return 0;
}
