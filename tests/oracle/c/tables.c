/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Data that points to functions, data and the middle of data, in this object and outside. */
struct op {
	const char *name;
	int (*run)(void *arg);
	void *arg;
	unsigned long flags;
};

extern int external(void *arg);
extern char window[4096];

static int first(void *arg)
{
	return *(int *)arg;
}

static int second(void *arg)
{
	return external(arg) + first(arg);
}

static int numbers[16] = { 1, 2, 3 };
static struct op *last;

struct op ops[] = {
	{ "first", first, &numbers[3], 1 },
	{ "second", second, window + 100, 2 },
	{ "external", external, window + sizeof(window), 4 },
	{ "self", first, &ops[1], 8 },
};

const char *const names[] = { "alpha", "beta", "gamma", "alpha" };
void *here = &here;

int run(int n);

int run(int n)
{
	int sum = 0;

	for (last = ops; last < ops + 4; last++)
		sum += last->run(last->arg) + names[n][0] + numbers[n];
	return sum + window[n] + window[17];
}
