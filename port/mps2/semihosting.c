/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Requests to QEMU: Semihosting for AArch32 and AArch64 (Arm IHI, 2.0). r0 is the request, r1 its block of arguments,
 * the answer comes in r0. Only with `-semihosting-config enable=on`.
 */
#include "port/mps2/board.h"
#include "tenon/errno.h"

enum { SYS_OPEN = 0x01, SYS_CLOSE = 0x02, SYS_READ = 0x06, SYS_EXIT_EXTENDED = 0x20 };
enum { OPEN_READ_BINARY = 1, APPLICATION_EXIT = 0x20026 };

static uintptr_t ask(uintptr_t request, const uintptr_t *args)
{
	register uintptr_t r0 __asm__("r0") = request;
	register const uintptr_t *r1 __asm__("r1") = args;

	__asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
	return r0;
}

void board_exit(int status)
{
	const uintptr_t args[] = { APPLICATION_EXIT, (uintptr_t)status };

	ask(SYS_EXIT_EXTENDED, args);
	for (;;)
		;
}

int board_random(void *buf, size_t len)
{
	static const char name[] = "/dev/urandom";
	const uintptr_t open[] = { (uintptr_t)name, OPEN_READ_BINARY, sizeof(name) - 1 };
	uintptr_t file = ask(SYS_OPEN, open), left;

	if (file == UINTPTR_MAX)
		return -TENON_EAGAIN;
	left = ask(SYS_READ, (const uintptr_t[]){ file, (uintptr_t)buf, len });
	ask(SYS_CLOSE, &file);
	return left ? -TENON_EAGAIN : 0;
}
