/* SPDX-License-Identifier: GPL-2.0-only */
/* Debian's kernel compiles programs of BPF to machine code only; here they are interpreted, by Linux's own interpreter. */
#undef CONFIG_BPF_JIT_ALWAYS_ON
#undef CONFIG_BPF_JIT_DEFAULT_ON
