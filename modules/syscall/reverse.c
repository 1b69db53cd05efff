/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A system call: reverse(address, bytes) turns the bytes there around. A program learns its number from a file:
 *
 *     # cat /proc/syscalls/reverse
 *     1024
 *
 * which also loads the module, by its alias, and so does a call once the name has its number.
 */
#include "tenon/module.h"

#define BYTES_MAX 4096

static long reverse_call(unsigned long address, unsigned long bytes, unsigned long c, unsigned long d, unsigned long e,
			 unsigned long f)
{
	char text[256]; /* stacks are small: what is longer is turned around in memory of its own */
	char *copy = text;
	long done;

	(void)c, (void)d, (void)e, (void)f;
	if (bytes > BYTES_MAX)
		return -TENON_EINVAL;
	if (bytes > sizeof(text))
		copy = tenon_alloc(THIS_MODULE, bytes);
	if (!copy)
		return -TENON_ENOMEM;
	done = tenon_program_read(address, copy, bytes);
	for (unsigned long i = 0; done > 0 && i < bytes / 2; i++) {
		char first = copy[i];

		copy[i] = copy[bytes - 1 - i];
		copy[bytes - 1 - i] = first;
	}
	if (done > 0)
		done = tenon_program_write(address, copy, bytes);
	if (copy != text)
		tenon_free(copy);
	return done;
}

static tenon_handle call;

static int __init reverse_init(void)
{
	call = tenon_syscall_register(THIS_MODULE, "reverse", reverse_call);
	return tenon_handle_error(call);
}

static void __exit reverse_exit(void)
{
	tenon_syscall_unregister(call);
}

module_init(reverse_init);
module_exit(reverse_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("A system call that turns bytes around");
MODULE_AUTHOR("The Tenon authors");
MODULE_ALIAS("syscall-reverse");
