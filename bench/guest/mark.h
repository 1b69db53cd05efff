/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* MARK(N): an instruction that does nothing, at which bench/instructions.c says how many have been executed. N: 0 to 255. */
#define MARK(n) __asm__ volatile(".byte 0x0f, 0x1f, 0x80, %c0, 0x00, 0x00, 0x7e" ::"i"(n) : "memory")
