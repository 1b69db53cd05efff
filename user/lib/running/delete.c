/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "tenon/mod.h"

/* glibc exports it without a declaration. */
extern int delete_module(const char *name, unsigned int flags);

int tmod_delete(const char *name, unsigned int flags, unsigned int wait_ms)
{
	unsigned int how = O_NONBLOCK | (flags & TMOD_FORCE_UNLOAD ? O_TRUNC : 0);
	unsigned int pause_ms = 1;

	for (;;) {
		if (!delete_module(name, how))
			return 0;
		/* -EAGAIN: it is in use. */
		if (!wait_ms || errno != EAGAIN)
			return -errno;
		if (pause_ms > wait_ms)
			pause_ms = wait_ms;
		nanosleep(&(struct timespec){ pause_ms / 1000, pause_ms % 1000 * 1000000L }, NULL);
		wait_ms -= pause_ms;
		if (pause_ms < 256)
			pause_ms *= 2;
	}
}
