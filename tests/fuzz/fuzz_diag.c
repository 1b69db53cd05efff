/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Any diagnosis into a buffer of any size: one printable line, cut where the buffer ends. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tenon/diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void promise(bool kept)
{
	if (!kept)
		abort();
}

/* Use up to @n bytes of the input; what it lacks stays as it is. */
static void take(const uint8_t **data, size_t *size, void *to, size_t n)
{
	if (n > *size)
		n = *size;
	if (n)
		memcpy(to, *data, n);
	*data += n;
	*size -= n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tenon_diag d = { 0 };
	char whole[1024];
	uint16_t room = 0;
	uint8_t reason = 0;
	size_t len;
	char *buf;

	take(&data, &size, &room, sizeof(room));
	take(&data, &size, &reason, sizeof(reason));
	take(&data, &size, &d.section, sizeof(d.section));
	take(&data, &size, &d.offset, sizeof(d.offset));
	take(&data, &size, &d.got, sizeof(d.got));
	take(&data, &size, &d.want, sizeof(d.want));
	take(&data, &size, d.module, sizeof(d.module));
	take(&data, &size, d.name, sizeof(d.name));
	take(&data, &size, d.other, sizeof(d.other)); /* not even terminated: worse than the core makes them */
	d.reason = (enum tenon_reason)reason;
	room %= sizeof(whole);

	len = tenon_diag_format(&d, whole, sizeof(whole));
	promise(len == strlen(whole) && *tenon_reason_name(d.reason));
	for (size_t i = 0; i < len; i++)
		promise(whole[i] >= ' ' && whole[i] <= '~');
	buf = malloc(room + !room);
	promise(tenon_diag_format(&d, buf, room) == len);
	if (room)
		promise(strlen(buf) == (len < room ? len : room - 1u) && !strncmp(buf, whole, room - 1u));
	free(buf);
	return 0;
}
