// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Bytes between programs and families. A family sees the kernel's memory, so what is moved goes through a buffer, of as much
 * as one call moves: a stream in pieces, a datagram as one.
 */
#include "kernel/mm/heap.h"
#include "kernel/mm/user.h"
#include "kernel/net/netdev.h"
#include "kernel/net/netlink.h"
#include "kernel/net/socket_file.h"
#include "kernel/process/process.h"
#include "kernel/process/signal.h"
#include "kernel/sched/timer.h"
#include "kernel/vfs/io.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

uint64_t socket_deadline(const struct socket *s, bool send)
{
	uint64_t ns = atomic_load(send ? &s->send_ns : &s->receive_ns);

	return ns ? clock_ns() + ns : DEADLINE_NONE;
}

int64_t socket_call_waiting(struct file *file, enum socket_op op, const uint64_t a[4], bool no_wait, bool send)
{
	struct socket *s = file->data;
	int64_t got;
	int err;

	if (no_wait || file_nonblocking(file))
		return socket_call(file, op, a);
	err = wait_event(netlink_is(file) ? netlink_queue(file) : s->queue,
			 (got = socket_call(file, op, a)) != -TENON_EAGAIN,
			 netlink_is(file) ? DEADLINE_NONE : socket_deadline(s, send), WAIT_SIGNAL);
	return err == -TENON_ETIMEDOUT ? -TENON_EAGAIN : err ? err : got;
}

/* ---- sending ----------------------------------------------------------------------------------------------------- */

/* All of a piece. Its first call takes the message's rights. Return: bytes, or negative errno if that is none. */
static long send_piece(struct file *file, uint8_t *data, size_t len, struct tenon_socket_message *m, bool no_wait)
{
	size_t done = 0;
	int64_t got;

	do {
		got = socket_call_waiting(file, SOCKET_SEND,
					  (const uint64_t[4]){ (uintptr_t)m, (uintptr_t)data + done, len - done },
					  no_wait, true);
		if (got > (int64_t)(len - done) || (!got && len))
			got = -TENON_EIO; /* nonsense */
		if (got < 0)
			return done ? (long)done : (long)got;
		m->rights = 0;
		done += (size_t)got;
	} while (done < len);
	return (long)done;
}

long socket_send(struct file *file, struct io *io, struct tenon_socket_message *m, unsigned flags)
{
	bool stream = socket_type_of(file) == SOCKET_STREAM;
	size_t piece = io->left < TENON_SOCKET_IO_BYTES ? io->left : TENON_SOCKET_IO_BYTES, part;
	long got, done = 0;
	uint8_t *data;

	if (!stream && io->left > piece)
		return -TENON_EMSGSIZE;
	data = heap_alloc(piece ? piece : 1);
	if (!data)
		return -TENON_ENOMEM;
	do {
		part = io->left < piece ? io->left : piece;
		got = io_take(io, data, part);
		if (!got)
			got = send_piece(file, data, part, m, flags & MESSAGE_DONT_WAIT);
		if (got > 0)
			done += got;
	} while (got == (long)part && io->left);
	heap_free(data);
	if (got == -TENON_EPIPE && stream && !(flags & MESSAGE_NO_SIGNAL))
		task_signal(SIGNAL_PIPE);
	return done ? done : got;
}

/* ---- receiving --------------------------------------------------------------------------------------------------- */

long socket_receive(struct file *file, struct io *io, struct tenon_socket_message *m, unsigned flags)
{
	size_t piece = io->left < TENON_SOCKET_IO_BYTES ? io->left : TENON_SOCKET_IO_BYTES, part;
	bool all = flags & MESSAGE_WAIT_ALL && socket_type_of(file) == SOCKET_STREAM && !(flags & MESSAGE_PEEK);
	uint8_t *data = heap_alloc(piece ? piece : 1);
	long got, done = 0;

	if (!data)
		return -TENON_ENOMEM;
	do {
		part = io->left < piece ? io->left : piece;
		m->flags = flags & MESSAGE_PEEK ? TENON_SOCKET_PEEK : 0;
		got = socket_call_waiting(file, SOCKET_RECEIVE,
					  (const uint64_t[4]){ (uintptr_t)m, (uintptr_t)data, part },
					  flags & MESSAGE_DONT_WAIT, false);
		if (got > (long)part || (got >= 0 && m->name_len > sizeof(m->name)))
			got = -TENON_EIO; /* nonsense */
		if (got >= 0 && io_put(io, data, (size_t)got))
			got = -TENON_EFAULT;
		if (got > 0)
			done += got;
	} while (all && got > 0 && io->left && !m->rights);
	heap_free(data);
	return done ? done : got;
}

/* ---- as other files ---------------------------------------------------------------------------------------------- */

/* Descriptors that come with it are lost: nobody asked for them. */
long socket_read(struct file *file, struct io *io, uint64_t offset)
{
	struct tenon_socket_message m = { .size = sizeof(m) };
	long got = socket_receive(file, io, &m, 0);

	(void)offset;
	if (got >= 0)
		socket_drop_files(file, m.rights);
	return got;
}

long socket_write(struct file *file, struct io *io, uint64_t offset)
{
	struct tenon_socket_message m = { .size = sizeof(m) };

	(void)offset;
	return socket_send(file, io, &m, 0);
}

/* ---- descriptors ------------------------------------------------------------------------------------------------- */

int socket_send_files(struct file *file, struct file **files, unsigned cnt, uint64_t *rights)
{
	const struct socket *s = file->data;

	if (netlink_is(file) || s->family != FAMILY_UNIX)
		return -TENON_EINVAL;
	for (unsigned i = 0; i < cnt; i++)
		if (socket_is(files[i]) && !netlink_is(files[i]) &&
		    ((struct socket *)files[i]->data)->family == FAMILY_UNIX)
			return -TENON_ETOOMANYREFS;
	return kpi_rights_make(s->kpi, files, cnt, rights);
}

unsigned socket_take_files(struct file *file, uint64_t rights, struct file *files[SOCKET_FILES_MAX])
{
	return netlink_is(file) ? 0 : kpi_rights_take(((struct socket *)file->data)->kpi, rights, files);
}

void socket_drop_files(struct file *file, uint64_t rights)
{
	struct file *files[SOCKET_FILES_MAX];
	unsigned cnt = rights ? socket_take_files(file, rights, files) : 0;

	while (cnt)
		file_put(files[--cnt]);
}

/* ---- control calls ----------------------------------------------------------------------------------------------- */

/* A struct rtentry, and behind it the name of its interface, to which it has a pointer. */
static int route_in(struct tenon_socket_ioctl *call, uint64_t argument)
{
	enum { ROUTE_BYTES = 120, NAME_AT = 88 };
	char *name = (char *)call->data + ROUTE_BYTES;
	uint64_t at;
	int err = user_copy_in(call->data, argument, ROUTE_BYTES);
	long len = 0;

	if (err)
		return err;
	memcpy(&at, call->data + NAME_AT, sizeof(at));
	if (at)
		len = user_string_in(name, at, TENON_NETDEV_NAME_BYTES);
	call->len = ROUTE_BYTES + TENON_NETDEV_NAME_BYTES;
	return len < 0 ? (int)len : 0;
}

long socket_ioctl(struct file *file, unsigned command, uint64_t argument)
{
	enum { REQUEST_BYTES = 40, ADD_ROUTE = 0x890b, DELETE_ROUTE = 0x890c }; /* of struct ifreq; Linux's */
	struct tenon_socket_ioctl call = { .size = sizeof(call), .command = command, .len = REQUEST_BYTES };
	int64_t result = netdev_ioctl(file, command, argument);
	int err = 0;

	if (result != -TENON_ENOTTY)
		return result;
	call.privileged = !process_credentials()->euid;
	if (command == ADD_ROUTE || command == DELETE_ROUTE)
		err = route_in(&call, argument);
	else if (user_copy_in(call.data, argument, call.len))
		call.len = 0;
	result = err ? err : socket_call(file, SOCKET_IOCTL, (const uint64_t[4]){ (uintptr_t)&call });
	if (result >= 0 && call.len && call.len <= REQUEST_BYTES && user_copy_out(argument, call.data, call.len))
		result = -TENON_EFAULT;
	return result;
}
