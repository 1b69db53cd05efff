/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Diagnosis: which check failed, where, and about which name. Tests assert the reason, people read the text that
 * tenon_diag_format() makes of it. One table, below, holds every reason with its text; docs/errors.md explains each.
 *
 * Each line is X(reason, errno that goes with it, text). In a text, {m} stands for the module, {n} for the name, {o}
 * for the other name, {s} for the section (its index in the file), {@} for the offset, {g} for the value got and {w}
 * for the value wanted (in hexadecimal, but -5 for a negative errno value). What is not printable in a name becomes
 * '?'.
 */
#ifndef TENON_DIAG_H
#define TENON_DIAG_H

#include <stddef.h>
#include <stdint.h>

#include "tenon/addr.h"

#define TENON_REASONS(X) \
	X(NONE,                0,            "no error") \
	/* read: the bytes of the file */ \
	X(READ_FAILED,         EIO,          "{m}: cannot read the file: error {g}") \
	X(READ_SHORT,          EIO,          "{m}: the file ended after {g} bytes, expected {w}; was it changed while it was read?") \
	X(FILE_EMPTY,          ENOEXEC,      "{m}: the file is empty") \
	X(FILE_TOO_LARGE,      ENOEXEC,      "{m}: the file has {g} bytes, the limit is {w}") \
	X(NOT_FOUND,           ENOENT,       "module {n} not found") \
	X(NAME_INVALID,        EINVAL,       "'{n}' is not a module name") \
	X(NAME_TOO_LONG,       ENAMETOOLONG, "module name '{n}...' is too long") \
	X(NAME_MISSING,        ENOEXEC,      "{m}: the file has no module name") \
	/* verify: the signature */ \
	X(SIG_MISSING,         ENOKEY,       "{m}: no signature, and unsigned modules are refused") \
	X(SIG_TRAILER,         EKEYREJECTED, "{m}: signature trailer is malformed ({n})") \
	X(SIG_LENGTH,          EKEYREJECTED, "{m}: signature length {g} does not fit the file") \
	X(SIG_FORMAT,          EKEYREJECTED, "{m}: the verifier cannot read the signature") \
	X(SIG_UNKNOWN_KEY,     ENOKEY,       "{m}: signed with a key that is not trusted") \
	X(SIG_MISMATCH,        EKEYREJECTED, "{m}: signature does not match the file's content") \
	X(SIG_REVOKED,         EKEYREJECTED, "{m}: revoked, by key or by content") \
	X(SIG_NO_VERIFIER,     EKEYREJECTED, "{m}: signatures are enforced but the host has no verifier") \
	X(SIG_VERIFIER,        EKEYREJECTED, "{m}: the verifier failed with error {g}") \
	X(MODULES_DISABLED,    EPERM,        "module loading is disabled until restart") \
	X(FORCED,              EPERM,        "{m}: loaded by force, and signatures have been enforced since") \
	X(POLICY_REFUSED,      EPERM,        "{m}: refused by policy ({n})") \
	/* check: ELF header */ \
	X(ELF_SHORT,           ENOEXEC,      "{m}: not a module: file is shorter than an ELF header ({g} bytes)") \
	X(ELF_MAGIC,           ENOEXEC,      "{m}: not a module: no ELF magic number") \
	X(ELF_CLASS,           ENOEXEC,      "{m}: ELF class {g} is not the host's ({w})") \
	X(ELF_ENDIAN,          ENOEXEC,      "{m}: wrong byte order") \
	X(ELF_VERSION,         ENOEXEC,      "{m}: unknown ELF version {g}") \
	X(ELF_TYPE,            ENOEXEC,      "{m}: ELF type {g} is not relocatable") \
	X(ELF_MACHINE,         ENOEXEC,      "{m}: built for machine {g}, this host runs machine {w}") \
	X(ELF_FLAGS,           ENOEXEC,      "{m}: processor flags {g} are not supported") \
	X(ELF_EHSIZE,          ENOEXEC,      "{m}: ELF header size {g} is not {w}") \
	X(ELF_PHDR,            ENOEXEC,      "{m}: a relocatable file must not have program headers") \
	X(SHDR_ENTSIZE,        ENOEXEC,      "{m}: section header size {g} is not {w}") \
	X(SHDR_ALIGN,          ENOEXEC,      "{m}: section header table at misaligned offset {@}") \
	X(SHDR_RANGE,          ENOEXEC,      "{m}: section header table is outside the file") \
	X(SHDR_COUNT,          ENOEXEC,      "{m}: section count {g} is zero or over the limit") \
	X(SHDR_NULL,           ENOEXEC,      "{m}: section 0 is not empty") \
	X(SHSTRNDX,            ENOEXEC,      "{m}: section name table index {g} is invalid") \
	/* check: sections */ \
	X(SEC_RANGE,           ENOEXEC,      "{m}: section {s} is outside the file") \
	X(SEC_OVERLAP,         ENOEXEC,      "{m}: section {s} overlaps section {g} in the file") \
	X(SEC_NULL,            ENOEXEC,      "{m}: section {s} of type NULL has contents or flags") \
	X(SEC_ALIGN,           ENOEXEC,      "{m}: section {s}: alignment {g} is not a power of two or is too large") \
	X(SEC_OFFSET_ALIGN,    ENOEXEC,      "{m}: section {s} lies misaligned in the file") \
	X(SEC_NAME,            ENOEXEC,      "{m}: section {s}: name offset {g} is outside the name table") \
	X(SEC_ENTSIZE,         ENOEXEC,      "{m}: section {s}: entry size {g} is not {w}") \
	X(SEC_SIZE_MULTIPLE,   ENOEXEC,      "{m}: section {s}: size {g} is not a multiple of its entry size") \
	X(SEC_LINK,            ENOEXEC,      "{m}: section {s}: sh_link {g} is invalid") \
	X(SEC_INFO,            ENOEXEC,      "{m}: section {s}: sh_info {g} is invalid") \
	X(SEC_TYPE,            ENOEXEC,      "{m}: section {s}: type {g} is not supported") \
	X(SEC_FLAGS,           ENOEXEC,      "{m}: section {s}: flags {g} are not supported") \
	X(SEC_WRITE_EXEC,      ENOEXEC,      "{m}: section {s} is writable and executable") \
	X(SEC_TOO_LARGE,       ENOEXEC,      "{m}: section {s} is larger than the limit") \
	X(SEC_SPECIAL,         ENOEXEC,      "{m}: section {s} ({n}) has a wrong size or alignment") \
	X(SEC_DUPLICATE,       ENOEXEC,      "{m}: more than one section {n}") \
	X(IMAGE_TOO_LARGE,     ENOEXEC,      "{m}: the sections together are larger than the limit") \
	/* check: string and symbol tables */ \
	X(SYMTAB_MISSING,      ENOEXEC,      "{m}: no symbol table") \
	X(SYMTAB_DUPLICATE,    ENOEXEC,      "{m}: more than one symbol table (section {s})") \
	X(SYMTAB_INFO,         ENOEXEC,      "{m}: first global symbol index {g} is outside the symbol table") \
	X(STRTAB_EMPTY,        ENOEXEC,      "{m}: string table {s} is empty") \
	X(STRTAB_START,        ENOEXEC,      "{m}: string table {s} does not begin with NUL") \
	X(STRTAB_END,          ENOEXEC,      "{m}: string table {s} does not end with NUL") \
	X(SYM_NULL,            ENOEXEC,      "{m}: symbol 0 is not empty") \
	X(SYM_NAME,            ENOEXEC,      "{m}: symbol {w}: name is outside the string table") \
	X(SYM_SECTION,         ENOEXEC,      "{m}: symbol {w} ({n}): section index {g} is invalid") \
	X(SYM_COMMON,          ENOEXEC,      "{m}: symbol {w} ({n}) is a common block; build with -fno-common") \
	X(SYM_VALUE,           ENOEXEC,      "{m}: symbol {w} ({n}): value {g} is outside section {s}") \
	X(SYM_TYPE,            ENOEXEC,      "{m}: symbol {w} ({n}): type {g} is not supported") \
	X(SYM_BINDING,         ENOEXEC,      "{m}: symbol {w} ({n}): binding {g} is not supported") \
	X(SYM_NAME_LONG,       ENOEXEC,      "{m}: the name of symbol {n}... is longer than {w} bytes") \
	X(SYM_COUNT,           ENOEXEC,      "{m}: {g} symbols are over the limit of {w}") \
	/* check: what the module says of itself */ \
	X(NO_PERSONALITY,      ENOEXEC,      "{m}: an ELF object, but no module (no .modinfo or module section)") \
	X(MODINFO_MALFORMED,   ENOEXEC,      "{m}: .modinfo is malformed at offset {@}") \
	X(VERMAGIC,            EINVAL,       "{m}: version magic '{n}' should be '{o}'") \
	X(VERMAGIC_MISSING,    EINVAL,       "{m}: no version magic") \
	X(LICENSE,             EINVAL,       "{m}: symbol {n} is for GPL-compatible modules, and the licence is '{o}'") \
	X(THIS_MODULE,         ENOEXEC,      "{m}: module section has a wrong size or version ({g}, expected {w})") \
	X(NAME_MISMATCH,       ENOEXEC,      "{m}: the module name in the file is {n}") \
	/* plan: dependencies and requests */ \
	X(LOADED,              EEXIST,       "module {m} is already loaded") \
	X(LOADED_DIFFERENT,    EEXIST,       "module {m} is already loaded, with different content") \
	X(LOADED_PARAMS,       EEXIST,       "module {m} is already loaded; its parameters cannot be changed by loading it again") \
	X(DEPENDENCY_MISSING,  ENOENT,       "{m} needs {n}, which is not found (needed by: {o})") \
	X(DEPENDENCY_CYCLE,    ELOOP,        "dependency cycle: {o}") \
	X(DEPENDENCY_DEPTH,    ELOOP,        "{m}: dependencies are nested deeper than {w}") \
	X(DEPENDENCY_LEAVING,  EBUSY,        "{m} needs {n}, which is being unloaded") \
	X(RECURSION,           EDEADLK,      "{m}: requested from within its own load") \
	X(DEADLOCK,            EDEADLK,      "{m}: deadlock: its load and that of {n} wait for each other") \
	X(TIMEOUT,             ETIMEDOUT,    "{m}: gave up waiting for {n}") \
	X(INTERRUPTED,         EINTR,        "{m}: interrupted while waiting for {n}") \
	X(BEING_LOADED,        EBUSY,        "{m}: {n} is being loaded or unloaded, and this host cannot wait") \
	X(REQUEST_DEPTH,       ELOOP,        "{m}: requested from within {g} other requests, one inside the other; the limit is {w}") \
	X(ENTRY_DEPTH,         ELOOP,        "{m}: the thread has entered {w} modules, one from the other; the limit is reached") \
	X(CONTEXT,             EDEADLK,      "{m}: not possible in this context (atomic, or inside the loader)") \
	/* lay out */ \
	X(NO_MEMORY,           ENOMEM,       "{m}: out of memory") \
	X(NO_MODULE_SPACE,     ENOSPC,       "{m}: no room for {g} bytes in the module area of domain {n}") \
	/* resolve */ \
	X(SYM_UNDEFINED,       ENOENT,       "{m}: unknown symbol {n} (needed by: {o})") \
	X(SYM_CRC,             EINVAL,       "{m}: disagrees about version of symbol {n} (has {g}, the provider has {w}){o}") \
	X(SYM_CRC_MISSING,     EINVAL,       "{m}: no version for symbol {n}") \
	X(SYM_NAMESPACE,       EINVAL,       "{m}: uses symbol {n} from namespace {o}, but does not import it") \
	X(SYM_CONSUMER,        EINVAL,       "{m}: symbol {n} is only for modules {o}") \
	X(SYM_DOMAIN,          EINVAL,       "{m}: symbol {n} is exported by {o} in another domain; only interface functions cross domains") \
	X(SYM_LEAVING,         EBUSY,        "{m}: symbol {n} belongs to {o}, which is not live") \
	X(VERSIONS_MALFORMED,  ENOEXEC,      "{m}: __versions is malformed at offset {@}") \
	X(EXPORT_DUPLICATE,    EEXIST,       "{m}: exports symbol {n}, which {o} exports already") \
	X(EXPORT_NULL,         ENOEXEC,      "{m}: exports symbol {n} without an address in the module") \
	X(EXPORT_MALFORMED,    ENOEXEC,      "{m}: export table is malformed (section {s}, offset {@})") \
	X(EXPORT_NAMES,        ENOEXEC,      "{m}: names and namespaces of its exports take {g} bytes, more than the file ({w})") \
	X(BIND_REFUSED,        EINVAL,       "{m}: the host refused to bind {n} in this domain") \
	/* relocate */ \
	X(REL_SYMBOL,          ENOEXEC,      "{m}: relocation at section {s}+{@}: symbol index {g} is out of range") \
	X(REL_OFFSET,          ENOEXEC,      "{m}: relocation at section {s}+{@} is outside the section") \
	X(REL_TYPE,            ENOEXEC,      "{m}: relocation at section {s}+{@}: type {g} is not supported") \
	X(REL_RANGE,           ENOEXEC,      "{m}: relocation at section {s}+{@}: value {g} does not fit (symbol {n})") \
	X(REL_ALIGN,           ENOEXEC,      "{m}: relocation at section {s}+{@}: target {g} is misaligned (symbol {n})") \
	X(REL_KIND,            ENOEXEC,      "{m}: section {s}: this form of relocations (REL or RELA) is not the machine's") \
	X(REL_TARGET,          ENOEXEC,      "{m}: relocation section {s} patches a section without contents") \
	X(REL_PAIR,            ENOEXEC,      "{m}: relocation at section {s}+{@} has no partner") \
	X(REL_STUBS,           ENOEXEC,      "{m}: relocation at section {s}+{@}: no room left for a stub (symbol {n})") \
	X(REL_DISCARDED,       ENOEXEC,      "{m}: relocation at section {s}+{@} refers to {n} in a section that is not loaded") \
	X(REL_NONZERO,         ENOEXEC,      "{m}: relocation at section {s}+{@}: relocated field is not zero") \
	/* parameters */ \
	X(PARAM_UNKNOWN,       EINVAL,       "{m}: unknown parameter '{n}'; it has {o}") \
	X(PARAM_SYNTAX,        EINVAL,       "{m}: parameters: {n}") \
	X(PARAM_VALUE,         EINVAL,       "{m}: '{o}' is not a value for parameter {n}") \
	X(PARAM_RANGE,         ERANGE,       "{m}: '{o}' is out of range for parameter {n}") \
	X(PARAM_LENGTH,        ENAMETOOLONG, "{m}: value for parameter {n} is too long (at most {w} bytes)") \
	X(PARAM_COUNT,         EINVAL,       "{m}: too many values for parameter {n} (at most {w})") \
	X(PARAM_NO_VALUE,      EINVAL,       "{m}: parameter {n} needs a value") \
	X(PARAM_DUPLICATE,     EINVAL,       "{m}: parameter {n} is given twice") \
	X(PARAM_TABLE,         ENOEXEC,      "{m}: parameter table is malformed (entry {g})") \
	/* protect, publish, start */ \
	X(PROTECT_FAILED,      EFAULT,       "{m}: the host could not change memory protection") \
	X(INIT_FAILED,         EIO,          "{m}: init failed with error {g}") \
	X(INIT_POSITIVE,       EINVAL,       "{m}: init returned {g}; init must return 0 or a negative error") \
	X(INIT_ADDRESS,        ENOEXEC,      "{m}: init or exit function is not in the module's text") \
	X(INIT_FAULT,          EFAULT,       "{m}: fault in init: {n}") \
	X(CALL_FAULT,          EFAULT,       "{m}: fault in a callback: {n}") \
	X(DOMAIN_DEAD,         EOWNERDEAD,   "{m}: domain {n} is not running") \
	/* unload */ \
	X(NOT_LOADED,          ENOENT,       "module {m} is not currently loaded") \
	X(IN_USE_BY,           EBUSY,        "module {m} is in use by: {n}") \
	X(IN_USE_REFS,         EBUSY,        "module {m} is in use ({g} references)") \
	X(IN_USE_THREAD,       EBUSY,        "module {m} is still being executed by {n}") \
	X(PERMANENT,           EBUSY,        "module {m} cannot be unloaded: it has no exit function") \
	X(NOT_LIVE,            EBUSY,        "module {m} is not live ({n})") \
	X(REF_SATURATED,       EBUSY,        "module {m}: its reference count was broken; it stays until restart") \
	X(EXIT_FAULT,          EFAULT,       "{m}: fault in exit: {n}") \
	X(LEFT_BEHIND,         EBUSY,        "{m}: left {g} objects behind: {n}")

enum tenon_reason {
#define TENON_REASON_ENUM(name, error, text) TENON_R_##name,
	TENON_REASONS(TENON_REASON_ENUM)
#undef TENON_REASON_ENUM
	    TENON_R_COUNT
};

#define TENON_DIAG_NAME_BYTES 128

struct tenon_diag {
	enum tenon_reason reason;
	uint32_t section;     /* index in the file, 0 where it does not apply */
	tenon_addr offset;    /* bytes */
	tenon_addr got, want; /* meaning depends on the reason */
	char module[64];      /* all three NUL-terminated, cut if longer */
	char name[TENON_DIAG_NAME_BYTES];
	char other[TENON_DIAG_NAME_BYTES];
};

/**
 * tenon_diag_format - make one line of text of a diagnosis, without a newline
 * @diag: the diagnosis
 * @buf: where to write; always NUL-terminated if @size > 0
 * @size: bytes in @buf
 *
 * Return: the bytes the whole line has without its NUL, which may be more than fitted.
 * Context: any.
 */
size_t tenon_diag_format(const struct tenon_diag *diag, char *buf, size_t size);

/** tenon_reason_name - the enumerator without its prefix, "ELF_MAGIC"; "?" for an unknown value. Context: any. */
const char *tenon_reason_name(enum tenon_reason reason);

#endif
