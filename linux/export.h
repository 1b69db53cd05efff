/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exports for Linux's modules: Linux's own names, but with entries as native modules have them, marked "linux:" before
 * the namespace. modpost gives each the checksum of the kernel's Module.symvers. To be included last.
 */
#ifndef LINUX_EXPORT_H
#define LINUX_EXPORT_H

#ifdef __ASSEMBLER__

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

#else

#undef EXPORT_SYMBOL
#undef EXPORT_SYMBOL_GPL

#define LINUX_EXPORT_(sym, suffix)                                                                                     \
	__asm__(".pushsection \"__ksymtab_strings\",\"aMS\",%progbits,1\n"                                             \
		"__kstrtab_" #sym ": .asciz \"" #sym "\"\n"                                                            \
		"__kstrtabns_" #sym ": .asciz \"linux:\"\n"                                                            \
		".popsection\n"                                                                                        \
		".pushsection \"__ksymtab" suffix "\",\"a\",%progbits\n"                                               \
		".balign 4\n"                                                                                          \
		"__ksymtab_" #sym ": .long " #sym " - ., __kstrtab_" #sym " - ., __kstrtabns_" #sym " - .\n"           \
		".popsection\n")

#define EXPORT_SYMBOL(sym) LINUX_EXPORT_(sym, "")
#define EXPORT_SYMBOL_GPL(sym) LINUX_EXPORT_(sym, "_gpl")

#endif
#endif
