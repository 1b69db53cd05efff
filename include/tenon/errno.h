/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Error values. Functions return 0 or one of these, negated. The numbers are Linux's errno numbers, so that tools
 * can print them and a system call can return them unchanged.
 */
#ifndef TENON_ERRNO_H
#define TENON_ERRNO_H

enum tenon_errno {
	TENON_EPERM = 1,
	TENON_ENOENT = 2,
	TENON_EINTR = 4,
	TENON_EIO = 5,
	TENON_E2BIG = 7,
	TENON_ENOEXEC = 8,
	TENON_EBADF = 9,
	TENON_EAGAIN = 11,
	TENON_ENOMEM = 12,
	TENON_EACCES = 13,
	TENON_EFAULT = 14,
	TENON_EBUSY = 16,
	TENON_EEXIST = 17,
	TENON_ENODEV = 19,
	TENON_EINVAL = 22,
	TENON_ENOSPC = 28,
	TENON_ERANGE = 34,
	TENON_EDEADLK = 35,
	TENON_ENAMETOOLONG = 36,
	TENON_ENOSYS = 38,
	TENON_ELOOP = 40,
	TENON_EOVERFLOW = 75,
	TENON_EOPNOTSUPP = 95,
	TENON_ETIMEDOUT = 110,
	TENON_ENOKEY = 126,
	TENON_EKEYREJECTED = 129,
	TENON_EOWNERDEAD = 130,
};

#endif
