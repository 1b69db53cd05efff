/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Any text as parameters of a module with one of each kind. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/playground.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct pg_module pm = { .name = "x", .params = true };
	static uint8_t *image;
	static size_t image_size;
	struct tenon_source src;
	struct tenon_request req;
	char *text = malloc(size + 1);
	struct pg pg;

	if (!image)
		image = pg_build(&pm, &image_size);
	memcpy(text, data, size);
	text[size] = 0;
	pg_open(&pg);
	src = model_source(image, image_size, true);
	req = (struct tenon_request){ .source = &src, .domain = pg.d, .params = text };
	if (!tenon_load(pg.t, &req, NULL, NULL) && pg_unload(&pg, "x"))
		abort();
	free(text);
	if (!pg_close(&pg))
		abort();
	return 0;
}
