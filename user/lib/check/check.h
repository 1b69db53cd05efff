/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * One check of a module file against one kernel. What the kernel is like is learnt from its tree: from a module of it
 * (reference.c), and for the symbols that the file needs from Module.symvers and the other modules (exports.c).
 */
#ifndef LIB_CHECK_CHECK_H
#define LIB_CHECK_CHECK_H

#include <limits.h>
#include <sys/stat.h>

#include "user/lib/config/arena.h"
#include "user/lib/file.h"
#include "user/lib/names.h"

/* A symbol that the file needs, and what this kernel has by that name. */
struct import {
	uint32_t crc;        /* for which the file was built; 0: none */
	uint32_t kernel_crc; /* 0: none is known */
	bool weak;           /* may be missing */
	bool exported;
	bool listed; /* Module.symvers has it: the next ones are known */
	bool gpl_only;
	const char *provider; /* module that exports it; NULL: the kernel itself */
	const char *space;    /* namespace that must be imported; "" */
};

/* What a module of the kernel's own says of the kernel. */
struct reference {
	bool known;
	uint16_t machine;
	bool is64, is_signed;
	char *vermagic;
};

/* A module, and the directory of the tree. */
#define CHECK_NO_DEPENDENCY "it needs the module %s, which is not in %s"

typedef void check_problem_fn(void *data, const struct tmod_problem *problem);

struct check {
	struct tmod_system *system;
	const struct tmod_messages *messages;
	const char *path, *options;
	const char *certificates;  /* or NULL */
	const char *dir, *release; /* of the tree */
	struct tmod_file *file;
	char name[NAME_MAX + 1]; /* of the module */
	struct stat st;          /* of the file */
	struct reference reference;
	struct names names;  /* of imports, */
	struct buf imports;  /* struct import of each */
	uint32_t missing;    /* of these, those that nothing is known to export */
	struct names spaces; /* namespaces that it imports */
	struct arena arena;
	bool listed;           /* there is a Module.symvers */
	uint32_t peer_cnt_max; /* without one, how many modules of the tree may be read */
	bool failed;           /* no memory */
	int problem_cnt;
	check_problem_fn *each;
	void *data;
};

/**
 * check_quickly - tmod_check() without messages
 * @peer_cnt_max: not all modules of the tree are read to find out what the kernel exports, but so many
 */
int check_quickly(struct tmod_system *system, const char *path, const char *options, uint32_t peer_cnt_max,
		  check_problem_fn *each, void *data);

/* Tell of a problem. */
__attribute__((format(printf, 4, 5))) void check_problem(struct check *c, enum tmod_problem_kind kind,
							 const char *subject, const char *format, ...);

/* The value of the first entry of the file's .modinfo with that key, or NULL. */
const char *check_info(const struct check *c, const char *key);

/* Has it checksums of symbols, in either of the two forms? */
bool check_has_checksums(const struct check *c);

/* Call @each for every module of the tree but the file itself, until it says 1. */
void check_modules(struct check *c, int (*each)(struct check *c, const char *path));

/* Find out what the tree says of the kernel. */
void reference_find(struct check *c);

/** exports_find - collect the imports and find what this kernel has. Return: 0 or a negative errno value. */
int exports_find(struct check *c);

static inline struct import *import_at(const struct check *c, uint32_t number)
{
	return (struct import *)(void *)c->imports.data + number;
}

/* It is known to be exported. */
static inline void import_exported(struct check *c, struct import *i)
{
	c->missing -= !i->exported;
	i->exported = true;
}

/**
 * symvers_read - learn of the imports what Module.symvers says
 * Return: 0, -ENOENT if there is none, or another negative errno value.
 */
int symvers_read(struct check *c);

enum verdict { VERDICT_GOOD, VERDICT_UNKNOWN_KEY, VERDICT_WRONG, VERDICT_OTHER_FORM, VERDICT_DAMAGED };

/**
 * verify - was the file's signature made with the key of a certificate?
 * @f: signed
 * @certificates: a file with certificates in PEM, or one in DER
 *
 * Return: 0, -ENOSYS without libcrypto, -ENOMSG if there is no certificate in the file, -EBADMSG if one is damaged, or
 * what reading says.
 */
int verify(struct tmod_file *f, const char *certificates, enum verdict *verdict);

/* The checks. */
void check_machine(struct check *c);
void check_vermagic(struct check *c);
void check_symbols(struct check *c);
void check_depends(struct check *c);
void check_parameters(struct check *c);
/* Who a signature that can be read is by: a name, or the key's number when there is no name. */
void signer_name(const struct tmod_signature *s, char *text, size_t size);
/* Return: 0 or a negative errno value, which a message has reported: whose the signature is cannot be found out. */
int check_signature(struct check *c);

#endif
