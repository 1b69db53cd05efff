// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The walk. One loop takes name after name. At a link the rest of the path is put behind the link's target and the loop
 * goes on with that, so there is no recursion, and 40 links of 4096 bytes bound the work.
 */
#include "kernel/vfs/path.h"

#include "kernel/mm/heap.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/place.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

struct walk {
	const struct path_start *start;
	struct node *at;  /* a reference */
	const char *rest; /* what is still to go */
	char *spliced;    /* the buffer that `rest` is in once a link was followed */
	unsigned links;
};

int path_lookup_locked(struct node *dir, struct name name, struct node **node)
{
	int err = dir->ops->lookup(dir, name, node);

	if (err || (*node)->parent)
		return err;
	err = place_set(*node, dir, name);
	if (err)
		node_put(*node);
	return err;
}

int path_lookup(struct node *dir, struct name name, struct node **node)
{
	int err = -TENON_ENOTDIR;

	if (!node_is(dir, NODE_DIR))
		return err;
	err = node_permission(dir, MAY_EXECUTE, false);
	if (!err && name.len > NAME_BYTES_MAX)
		err = -TENON_ENAMETOOLONG;
	if (err)
		return err;
	if (dir->ops->prepare)
		dir->ops->prepare(dir);
	mutex_lock(&dir->lock);
	err = path_lookup_locked(dir, name, node);
	mutex_unlock(&dir->lock);
	if (!err)
		*node = place_through_mounts(*node);
	return err;
}

static int walk_begin(struct walk *w, const struct path_start *start, const char *path)
{
	*w = (struct walk){ .start = start, .rest = path };
	if (!*path)
		return -TENON_ENOENT;
	if (strnlen(path, PATH_BYTES) == PATH_BYTES)
		return -TENON_ENAMETOOLONG;
	w->at = node_get(*path == '/' ? start->root : start->at);
	return 0;
}

static void walk_end(struct walk *w)
{
	node_put(w->at);
	heap_free(w->spliced);
}

static void walk_to(struct walk *w, struct node *node)
{
	node_put(w->at);
	w->at = node;
}

/* The next name; none is left if its length is 0. */
static void walk_name(struct walk *w, struct name *name)
{
	while (*w->rest == '/')
		w->rest++;
	name->text = w->rest;
	while (*w->rest && *w->rest != '/')
		w->rest++;
	name->len = (size_t)(w->rest - name->text);
}

/* Nothing but slashes is left. */
static bool walk_at_end(const struct walk *w)
{
	const char *rest = w->rest;

	while (*rest == '/')
		rest++;
	return !*rest;
}

/* Go on at the target of @link, which is in w->at. */
static int walk_link(struct walk *w, struct node *link)
{
	struct node *target;
	size_t rest_len = strlen(w->rest);
	char *path;
	long len;
	int err;

	if (++w->links > PATH_LINKS_MAX)
		return -TENON_ELOOP;
	if (link->ops->follow) {
		err = link->ops->follow(link, &target);
		if (!err)
			walk_to(w, target);
		return err;
	}
	path = heap_alloc(PATH_BYTES);
	if (!path)
		return -TENON_ENOMEM;
	len = link->ops->read_link(link, path, PATH_BYTES);
	if (len <= 0 || (size_t)len + rest_len >= PATH_BYTES) {
		heap_free(path);
		return len < 0 ? (int)len : len ? -TENON_ENAMETOOLONG : -TENON_ENOENT;
	}
	memcpy(path + len, w->rest, rest_len + 1);
	heap_free(w->spliced);
	w->spliced = path;
	w->rest = path;
	if (*path == '/')
		walk_to(w, node_get(w->start->root));
	return 0;
}

static bool is_dots(struct name name, size_t cnt)
{
	return name.len == cnt && name.text[0] == '.' && name.text[cnt - 1] == '.';
}

/* One name on. A link at the end is followed if @follow or a slash is behind it. */
static int walk_step(struct walk *w, struct name name, bool follow)
{
	struct node *node;
	int err;

	if (!node_is(w->at, NODE_DIR))
		return -TENON_ENOTDIR;
	if (is_dots(name, 1) || is_dots(name, 2)) {
		err = node_permission(w->at, MAY_EXECUTE, false);
		if (!err && name.len == 2)
			walk_to(w, place_parent(w->at, w->start->root));
		return err;
	}
	err = path_lookup(w->at, name, &node);
	if (err)
		return err;
	if (node_is(node, NODE_LINK) && (*w->rest || follow)) {
		err = walk_link(w, node);
		node_put(node);
		return err;
	}
	walk_to(w, node);
	return 0;
}

int path_find(const struct path_start *start, const char *path, unsigned flags, struct node **node)
{
	struct walk w;
	struct name name;
	bool slash;
	int err;

	if (!*path && (flags & PATH_EMPTY)) {
		*node = node_get(start->at);
		return 0;
	}
	err = walk_begin(&w, start, path);
	while (!err) {
		slash = *w.rest == '/';
		walk_name(&w, &name);
		if (!name.len)
			break;
		err = walk_step(&w, name, flags & PATH_FOLLOW);
		slash = false;
	}
	if (!err && slash && !node_is(w.at, NODE_DIR))
		err = -TENON_ENOTDIR;
	if (!err)
		*node = node_get(w.at);
	walk_end(&w);
	return err;
}

static void set_last(struct path_last *last, struct name name, bool slash)
{
	memcpy(last->text, name.text, name.len);
	last->text[name.len] = '\0';
	last->name = (struct name){ last->text, name.len };
	last->slash = slash;
	last->kind = is_dots(name, 1) ? LAST_DOT : is_dots(name, 2) ? LAST_DOT_DOT : LAST_NAME;
}

int path_find_parent(const struct path_start *start, const char *path, struct path_last *last)
{
	struct walk w;
	struct name name;
	int err;

	err = walk_begin(&w, start, path);
	last->kind = LAST_ROOT;
	last->slash = true;
	while (!err) {
		walk_name(&w, &name);
		if (!name.len)
			break;
		if (walk_at_end(&w)) {
			err = node_is(w.at, NODE_DIR) ? node_permission(w.at, MAY_EXECUTE, false) : -TENON_ENOTDIR;
			if (!err && name.len > NAME_BYTES_MAX)
				err = -TENON_ENAMETOOLONG;
			if (!err)
				set_last(last, name, *w.rest == '/');
			break;
		}
		err = walk_step(&w, name, true);
	}
	last->dir = err ? NULL : node_get(w.at);
	walk_end(&w);
	return err;
}
