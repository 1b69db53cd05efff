/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * How the core describes a Linux module to linux.ko, and how a host calls its functions. Pure layout: shared by the
 * core's personality, by hosts, and by linux/, which is compiled against Linux's own headers.
 *
 * linux.ko exports two functions `int f(const struct tenon_linux_module *)`, tenon_linux_start and tenon_linux_stop.
 * They are called instead of a Linux module's init and exit, for each module that there is.
 */
#ifndef TENON_LINUX_H
#define TENON_LINUX_H

/* Sections of a Linux module that somebody must work on before its init. */
enum tenon_linux_section {
	TENON_LINUX_PARAM,      /* __param: struct kernel_param */
	TENON_LINUX_EX_TABLE,   /* __ex_table */
	TENON_LINUX_BUG_TABLE,  /* __bug_table */
	TENON_LINUX_JUMP_TABLE, /* __jump_table */
	TENON_LINUX_PERCPU,     /* .data..percpu */
	TENON_LINUX_SRCU,       /* ___srcu_struct_ptrs */
	TENON_LINUX_SECTION_CNT
};

/*
 * Where in a virtual CPU's window modules' own per-CPU variables lie. The core links .data..percpu to an offset in there,
 * as Linux does; linux.ko copies the section to that place of each window before init. Below, linux.ko's own begin.
 */
#define TENON_LINUX_PERCPU_START 0xe000
#define TENON_LINUX_PERCPU_END 0x10000

/* In the module's data, from before its init to after its exit. Addresses are of the domain, 0 where there is none. */
struct tenon_linux_module {
	unsigned int size;             /* bytes of this structure */
	unsigned int percpu;           /* the offset in windows that .data..percpu is linked to, 0 if it has none */
	unsigned long long module;     /* its struct module */
	unsigned long long init, exit; /* which the core has checked; struct module may name others */
	unsigned long long params;     /* "key=value ...", NUL-terminated; stays as long as the module */
	struct {
		unsigned long long address, bytes;
	} section[TENON_LINUX_SECTION_CNT];
};

/*
 * A host is no Linux code, so it calls a function of a Linux module through `long tenon_linux_call(a, b, c, d, e, f,
 * function)`: six arguments and, as the seventh, the function that gets them, on a virtual CPU.
 */
#define TENON_LINUX_CALL "tenon_linux_call"

#endif
