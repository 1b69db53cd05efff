/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Unpackers: kpi/unpack.def for modules, tenon/kpi_unpacker.h for the kernel. */
#include "tenon/kpi_unpacker.h"
#include "kpi/impl/offer.h"

struct tenon_unpacking {
	struct offer *by;
	struct tenon_unpack step;
};

static struct offer *unpackers; /* devices' lock */

static const struct offer_type unpacker_type = { .object = OFFER_OBJECT("unpacker"), .list = &unpackers, .op_cnt = 1 };

_Static_assert(TENON_UNPACK_FORMAT_BYTES == OFFER_NAME_BYTES, "a format is a name");

tenon_handle tenon_unpacker_register(struct tenon_this_module *self, const char *format,
				     const struct tenon_unpacker_ops *ops, void *ctx)
{
	return offer_register(self, &unpacker_type, format, ops, ctx);
}

int tenon_unpacker_unregister(tenon_handle unpacker)
{
	return offer_unregister(&unpacker_type, unpacker);
}

/* ---- the kernel's side ------------------------------------------------------------------------------------------- */

static long step(struct tenon_unpacking *u, uint32_t what, const void *packed, size_t len, void *plain, size_t room)
{
	int64_t result;
	int err;

	u->step.size = sizeof(u->step);
	u->step.what = what;
	u->step.used = u->step.ended = 0;
	err = offer_call(u->by, 0, callback_type("tenon_unpacker_ops", 0),
			 (uint64_t[KPI_ARGS_MAX]){ 0, (uintptr_t)&u->step, (uintptr_t)packed, len, (uintptr_t)plain,
						   room },
			 &result);
	return err ? err : result > (int64_t)room || u->step.used > len ? -TENON_EIO : (long)result;
}

static void let_go(struct tenon_unpacking *u)
{
	offer_drop(u->by);
	kpi.host->free(u, sizeof(*u));
}

int tenon_unpack_begin(const char *format, struct tenon_unpacking **out)
{
	struct tenon_unpacking *u = kpi.host->alloc(sizeof(*u));
	long err;

	if (!u)
		return -TENON_ENOMEM;
	u->by = offer_hold(&unpacker_type, format);
	if (!u->by) {
		kpi.host->free(u, sizeof(*u));
		return -TENON_ENOENT;
	}
	err = step(u, TENON_UNPACK_BEGIN, NULL, 0, NULL, 0);
	if (err < 0) {
		let_go(u);
		return (int)err;
	}
	*out = u;
	return 0;
}

long tenon_unpack_go_on(struct tenon_unpacking *u, const unsigned char **packed, size_t *len, void *plain, size_t room,
			bool *ended)
{
	size_t in = *len < TENON_UNPACK_STEP_BYTES ? *len : TENON_UNPACK_STEP_BYTES;
	size_t out = room < TENON_UNPACK_STEP_BYTES ? room : TENON_UNPACK_STEP_BYTES;
	long got = step(u, TENON_UNPACK_GO_ON, *packed, in, plain, out);

	if (got < 0)
		return got;
	*packed += u->step.used;
	*len -= u->step.used;
	*ended = u->step.ended;
	/* It does nothing though it could: what is there is not all. */
	return !got && !u->step.used && !*ended && room ? -TENON_EINVAL : got;
}

void tenon_unpack_end(struct tenon_unpacking *u)
{
	step(u, TENON_UNPACK_END, NULL, 0, NULL, 0);
	let_go(u);
}
