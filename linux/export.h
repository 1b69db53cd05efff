/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exports for Linux's modules: Linux's own names, but with entries as native modules have them, marked "linux:".
 * modpost gives each the checksum of the kernel's Module.symvers. Included last in our own files, and before the first
 * line of Linux's own, whose #include <linux/export.h> then has no effect.
 */
#ifndef LINUX_EXPORT_H
#define LINUX_EXPORT_H

#ifdef __ASSEMBLER__

// clang-format off
.macro LINUX_EXPORT sym, suffix=
	.pushsection __ksymtab_strings, "aMS", %progbits, 1
__kstrtab_\sym: .asciz "\sym"
__kstrtabns_\sym: .asciz "linux:"
	.popsection
	.pushsection __ksymtab\suffix, "a", %progbits
	.balign 4
__ksymtab_\sym: .long \sym - ., __kstrtab_\sym - ., __kstrtabns_\sym - .
	.popsection
.endm
// clang-format on

#elif defined(__GENKSYMS__)

/* For Linux's own program that makes checksums of prototypes: as it expects them. */
#include <linux/export.h>

#else

#include <linux/export.h>

#undef EXPORT_SYMBOL
#undef EXPORT_SYMBOL_GPL
#undef EXPORT_SYMBOL_NS
#undef EXPORT_SYMBOL_NS_GPL

/* @function: what callers get for the name. */
#define LINUX_EXPORT_AS(sym, function, suffix, ns)                                                                     \
	__asm__(".pushsection \"__ksymtab_strings\",\"aMS\",%progbits,1\n"                                             \
		"__kstrtab_" #sym ": .asciz \"" #sym "\"\n"                                                            \
		"__kstrtabns_" #sym ": .asciz \"linux:" ns "\"\n"                                                       \
		".popsection\n"                                                                                        \
		".pushsection \"__ksymtab" suffix "\",\"a\",%progbits\n"                                               \
		".balign 4\n"                                                                                          \
		"__ksymtab_" #sym ": .long " #function " - ., __kstrtab_" #sym " - ., __kstrtabns_" #sym " - .\n"      \
		".popsection\n")
#define LINUX_EXPORT_(sym, suffix, ns) LINUX_EXPORT_AS(sym, sym, suffix, ns)

#define EXPORT_SYMBOL(sym) LINUX_EXPORT_(sym, "", "")
#define EXPORT_SYMBOL_GPL(sym) LINUX_EXPORT_(sym, "_gpl", "")
#define EXPORT_SYMBOL_NS(sym, ns) LINUX_EXPORT_(sym, "", #ns)
#define EXPORT_SYMBOL_NS_GPL(sym, ns) LINUX_EXPORT_(sym, "_gpl", #ns)

#endif
#endif
