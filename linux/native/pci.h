/* SPDX-License-Identifier: GPL-2.0-only */
/* What native/pci.c has of the interfaces of a function, native/network.c. Without a virtual CPU, all of it. */
#ifndef LINUX_NATIVE_PCI_H
#define LINUX_NATIVE_PCI_H

#include "linux/native/native.h"

struct interface;

/*
 * Each network device that Linux's driver has made becomes an interface of the kernel's. Return: 0 or a negative errno
 * value.
 */
int interfaces_offer(struct lx_pci *p, struct interface **list);
/* They are interfaces no more, and Linux's network devices may go. */
void interfaces_withdraw(struct interface *list);
/* When Linux's network devices have gone, and nobody looks. */
void interfaces_free(struct interface *list);
/* Tell the kernel where there is a carrier now, or none any more. */
void interfaces_look(struct interface *list);

#endif
