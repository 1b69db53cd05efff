/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* why_failed TREE insert|delete FILE|NAME ERROR [PARAMETERS] - print what the library says of a refusal. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tenon/mod.h"

static int number(const char *name)
{
	static const int all[] = { ENOENT, EINVAL, ENOEXEC, EKEYREJECTED, ENOKEY, EBADMSG, EPERM,
				   EEXIST, EBUSY,  EAGAIN,  ENODEV,       ENOMEM, ENOSYS,  EIO };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(strerrorname_np(all[i]), name))
			return all[i];
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const no_files[] = { NULL };
	struct tmod_where where = { .config = no_files };
	struct tmod_system *system;
	char text[4096], small[40];

	if (argc < 5 || !number(argv[4]))
		return 2;
	where.tree = argv[1];
	if (tmod_system_open(&where, NULL, &system))
		return 1;
	tmod_why_failed(system, *argv[2] == 'i' ? TMOD_INSERT : TMOD_DELETE, argv[3], argv[5], -number(argv[4]), text,
			sizeof(text));
	puts(text);
	/* As much as there is room for, and without a system. */
	tmod_why_failed(NULL, *argv[2] == 'i' ? TMOD_INSERT : TMOD_DELETE, argv[3], argv[5], number(argv[4]), small,
			sizeof(small));
	tmod_system_close(system);
	return !*text || !*small;
}
