/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Calls, tail calls, conditional calls, recursion, calls through pointers, and code that is split into hot and cold. */
extern int near_by(int a), far_away(int a, int b, int c);
extern void fail_now(const char *why) __attribute__((cold, noreturn));
extern int (*handler)(int a);

int tail(int a);
int chain(int a, int b);
int depth(int n);
int guarded(int *p, int n);

int tail(int a)
{
	return near_by(a + 1);
}

int chain(int a, int b)
{
	if (a > b)
		return far_away(near_by(a), near_by(b), handler(a));
	return tail(b);
}

int depth(int n)
{
	return n ? depth(n - 1) + chain(n, depth(n / 2)) : 0;
}

int guarded(int *p, int n)
{
	int i, sum = 0;

	if (!p)
		fail_now("no pointer");
	for (i = 0; i < n; i++) {
		if (p[i] < 0)
			fail_now("negative");
		sum += chain(p[i], i);
	}
	return sum;
}
