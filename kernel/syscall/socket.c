// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Sockets. The one family that is there is netlink, of which programs read what becomes of devices. */
#include "kernel/mm/heap.h"
#include "kernel/net/netlink.h"
#include "kernel/syscall/file_args.h"
#include "kernel/syscall/syscall.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

enum { /* Linux's */
       FAMILY_NETLINK = 16,
       SOCKET_DATAGRAM = 2,
       SOCKET_RAW = 3,
       SOCKET_TYPE = 0xf, /* mask; above it are OPEN_NONBLOCK and OPEN_CLOSE_ON_EXEC */
       LEVEL_SOCKET = 1,
       OPTION_RECEIVE_ROOM = 8,
       OPTION_RECEIVE_ROOM_FORCE = 33,
       MESSAGE_PEEK = 2,
       MESSAGE_TRUNC = 0x20,
       MESSAGE_DONT_WAIT = 0x40,
       MESSAGE_CLOSE_ON_EXEC = 0x40000000,
       SEGMENTS_MAX = 1024,
};

struct netlink_name { /* struct sockaddr_nl */
	uint16_t family, pad;
	uint32_t port, groups;
};

struct message_head { /* struct msghdr */
	uint64_t name;
	uint32_t name_bytes, pad;
	uint64_t segments, segment_cnt;
	uint64_t control, control_bytes;
	uint32_t flags, pad2;
};

/* Return: 0 with a reference; -TENON_EBADF, -TENON_ENOTSOCK. */
static int socket_of(uint64_t fd, struct file **file)
{
	*file = file_of(fd);
	if (!*file)
		return -TENON_EBADF;
	if (netlink_is(*file))
		return 0;
	file_put(*file);
	return -TENON_ENOTSOCK;
}

int64_t sys_socket(const uint64_t arg[6])
{
	int family = (int)arg[0], protocol = (int)arg[2];
	unsigned type = (unsigned)arg[1] & SOCKET_TYPE, flags = (unsigned)arg[1] & ~(unsigned)SOCKET_TYPE;
	struct file *file;
	int err;

	if (family != FAMILY_NETLINK)
		return -TENON_EAFNOSUPPORT;
	if (flags & ~(unsigned)(OPEN_NONBLOCK | OPEN_CLOSE_ON_EXEC))
		return -TENON_EINVAL;
	if (protocol != NETLINK_UEVENT || (type != SOCKET_DATAGRAM && type != SOCKET_RAW))
		return -TENON_EPROTONOSUPPORT;
	err = netlink_open(flags & OPEN_NONBLOCK, &file);
	return err ? err : file_give(file, 0, flags & OPEN_CLOSE_ON_EXEC);
}

int64_t sys_bind(const uint64_t arg[6])
{
	struct netlink_name name;
	struct file *file;
	int err = socket_of(arg[0], &file);

	if (err)
		return err;
	if ((uint32_t)arg[2] < sizeof(name))
		err = -TENON_EINVAL;
	if (!err)
		err = user_copy_in(&name, arg[1], sizeof(name));
	if (!err && name.family != FAMILY_NETLINK)
		err = -TENON_EINVAL;
	if (!err)
		err = netlink_bind(file, name.port, name.groups);
	file_put(file);
	return err;
}

/* Cut to the room that the program has; it learns the whole length. */
static int name_out(const struct netlink_name *name, user_addr to, uint32_t room)
{
	return user_copy_out(to, name, room < sizeof(*name) ? room : sizeof(*name));
}

int64_t sys_getsockname(const uint64_t arg[6])
{
	struct netlink_name name = { .family = FAMILY_NETLINK };
	uint32_t room;
	struct file *file;
	int err = socket_of(arg[0], &file);

	if (err)
		return err;
	netlink_name(file, &name.port, &name.groups);
	file_put(file);
	err = user_copy_in(&room, arg[2], sizeof(room));
	if (!err)
		err = name_out(&name, arg[1], room);
	room = sizeof(name);
	return err ? err : user_copy_out(arg[2], &room, sizeof(room));
}

int64_t sys_setsockopt(const uint64_t arg[6])
{
	int32_t value = 0;
	struct file *file;
	int err = socket_of(arg[0], &file);

	if (err)
		return err;
	if ((int)arg[1] != LEVEL_SOCKET ||
	    ((int)arg[2] != OPTION_RECEIVE_ROOM && (int)arg[2] != OPTION_RECEIVE_ROOM_FORCE))
		err = -TENON_ENOPROTOOPT;
	else if ((uint32_t)arg[4] < sizeof(value))
		err = -TENON_EINVAL;
	else
		err = user_copy_in(&value, arg[3], sizeof(value));
	if (!err)
		netlink_set_room(file, 2 * (int64_t)value); /* doubled for what it costs, socket(7) */
	file_put(file);
	return err;
}

static long receive(struct file *file, struct io *io, unsigned flags)
{
	return netlink_receive(file, io,
			       (flags & MESSAGE_PEEK ? RECEIVE_PEEK : 0) |
				   (flags & MESSAGE_DONT_WAIT ? RECEIVE_NONBLOCK : 0));
}

int64_t sys_recvfrom(const uint64_t arg[6])
{
	const struct netlink_name from = { .family = FAMILY_NETLINK, .groups = NETLINK_UEVENT_GROUP };
	unsigned flags = (unsigned)arg[3];
	struct io_segment segment;
	uint32_t room = 0;
	struct file *file;
	struct io io;
	long len = socket_of(arg[0], &file);

	if (len)
		return len;
	io_user(&io, &segment, arg[1], arg[2]);
	segment.bytes = io.left;
	len = receive(file, &io, flags);
	if (len > (long)segment.bytes && !(flags & MESSAGE_TRUNC))
		len = (long)segment.bytes;
	file_put(file);
	if (len < 0 || !arg[4])
		return len;
	if (user_copy_in(&room, arg[5], sizeof(room)) || name_out(&from, arg[4], room))
		return -TENON_EFAULT;
	room = sizeof(from);
	return user_copy_out(arg[5], &room, sizeof(room)) ? -TENON_EFAULT : len;
}

/* The pieces of a message, copied from the program; of the heap. */
static int segments_in(const struct message_head *head, struct io_segment **segments, struct io *io)
{
	size_t bytes = head->segment_cnt * sizeof(**segments);
	int err;

	if (head->segment_cnt > SEGMENTS_MAX)
		return -TENON_EMSGSIZE;
	*segments = heap_alloc(bytes + 1);
	if (!*segments)
		return -TENON_ENOMEM;
	err = user_copy_in(*segments, head->segments, bytes);
	*io = (struct io){ .segment = *segments, .user = true };
	for (uint64_t i = 0; i < head->segment_cnt && !err; i++) {
		if ((*segments)[i].bytes > IO_BYTES_MAX - io->left)
			err = -TENON_EINVAL;
		else
			io->left += (*segments)[i].bytes;
	}
	if (err)
		heap_free(*segments);
	return err;
}

/* What recvmsg puts into the program's structure besides the message. */
static int head_out(user_addr at, struct message_head *head, bool cut)
{
	const struct netlink_name from = { .family = FAMILY_NETLINK, .groups = NETLINK_UEVENT_GROUP };
	int err = head->name ? name_out(&from, head->name, head->name_bytes) : 0;

	head->name_bytes = head->name ? sizeof(from) : head->name_bytes;
	head->control_bytes = 0;
	head->flags = cut ? MESSAGE_TRUNC : 0;
	return err ? err : user_copy_out(at, head, sizeof(*head));
}

int64_t sys_recvmsg(const uint64_t arg[6])
{
	unsigned flags = (unsigned)arg[2];
	struct io_segment *segments;
	struct message_head head;
	struct file *file;
	struct io io;
	size_t room;
	long len = socket_of(arg[0], &file);

	if (len)
		return len;
	len = user_copy_in(&head, arg[1], sizeof(head));
	if (!len)
		len = segments_in(&head, &segments, &io);
	if (!len) {
		room = io.left;
		len = receive(file, &io, flags);
		heap_free(segments);
		if (len >= 0 && head_out(arg[1], &head, (size_t)len > room))
			len = -TENON_EFAULT;
		if (len > (long)room && !(flags & MESSAGE_TRUNC))
			len = (long)room;
	}
	file_put(file);
	return len;
}
