/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The host where there is nothing but a C library, as for an emulated CPU: no search for files, no verifier. Those
 * functions are NULL in the contract, and the core says so when they are needed.
 */
#include "port/process/internal.h"

int native_init(struct process_host *h, const struct process_options *o)
{
	(void)h, (void)o;
	return 0;
}

void native_exit(struct process_host *h)
{
	(void)h;
}
