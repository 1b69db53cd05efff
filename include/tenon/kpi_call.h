/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The interface as data, generated from kpi/ (one struct kpi_call for each function, one struct kpi_ops for each
 * callback table). Hosts use it to bind imports, to carry calls across a domain's border and to explain a version skew.
 *
 * Every function and callback takes at most six arguments, each a register wide, and returns one.
 */
#ifndef TENON_KPI_CALL_H
#define TENON_KPI_CALL_H

#include <stdint.h>

#include "tenon/core.h"

#define KPI_ARGS_MAX 6

enum kpi_kind {
	KPI_VALUE,     /* an integer, passed as it is */
	KPI_SELF,      /* THIS_MODULE: the border checks that it is a module of the calling domain */
	KPI_HANDLE,    /* a 64-bit handle that an earlier call gave out; the function checks it */
	KPI_STRING,    /* NUL-terminated, at most `size` bytes with NUL; copied in */
	KPI_IN,        /* a structure of `size` bytes; copied in */
	KPI_OUT,       /* a structure of `size` bytes; copied out if the function succeeds (returns >= 0) */
	KPI_INOUT,     /* both */
	KPI_IN_BYTES,  /* a buffer of as many bytes as argument `len_arg` says, at most `size`; copied in */
	KPI_OUT_BYTES, /* likewise; copied out, as many bytes as the function returns, if that is >= 0 */
	KPI_OPS,       /* a callback table, `ops` says which; its function addresses are copied when it is registered */
	KPI_CODE,      /* a function of the module, called as callback `ops` describes (a table of one) */
	KPI_POINTER,   /* an address in the module's domain that the function does not follow itself */
};

enum kpi_context {
	KPI_THREAD, /* may sleep */
	KPI_ANY,    /* also from traps and with preemption off */
};

/* What comes back in the return register. The upper half of a 64-bit register is undefined where it is an int. */
enum kpi_ret {
	KPI_RET_VOID,
	KPI_RET_INT,
	KPI_RET_LONG,
	KPI_RET_U64,
	KPI_RET_POINTER, /* an address in the module's domain, or NULL */
	KPI_RET_HANDLE,  /* as a signed number, a negative one is an error */
};

struct kpi_arg {
	uint8_t kind;    /* enum kpi_kind */
	uint8_t len_arg; /* KPI_*_BYTES: index of the argument with the length */
	uint16_t ops;    /* KPI_OPS, KPI_CODE: index in kpi_ops_table */
	uint32_t size;   /* bytes; meaning depends on kind. VALUE: of its type; 8 takes two registers of a 32-bit CPU */
};

struct kpi_call {
	const char *name;
	const char *type; /* canonical text of the interface: what the checksum is made of */
	uint32_t crc;
	uint8_t context; /* enum kpi_context */
	uint8_t argc;
	uint8_t ret;    /* enum kpi_ret */
	uint8_t copies; /* an argument leads to memory, which is copied where a domain's border is crossed */
	struct kpi_arg arg[KPI_ARGS_MAX];
	void (*fn)(void); /* the host's implementation */
};

/* A callback table is a structure of function pointers in the module; each has a description like a function. */
struct kpi_ops {
	const char *name;
	uint8_t cnt;
	const struct kpi_call *calls; /* cnt of them; fn is NULL */
};

extern const struct kpi_call kpi_calls[];
extern const uint32_t kpi_call_cnt;
extern const struct kpi_ops kpi_ops_table[];
extern const uint32_t kpi_ops_cnt;

/* All functions, for tenon_provide(). */
extern const struct tenon_export kpi_exports[];
extern const size_t kpi_export_cnt;

#endif
