// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The family as the kernel calls it, and the thread that keeps lwIP's time. */
#include "tcpip.h"

#include "lwip/init.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/timeouts.h"

#define TICK_NS 250000000ull   /* lwIP's shortest period */
#define STOP_NS 20000000000ull

enum { /* Linux's */
       LEVEL_IP = 0,
       LEVEL_SOCKET = 1,
       LEVEL_TCP = 6,
       LEVEL_IPV6 = 41,
       LEVEL_ICMP6 = 58,
       LEVEL_RAW = 255,
       OPTION_REUSE_ADDRESS = 2,
       OPTION_ERROR = 4,
       OPTION_BROADCAST = 6,
       OPTION_SEND_ROOM = 7,
       OPTION_RECEIVE_ROOM = 8,
       OPTION_KEEP_ALIVE = 9,
       OPTION_BIND_TO_DEVICE = 25,
       OPTION_LISTENS = 30,
       OPTION_PROTOCOL = 38,
       OPTION_DOMAIN = 39,
       OPTION_IP_TTL = 2,
       OPTION_IP_RECEIVE_TTL = 12,
       OPTION_IPV6_CHECKSUM = 7, /* of both of the last two levels */
       OPTION_IPV6_HOPS = 16,
       OPTION_IPV6_ONLY = 26,
       OPTION_IPV6_RECEIVE_HOPS = 51,
       OPTION_IPV6_RECEIVE_HOPS_2292 = 8, /* by the RFC of this number, and still used */
       CONTROL_IPV6_HOPS = 52,
       OPTION_ICMP6_FILTER = 1,
       OPTION_TCP_NO_DELAY = 1,
       OPTION_TCP_KEEP_IDLE = 4, /* seconds, as the next */
       OPTION_TCP_KEEP_INTERVAL = 5,
       OPTION_TCP_KEEP_CNT = 6,
       IOCTL_READABLE = 0x541b, /* FIONREAD */
};

struct sock *all_socks;
static tenon_handle ipv4_family, ipv6_family, idle, thread;
static const uint32_t numbers[] = { FAMILY_INET, FAMILY_INET6 }; /* callbacks have a pointer to theirs */

int error_of(err_t err)
{
	static const uint8_t errors[] = {
		[-ERR_MEM] = TENON_ENOBUFS,
		[-ERR_BUF] = TENON_ENOBUFS,
		[-ERR_TIMEOUT] = TENON_ETIMEDOUT,
		[-ERR_RTE] = TENON_ENETUNREACH,
		[-ERR_INPROGRESS] = TENON_EINPROGRESS,
		[-ERR_VAL] = TENON_EINVAL,
		[-ERR_WOULDBLOCK] = TENON_EAGAIN,
		[-ERR_USE] = TENON_EADDRINUSE,
		[-ERR_ALREADY] = TENON_EALREADY,
		[-ERR_ISCONN] = TENON_EISCONN,
		[-ERR_CONN] = TENON_ENOTCONN,
		[-ERR_IF] = TENON_ENETDOWN,
		[-ERR_ABRT] = TENON_ECONNABORTED,
		[-ERR_RST] = TENON_ECONNRESET,
		[-ERR_CLSD] = TENON_ECONNRESET,
		[-ERR_ARG] = TENON_EIO,
	};

	return err > 0 || -err > (int)sizeof(errors) ? -TENON_EIO : -errors[-err];
}

/* ---- sockets ----------------------------------------------------------------------------------------------------- */

static const struct kind *kind_of(const struct sock *s)
{
	if (s->type == TYPE_DATAGRAM)
		return s->protocol == PROTOCOL_ICMP || s->protocol == PROTOCOL_ICMP6 ? &ping_datagrams : &udp_datagrams;
	return s->type == TYPE_STREAM ? &streams : &raw_datagrams;
}

struct sock *sock_new(uint32_t family, uint32_t type, uint32_t protocol)
{
	struct sock *s = tenon_alloc(THIS_MODULE, sizeof(*s));

	if (!s)
		return NULL;
	*s = (struct sock){ .next = all_socks, .family = family, .type = type, .protocol = protocol };
	s->end = &s->first;
	s->pending_end = &s->pending;
	all_socks = s;
	return s;
}

void sock_free(struct sock *s)
{
	struct sock **at = &all_socks;

	while (s->first)
		sock_drop_first(s);
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	tenon_free(s);
}

void sock_wake(const struct sock *s)
{
	if (s->handle)
		tenon_socket_wake(s->handle);
}

int sock_append(struct sock *s, const struct piece *what)
{
	struct piece *piece;

	if (s->type != TYPE_STREAM && (s->waiting_bytes >= ROOM_BYTES || s->no_reads))
		return -TENON_ENOMEM;
	piece = port_alloc(sizeof(*piece));
	if (!piece)
		return -TENON_ENOMEM;
	*piece = *what;
	piece->next = NULL;
	*s->end = piece;
	s->end = &piece->next;
	s->waiting_bytes += sizeof(*piece) + piece->pbuf->tot_len;
	/* Who waits has found nothing: what comes after the first wakes nobody. */
	if (s->first == piece)
		sock_wake(s);
	return 0;
}

void sock_drop_first(struct sock *s)
{
	struct piece *p = s->first;

	s->first = p->next;
	if (!s->first)
		s->end = &s->first;
	s->waiting_bytes -= sizeof(*p) + p->pbuf->tot_len;
	pbuf_free(p->pbuf);
	port_free(p);
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

/* Unless the program names one. */
static const uint8_t protocols[] = { [TYPE_STREAM] = PROTOCOL_TCP, [TYPE_DATAGRAM] = PROTOCOL_UDP };

static int check_kind(uint32_t family, const struct tenon_socket_open *open)
{
	if (open->type == TYPE_RAW)
		return !open->privileged                      ? -TENON_EPERM :
		       open->protocol && open->protocol < 256 ? 0 :
								-TENON_EPROTONOSUPPORT;
	if (open->type != TYPE_STREAM && open->type != TYPE_DATAGRAM)
		return -TENON_ESOCKTNOSUPPORT;
	if (open->type == TYPE_DATAGRAM && open->protocol == (family == FAMILY_INET ? PROTOCOL_ICMP : PROTOCOL_ICMP6))
		return 0; /* anybody may: it sends nothing but requests for an echo */
	return !open->protocol || open->protocol == protocols[open->type] ? 0 : -TENON_EPROTONOSUPPORT;
}

static int create(void *ctx, tenon_handle handle, struct tenon_socket_open *open)
{
	const uint32_t *family = ctx;
	struct sock *s;
	int err = check_kind(*family, open);

	if (!err)
		err = tcpip_lock();
	if (err)
		return err;
	s = sock_new(*family, open->type, open->protocol ? open->protocol : protocols[open->type]);
	err = s ? kind_of(s)->open(s) : -TENON_ENOMEM;
	if (!err)
		s->handle = handle;
	else if (s)
		sock_free(s);
	tcpip_unlock();
	open->socket = s;
	return err;
}

static void release(void *ctx, void *socket)
{
	(void)ctx;
	if (tcpip_lock())
		return;
	kind_of(socket)->close(socket);
	sock_free(socket);
	tcpip_unlock();
}

static int bind_locked(struct sock *s, const struct tenon_socket_message *name)
{
	struct endpoint e;
	int err = name_in(s, name, &e);

	if (!err && !address_is_own(&e.ip))
		err = -TENON_EADDRNOTAVAIL;
	return err ? err : kind_of(s)->bind(s, &e);
}

static int bind(void *ctx, void *socket, const struct tenon_socket_message *name)
{
	return LOCKED(int, bind_locked(socket, name));
}

static int connect_locked(struct sock *s, const struct tenon_socket_message *name)
{
	struct endpoint e;
	uint16_t given = 0;
	int err;

	memcpy(&given, name->name, sizeof(given));
	if (!given && name->name_len >= sizeof(given) && s->type != TYPE_STREAM) /* AF_UNSPEC */
		return kind_of(s)->connect(s, NULL);
	err = peer_in(s, name, &e);
	if (!err && IP_IS_V6(&e.ip) && !route6_exists(ip_2_ip6(&e.ip)))
		err = -TENON_ENETUNREACH;
	return err ? err : kind_of(s)->connect(s, &e);
}

static int connect(void *ctx, void *socket, const struct tenon_socket_message *name)
{
	return LOCKED(int, connect_locked(socket, name));
}

static int listen(void *ctx, void *socket, int backlog)
{
	const struct sock *s = socket;

	return s->type == TYPE_STREAM ? LOCKED(int, stream_listen(socket, backlog)) : -TENON_EOPNOTSUPP;
}

static int accept_locked(struct sock *s, tenon_handle handle, struct tenon_socket_open *open)
{
	struct sock *new;
	int err = stream_accept(s, &new);

	if (err)
		return err;
	new->handle = handle;
	open->socket = new;
	return 0;
}

static int accept(void *ctx, void *socket, tenon_handle handle, struct tenon_socket_open *open)
{
	const struct sock *s = socket;

	return s->type == TYPE_STREAM ? LOCKED(int, accept_locked(socket, handle, open)) : -TENON_EOPNOTSUPP;
}

static long send(void *ctx, void *socket, const struct tenon_socket_message *message, const void *data, size_t len)
{
	return LOCKED(long, kind_of(socket)->send(socket, message, data, len));
}

static long receive(void *ctx, void *socket, struct tenon_socket_message *message, void *data, size_t len)
{
	return LOCKED(long, kind_of(socket)->receive(socket, message, data, len));
}

static int shutdown(void *ctx, void *socket, int how)
{
	return LOCKED(int, kind_of(socket)->shutdown(socket, how));
}

static int name(void *ctx, void *socket, int peer, struct tenon_socket_message *m)
{
	return LOCKED(int, kind_of(socket)->name(socket, peer, m));
}

static int poll(void *ctx, void *socket)
{
	return LOCKED(int, kind_of(socket)->poll(socket));
}

static long show(void *ctx, int file, void *text, size_t len)
{
	return LOCKED(long, show_file(*(const uint32_t *)ctx, file, text, len));
}

static int ioctl_locked(const struct sock *s, struct tenon_socket_ioctl *call)
{
	uint32_t bytes = 0;

	if (call->command != IOCTL_READABLE)
		return addresses_ioctl(call);
	for (const struct piece *p = s->first; p; p = s->type == TYPE_STREAM ? p->next : NULL)
		bytes += p->pbuf->tot_len - p->done;
	memcpy(call->data, &bytes, sizeof(bytes));
	call->len = sizeof(bytes);
	return 0;
}

static int ioctl(void *ctx, void *socket, struct tenon_socket_ioctl *call)
{
	return LOCKED(int, ioctl_locked(socket, call));
}

/* ---- options ----------------------------------------------------------------------------------------------------- */

static struct ip_pcb *pcb_of(struct sock *s)
{
	return (struct ip_pcb *)s->tcp; /* whichever of the union it is, it begins like this */
}

static int set_flag(struct sock *s, uint8_t flag, bool on)
{
	struct ip_pcb *pcb = pcb_of(s);

	if (!pcb)
		return -TENON_EINVAL;
	pcb->so_options = (u8_t)(on ? pcb->so_options | flag : pcb->so_options & ~flag);
	return 0;
}

static int bind_to_device(struct sock *s, const void *value, size_t len)
{
	char name_text[TENON_NETDEV_NAME_BYTES] = "";
	struct interface *i;

	if (!pcb_of(s))
		return -TENON_EINVAL;
	memcpy(name_text, value, len < sizeof(name_text) - 1 ? len : sizeof(name_text) - 1);
	i = interface_find(name_text);
	if (name_text[0] && (!i || !i->index))
		return -TENON_ENODEV;
	pcb_of(s)->netif_idx = name_text[0] ? netif_get_index(&i->netif) : NETIF_NO_INDEX;
	return 0;
}

/* Where the checksum of what a raw socket sends is, which has the addresses in it (RFC 3542, 3.1). */
static int set_checksum(struct sock *s, int32_t offset)
{
	if (s->type != TYPE_RAW || offset % 2 || offset > 255 || (s->protocol == PROTOCOL_ICMP6 && offset != 2))
		return -TENON_EINVAL;
	s->raw->chksum_reqd = offset >= 0;
	s->raw->chksum_offset = offset >= 0 ? (uint16_t)offset : 0;
	return 0;
}

/* Before it has an address. */
static int set_v6_only(struct sock *s, bool on)
{
	struct ip_pcb *pcb = pcb_of(s);
	bool bound = s->type == TYPE_STREAM   ? s->connected || s->listens || !s->tcp || s->tcp->local_port :
		     s->type == TYPE_DATAGRAM ? s->udp->local_port :
						true;

	if (bound)
		return -TENON_EINVAL;
	s->v6_only = on;
	IP_SET_TYPE_VAL(pcb->local_ip, ip_type_of(s));
	return 0;
}

static int set_ipv6_option(struct sock *s, int option, int32_t number)
{
	if (s->family != FAMILY_INET6)
		return -TENON_ENOPROTOOPT;
	switch (option) {
	case OPTION_IPV6_CHECKSUM:
		return set_checksum(s, number);
	case OPTION_IPV6_HOPS:
		if (number < -1 || number > 255 || !pcb_of(s))
			return -TENON_EINVAL;
		pcb_of(s)->ttl = number < 0 ? TCP_TTL : (u8_t)number;
		return 0;
	case OPTION_IPV6_ONLY:
		return set_v6_only(s, number);
	case OPTION_IPV6_RECEIVE_HOPS:
		s->hops_type = number ? CONTROL_IPV6_HOPS : 0;
		return 0;
	case OPTION_IPV6_RECEIVE_HOPS_2292:
		s->hops_type = number ? OPTION_IPV6_RECEIVE_HOPS_2292 : 0;
		return 0;
	default:
		return -TENON_ENOPROTOOPT;
	}
}

static int set_tcp_option(struct sock *s, int option, int32_t number)
{
	enum { SECONDS_MAX = 32767, CNT_MAX = 127 }; /* as Linux has them */

	if (!s->tcp || s->listens)
		return -TENON_EINVAL;
	switch (option) {
	case OPTION_TCP_NO_DELAY:
		if (number)
			tcp_nagle_disable(s->tcp);
		else
			tcp_nagle_enable(s->tcp);
		return 0;
	case OPTION_TCP_KEEP_IDLE:
	case OPTION_TCP_KEEP_INTERVAL:
		if (number < 1 || number > SECONDS_MAX)
			return -TENON_EINVAL;
		*(option == OPTION_TCP_KEEP_IDLE ? &s->tcp->keep_idle : &s->tcp->keep_intvl) = (u32_t)number * 1000;
		return 0;
	case OPTION_TCP_KEEP_CNT:
		if (number < 1 || number > CNT_MAX)
			return -TENON_EINVAL;
		s->tcp->keep_cnt = (u32_t)number;
		return 0;
	default:
		return -TENON_ENOPROTOOPT;
	}
}

static int set_option_locked(struct sock *s, int level, int option, const void *value, size_t len)
{
	int32_t number;

	if (level == LEVEL_SOCKET && option == OPTION_BIND_TO_DEVICE)
		return bind_to_device(s, value, len);
	if (level == LEVEL_ICMP6 && option == OPTION_ICMP6_FILTER && s->type == TYPE_RAW &&
	    s->protocol == PROTOCOL_ICMP6) {
		memcpy(s->icmp6_blocked, value, len < sizeof(s->icmp6_blocked) ? len : sizeof(s->icmp6_blocked));
		return 0;
	}
	if (len < sizeof(number))
		return -TENON_EINVAL;
	memcpy(&number, value, sizeof(number));
	if (level == LEVEL_SOCKET) {
		switch (option) {
		case OPTION_REUSE_ADDRESS:
			return set_flag(s, SOF_REUSEADDR, number);
		case OPTION_BROADCAST:
			return set_flag(s, SOF_BROADCAST, number);
		case OPTION_KEEP_ALIVE:
			return set_flag(s, SOF_KEEPALIVE, number);
		case OPTION_SEND_ROOM: /* hints: what there is is lwIP's */
		case OPTION_RECEIVE_ROOM:
			return 0;
		default:
			return -TENON_ENOPROTOOPT;
		}
	}
	if (level == LEVEL_IPV6 || (level == LEVEL_RAW && option == OPTION_IPV6_CHECKSUM))
		return set_ipv6_option(s, option, number);
	if (level == LEVEL_IP && option == OPTION_IP_RECEIVE_TTL) {
		s->hops_type = number ? OPTION_IP_TTL : 0;
		return 0;
	}
	if (level == LEVEL_IP && option == OPTION_IP_TTL) {
		if (number == -1)
			number = TCP_TTL;
		if (!pcb_of(s) || number <= 0 || number > 255)
			return -TENON_EINVAL;
		pcb_of(s)->ttl = (u8_t)number;
		return 0;
	}
	return level == LEVEL_TCP && s->type == TYPE_STREAM ? set_tcp_option(s, option, number) : -TENON_ENOPROTOOPT;
}

static int set_option(void *ctx, void *socket, int level, int option, const void *value, size_t len)
{
	return LOCKED(int, set_option_locked(socket, level, option, value, len));
}

/* These return what the option is, or a negative errno value. */
static int32_t get_socket_option(struct sock *s, int option)
{
	uint8_t flags = pcb_of(s) ? pcb_of(s)->so_options : 0;
	int32_t error = s->error;

	switch (option) {
	case OPTION_REUSE_ADDRESS:
		return !!(flags & SOF_REUSEADDR);
	case OPTION_BROADCAST:
		return !!(flags & SOF_BROADCAST);
	case OPTION_KEEP_ALIVE:
		return !!(flags & SOF_KEEPALIVE);
	case OPTION_ERROR:
		s->error = 0;
		return error;
	case OPTION_LISTENS:
		return s->listens;
	case OPTION_DOMAIN:
		return (int32_t)s->family;
	case OPTION_PROTOCOL:
		return (int32_t)s->protocol;
	case OPTION_SEND_ROOM:
		return TCP_SND_BUF;
	case OPTION_RECEIVE_ROOM:
		return s->type == TYPE_STREAM ? TCP_WND : (int32_t)ROOM_BYTES;
	default:
		return -TENON_ENOPROTOOPT;
	}
}

static int32_t get_ip_option(struct sock *s, int level, int option)
{
	int32_t ttl = pcb_of(s) ? pcb_of(s)->ttl : TCP_TTL;

	if (level == LEVEL_IP && option == OPTION_IP_TTL)
		return ttl;
	if (level == LEVEL_IP && option == OPTION_IP_RECEIVE_TTL)
		return s->hops_type == OPTION_IP_TTL;
	if (level != LEVEL_IPV6 || s->family != FAMILY_INET6)
		return -TENON_ENOPROTOOPT;
	return option == OPTION_IPV6_ONLY         ? s->v6_only :
	       option == OPTION_IPV6_HOPS         ? ttl :
	       option == OPTION_IPV6_RECEIVE_HOPS ? s->hops_type == CONTROL_IPV6_HOPS :
						    -TENON_ENOPROTOOPT;
}

static int32_t get_tcp_option(const struct sock *s, int option)
{
	if (s->type != TYPE_STREAM || !s->tcp || s->listens)
		return -TENON_ENOPROTOOPT;
	switch (option) {
	case OPTION_TCP_NO_DELAY:
		return !!tcp_nagle_disabled(s->tcp);
	case OPTION_TCP_KEEP_IDLE:
		return (int32_t)(s->tcp->keep_idle / 1000);
	case OPTION_TCP_KEEP_INTERVAL:
		return (int32_t)(s->tcp->keep_intvl / 1000);
	case OPTION_TCP_KEEP_CNT:
		return (int32_t)s->tcp->keep_cnt;
	default:
		return -TENON_ENOPROTOOPT;
	}
}

static long get_option_locked(struct sock *s, int level, int option, void *value, size_t len)
{
	int32_t number = level == LEVEL_SOCKET ? get_socket_option(s, option) :
			 level == LEVEL_TCP    ? get_tcp_option(s, option) :
						 get_ip_option(s, level, option);

	if (number < 0)
		return number;
	len = len < sizeof(number) ? len : sizeof(number);
	memcpy(value, &number, len);
	return (long)len;
}

static long get_option(void *ctx, void *socket, int level, int option, void *value, size_t len)
{
	return LOCKED(long, get_option_locked(socket, level, option, value, len));
}

/* ---- the module -------------------------------------------------------------------------------------------------- */

static void keep_time(void *unused)
{
	(void)unused;
	while (!tenon_thread_should_stop()) {
		if (!tcpip_lock()) {
			sys_check_timeouts();
			streams_make_room();
			tcpip_unlock();
		}
		tenon_sleep_until(tenon_clock_ns() + TICK_NS);
	}
}

/* An interface that has an address is in use, and so is a connection that still has something to send. */
static int may_go(void *unused)
{
	int used = tcpip_lock();

	(void)unused;
	if (used)
		return used;
	for (const struct interface *i = interfaces; i; i = i->next)
		used |= i->index && (netif_ip4_addr(&i->netif)->addr || interface_has_given_ip6(i));
	used |= tcp_active_pcbs || tcp_tw_pcbs;
	tcpip_unlock();
	return used;
}

static void end(void)
{
	tenon_thread_stop(thread);
	tenon_thread_join(thread, tenon_clock_ns() + STOP_NS);
	interfaces_close();
	port_close();
	lock_close();
}

static int begin(void)
{
	int err = lock_open();

	if (err)
		return err;
	lwip_init();
	err = interfaces_open();
	if (!err) {
		thread = tenon_thread_create(THIS_MODULE, keep_time, NULL, "tcpip");
		err = tenon_handle_error(thread);
		if (!err)
			return 0;
		interfaces_close();
	}
	port_close();
	lock_close();
	return err;
}

static int __init tcpip_init(void)
{
	static const struct tenon_family_ops ops = {
		.create = create,
		.release = release,
		.bind = bind,
		.connect = connect,
		.listen = listen,
		.accept = accept,
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
	int err = begin();

	if (err)
		return err;
	idle = tenon_idle_register(THIS_MODULE, may_go, NULL);
	err = tenon_handle_error(idle);
	if (err)
		goto err_begin;
	ipv4_family =
	    tenon_family_register(THIS_MODULE, FAMILY_INET, 0, "arp route tcp udp raw", &ops, (void *)&numbers[0]);
	err = tenon_handle_error(ipv4_family);
	if (err)
		goto err_idle;
	ipv6_family = tenon_family_register(THIS_MODULE, FAMILY_INET6, 0, "if_inet6 ipv6_route tcp6 udp6 raw6", &ops,
					    (void *)&numbers[1]);
	err = tenon_handle_error(ipv6_family);
	if (err)
		goto err_ipv4;
	err = netlink_register();
	if (!err)
		return 0;
	tenon_family_unregister(ipv6_family);
err_ipv4:
	tenon_family_unregister(ipv4_family);
err_idle:
	tenon_idle_unregister(idle);
err_begin:
	end();
	return err;
}

static void __exit tcpip_exit(void)
{
	netlink_unregister();
	tenon_family_unregister(ipv6_family);
	tenon_family_unregister(ipv4_family);
	tenon_idle_unregister(idle);
	end();
}

module_init(tcpip_init);
module_exit(tcpip_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("TCP/IP, by lwIP");
MODULE_AUTHOR("The Tenon authors");
MODULE_ALIAS("net-pf-2");
MODULE_ALIAS("net-pf-10");
MODULE_ALIAS("net-pf-16-proto-0");
