// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Files that begin with "#!" and the program to run them with, as execve(2) of Linux describes them. */
#include "tenon/module.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A line "PROGRAM [ARGUMENT]": the argument may have blanks in it. */
static int recognise(void *ctx, const void *bytes, size_t len, const char *path, struct tenon_binformat_program *p)
{
	const char *head = bytes, *at = head + 2, *end, *word;
	bool goes_on;

	(void)ctx, (void)path;
	if (len < 2 || head[0] != '#' || head[1] != '!')
		return -TENON_ENOEXEC;
	end = memchr(head, '\n', len);
	goes_on = !end && len == TENON_BINFORMAT_HEAD_BYTES;
	if (!end)
		end = head + len - goes_on; /* the argument is cut where Linux cuts it */
	while (end > at && is_blank(end[-1]))
		end--;
	while (at < end && is_blank(*at))
		at++;
	for (word = at; at < end && !is_blank(*at);)
		at++;
	if (goes_on && at == end)
		return -TENON_ENOEXEC; /* a part of a path may be another one */
	if (at == word || memchr(word, 0, (size_t)(end - word)))
		return -TENON_ENOEXEC;
	*p = (struct tenon_binformat_program){ .size = sizeof(*p) };
	memcpy(p->path, word, (size_t)(at - word));
	while (at < end && is_blank(*at))
		at++;
	memcpy(p->argument, at, (size_t)(end - at));
	return 0;
}

static tenon_handle format;

static int __init binfmt_script_init(void)
{
	static const struct tenon_binformat_ops ops = { .recognise = recognise };

	format = tenon_binformat_register(THIS_MODULE, &ops, NULL);
	return tenon_handle_error(format);
}

static void __exit binfmt_script_exit(void)
{
	tenon_binformat_unregister(format);
}

module_init(binfmt_script_init);
module_exit(binfmt_script_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Programs that begin with #!");
MODULE_AUTHOR("The Tenon authors");
MODULE_ALIAS("binfmt-2321");
