/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * For authors of native modules: everything a module source includes. It declares how a module describes itself and
 * brings in the interface (tenon/kpi/, generated from kpi/) and what every module may call without a gate
 * (tenon/runtime.h). The same object runs in the kernel's domain and in an isolated one.
 */
#ifndef TENON_MODULE_H
#define TENON_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tenon/errno.h"
#include "tenon/fmt/modtables.h"

/* ---- the module itself ---------------------------------------------------------------------------------------- */

/*
 * One in each module, in the section .gnu.linkonce.this_module, written by modpost. The core checks size and abi and
 * reads init and exit, which are 0 where there is none.
 */
struct tenon_this_module {
	uint32_t size, abi;
	int (*init)(void);
	void (*exit)(void);
	char name[TENON_MODULE_NAME_BYTES];
};

extern struct tenon_this_module __this_module;
#define THIS_MODULE (&__this_module)

#define module_init(fn) int init_module(void) __attribute__((alias(#fn), copy(fn)))
#define module_exit(fn) void cleanup_module(void) __attribute__((alias(#fn), copy(fn)))

/* Sections that go away when init has returned, and data that becomes read-only then. */
#define __init __attribute__((section(".init.text"), cold))
#define __initdata __attribute__((section(".init.data")))
#define __exit __attribute__((section(".exit.text"), cold, used))
#define __ro_after_init __attribute__((section(".data..ro_after_init")))

/* ---- what it says of itself: key=value in .modinfo ------------------------------------------------------------- */

#define TENON_PASTE_(a, b) a##b
#define TENON_PASTE(a, b) TENON_PASTE_(a, b)
#define TENON_STRING_(x) #x
#define TENON_STRING(x) TENON_STRING_(x)

#define MODULE_INFO(key, value)                                                                                        \
	static const char TENON_PASTE(modinfo_##key##_, __COUNTER__)[]                                                 \
		__attribute__((section(".modinfo"), used, aligned(1))) = #key "=" value

#define MODULE_LICENSE(text) MODULE_INFO(license, text)
#define MODULE_DESCRIPTION(text) MODULE_INFO(description, text)
#define MODULE_AUTHOR(text) MODULE_INFO(author, text)
#define MODULE_VERSION(text) MODULE_INFO(version, text)
#define MODULE_ALIAS(text) MODULE_INFO(alias, text)
#define MODULE_SOFTDEP(text) MODULE_INFO(softdep, text)
#define MODULE_IMPORT_NS(ns) MODULE_INFO(import_ns, TENON_STRING(ns))

/* ---- exports --------------------------------------------------------------------------------------------------- */

/*
 * One entry in a ksymtab section: three 32-bit distances (include/tenon/fmt/modtables.h). modpost adds the checksum.
 * A plain export binds for modules of the same domain only; what crosses domains is the interface.
 */
#define TENON_EXPORT_(sym, suffix, ns)                                                                                 \
	__asm__(".pushsection \"__ksymtab_strings\",\"aMS\",%progbits,1\n"                                             \
		"__kstrtab_" #sym ": .asciz \"" #sym "\"\n"                                                            \
		"__kstrtabns_" #sym ": .asciz \"" ns "\"\n"                                                            \
		".popsection\n"                                                                                        \
		".pushsection \"__ksymtab" suffix "\",\"a\",%progbits\n"                                               \
		".balign 4\n"                                                                                          \
		"__ksymtab_" #sym ": .long " #sym " - ., __kstrtab_" #sym " - ., __kstrtabns_" #sym " - .\n"           \
		".popsection\n")

#define EXPORT_SYMBOL(sym) TENON_EXPORT_(sym, "", "")
#define EXPORT_SYMBOL_GPL(sym) TENON_EXPORT_(sym, "_gpl", "")
#define EXPORT_SYMBOL_NS(sym, ns) TENON_EXPORT_(sym, "", #ns)
#define EXPORT_SYMBOL_NS_GPL(sym, ns) TENON_EXPORT_(sym, "_gpl", #ns)
/* Only for the modules named, as in EXPORT_SYMBOL_FOR_MODULES(frob, "alpha,beta"). */
#define EXPORT_SYMBOL_FOR_MODULES(sym, names) TENON_EXPORT_(sym, "_gpl", "module:" names)

/* ---- parameters ------------------------------------------------------------------------------------------------ */

/* One entry of the section __param. */
struct tenon_param {
	const char *name;
	void *value;
	unsigned int *count; /* array: set to the number of values given; may be NULL */
	uint32_t max;        /* array: most values; STRING: bytes with NUL; otherwise 1 */
	uint16_t type;       /* enum tenon_param_type */
	uint16_t mode;       /* access bits as in Linux, 0: not shown */
};

#define TENON_PARAM_TYPE_bool TENON_PARAM_BOOL
#define TENON_PARAM_TYPE_invbool TENON_PARAM_INVBOOL
#define TENON_PARAM_TYPE_byte TENON_PARAM_BYTE
#define TENON_PARAM_TYPE_short TENON_PARAM_SHORT
#define TENON_PARAM_TYPE_ushort TENON_PARAM_USHORT
#define TENON_PARAM_TYPE_int TENON_PARAM_INT
#define TENON_PARAM_TYPE_uint TENON_PARAM_UINT
#define TENON_PARAM_TYPE_hexint TENON_PARAM_HEXINT
#define TENON_PARAM_TYPE_long TENON_PARAM_LONG
#define TENON_PARAM_TYPE_ulong TENON_PARAM_ULONG
#define TENON_PARAM_TYPE_ullong TENON_PARAM_ULLONG
#define TENON_PARAM_TYPE_charp TENON_PARAM_CHARP

#define TENON_PARAM_CTYPE_bool bool
#define TENON_PARAM_CTYPE_invbool bool
#define TENON_PARAM_CTYPE_byte uint8_t
#define TENON_PARAM_CTYPE_short short
#define TENON_PARAM_CTYPE_ushort unsigned short
#define TENON_PARAM_CTYPE_int int
#define TENON_PARAM_CTYPE_uint unsigned int
#define TENON_PARAM_CTYPE_hexint unsigned int
#define TENON_PARAM_CTYPE_long long
#define TENON_PARAM_CTYPE_ulong unsigned long
#define TENON_PARAM_CTYPE_ullong unsigned long long
#define TENON_PARAM_CTYPE_charp char *

#define TENON_PARAM_(public, ptr, cnt, most, kind, kindname, perm)                                                     \
	static const char param_name_##public[] = #public;                                                             \
	static const struct tenon_param param_##public                                                                 \
		__attribute__((section("__param"), used, aligned(sizeof(void *)))) = {                                 \
			.name = param_name_##public,                                                                   \
			.value = (ptr),                                                                                \
			.count = (cnt),                                                                                \
			.max = (most),                                                                                 \
			.type = (kind),                                                                                \
			.mode = (perm),                                                                                \
		};                                                                                                     \
	MODULE_INFO(parmtype, #public ":" kindname)

/* `type` is pasted before it is passed on: as an argument of another macro, `bool` would have become _Bool. */
#define TENON_PARAM_ONE_(public, var, kind, ctype, kindname, perm)                                                     \
	_Static_assert(__builtin_types_compatible_p(__typeof__(var), ctype),                                           \
		       "parameter " #public " is not a variable of type " kindname);                                   \
	TENON_PARAM_(public, &(var), NULL, 1, kind, kindname, perm)
#define module_param_named(public, var, type, perm)                                                                    \
	TENON_PARAM_ONE_(public, var, TENON_PARAM_TYPE_##type, TENON_PARAM_CTYPE_##type, #type, perm)
#define module_param(var, type, perm)                                                                                  \
	TENON_PARAM_ONE_(var, var, TENON_PARAM_TYPE_##type, TENON_PARAM_CTYPE_##type, #type, perm)
#define module_param_array(var, type, cnt, perm)                                                                       \
	_Static_assert(__builtin_types_compatible_p(__typeof__((var)[0]), TENON_PARAM_CTYPE_##type),                   \
		       "parameter " #var " is not an array of type " #type);                                           \
	TENON_PARAM_(var, (var), cnt, sizeof(var) / sizeof((var)[0]), TENON_PARAM_TYPE_##type, "array of " #type, perm)
#define module_param_string(public, buf, bytes, perm)                                                                  \
	TENON_PARAM_(public, (buf), NULL, bytes, TENON_PARAM_STRING, "string", perm)
#define MODULE_PARM_DESC(public, text) MODULE_INFO(parm, #public ":" text)

/* ---- devices it drives ------------------------------------------------------------------------------------------ */

/* The table `name` of kind `type` (struct <type>_device_id); modpost turns its entries into aliases. */
#define MODULE_DEVICE_TABLE(type, name)                                                                                \
	extern const __typeof__(name) __mod_##type##__##name##_device_table __attribute__((alias(#name), used))

/* ---- what it may call: the interface, and what runs in its own domain -------------------------------------------- */

#include "tenon/kpi.h"
#include "tenon/runtime.h"

#endif
