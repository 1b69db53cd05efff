/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A module does not say which numbers its ioctl knows, but it compares with them: so every four bytes of its code that read like
 * one are tried. What only looks like one is an unknown number for the module, which it must refuse anyway.
 */
#include <ctype.h>
#include <sys/ioctl.h>

#include "port/process/try/try.h"

#define ARGUMENT_MAX 1024 /* bytes: numbers with larger arguments are by chance */
#define UNKNOWN 0x7e7f7e7fu

static bool looks_like_one(uint32_t number)
{
	size_t size = _IOC_SIZE(number);

	return isalnum((int)_IOC_TYPE(number)) &&
	       (_IOC_DIR(number) == _IOC_NONE ? !size : size && size <= ARGUMENT_MAX);
}

static void add(struct report *r, uint32_t number)
{
	for (size_t i = 0; i < r->ioctl_cnt; i++)
		if (r->ioctls[i] == number)
			return;
	if (r->ioctl_cnt < IOCTLS_MAX)
		r->ioctls[r->ioctl_cnt++] = number;
}

void find_ioctls(const struct tenon_linked *linked, struct report *r)
{
	struct tenon_linked_section s;

	for (uint32_t at = 0; tenon_linked_section(linked, &at, &s);) {
		const uint8_t *code = s.mem == TENON_MEM_TEXT ? tenon_linked_bytes(linked, s.run, s.size) : NULL;
		uint32_t number;

		for (size_t i = 0; code && i + sizeof(number) <= s.size; i++) {
			number = (uint32_t)code[i] | (uint32_t)code[i + 1] << 8 | (uint32_t)code[i + 2] << 16 |
				 (uint32_t)code[i + 3] << 24;
			if (looks_like_one(number))
				add(r, number);
		}
	}
}

void use_ioctls(const struct vfs *v, uint64_t file, const struct report *r)
{
	static const char zeros[ARGUMENT_MAX];
	char argument[ARGUMENT_MAX];

	for (size_t i = 0; i <= r->ioctl_cnt; i++) {
		struct tenon_linux_file call = { .op = TENON_LINUX_IOCTL,
						 .file = file,
						 .flags = i < r->ioctl_cnt ? r->ioctls[i] : UNKNOWN };

		vfs_call(v, &call, zeros, sizeof(zeros), argument, sizeof(argument));
	}
}
