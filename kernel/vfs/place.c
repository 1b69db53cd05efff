// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Where nodes are. A directory refers to its parent, so whoever holds a directory holds the way up from it. A node of
 * another type remembers where it was made, for /proc to show; it may have more names, or none.
 */
#include "kernel/vfs/place.h"

#include "kernel/mm/heap.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/path.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

struct mutex place_lock = MUTEX_INIT(LOCK_PLACE);

static char *copy_name(struct name name)
{
	char *text = heap_alloc(name.len + 1);

	if (text) {
		memcpy(text, name.text, name.len);
		text[name.len] = '\0';
	}
	return text;
}

/* @parent's reference and @text become the node's; what it had is given back. */
static void replace(struct node *node, struct node *parent, char *text)
{
	struct node *old_parent;
	char *old_text;

	mutex_lock(&place_lock);
	old_parent = node->parent;
	old_text = node->name;
	node->parent = parent;
	node->name = text;
	mutex_unlock(&place_lock);
	heap_free(old_text);
	node_put(old_parent);
}

int place_set(struct node *node, struct node *parent, struct name name)
{
	char *text = copy_name(name);

	if (!text)
		return -TENON_ENOMEM;
	node_get(parent);
	replace(node, parent, text);
	return 0;
}

void place_lose(struct node *node, struct node *parent, struct name name)
{
	struct node *old = NULL;

	mutex_lock(&place_lock);
	if (node->parent == parent && strlen(node->name) == name.len && !memcmp(node->name, name.text, name.len) &&
	    !node_is(node, NODE_DIR) && node->link_cnt) {
		/* It goes on under another name, which is not known here: the next walk to it sets it. */
		old = parent;
		node->parent = NULL;
		heap_free(node->name);
		node->name = NULL;
	}
	mutex_unlock(&place_lock);
	node_put(old);
}

void place_clear(struct node *node)
{
	replace(node, NULL, NULL);
}

/* Up from the roots of instances to what they are mounted on. */
static struct node *mounted_on(struct node *node, const struct node *root)
{
	while (node != root && node == node->fs->root && node->fs->mountpoint)
		node = node->fs->mountpoint;
	return node;
}

struct node *place_parent(struct node *node, struct node *root)
{
	struct node *up;

	mutex_lock(&place_lock);
	up = mounted_on(node, root);
	if (up != root && up->parent)
		up = up->parent;
	node_get(up);
	mutex_unlock(&place_lock);
	return up;
}

struct node *place_top(struct node *node)
{
	while (node->covered)
		node = node->covered->root;
	return node;
}

struct node *place_through_mounts(struct node *node)
{
	struct node *below = node;

	if (!__atomic_load_n(&node->covered, __ATOMIC_RELAXED))
		return node;
	mutex_lock(&place_lock);
	node = place_top(node);
	node_get(node);
	mutex_unlock(&place_lock);
	node_put(below);
	return node;
}

bool place_below(struct node *node, struct node *ancestor)
{
	bool below;

	mutex_lock(&place_lock);
	while (node && node != ancestor)
		node = node->parent;
	below = node;
	mutex_unlock(&place_lock);
	return below;
}

/* ---- paths of nodes ---------------------------------------------------------------------------------------------- */

/* Puts @text in front of what begins at @at. Return: where it begins then, or NULL. */
static char *prepend(const char *buf, char *at, const char *text)
{
	size_t len = strlen(text);

	if (!at || (size_t)(at - buf) < len)
		return NULL;
	memcpy(at - len, text, len);
	return at - len;
}

/* The parts from @node up to @root. @reached: did it end there? place_lock is held. */
static char *path_up(struct node *node, const struct node *root, char *buf, char *at, bool *reached)
{
	*reached = false;
	while (at) {
		node = mounted_on(node, root);
		*reached = node == root;
		if (*reached || !node->parent)
			break;
		at = prepend(buf, prepend(buf, at, node->name), "/");
		node = node->parent;
	}
	return at;
}

/* A name that leads nowhere. A directory's count is 0 once it is removed, another node's once it has no name. */
static bool deleted(const struct node *node)
{
	return node->parent && !node->link_cnt;
}

char *path_of(struct node *node, struct node *root, char *buf, size_t size)
{
	char *end = buf + (size < PATH_BYTES ? size : PATH_BYTES) - 1;
	char *at;
	bool reached;

	if (node->fs->type->nameless) {
		tenon_snprintf(buf, size, "%s:[%llu]", node->fs->type->nameless, (unsigned long long)node->number);
		return buf;
	}
	*end = '\0';
	mutex_lock(&place_lock);
	at = deleted(node) ? prepend(buf, end, " (deleted)") : end;
	at = path_up(node, root, buf, at, &reached);
	mutex_unlock(&place_lock);
	if (at && (at == end || *at != '/'))
		at = prepend(buf, at, "/");
	if (at && !reached)
		at = prepend(buf, at, "(unreachable)");
	return at;
}

bool path_reachable(struct node *node, struct node *root)
{
	bool reachable = true;

	mutex_lock(&place_lock);
	for (;; node = node->parent) {
		node = mounted_on(node, root);
		if (node == root)
			break;
		if (!node->parent || !node->link_cnt) {
			reachable = false;
			break;
		}
	}
	mutex_unlock(&place_lock);
	return reachable;
}
