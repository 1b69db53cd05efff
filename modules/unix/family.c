// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The family as the kernel calls it. */
#include "unix.h"

#define LOCK_NS 10000000000ull /* nothing is waited for with it held */

enum { /* Linux's */
       LEVEL_SOCKET = 1,
       OPTION_REUSE_ADDRESS = 2,
       OPTION_ERROR = 4,
       OPTION_SEND_ROOM = 7,
       OPTION_RECEIVE_ROOM = 8,
       OPTION_PEER = 17,
       OPTION_LISTENS = 30,
       OPTION_PROTOCOL = 38,
       OPTION_FAMILY = 39,
       IOCTL_READABLE = 0x541b, /* FIONREAD */
};

struct sock *all_socks;
static tenon_handle family, mutex;

static int lock(void)
{
	return tenon_mutex_lock(mutex, tenon_clock_ns() + LOCK_NS);
}

static void unlock(void)
{
	tenon_mutex_unlock(mutex);
}

/* ---- sockets ----------------------------------------------------------------------------------------------------- */

struct sock *sock_new(const struct tenon_socket_open *open)
{
	struct sock *s = tenon_alloc(THIS_MODULE, sizeof(*s));

	if (!s)
		return NULL;
	*s = (struct sock){ .next = all_socks,
			    .link = &all_socks,
			    .type = open->type,
			    .pid = open->pid,
			    .uid = open->uid,
			    .gid = open->gid };
	s->end = &s->first;
	s->pending_end = &s->pending;
	if (all_socks)
		all_socks->link = &s->next;
	all_socks = s;
	return s;
}

void sock_free(struct sock *s)
{
	sock_disconnect(s);
	sock_drop_messages(s);
	name_unbind(s);
	*s->link = s->next;
	if (s->next)
		s->next->link = s->link;
	tenon_free(s);
}

void sock_wake(const struct sock *s)
{
	if (s->handle)
		tenon_socket_wake(s->handle);
}

void sock_wake_waiting(struct sock *s)
{
	for (struct sock *other = all_socks; other; other = other->next)
		if (other->waits_for == s) {
			other->waits_for = NULL;
			sock_wake(other);
		}
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

static int create(void *ctx, tenon_handle handle, struct tenon_socket_open *open)
{
	struct sock *s;
	int err;

	(void)ctx;
	if (open->type != TYPE_STREAM && open->type != TYPE_DATAGRAM && open->type != TYPE_SEQPACKET)
		return -TENON_ESOCKTNOSUPPORT;
	if (open->protocol && open->protocol != FAMILY_UNIX)
		return -TENON_EPROTONOSUPPORT;
	err = lock();
	if (err)
		return err;
	s = sock_new(open);
	if (s)
		s->handle = handle;
	unlock();
	open->socket = s;
	return s ? 0 : -TENON_ENOMEM;
}

static void release(void *ctx, void *socket)
{
	(void)ctx;
	if (lock())
		return;
	sock_free(socket);
	unlock();
}

/* An operation between lock and unlock. */
#define LOCKED(type, call)                                                                                             \
	({                                                                                                             \
		type result_ = lock();                                                                                 \
		(void)ctx;                                                                                             \
		if (!result_) {                                                                                        \
			result_ = (call);                                                                              \
			unlock();                                                                                      \
		}                                                                                                      \
		result_;                                                                                               \
	})

static int bind(void *ctx, void *socket, const struct tenon_socket_message *name)
{
	return LOCKED(int, name_bind(socket, name));
}

static int connect(void *ctx, void *socket, const struct tenon_socket_message *name)
{
	return LOCKED(int, sock_connect(socket, name));
}

static int listen(void *ctx, void *socket, int backlog)
{
	return LOCKED(int, sock_listen(socket, backlog));
}

static int accept_locked(struct sock *s, tenon_handle handle, struct tenon_socket_open *open)
{
	struct sock *new;
	int err = sock_accept(s, &new);

	if (err)
		return err;
	new->handle = handle;
	open->socket = new;
	return 0;
}

static int accept(void *ctx, void *socket, tenon_handle handle, struct tenon_socket_open *open)
{
	return LOCKED(int, accept_locked(socket, handle, open));
}

static int pair(void *ctx, void *socket, void *other)
{
	return LOCKED(int, sock_pair(socket, other));
}

static long send(void *ctx, void *socket, const struct tenon_socket_message *message, const void *data, size_t len)
{
	return LOCKED(long, sock_send(socket, message, data, len));
}

static long receive(void *ctx, void *socket, struct tenon_socket_message *message, void *data, size_t len)
{
	return LOCKED(long, sock_receive(socket, message, data, len));
}

static int shutdown(void *ctx, void *socket, int how)
{
	return LOCKED(int, sock_shutdown(socket, how));
}

static int poll(void *ctx, void *socket)
{
	return LOCKED(int, sock_poll(socket));
}

static int name_locked(const struct sock *s, int peer, struct tenon_socket_message *name)
{
	if (peer && !s->peer)
		return -TENON_ENOTCONN;
	name_get(peer ? s->peer : s, name);
	return 0;
}

static int name(void *ctx, void *socket, int peer, struct tenon_socket_message *name)
{
	return LOCKED(int, name_locked(socket, peer, name));
}

static int set_option(void *ctx, void *socket, int level, int option, const void *value, size_t len)
{
	(void)ctx, (void)socket, (void)value;
	if (level != LEVEL_SOCKET ||
	    (option != OPTION_REUSE_ADDRESS && option != OPTION_SEND_ROOM && option != OPTION_RECEIVE_ROOM))
		return -TENON_ENOPROTOOPT;
	return len < sizeof(int32_t) ? -TENON_EINVAL : 0; /* they are hints: nothing here depends on them */
}

static long option_locked(struct sock *s, int option, void *value, size_t len)
{
	int32_t out[3] = { 0 };
	size_t bytes = sizeof(out[0]);

	switch (option) {
	case OPTION_ERROR:
		out[0] = s->error;
		s->error = 0;
		break;
	case OPTION_SEND_ROOM:
	case OPTION_RECEIVE_ROOM:
		out[0] = ROOM_BYTES;
		break;
	case OPTION_LISTENS:
		out[0] = s->listens;
		break;
	case OPTION_FAMILY:
		out[0] = FAMILY_UNIX;
		break;
	case OPTION_PROTOCOL:
		break;
	case OPTION_PEER:
		out[0] = (int32_t)s->peer_pid;
		out[1] = (int32_t)s->peer_uid;
		out[2] = (int32_t)s->peer_gid;
		bytes = sizeof(out);
		break;
	default:
		return -TENON_ENOPROTOOPT;
	}
	if (bytes > len)
		bytes = len;
	memcpy(value, out, bytes);
	return (long)bytes;
}

static long get_option(void *ctx, void *socket, int level, int option, void *value, size_t len)
{
	if (level != LEVEL_SOCKET)
		return -TENON_ENOPROTOOPT;
	return LOCKED(long, option_locked(socket, option, value, len));
}

static int ioctl_locked(const struct sock *s, struct tenon_socket_ioctl *call)
{
	uint32_t bytes = 0;

	if (call->command != IOCTL_READABLE || call->len < sizeof(bytes))
		return -TENON_ENOTTY;
	for (const struct message *m = s->first; m; m = is_datagram(s) ? NULL : m->next)
		bytes += (uint32_t)(m->len - m->done);
	memcpy(call->data, &bytes, sizeof(bytes));
	call->len = sizeof(bytes);
	return 0;
}

static int ioctl(void *ctx, void *socket, struct tenon_socket_ioctl *call)
{
	return LOCKED(int, ioctl_locked(socket, call));
}

/* /proc/net/unix, proc(5). */
static long show_locked(char *text, size_t len)
{
	size_t at = (size_t)tenon_snprintf(text, len, "Num       RefCount Protocol Flags    Type St Inode Path\n");
	unsigned int nr = 0;

	for (const struct sock *s = all_socks; s && at < len; s = s->next, nr++) {
		const char *path = (const char *)s->name.name + FAMILY_BYTES;
		int path_len = s->name.name_len > FAMILY_BYTES ? (int)(s->name.name_len - FAMILY_BYTES) : 0;

		at += (size_t)tenon_snprintf(text + at, len - at, "%08x: 00000002 00000000 %08x %04x %02x %5u", nr,
					     s->listens ? 0x10000 : 0, (unsigned int)s->type, s->peer ? 3 : 1, nr + 1);
		if (path_len && at < len)
			at += (size_t)tenon_snprintf(text + at, len - at, " %s%.*s", *path ? "" : "@",
						     *path ? path_len : path_len - 1, *path ? path : path + 1);
		if (at < len)
			text[at++] = '\n';
	}
	return (long)(at < len ? at : len);
}

static long show(void *ctx, int file, void *text, size_t len)
{
	(void)file;
	return LOCKED(long, show_locked(text, len));
}

/* ---- the module -------------------------------------------------------------------------------------------------- */

static int __init unix_init(void)
{
	static const struct tenon_family_ops ops = {
		.create = create,
		.release = release,
		.bind = bind,
		.connect = connect,
		.listen = listen,
		.accept = accept,
		.pair = pair,
		.send = send,
		.receive = receive,
		.shutdown = shutdown,
		.name = name,
		.set_option = set_option,
		.get_option = get_option,
		.ioctl = ioctl,
		.poll = poll,
		.show = show,
	};
	int err;

	mutex = tenon_mutex_create(THIS_MODULE);
	err = tenon_handle_error(mutex);
	if (err)
		return err;
	family = tenon_family_register(THIS_MODULE, FAMILY_UNIX, 0, "unix", &ops, NULL);
	err = tenon_handle_error(family);
	if (err)
		tenon_mutex_destroy(mutex);
	return err;
}

static void __exit unix_exit(void)
{
	tenon_family_unregister(family);
	tenon_mutex_destroy(mutex);
}

module_init(unix_init);
module_exit(unix_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Sockets between programs of one machine");
MODULE_AUTHOR("The Tenon authors");
MODULE_ALIAS("net-pf-1");
