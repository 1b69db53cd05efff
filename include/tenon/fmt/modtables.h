/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
// clang-format off
/*
 * Tables inside a module file that native and Linux modules share: exports, versions, and the native parameter table.
 * Pure format, no functions. "word" is the module's own pointer size.
 *
 * .modinfo             key=value strings, each ended by NUL; runs of NULs between them are allowed
 * __ksymtab            exports for everyone    \  struct tenon_ksym; after relocation each field holds the distance
 * __ksymtab_gpl        for GPL-compatible      /  from itself to what it names. Linux on riscv64: three words, addresses
 * __kflagstab          Linux from 7.0: a byte for each entry of __ksymtab, TENON_KSYM_GPL; then no __ksymtab_gpl
 * __kcrctab[_gpl]      one 32-bit checksum for each entry of the table of the same suffix
 * __versions           struct tenon_version32/64: the checksum with which each import was built
 * __version_ext_crcs   instead of these, where names are longer: 32-bit checksums
 * __version_ext_names  and as many strings, each ended by NUL
 * .gnu.linkonce.this_module  native: struct tenon_this_module (include/tenon/module.h); Linux: struct module
 * .tenon.types         native, not loaded: "name NUL type NUL" for each export and import, to explain a version skew
 * __param              native: struct tenon_param (include/tenon/module.h); Linux: struct kernel_param
 */
// clang-format on
#ifndef TENON_FMT_MODTABLES_H
#define TENON_FMT_MODTABLES_H

#include <stdint.h>

/* Native: what struct tenon_this_module (include/tenon/module.h) says in its field abi, and the bytes of its name. */
#define TENON_MODULE_ABI 1
#define TENON_MODULE_NAME_BYTES 56

/* Native: the type of a parameter, in its entry in __param. */
enum tenon_param_type {
	TENON_PARAM_BOOL,
	TENON_PARAM_INVBOOL, /* a bool that stores the opposite */
	TENON_PARAM_BYTE,    /* uint8_t */
	TENON_PARAM_SHORT,
	TENON_PARAM_USHORT,
	TENON_PARAM_INT,
	TENON_PARAM_UINT,
	TENON_PARAM_HEXINT, /* unsigned int, shown in hexadecimal */
	TENON_PARAM_LONG,
	TENON_PARAM_ULONG,
	TENON_PARAM_ULLONG,
	TENON_PARAM_CHARP,  /* const char *, set to a copy of the text */
	TENON_PARAM_STRING, /* char[], filled in */
	TENON_PARAM_TYPE_CNT
};

struct tenon_ksym {
	int32_t value_off;
	int32_t name_off;
	int32_t namespace_off; /* 0: no namespace */
};

#define TENON_KSYM_GPL 1

#define TENON_VERSION_BYTES 64

struct tenon_version64 {
	uint64_t crc; /* the low 32 bits count */
	char name[56];
};

struct tenon_version32 {
	uint32_t crc;
	char name[60];
};

#endif
