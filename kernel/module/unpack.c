// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Packed files of modules, unpacked by other modules (kpi/unpack.def), which may be in isolated domains. */
#include "kernel/module/unpack.h"

#include "kernel/mm/heap.h"
#include "kernel/module/request.h"
#include "tenon/errno.h"
#include "tenon/kpi_unpacker.h"
#include "tenon/runtime.h"

#define ROOM_FIRST (256ul << 10)

/* By its first bytes. NULL: none that is known. */
static const char *format_of(const unsigned char *packed, size_t len)
{
	static const struct {
		const char *format;
		unsigned char magic[6], bytes;
	} formats[] = {
		{ "gzip", { 0x1f, 0x8b }, 2 },
		{ "zstd", { 0x28, 0xb5, 0x2f, 0xfd }, 4 },
		{ "xz", { 0xfd, '7', 'z', 'X', 'Z', 0 }, 6 },
	};

	for (unsigned i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (len > formats[i].bytes && !memcmp(packed, formats[i].magic, formats[i].bytes))
			return formats[i].format;
	return NULL;
}

static int begin(const char *format, struct tenon_unpacking **u)
{
	int err = tenon_unpack_begin(format, u);

	if (err == -TENON_ENOENT && !module_request("unpack-%s", format))
		err = tenon_unpack_begin(format, u);
	return err == -TENON_ENOENT ? -TENON_EOPNOTSUPP : err;
}

/* Twice as much room, or for the first time. */
static int grow(unsigned char **plain, size_t *room)
{
	size_t more = *room ? 2 * *room : ROOM_FIRST;
	unsigned char *larger;

	if (more > HEAP_BYTES_MAX)
		return -TENON_EFBIG;
	larger = heap_alloc(more);
	if (!larger)
		return -TENON_ENOMEM;
	if (*room)
		memcpy(larger, *plain, *room);
	heap_free(*plain);
	*plain = larger;
	*room = more;
	return 0;
}

int module_unpack(const void *packed, size_t len, void **out, size_t *bytes)
{
	const char *format = format_of(packed, len);
	struct tenon_unpacking *u;
	const unsigned char *at = packed;
	unsigned char *plain = NULL;
	size_t room = 0, done = 0;
	bool ended = false;
	long err = format ? begin(format, &u) : -TENON_EINVAL;

	if (err)
		return (int)err;
	while (err >= 0 && !ended) {
		err = done == room ? grow(&plain, &room) : 0;
		if (err >= 0)
			err = tenon_unpack_go_on(u, &at, &len, plain + done, room - done, &ended);
		if (err > 0)
			done += (size_t)err;
	}
	tenon_unpack_end(u);
	if (err < 0 || !done) {
		heap_free(plain);
		return err < 0 ? (int)err : -TENON_EINVAL;
	}
	*out = plain;
	*bytes = done;
	return 0;
}
