/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Sockets of protocol families that modules offer (kpi/socket.def), as the kernel uses them. */
#ifndef KERNEL_NET_FAMILY_H
#define KERNEL_NET_FAMILY_H

#include <stdbool.h>
#include <stdint.h>

#include "tenon/kpi/socket.h"

struct file;
struct kpi_socket;
struct text;
struct wait_queue;

/* The order of struct tenon_family_ops. */
enum socket_op {
	SOCKET_CREATE,
	SOCKET_RELEASE,
	SOCKET_BIND,
	SOCKET_CONNECT,
	SOCKET_LISTEN,
	SOCKET_ACCEPT,
	SOCKET_PAIR,
	SOCKET_SEND,
	SOCKET_RECEIVE,
	SOCKET_SHUTDOWN,
	SOCKET_NAME,
	SOCKET_SET_OPTION,
	SOCKET_GET_OPTION,
	SOCKET_IOCTL,
	SOCKET_POLL,
	SOCKET_SHOW,
	SOCKET_OP_CNT
};

#define SOCKET_FILES_MAX 16 /* descriptors that go with one message */

/**
 * kpi_socket_create - a new socket
 * @open: what it is like
 *
 * Return: 0; -TENON_EAFNOSUPPORT: nobody offers the family; -TENON_ENOMEM; what the module says. Thread, as all below but
 * kpi_socket_queue.
 */
int kpi_socket_create(uint32_t family, uint32_t protocol, const struct tenon_socket_open *open,
		      struct kpi_socket **out);

/**
 * kpi_socket_prepare, kpi_socket_accept - a socket for a connection of @from
 *
 * What was prepared is one only after kpi_socket_accept() has returned 0; else it goes by kpi_socket_drop().
 */
int kpi_socket_prepare(const struct kpi_socket *from, struct kpi_socket **out);
int kpi_socket_accept(const struct kpi_socket *from, struct kpi_socket *s, const struct tenon_socket_open *open);
void kpi_socket_drop(struct kpi_socket *s);
/* Nobody has it open any more. */
void kpi_socket_release(struct kpi_socket *s);

/**
 * kpi_socket_call - one of what its family does
 * @a: the arguments that follow the socket
 *
 * Return: what the module says, an error that can be; -TENON_EOPNOTSUPP: it does not do that; -TENON_EOWNERDEAD.
 */
int64_t kpi_socket_call(const struct kpi_socket *s, enum socket_op op, const uint64_t a[4]);
int64_t kpi_socket_pair(const struct kpi_socket *s, const struct kpi_socket *other);

/* Woken when what can be done with it may have changed, or its module is gone. */
struct wait_queue *kpi_socket_queue(struct kpi_socket *s);

/* Files on their way to who receives the message. Takes the references if it succeeds. Return: 0, -TENON_ENOMEM. */
int kpi_rights_make(const struct kpi_socket *s, struct file **files, unsigned cnt, uint64_t *rights);
/* Gives them. Return: how many; 0: there are no such. */
unsigned kpi_rights_take(const struct kpi_socket *s, uint64_t rights, struct file *files[SOCKET_FILES_MAX]);

/* Write what the family with this file has in it. Nothing, if there is none. Return: 0, or a negative errno. */
int kpi_family_show(const char *file, struct text *t);

#endif
