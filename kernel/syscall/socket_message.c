// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Messages through sockets, and the descriptors that go with them: sendmsg(2), recvmsg(2), cmsg(3). */
#include "kernel/mm/heap.h"
#include "kernel/net/socket_name.h"
#include "kernel/process/process.h"
#include "kernel/syscall/socket.h"
#include "kernel/syscall/syscall.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

enum { /* Linux's */
       LEVEL_SOCKET = 1,
       CONTROL_RIGHTS = 1,
       CONTROL_BYTES_MAX = 1024, /* of one message's, that a program sends */
       SEGMENTS_MAX = 1024,
       MESSAGE_CONTROL_TRUNC = 0x08,
       MESSAGE_CLOSE_ON_EXEC = 0x40000000,
};

struct message_head { /* struct msghdr */
	uint64_t name;
	uint32_t name_bytes, pad;
	uint64_t segments, segment_cnt;
	uint64_t control, control_bytes;
	uint32_t flags, pad2;
};

struct control {        /* struct cmsghdr */
	uint64_t bytes; /* with itself */
	int32_t level, type;
};

/* ---- descriptors ------------------------------------------------------------------------------------------------- */

struct passed {
	struct file *file[SOCKET_FILES_MAX];
	unsigned cnt;
};

static void put_all(struct passed *p)
{
	while (p->cnt)
		file_put(p->file[--p->cnt]);
}

static int add_files(struct passed *p, const uint8_t *numbers, size_t cnt)
{
	int32_t fd;

	if (cnt > SOCKET_FILES_MAX - p->cnt)
		return -TENON_EINVAL;
	for (size_t i = 0; i < cnt; i++) {
		memcpy(&fd, numbers + i * sizeof(fd), sizeof(fd));
		p->file[p->cnt] = file_of_any((uint64_t)fd);
		if (!p->file[p->cnt])
			return -TENON_EBADF;
		p->cnt++;
	}
	return 0;
}

/* What goes with a message. Other things than descriptors are let pass. */
static int control_in(const struct message_head *head, struct passed *p)
{
	uint8_t bytes[CONTROL_BYTES_MAX];
	struct control c;
	size_t at = 0;
	int err;

	if (head->control_bytes > sizeof(bytes))
		return -TENON_ENOBUFS;
	err = user_copy_in(bytes, head->control, head->control_bytes);
	while (!err && head->control_bytes - at >= sizeof(c)) {
		memcpy(&c, bytes + at, sizeof(c));
		if (c.bytes < sizeof(c) || c.bytes > head->control_bytes - at)
			return -TENON_EINVAL;
		if (c.level == LEVEL_SOCKET && c.type == CONTROL_RIGHTS)
			err = add_files(p, bytes + at + sizeof(c), (c.bytes - sizeof(c)) / sizeof(int32_t));
		at += (c.bytes + 7) & ~7ull;
		if (at > head->control_bytes)
			break;
	}
	return err;
}

/* As many as there is room for get numbers. Return: whether that was all; the head says how many bytes there are. */
static bool control_out(struct message_head *head, struct passed *p, bool close_on_exec)
{
	struct fdtable *files = process_files(process_current());
	struct control c = { .level = LEVEL_SOCKET, .type = CONTROL_RIGHTS };
	uint64_t room = head->control_bytes < sizeof(c) ? 0 : (head->control_bytes - sizeof(c)) / sizeof(int32_t);
	uint32_t cnt = 0;

	head->control_bytes = 0;
	for (; cnt < p->cnt && cnt < room; cnt++) {
		int32_t fd = fdtable_add(files, p->file[cnt], 0, close_on_exec);

		if (fd < 0)
			break;
		if (user_copy_out(head->control + sizeof(c) + cnt * sizeof(fd), &fd, sizeof(fd))) {
			fdtable_close(files, fd);
			break;
		}
	}
	c.bytes = sizeof(c) + cnt * sizeof(int32_t);
	if (cnt && !user_copy_out(head->control, &c, sizeof(c)))
		head->control_bytes = c.bytes;
	return cnt == p->cnt;
}

/* A number that goes with it. Return: as control_out(). */
static bool number_out(struct message_head *head, const struct tenon_socket_message *m)
{
	struct {
		struct control head;
		uint32_t number, pad;
	} c = { .head = { offsetof(typeof(c), pad), (int32_t)m->control_level, (int32_t)m->control_type },
		.number = m->control_number };
	bool fits = head->control_bytes >= sizeof(c);

	head->control_bytes = fits && !user_copy_out(head->control, &c, sizeof(c)) ? sizeof(c) : 0;
	return fits;
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

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

/* With an address of @len bytes at @name, if that is not 0. */
static long send(struct file *file, struct io *io, struct tenon_socket_message *m, user_addr name, uint32_t len,
		 unsigned flags)
{
	struct path_start start;
	int err = 0;

	if (name)
		err = socket_name_in(m, name, len);
	if (!err && m->name_len) {
		fs_context_start(process_fs(process_current()), &start);
		err = socket_name_find(m, &start);
		path_start_put(&start);
	}
	return err ? err : socket_send(file, io, m, flags);
}

int64_t sys_sendto(const uint64_t arg[6])
{
	struct tenon_socket_message m = { .size = sizeof(m) };
	struct io_segment segment;
	struct file *file;
	struct io io;
	long len = socket_of(arg[0], &file);

	if (len)
		return len;
	io_user(&io, &segment, arg[1], arg[2]);
	len = send(file, &io, &m, arg[4], (uint32_t)arg[5], (unsigned)arg[3]);
	file_put(file);
	return len;
}

static long send_message(struct file *file, const struct message_head *head, unsigned flags)
{
	struct tenon_socket_message m = { .size = sizeof(m) };
	struct passed passed = { .cnt = 0 };
	struct io_segment *segments;
	struct io io;
	long len = segments_in(head, &segments, &io);

	if (len)
		return len;
	len = control_in(head, &passed);
	if (!len && passed.cnt)
		len = socket_send_files(file, passed.file, passed.cnt, &m.rights);
	if (!len && passed.cnt)
		passed.cnt = 0; /* they are the message's */
	if (!len)
		len = send(file, &io, &m, head->name, head->name_bytes, flags);
	if (len < 0)
		socket_drop_files(file, m.rights);
	put_all(&passed);
	heap_free(segments);
	return len;
}

int64_t sys_sendmsg(const uint64_t arg[6])
{
	struct message_head head;
	struct file *file;
	long len = socket_of(arg[0], &file);

	if (len)
		return len;
	len = user_copy_in(&head, arg[1], sizeof(head));
	if (!len)
		len = send_message(file, &head, (unsigned)arg[2]);
	file_put(file);
	return len;
}

/* What a program hears of how much it was: of a datagram, also what was cut, if it asks for that. */
static long length_of(long len, const struct tenon_socket_message *m, unsigned flags)
{
	return len >= 0 && flags & MESSAGE_TRUNC && m->flags & TENON_SOCKET_TRUNCATED ? (long)m->len : len;
}

int64_t sys_recvfrom(const uint64_t arg[6])
{
	struct tenon_socket_message m = { .size = sizeof(m) };
	unsigned flags = (unsigned)arg[3];
	struct io_segment segment;
	struct file *file;
	struct io io;
	long len = socket_of(arg[0], &file);

	if (len)
		return len;
	io_user(&io, &segment, arg[1], arg[2]);
	len = socket_receive(file, &io, &m, flags);
	if (len >= 0)
		socket_drop_files(file, m.rights); /* nobody asked for them */
	file_put(file);
	if (len >= 0 && arg[4] && socket_name_out(&m, arg[4], arg[5]))
		return -TENON_EFAULT;
	return length_of(len, &m, flags);
}

static long receive_message(struct file *file, struct message_head *head, unsigned flags)
{
	struct tenon_socket_message m = { .size = sizeof(m) };
	struct passed passed = { .cnt = 0 };
	struct io_segment *segments;
	uint32_t room = head->name_bytes;
	struct io io;
	long len = segments_in(head, &segments, &io);

	if (len)
		return len;
	len = socket_receive(file, &io, &m, flags);
	heap_free(segments);
	if (len < 0)
		return len;
	if (m.rights)
		passed.cnt = socket_take_files(file, m.rights, passed.file);
	head->flags = m.flags & TENON_SOCKET_TRUNCATED ? MESSAGE_TRUNC : 0;
	if (m.control_type ? !number_out(head, &m) : !control_out(head, &passed, flags & MESSAGE_CLOSE_ON_EXEC))
		head->flags |= MESSAGE_CONTROL_TRUNC;
	put_all(&passed);
	if (head->name && user_copy_out(head->name, m.name, room < m.name_len ? room : m.name_len))
		return -TENON_EFAULT;
	head->name_bytes = head->name ? m.name_len : room;
	return length_of(len, &m, flags);
}

int64_t sys_recvmsg(const uint64_t arg[6])
{
	struct message_head head;
	struct file *file;
	long len = socket_of(arg[0], &file);

	if (len)
		return len;
	len = user_copy_in(&head, arg[1], sizeof(head));
	if (!len)
		len = receive_message(file, &head, (unsigned)arg[2]);
	if (len >= 0 && user_copy_out(arg[1], &head, sizeof(head)))
		len = -TENON_EFAULT;
	file_put(file);
	return len;
}
