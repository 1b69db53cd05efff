/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The version magic of native modules: modpost writes it into each, a host says it to tenon_accept(). It changes only
 * when old modules can no longer be linked at all; the checksum of each import says everything finer.
 */
#ifndef TENON_VERMAGIC_H
#define TENON_VERMAGIC_H

/* @cpu: name of the CPU as a string literal: "x86_64", "aarch64", "riscv64", "arm". */
#define TENON_VERMAGIC(cpu) "tenon-1 " cpu

#endif
