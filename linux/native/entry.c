// SPDX-License-Identifier: GPL-2.0-only
/* The ways in: the core starts and stops Linux modules here, and hosts call their functions (include/tenon/linux.h). */
#include "linux/native/native.h"
#include "tenon/linux.h"

int tenon_linux_start(const struct tenon_linux_module *m);
int tenon_linux_stop(const struct tenon_linux_module *m);
long tenon_linux_call(long a, long b, long c, long d, long e, long f, void *function);

static long start(void *arg)
{
	return linux_module_start(arg);
}

static long stop(void *arg)
{
	linux_module_stop(arg);
	return 0;
}

struct call {
	long arg[6];
	long (*function)(long a, long b, long c, long d, long e, long f);
};

static long call_function(void *arg)
{
	const struct call *c = arg;

	return c->function(c->arg[0], c->arg[1], c->arg[2], c->arg[3], c->arg[4], c->arg[5]);
}

int tenon_linux_start(const struct tenon_linux_module *m)
{
	return (int)lx_on_cpu(start, (void *)m);
}
EXPORT_SYMBOL_GPL(tenon_linux_start);

int tenon_linux_stop(const struct tenon_linux_module *m)
{
	return (int)lx_on_cpu(stop, (void *)m);
}
EXPORT_SYMBOL_GPL(tenon_linux_stop);

/* Return: the return register, unchanged: the caller knows the type. */
long tenon_linux_call(long a, long b, long c, long d, long e, long f, void *function)
{
	struct call call = { { a, b, c, d, e, f }, function };

	return lx_on_cpu(call_function, &call);
}
EXPORT_SYMBOL_GPL(tenon_linux_call);
