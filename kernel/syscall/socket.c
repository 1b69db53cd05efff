// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Sockets: all but moving messages (socket_message.c). */
#include "kernel/syscall/socket.h"

#include "kernel/process/process.h"
#include "kernel/syscall/copy.h"
#include "kernel/syscall/syscall.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

enum {                  /* Linux's */
       TYPE_MASK = 0xf, /* above it are OPEN_NONBLOCK and OPEN_CLOSE_ON_EXEC */
       TYPE_MAX = 10,
       LEVEL_SOCKET = 1,
       OPTION_TYPE = 3,
       OPTION_RECEIVE_TIMEOUT = 20,
       OPTION_SEND_TIMEOUT = 21,
};

int socket_of(uint64_t fd, struct file **file)
{
	*file = file_of(fd);
	if (!*file)
		return -TENON_EBADF;
	if (socket_is(*file))
		return 0;
	file_put(*file);
	return -TENON_ENOTSOCK;
}

int socket_name_in(struct tenon_socket_message *m, user_addr at, uint32_t len)
{
	m->name_len = len;
	return len > sizeof(m->name) ? -TENON_EINVAL : user_copy_in(m->name, at, len);
}

int socket_name_out(const struct tenon_socket_message *m, user_addr at, user_addr len_at)
{
	uint32_t room, len = m->name_len;
	int err = user_copy_in(&room, len_at, sizeof(room));

	if (err)
		return err;
	if ((int32_t)room < 0)
		return -TENON_EINVAL;
	if (len > sizeof(m->name))
		return -TENON_EIO;
	err = user_copy_out(at, m->name, room < len ? room : len);
	return err ? err : user_copy_out(len_at, &len, sizeof(len));
}

/* ---- making ------------------------------------------------------------------------------------------------------ */

/* Return: 0 with the type and OPEN_ flags, -TENON_EINVAL. */
static int split_type(uint64_t arg, unsigned *type, unsigned *flags)
{
	*type = (unsigned)arg & TYPE_MASK;
	*flags = (unsigned)arg & ~(unsigned)TYPE_MASK;
	return *flags & ~(unsigned)(OPEN_NONBLOCK | OPEN_CLOSE_ON_EXEC) || !*type || *type > TYPE_MAX ? -TENON_EINVAL :
													0;
}

int64_t sys_socket(const uint64_t arg[6])
{
	unsigned type, flags;
	struct file *file;
	int err = split_type(arg[1], &type, &flags);

	if (!err)
		err = socket_open((int)arg[0], type, (int)arg[2], flags & OPEN_NONBLOCK, &file);
	return err ? err : file_give(file, 0, flags & OPEN_CLOSE_ON_EXEC);
}

/* Both or none. */
static int give_pair(struct file *file[2], bool close_on_exec, user_addr to)
{
	struct fdtable *files = process_files(process_current());
	int fd[2];
	int err;

	fd[0] = fdtable_add(files, file[0], 0, close_on_exec);
	if (fd[0] < 0)
		return fd[0];
	fd[1] = fdtable_add(files, file[1], 0, close_on_exec);
	err = fd[1] < 0 ? fd[1] : user_copy_out(to, fd, sizeof(fd));
	if (!err)
		return 0;
	if (fd[1] >= 0)
		fdtable_close(files, fd[1]);
	fdtable_close(files, fd[0]);
	return err;
}

int64_t sys_socketpair(const uint64_t arg[6])
{
	struct file *file[2];
	unsigned type, flags;
	int err = split_type(arg[1], &type, &flags);

	if (!err)
		err = socket_open((int)arg[0], type, (int)arg[2], flags & OPEN_NONBLOCK, &file[0]);
	if (err)
		return err;
	err = socket_open((int)arg[0], type, (int)arg[2], flags & OPEN_NONBLOCK, &file[1]);
	if (!err) {
		err = socket_pair(file[0], file[1]);
		if (!err)
			err = give_pair(file, flags & OPEN_CLOSE_ON_EXEC, arg[3]);
		file_put(file[1]);
	}
	file_put(file[0]);
	return err;
}

/* ---- addresses and connections ----------------------------------------------------------------------------------- */

static int64_t with_name(const uint64_t arg[6], bool connect)
{
	struct tenon_socket_message m = { .size = sizeof(m) };
	struct path_start start;
	struct file *file;
	int err = socket_of(arg[0], &file);

	if (err)
		return err;
	err = socket_name_in(&m, arg[1], (uint32_t)arg[2]);
	if (!err) {
		fs_context_start(process_fs(process_current()), &start);
		err = connect ? socket_connect(file, &m, &start) : socket_bind(file, &m, &start, process_umask());
		path_start_put(&start);
	}
	file_put(file);
	return err;
}

int64_t sys_bind(const uint64_t arg[6])
{
	return with_name(arg, false);
}

int64_t sys_connect(const uint64_t arg[6])
{
	return with_name(arg, true);
}

/* A call with one number. */
static int64_t with_number(const uint64_t arg[6], enum socket_op op)
{
	struct file *file;
	int64_t result = socket_of(arg[0], &file);

	if (result)
		return result;
	result = socket_call(file, op, (const uint64_t[4]){ (uint64_t)(int)arg[1] });
	file_put(file);
	return result > 0 ? -TENON_EIO : result;
}

int64_t sys_listen(const uint64_t arg[6])
{
	return with_number(arg, SOCKET_LISTEN);
}

int64_t sys_shutdown(const uint64_t arg[6])
{
	return (unsigned)arg[1] > 2 ? -TENON_EINVAL : with_number(arg, SOCKET_SHUTDOWN);
}

static int64_t name(const uint64_t arg[6], uint64_t peer)
{
	struct tenon_socket_message m = { .size = sizeof(m) };
	struct file *file;
	int64_t err = socket_of(arg[0], &file);

	if (err)
		return err;
	err = socket_call(file, SOCKET_NAME, (const uint64_t[4]){ peer, (uintptr_t)&m });
	file_put(file);
	return err < 0 ? err : socket_name_out(&m, arg[1], arg[2]);
}

int64_t sys_getsockname(const uint64_t arg[6])
{
	return name(arg, 0);
}

int64_t sys_getpeername(const uint64_t arg[6])
{
	return name(arg, 1);
}

static int64_t accept(const uint64_t arg[6], unsigned flags)
{
	struct tenon_socket_message m = { .size = sizeof(m) };
	struct file *file, *from;
	int64_t err;

	if (flags & ~(unsigned)(OPEN_NONBLOCK | OPEN_CLOSE_ON_EXEC))
		return -TENON_EINVAL;
	err = socket_of(arg[0], &from);
	if (err)
		return err;
	err = socket_accept(from, flags & OPEN_NONBLOCK, &file);
	file_put(from);
	if (err)
		return err;
	if (arg[1]) {
		err = socket_call(file, SOCKET_NAME, (const uint64_t[4]){ 1, (uintptr_t)&m });
		if (err == -TENON_ENOTCONN) /* it has been closed already */
			err = -TENON_ECONNABORTED;
		if (err >= 0)
			err = socket_name_out(&m, arg[1], arg[2]);
		if (err < 0) {
			file_put(file);
			return err;
		}
	}
	return file_give(file, 0, flags & OPEN_CLOSE_ON_EXEC);
}

int64_t sys_accept(const uint64_t arg[6])
{
	return accept(arg, 0);
}

int64_t sys_accept4(const uint64_t arg[6])
{
	return accept(arg, (unsigned)arg[3]);
}

/* ---- options ----------------------------------------------------------------------------------------------------- */

static bool is_timeout(const uint64_t arg[6])
{
	return (int)arg[1] == LEVEL_SOCKET &&
	       ((int)arg[2] == OPTION_RECEIVE_TIMEOUT || (int)arg[2] == OPTION_SEND_TIMEOUT);
}

static int64_t set_option(struct file *file, const uint64_t arg[6])
{
	uint8_t value[TENON_SOCKET_OPTION_BYTES];
	uint64_t ns, len = (uint32_t)arg[4];
	int64_t err;

	if (is_timeout(arg)) {
		err = len < 2 * sizeof(int64_t) ? -TENON_EINVAL : timeval_in(arg[3], &ns);
		if (!err)
			socket_set_timeout(file, (int)arg[2] == OPTION_SEND_TIMEOUT, ns);
		return err;
	}
	if (len > sizeof(value))
		return -TENON_EINVAL;
	err = user_copy_in(value, arg[3], len);
	if (!err)
		err = socket_call(file, SOCKET_SET_OPTION,
				  (const uint64_t[4]){ (uint64_t)(int)arg[1], (uint64_t)(int)arg[2], (uintptr_t)value,
						       len });
	return err == -TENON_EOPNOTSUPP ? -TENON_ENOPROTOOPT : err > 0 ? -TENON_EIO : err;
}

int64_t sys_setsockopt(const uint64_t arg[6])
{
	struct file *file;
	int64_t err = socket_of(arg[0], &file);

	if (err)
		return err;
	err = set_option(file, arg);
	file_put(file);
	return err;
}

static int64_t get_option(struct file *file, const uint64_t arg[6], uint8_t value[TENON_SOCKET_OPTION_BYTES],
			  uint32_t room)
{
	uint64_t ns;
	int64_t len;

	if (is_timeout(arg)) {
		ns = socket_timeout(file, (int)arg[2] == OPTION_SEND_TIMEOUT);
		memcpy(value, &(int64_t[2]){ (int64_t)(ns / 1000000000), (int64_t)(ns % 1000000000 / 1000) }, 16);
		return 16;
	}
	if ((int)arg[1] == LEVEL_SOCKET && (int)arg[2] == OPTION_TYPE) {
		memcpy(value, &(int32_t){ (int32_t)socket_type_of(file) }, sizeof(int32_t));
		return sizeof(int32_t);
	}
	len = socket_call(file, SOCKET_GET_OPTION,
			  (const uint64_t[4]){ (uint64_t)(int)arg[1], (uint64_t)(int)arg[2], (uintptr_t)value, room });
	return len == -TENON_EOPNOTSUPP ? -TENON_ENOPROTOOPT : len > room ? -TENON_EIO : len;
}

int64_t sys_getsockopt(const uint64_t arg[6])
{
	uint8_t value[TENON_SOCKET_OPTION_BYTES];
	struct file *file;
	uint32_t room;
	int64_t len = socket_of(arg[0], &file);

	if (len)
		return len;
	len = user_copy_in(&room, arg[4], sizeof(room));
	if (!len)
		len = get_option(file, arg, value, room < sizeof(value) ? room : (uint32_t)sizeof(value));
	file_put(file);
	if (len < 0)
		return len;
	if (room > (uint32_t)len)
		room = (uint32_t)len;
	len = user_copy_out(arg[3], value, room);
	return len ? len : user_copy_out(arg[4], &room, sizeof(room));
}
