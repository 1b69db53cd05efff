/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Code that only booting needs. It lies in pages of its own, which are memory like any other once the first program runs
 * (paging_free_init()). No other code and no data may refer to it, which the linker asserts (kernel.ld), but the list of the
 * boot's steps (main.c).
 */
#ifndef KERNEL_INIT_H
#define KERNEL_INIT_H

#define __init __attribute__((section(".init.text"), cold))
#define __initconst __attribute__((section(".init.rodata")))

#endif
