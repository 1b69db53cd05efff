/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Between socket.c and socket_message.c. */
#ifndef KERNEL_SYSCALL_SOCKET_H
#define KERNEL_SYSCALL_SOCKET_H

#include "kernel/net/socket.h"
#include "kernel/syscall/file_args.h"

/* Return: 0 with a reference; -TENON_EBADF, -TENON_ENOTSOCK. */
int socket_of(uint64_t fd, struct file **file);
/* An address of the program's. Return: 0, -TENON_EINVAL: it is too long, -TENON_EFAULT. */
int socket_name_in(struct tenon_socket_message *m, user_addr at, uint32_t len);
/* Cut to the room that the program has; it learns the whole length, at @len_at, a uint32_t. */
int socket_name_out(const struct tenon_socket_message *m, user_addr at, user_addr len_at);

#endif
