/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Addresses that are paths; inside the directory. */
#ifndef KERNEL_NET_SOCKET_NAME_H
#define KERNEL_NET_SOCKET_NAME_H

#include <stdint.h>

#include "tenon/kpi/socket.h"

struct node;
struct path_start;

/*
 * Make the file of a path, and fill in name->node. Return: 0 with *node, a reference, NULL: it is no path; -TENON_EADDRINUSE,
 * what vfs_make() says; then *node may be there, too.
 */
int socket_name_make(struct tenon_socket_message *name, const struct path_start *start, uint32_t umask,
		     struct node **node);
/* Fill in name->node: 0, if it is no path. Return: 0; -TENON_ECONNREFUSED: no socket's file; what path_find() says. */
int socket_name_find(struct tenon_socket_message *name, const struct path_start *start);

#endif
