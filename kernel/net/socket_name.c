// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Addresses that are paths of files, unix(7). The family knows a file by a number alone: of its instance and of its node,
 * which stays the file's own as long as a socket that is bound to it keeps the node.
 */
#include "kernel/net/socket_name.h"

#include "kernel/net/socket.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/node.h"
#include "kernel/vfs/path.h"
#include "kernel/vfs/vfs.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define FAMILY_BYTES 2u /* before the path */
#define NUMBER_BITS 40

/* Is it the path of a file? Then with its NUL. */
static bool path_in(const struct tenon_socket_message *name, char path[TENON_SOCKET_NAME_BYTES])
{
	uint16_t family;

	memcpy(&family, name->name, sizeof(family));
	if (name->name_len <= FAMILY_BYTES || family != FAMILY_UNIX || !name->name[FAMILY_BYTES])
		return false;
	memcpy(path, name->name + FAMILY_BYTES, name->name_len - FAMILY_BYTES);
	path[name->name_len - FAMILY_BYTES] = '\0';
	return true;
}

static int number_of(const struct node *node, uint64_t *number)
{
	if (node->number >> NUMBER_BITS || node->fs->device >> (63 - NUMBER_BITS))
		return -TENON_EOPNOTSUPP;
	*number = (uint64_t)node->fs->device << NUMBER_BITS | node->number;
	return 0;
}

int socket_name_make(struct tenon_socket_message *name, const struct path_start *start, uint32_t umask,
		     struct node **node)
{
	struct node_wanted wanted = { .mode = NODE_SOCKET | (0777 & ~umask) };
	char path[TENON_SOCKET_NAME_BYTES];
	int err;

	*node = NULL;
	if (!path_in(name, path))
		return 0;
	err = vfs_make(start, path, &wanted);
	if (err)
		return err == -TENON_EEXIST ? -TENON_EADDRINUSE : err;
	err = path_find(start, path, PATH_FOLLOW, node);
	return err ? err : number_of(*node, &name->node);
}

int socket_name_find(struct tenon_socket_message *name, const struct path_start *start)
{
	char path[TENON_SOCKET_NAME_BYTES];
	struct node *node;
	int err;

	name->node = 0;
	if (!path_in(name, path))
		return 0;
	err = path_find(start, path, PATH_FOLLOW, &node);
	if (err)
		return err;
	err = node_permission(node, MAY_WRITE, false);
	if (!err)
		err = node_is(node, NODE_SOCKET) ? number_of(node, &name->node) : -TENON_ECONNREFUSED;
	node_put(node);
	return err;
}
