/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Parents and names of nodes, and what is mounted where: what place_lock protects. */
#ifndef KERNEL_VFS_PLACE_H
#define KERNEL_VFS_PLACE_H

#include "kernel/vfs/node.h"

extern struct mutex place_lock;

/**
 * place_set - @node is in @parent by this name
 * @name: copied
 *
 * For a node that nobody else knows yet, or with the locks of a rename. Return: 0 or -TENON_ENOMEM: nothing changed.
 */
int place_set(struct node *node, struct node *parent, struct name name);
/* This name of the node is being taken away. The last one is kept for showing. */
void place_lose(struct node *node, struct node *parent, struct name name);
/* Forget it: for a file system's release. */
void place_clear(struct node *node);

/*
 * One step up, from the root of an instance to where it is mounted; @root and the root of everything: itself. A
 * reference.
 */
struct node *place_parent(struct node *node, struct node *root);
/* The root of what is mounted on this, on that, and so on; without references, with place_lock held. */
struct node *place_top(struct node *node);
/* Replaces a reference to a directory by one to the root of what is mounted there, if there is any. */
struct node *place_through_mounts(struct node *node);
/* Is @node @ancestor or below it, within one instance? */
bool place_below(struct node *node, struct node *ancestor);

#endif
