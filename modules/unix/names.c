// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Who is bound to which name: a file, known by the kernel's number of it, or, where the path begins with a zero, the path
 * itself. Streams and datagrams have the same names.
 */
#include "unix.h"

#define BUCKETS 256u
#define ADDRESS_BYTES_MAX 110u /* struct sockaddr_un */

static struct sock *buckets[BUCKETS];

static struct sock **bucket_of(const struct tenon_socket_message *name)
{
	uint64_t hash = name->node;

	for (uint32_t i = FAMILY_BYTES; !name->node && i < name->name_len; i++)
		hash = hash * 31 + name->name[i];
	return &buckets[(hash ^ hash >> 32) % BUCKETS];
}

static bool is_same(const struct tenon_socket_message *a, const struct tenon_socket_message *b)
{
	if (a->node || b->node)
		return a->node == b->node;
	return a->name_len == b->name_len && !memcmp(a->name, b->name, a->name_len);
}

int name_check(const struct tenon_socket_message *name)
{
	uint16_t family;

	if (name->name_len <= FAMILY_BYTES || name->name_len > ADDRESS_BYTES_MAX)
		return -TENON_EINVAL;
	memcpy(&family, name->name, sizeof(family));
	return family == FAMILY_UNIX && (name->node || !name->name[FAMILY_BYTES]) ? 0 : -TENON_EINVAL;
}

struct sock *name_find(const struct tenon_socket_message *name)
{
	struct sock *s = *bucket_of(name);

	while (s && !is_same(&s->name, name))
		s = s->bound_next;
	return s;
}

int name_bind(struct sock *s, const struct tenon_socket_message *name)
{
	struct sock **bucket = bucket_of(name);
	int err = s->name.name_len ? -TENON_EINVAL : name_check(name);

	if (err)
		return err;
	if (name_find(name))
		return -TENON_EADDRINUSE;
	s->name = *name;
	if (name->node) /* a path ends with its NUL, however long the program's structure is */
		s->name.name_len =
		    FAMILY_BYTES + 1 +
		    (uint32_t)strnlen((const char *)name->name + FAMILY_BYTES, name->name_len - FAMILY_BYTES);
	s->bound_next = *bucket;
	*bucket = s;
	return 0;
}

void name_unbind(struct sock *s)
{
	struct sock **at = bucket_of(&s->name);

	while (*at && *at != s)
		at = &(*at)->bound_next;
	if (*at)
		*at = s->bound_next;
}

void name_get(const struct sock *s, struct tenon_socket_message *name)
{
	const uint16_t family = FAMILY_UNIX;

	if (s && s->name.name_len) {
		memcpy(name->name, s->name.name, sizeof(name->name));
		name->name_len = s->name.name_len;
		return;
	}
	memcpy(name->name, &family, sizeof(family));
	name->name_len = sizeof(family);
}
