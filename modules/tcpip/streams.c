// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Streams: TCP. lwIP's control block lives as long as the connection, a socket as long as a program has it: whichever goes
 * first forgets the other. After `failed` there is no block.
 */
#include "tcpip.h"

#include "lwip/priv/tcp_priv.h"

#define BACKLOG_MAX 128
#define HALF_OPEN_TICKS (3000 / TCP_SLOW_INTERVAL) /* until lwIP answers a peer once more, of which a peer that is one completes */

/* ---- what lwIP reports ------------------------------------------------------------------------------------------- */

static err_t data_in(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	struct sock *s = arg;

	(void)err;
	if (!p) {
		s->read_ended = true;
		sock_wake(s);
		return ERR_OK;
	}
	if (s->no_reads) { /* nobody will */
		tcp_recved(pcb, p->tot_len);
		pbuf_free(p);
		return ERR_OK;
	}
	return sock_append(s, &(struct piece){ .pbuf = p }) ? ERR_MEM : ERR_OK; /* ERR_MEM: it comes again later */
}

static err_t data_out(void *arg, struct tcp_pcb *pcb, u16_t len)
{
	(void)pcb, (void)len;
	sock_wake(arg);
	return ERR_OK;
}

static void failed(void *arg, err_t err)
{
	struct sock *s = arg;

	s->tcp = NULL;
	s->error = s->connecting && err == ERR_RST ? TENON_ECONNREFUSED :
		   err == ERR_ABRT                 ? TENON_ETIMEDOUT :
						     -error_of(err);
	s->connecting = false;
	s->read_ended = s->no_writes = true;
	sock_wake(s);
}

static err_t connected(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct sock *s = arg;

	(void)pcb, (void)err;
	s->connecting = false;
	s->connected = true;
	sock_wake(s);
	return ERR_OK;
}

static void tie(struct sock *s)
{
	tcp_arg(s->tcp, s);
	tcp_recv(s->tcp, data_in);
	tcp_sent(s->tcp, data_out);
	tcp_err(s->tcp, failed);
}

static void remember_peer(struct sock *s)
{
	s->peer = (struct endpoint){ s->tcp->remote_ip, s->tcp->remote_port };
}

static err_t connection_in(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct sock *l = arg, *s = err == ERR_OK && pcb ? sock_new(l->family, TYPE_STREAM, l->protocol) : NULL;

	if (!s)
		return ERR_MEM;
	s->tcp = pcb;
	s->v6_only = l->v6_only;
	s->connected = true;
	remember_peer(s);
	tie(s);
	tcp_backlog_delayed(pcb); /* it counts until it is accepted */
	*l->pending_end = s;
	l->pending_end = &s->pending_next;
	sock_wake(l);
	return ERR_OK;
}

/* One connection that nobody has completed, of a backlog that is more than half full. */
static struct tcp_pcb *find_half_open(void)
{
	struct tcp_pcb *pcb = tcp_active_pcbs;

	while (pcb &&
	       !(pcb->state == SYN_RCVD && pcb->listener &&
		 2 * pcb->listener->accepts_pending > pcb->listener->backlog && tcp_ticks - pcb->tmr > HALF_OPEN_TICKS))
		pcb = pcb->next;
	return pcb;
}

void streams_make_room(void)
{
	struct tcp_pcb *pcb;

	while ((pcb = find_half_open()) != NULL)
		tcp_abort(pcb);
}

/* ---- beginning and end ------------------------------------------------------------------------------------------- */

static int open(struct sock *s)
{
	s->tcp = tcp_new_ip_type(ip_type_of(s));
	if (!s->tcp)
		return -TENON_ENOMEM;
	tie(s);
	return 0;
}

static void close(struct sock *s)
{
	struct sock *next;

	for (struct sock *p = s->pending; p; p = next) {
		next = p->pending_next;
		if (p->tcp) {
			tcp_arg(p->tcp, NULL);
			tcp_err(p->tcp, NULL);
			tcp_abort(p->tcp);
		}
		p->tcp = NULL;
		sock_free(p);
	}
	if (!s->tcp)
		return;
	tcp_arg(s->tcp, NULL);
	if (!s->listens) {
		tcp_recv(s->tcp, NULL);
		tcp_sent(s->tcp, NULL);
		tcp_err(s->tcp, NULL);
	}
	if (tcp_close(s->tcp) != ERR_OK)
		tcp_abort(s->tcp);
}

static int bind(struct sock *s, const struct endpoint *e)
{
	if (!s->tcp || s->tcp->local_port)
		return -TENON_EINVAL;
	return error_of(tcp_bind(s->tcp, &e->ip, e->port));
}

static int connect(struct sock *s, const struct endpoint *e)
{
	int err;

	if (s->connecting)
		return -TENON_EALREADY;
	if (s->connected)
		return -TENON_EISCONN;
	if (s->listens)
		return -TENON_EISCONN;
	if (!s->tcp) { /* the last attempt failed */
		err = open(s);
		if (err)
			return err;
		s->read_ended = s->no_writes = false;
	}
	if (!IP_ADDR_PCB_VERSION_MATCH(s->tcp, &e->ip))
		return -TENON_ENETUNREACH; /* bound to an address of the other version */
	err = error_of(tcp_connect(s->tcp, &e->ip, e->port, connected));
	if (err)
		return err;
	s->connecting = true;
	remember_peer(s);
	return -TENON_EINPROGRESS;
}

int stream_listen(struct sock *s, int backlog)
{
	struct tcp_pcb *l;

	if (!s->tcp || s->connected || s->connecting)
		return -TENON_EINVAL;
	if (s->listens)
		return 0;
	if (!s->tcp->local_port && tcp_bind(s->tcp, &s->tcp->local_ip, 0) != ERR_OK)
		return -TENON_EADDRINUSE;
	/* One more than was asked for, as Linux has it; below 0: as many as can be. */
	l = tcp_listen_with_backlog(s->tcp, (u8_t)((unsigned int)backlog < BACKLOG_MAX ? backlog + 1 : BACKLOG_MAX));
	if (!l)
		return -TENON_EADDRINUSE;
	s->tcp = l;
	s->listens = true;
	tcp_arg(l, s);
	tcp_accept(l, connection_in);
	return 0;
}

int stream_accept(struct sock *s, struct sock **out)
{
	if (!s->listens)
		return -TENON_EINVAL;
	*out = s->pending;
	if (!*out)
		return -TENON_EAGAIN;
	s->pending = (*out)->pending_next;
	if (!s->pending)
		s->pending_end = &s->pending;
	if ((*out)->tcp)
		tcp_backlog_accepted((*out)->tcp);
	return 0;
}

static int shutdown(struct sock *s, int how)
{
	if (!s->connected)
		return -TENON_ENOTCONN;
	if (how != 1)
		s->no_reads = true;
	if (how != 0 && !s->no_writes) {
		s->no_writes = true;
		if (s->tcp)
			tcp_shutdown(s->tcp, 0, 1);
	}
	sock_wake(s);
	return 0;
}

static int name(const struct sock *s, int peer, struct tenon_socket_message *m)
{
	const ip_addr_t none = IPADDR_ANY_TYPE_INIT;

	if (peer && !s->connected)
		return -TENON_ENOTCONN;
	if (peer)
		name_out(s, m, &s->peer.ip, s->peer.port);
	else
		name_out(s, m, s->tcp ? &s->tcp->local_ip : &none, s->tcp ? s->tcp->local_port : 0);
	return 0;
}

/* ---- bytes ------------------------------------------------------------------------------------------------------- */

static size_t room_of(const struct sock *s)
{
	size_t room = tcp_sndbuf(s->tcp);

	/* lwIP counts pieces too: leave some, so that what is sent in small ones is not refused. */
	return tcp_sndqueuelen(s->tcp) > TCP_SND_QUEUELEN / 2 ? 0 : room;
}

static long send(struct sock *s, const struct tenon_socket_message *m, const void *data, size_t len)
{
	size_t room;
	int err = s->error;

	(void)m;
	s->error = 0;
	if (err)
		return -err;
	if (s->connecting)
		return -TENON_EAGAIN;
	if (s->no_writes)
		return -TENON_EPIPE;
	if (!s->connected)
		return s->listens ? -TENON_EPIPE : -TENON_ENOTCONN;
	if (!len)
		return 0;
	room = room_of(s);
	if (len > room)
		len = room;
	if (len > 0x7fff) /* lwIP's length has 16 bits */
		len = 0x7fff;
	if (!len || tcp_write(s->tcp, data, (u16_t)len, TCP_WRITE_FLAG_COPY) != ERR_OK)
		return -TENON_EAGAIN;
	tcp_output(s->tcp);
	return (long)len;
}

static long receive(struct sock *s, struct tenon_socket_message *m, void *data, size_t len)
{
	bool peek = m->flags & TENON_SOCKET_PEEK;
	size_t done = 0, taken = 0;
	struct piece *p, *next;
	int err = s->error;

	m->flags = 0;
	m->name_len = 0;
	for (p = s->first; p && done < len; p = next) {
		size_t left = p->pbuf->tot_len - p->done, part = left < len - done ? left : len - done;

		next = p->next;
		pbuf_copy_partial(p->pbuf, (uint8_t *)data + done, (u16_t)part, p->done);
		done += part;
		if (peek)
			continue;
		p->done = (uint16_t)(p->done + part);
		taken += part;
		if (part == left)
			sock_drop_first(s);
	}
	for (size_t part; taken && s->tcp; taken -= part) {
		part = taken < 0xffff ? taken : 0xffff;
		tcp_recved(s->tcp, (u16_t)part);
	}
	if (done || !len)
		return (long)done;
	s->error = 0;
	if (err)
		return -err;
	if (!s->connected)
		return s->connecting ? -TENON_EAGAIN : -TENON_ENOTCONN;
	return s->read_ended || s->no_reads ? 0 : -TENON_EAGAIN;
}

static int poll(const struct sock *s)
{
	int ready = s->error ? TENON_SOCKET_HAS_ERROR | TENON_SOCKET_CAN_READ | TENON_SOCKET_CAN_WRITE : 0;
	bool ended = s->read_ended || s->no_reads;

	if (s->listens)
		return s->pending ? TENON_SOCKET_CAN_READ : 0;
	if (s->connecting)
		return ready;
	if (!s->connected && !ready && s->tcp)
		return TENON_SOCKET_CAN_WRITE | TENON_SOCKET_HANG_UP;
	if (s->first || ended)
		ready |= TENON_SOCKET_CAN_READ;
	if (ended)
		ready |= TENON_SOCKET_READ_ENDED;
	if (ended && s->no_writes)
		ready |= TENON_SOCKET_HANG_UP;
	if (s->no_writes || (s->tcp && room_of(s) >= TCP_SND_BUF / 4))
		ready |= TENON_SOCKET_CAN_WRITE;
	return ready;
}

const struct kind streams = {
	.open = open,
	.close = close,
	.bind = bind,
	.connect = connect,
	.send = send,
	.receive = receive,
	.shutdown = shutdown,
	.name = name,
	.poll = poll,
};
