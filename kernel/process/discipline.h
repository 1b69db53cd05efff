/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Line disciplines of modules (kpi/ldisc.def) on a terminal: between what programs read and write, and the terminal's
 * input and output as its modes make them. `discipline_lock` of the terminal protects the one that is attached and what it
 * has; it is held while the module is asked.
 */
#ifndef KERNEL_PROCESS_DISCIPLINE_H
#define KERNEL_PROCESS_DISCIPLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tenon/kpi/ldisc.h"

struct file;
struct io;
struct offer;
struct terminal;

/**
 * discipline_set - attach the discipline with this number, in place of the one that was; 0: none
 * @file: with which it goes
 *
 * Asks for a module if nobody offers it. Return: 0; -TENON_EINVAL: there is none; -TENON_ENOMEM; what its module says.
 */
long discipline_set(struct terminal *t, struct file *file, unsigned number);
/* @file is closed. */
void discipline_leave(struct terminal *t, struct file *file);

/* Is there one? It may change at any time. */
bool discipline_attached(const struct terminal *t);
/**
 * discipline_read - what programs read
 * @io: NULL: only say how many bytes it would be
 *
 * Return: bytes; 0: nothing has come; -TENON_EIO: it is detached, or has failed; what its module says.
 */
long discipline_read(struct terminal *t, struct io *io);
/* What goes to the line for some of @io, into @out of TENON_LDISC_BYTES. Return: bytes, or a negative errno as above; -TENON_ENOMEM. */
long discipline_send(struct terminal *t, struct io *io, void *out);

/* ---- kernel/process/kpi/ldisc.c ---------------------------------------------------------------------------------- */

struct ldisc_line {
	struct offer *by; /* its module is held */
	struct tenon_ldisc_step step;
};

enum ldisc_op {
	LDISC_OPEN,
	LDISC_CLOSE,
	LDISC_RECEIVE,
	LDISC_SEND,
	LDISC_OP_CNT
}; /* the order of struct tenon_ldisc_ops */

/* Return: 0: kpi_ldisc_close() is due; -TENON_ENOENT: nobody offers it; what the module says. */
long kpi_ldisc_open(struct ldisc_line *l, const char *number);
void kpi_ldisc_close(struct ldisc_line *l);
/* Return: as the module, but what cannot be, or that it has died, is -TENON_EIO. */
long kpi_ldisc_call(struct ldisc_line *l, enum ldisc_op op, const void *in, size_t len, void *out, size_t room);

#endif
