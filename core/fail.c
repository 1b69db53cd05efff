/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The errno value of each reason, and filling in a diagnosis. The texts are in diag.c, which a small image can omit. */
#include "core/string.h"

#include "core/fail.h"

#define DIAG_CUT 63 /* bytes of what is only a part of a text */

enum { TENON_0 = 0 }; /* for TENON_R_NONE */

static const uint8_t error_of[TENON_R_COUNT] = {
#define ERROR(name, error, text) [TENON_R_##name] = TENON_##error,
	TENON_REASONS(ERROR)
#undef ERROR
};

int diag_copy(char *to, size_t size, const char *from)
{
	size_t i;

	for (i = 0; i + 1 < size && from[i]; i++)
		to[i] = from[i];
	to[i] = '\0';
	return !from[i];
}

void diag_cut(char to[TENON_DIAG_NAME_BYTES], const char *from, size_t len)
{
	if (len > DIAG_CUT)
		len = DIAG_CUT;
	memcpy(to, from, len);
	to[len] = '\0';
}

int fail(struct tenon_diag *diag, enum tenon_reason reason)
{
	diag->reason = reason;
	return -error_of[reason];
}

#ifndef TENON_REASON_ONLY
int fail_got(struct tenon_diag *diag, enum tenon_reason reason, tenon_addr got)
{
	diag->got = got;
	return fail(diag, reason);
}

int fail_value(struct tenon_diag *diag, enum tenon_reason reason, tenon_addr got, tenon_addr want)
{
	diag->want = want;
	return fail_got(diag, reason, got);
}

int fail_at(struct tenon_diag *diag, enum tenon_reason reason, tenon_addr offset)
{
	diag->offset = offset;
	return fail(diag, reason);
}

int fail_names(struct tenon_diag *diag, enum tenon_reason reason, const char *name, const char *other)
{
	diag_copy(diag->name, sizeof(diag->name), name);
	diag_copy(diag->other, sizeof(diag->other), other);
	return fail(diag, reason);
}

int fail_name(struct tenon_diag *diag, enum tenon_reason reason, const char *name)
{
	return fail_names(diag, reason, name, "");
}

#endif

void diag_module(struct tenon_diag *diag, const char *name)
{
	diag_copy(diag->module, sizeof(diag->module), name);
}

void diag_append(char to[TENON_DIAG_NAME_BYTES], const char *from)
{
	size_t len = strlen(to);

	diag_copy(to + len, TENON_DIAG_NAME_BYTES - len, from);
}

void diag_list(char to[TENON_DIAG_NAME_BYTES], const char *item)
{
	if (to[0])
		diag_append(to, ", ");
	diag_append(to, item);
}
