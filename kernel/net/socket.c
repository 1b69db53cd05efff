// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Sockets as open files: making them, and what can be done with them but moving bytes (socket_io.c). */
#include "kernel/net/socket.h"

#include "kernel/domain/domain.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/module/request.h"
#include "kernel/net/netdev.h"
#include "kernel/net/netlink.h"
#include "kernel/net/socket_file.h"
#include "kernel/net/socket_name.h"
#include "kernel/policy/policy.h"
#include "kernel/process/process.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define POLL_READ_HANG_UP 0x2000 /* Linux's POLLRDHUP */
#define LEVEL_SOCKET 1
#define OPTION_ERROR 4

static const struct filesystem_type socket_fs_type = { .name = "sockfs",
						       .nameless = "socket",
						       .free = filesystem_never_free };
static struct filesystem socket_fs = { .type = &socket_fs_type };

/* ---- /proc/net --------------------------------------------------------------------------------------------------- */

static const char *const net_files[] = { "arp",   "icmp", "if_inet6", "ipv6_route", "packet", "raw", "raw6",
					 "route", "tcp",  "tcp6",     "udp",        "udp6",   "unix" };
static struct attr net_attrs[sizeof(net_files) / sizeof(net_files[0])];

static int show_net(struct text *t, void *data)
{
	return kpi_family_show(data, t);
}

void __init sockets_init(void)
{
	struct node *dir;
	int err = attr_dir(procfs_root(), "net", &dir);

	for (size_t i = 0; i < sizeof(net_files) / sizeof(net_files[0]) && !err; i++) {
		net_attrs[i] = (struct attr){ .name = net_files[i], .mode = 0444, .show = show_net };
		err = attr_file(dir, &net_attrs[i], (void *)(uintptr_t)net_files[i]);
	}
	if (!err)
		err = attr_file(dir, &netdev_proc, NULL);
	if (err)
		panic("/proc/net cannot be made: error %d", -err);
	node_put(dir);
}

/* ---- making ------------------------------------------------------------------------------------------------------ */

static unsigned poll(struct file *file, struct poll_wait *wait)
{
	struct socket *s = file->data;
	unsigned events = 0;
	int64_t ready;

	poll_add(wait, s->queue);
	ready = kpi_socket_call(s->kpi, SOCKET_POLL, (const uint64_t[4]){ 0 });
	if (ready == -TENON_EOPNOTSUPP)
		ready = TENON_SOCKET_CAN_READ | TENON_SOCKET_CAN_WRITE;
	if (ready < 0)
		return POLL_ERROR | POLL_HANG_UP;
	if (ready & TENON_SOCKET_CAN_READ)
		events |= POLL_IN | POLL_READ_NORMAL;
	if (ready & TENON_SOCKET_CAN_WRITE)
		events |= POLL_OUT | POLL_WRITE_NORMAL;
	if (ready & TENON_SOCKET_READ_ENDED)
		events |= POLL_READ_HANG_UP;
	if (ready & TENON_SOCKET_HANG_UP)
		events |= POLL_HANG_UP;
	return ready & TENON_SOCKET_HAS_ERROR ? events | POLL_ERROR : events;
}

static long ioctl(struct file *file, unsigned command, uint64_t argument)
{
	return socket_ioctl(file, command, argument);
}

static void release(struct file *file)
{
	struct socket *s = file->data;

	if (s->kpi)
		kpi_socket_release(s->kpi);
	node_put(s->bound);
	heap_free(s);
	domains_sweep(); /* it may have been what kept a dead domain */
}

static const struct file_ops ops = {
	.read = socket_read,
	.write = socket_write,
	.ioctl = ioctl,
	.poll = poll,
	.release = release,
};

int socket_is(const struct file *file)
{
	return file->ops == &ops || netlink_is(file);
}

unsigned socket_type_of(const struct file *file)
{
	return netlink_is(file) ? SOCKET_DATAGRAM : ((struct socket *)file->data)->type;
}

/* A file without anything behind it yet. */
static int make_file(int family, unsigned type, unsigned flags, struct file **file)
{
	struct node *node = node_make_nameless(&socket_fs, NODE_SOCKET | 0777);
	struct socket *s = heap_alloc_zeroed(sizeof(*s));
	int err = node && s ? file_make(node, NULL, OPEN_READ_WRITE | flags, file) : -TENON_ENOMEM;

	node_put(node);
	if (err) {
		heap_free(s);
		return err;
	}
	s->family = family;
	s->type = type;
	(*file)->data = s;
	(*file)->ops = &ops;
	return 0;
}

static void set_socket(struct file *file, struct kpi_socket *k)
{
	struct socket *s = file->data;

	s->kpi = k;
	s->queue = kpi_socket_queue(k);
}

static struct tenon_socket_open describe(unsigned type, int protocol)
{
	struct tenon_socket_open open = { .size = sizeof(open), .type = type, .protocol = (uint32_t)protocol };
	const struct credentials *c = process_credentials();

	open.privileged = !c->euid;
	open.uid = c->euid;
	open.gid = c->egid;
	open.pid = (uint32_t)process_pid(process_current());
	return open;
}

/* Once without and once with its module being asked for. */
static int create(int family, const struct tenon_socket_open *open, struct kpi_socket **k)
{
	uint32_t protocol = family == FAMILY_NETLINK ? open->protocol : 0;
	int err = kpi_socket_create((uint32_t)family, protocol, open, k);

	if (err != -TENON_EAFNOSUPPORT)
		return err;
	if (family == FAMILY_NETLINK)
		err = module_request("net-pf-%d-proto-%u", family, (unsigned)protocol);
	else
		err = module_request("net-pf-%d", family);
	if (err == -TENON_EINTR)
		return err;
	err = kpi_socket_create((uint32_t)family, protocol, open, k);
	return err == -TENON_EAFNOSUPPORT && family == FAMILY_NETLINK ? -TENON_EPROTONOSUPPORT : err;
}

int socket_open(int family, unsigned type, int protocol, unsigned flags, struct file **file)
{
	const struct tenon_socket_open open = describe(type, protocol);
	struct kpi_socket *k;
	int err;

	err = policy_socket(family, type, protocol);
	if (err)
		return err;
	if (family == FAMILY_NETLINK && protocol == NETLINK_UEVENT)
		return netlink_open(flags, file);
	if (family < 0)
		return -TENON_EAFNOSUPPORT;
	err = make_file(family, type, flags, file);
	if (err)
		return err;
	err = create(family, &open, &k);
	if (err)
		file_put(*file);
	else
		set_socket(*file, k);
	return err;
}

/* ---- addresses and connections ----------------------------------------------------------------------------------- */

int64_t socket_call(struct file *file, enum socket_op op, const uint64_t a[4])
{
	return netlink_is(file) ? netlink_call(file, op, a) :
				  kpi_socket_call(((struct socket *)file->data)->kpi, op, a);
}

/* What a call may return that says no more than whether it succeeded. */
static int plain(int64_t result)
{
	return result > 0 ? -TENON_EIO : (int)result;
}

int socket_bind(struct file *file, struct tenon_socket_message *name, const struct path_start *start, uint32_t umask)
{
	struct socket *s = file->data;
	struct node *node = NULL;
	int err;

	if (netlink_is(file))
		return plain(netlink_call(file, SOCKET_BIND, (const uint64_t[4]){ (uintptr_t)name }));
	err = s->bound ? -TENON_EINVAL : socket_name_make(name, start, umask, &node);
	if (!err)
		err = plain(socket_call(file, SOCKET_BIND, (const uint64_t[4]){ (uintptr_t)name }));
	if (err)
		node_put(node);
	else
		s->bound = node;
	return err;
}

/* What became of a connection that was begun. */
static int connected(struct file *file)
{
	int32_t error = 0;
	int64_t len = socket_call(file, SOCKET_GET_OPTION,
				  (const uint64_t[4]){ LEVEL_SOCKET, OPTION_ERROR, (uintptr_t)&error, sizeof(error) });

	return len < 0 ? (int)len : error < 0 || error > 4095 ? -TENON_EIO : -error;
}

static bool decided(struct file *file)
{
	return poll(file, NULL) & (POLL_OUT | POLL_ERROR | POLL_HANG_UP);
}

int socket_connect(struct file *file, struct tenon_socket_message *name, const struct path_start *start)
{
	const uint64_t a[4] = { (uintptr_t)name };
	struct socket *s = file->data;
	int64_t err;

	if (netlink_is(file))
		return -TENON_EOPNOTSUPP;
	err = socket_name_find(name, start);
	if (err)
		return (int)err;
	err = socket_call_waiting(file, SOCKET_CONNECT, a, false, true);
	if (err != -TENON_EINPROGRESS || file_nonblocking(file))
		return plain(err);
	err = wait_event(s->queue, decided(file), socket_deadline(s, true), WAIT_SIGNAL);
	return err == -TENON_ETIMEDOUT ? -TENON_EINPROGRESS : err ? (int)err : connected(file);
}

int socket_accept(struct file *file, unsigned flags, struct file **out)
{
	struct socket *s = file->data;
	const struct tenon_socket_open open = describe(netlink_is(file) ? 0 : s->type, 0);
	struct kpi_socket *k;
	int64_t got;
	int err;

	if (netlink_is(file))
		return -TENON_EOPNOTSUPP;
	err = make_file(s->family, s->type, flags, out);
	if (err)
		return err;
	err = kpi_socket_prepare(s->kpi, &k);
	if (err) {
		file_put(*out);
		return err;
	}
	if (file_nonblocking(file))
		got = kpi_socket_accept(s->kpi, k, &open);
	else
		err = wait_event(s->queue, (got = kpi_socket_accept(s->kpi, k, &open)) != -TENON_EAGAIN,
				 socket_deadline(s, false), WAIT_SIGNAL);
	err = err == -TENON_ETIMEDOUT ? -TENON_EAGAIN : err ? err : (int)got;
	if (!err) {
		set_socket(*out, k);
		return 0;
	}
	kpi_socket_drop(k);
	file_put(*out);
	return err;
}

int socket_pair(struct file *file, struct file *other)
{
	if (netlink_is(file))
		return -TENON_EOPNOTSUPP;
	return plain(kpi_socket_pair(((struct socket *)file->data)->kpi, ((struct socket *)other->data)->kpi));
}

void socket_set_timeout(struct file *file, bool send, uint64_t ns)
{
	struct socket *s = file->data;

	if (!netlink_is(file))
		atomic_store(send ? &s->send_ns : &s->receive_ns, ns);
}

uint64_t socket_timeout(const struct file *file, bool send)
{
	struct socket *s = file->data;

	return netlink_is(file) ? 0 : atomic_load(send ? &s->send_ns : &s->receive_ns);
}
