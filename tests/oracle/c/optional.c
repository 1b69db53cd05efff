/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A call of what may be there or not. */
extern int weak_one(int a) __attribute__((weak));

int optional(int a);

int optional(int a)
{
	return weak_one ? weak_one(a) : a;
}
