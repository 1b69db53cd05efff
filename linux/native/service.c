// SPDX-License-Identifier: GPL-2.0-only
/* What Linux code takes from Tenon's interface, one short function each. */
#include "linux/native/native.h"

#define REQUEST_NS 10000000000ull /* how long to wait for a load that another thread has begun */

void *lx_alloc(unsigned long bytes)
{
	return tenon_alloc(THIS_MODULE, bytes);
}

void lx_free(void *memory)
{
	tenon_free(memory);
}

void lx_log(int level, const char *text, unsigned long len)
{
	if (level < TENON_LEVEL_ERR)
		level = TENON_LEVEL_ERR;
	if (level > TENON_LEVEL_DEBUG)
		level = TENON_LEVEL_DEBUG;
	tenon_log(level, text, len < TENON_LOG_BYTES ? len : TENON_LOG_BYTES);
}

/* A host without a source of random numbers says so when linux.ko starts (vcpus_create), not later. */
void lx_random(void *buf, unsigned long len)
{
	for (unsigned long done = 0; done < len;) {
		unsigned long part = len - done < TENON_RANDOM_BYTES ? len - done : TENON_RANDOM_BYTES;

		tenon_random((char *)buf + done, part);
		done += part;
	}
}

unsigned long long lx_clock_ns(void)
{
	return tenon_clock_ns();
}

unsigned long long lx_realtime_ns(void)
{
	return tenon_realtime_ns();
}

/* The core knows a Linux module by the address of its struct module. */
int lx_module_get(struct module *module)
{
	return tenon_module_get((struct tenon_this_module *)module);
}

void lx_module_put(struct module *module)
{
	tenon_module_put((struct tenon_this_module *)module);
}

int lx_request_module(const char *name)
{
	void *task = lx_park();
	int err = tenon_request_module(name, tenon_clock_ns() + REQUEST_NS);

	lx_unpark(task, -1);
	return err;
}

int lx_text_write(void *address, const void *code, unsigned long len)
{
	return tenon_text_write(THIS_MODULE, address, code, len);
}
