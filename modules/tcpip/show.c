// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Files of /proc/net, as proc(5) has them. */
#include "tcpip.h"

struct text {
	char *at;
	size_t len, room;
};

#define ADD(t, ...)                                                                                                    \
	((t)->len < (t)->room ? (void)((t)->len += (size_t)tenon_snprintf((t)->at + (t)->len, (t)->room - (t)->len,    \
									   __VA_ARGS__)) :                             \
				(void)0)

static void show_route(struct text *t)
{
	ADD(t, "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n");
	for (const struct interface *i = interfaces; i; i = i->next) {
		const struct netif *n = &i->netif;

		if (!i->index || !netif_is_up(n))
			continue;
		if (n == netif_default)
			ADD(t, "%s\t00000000\t%08X\t%04X\t0\t0\t0\t00000000\t0\t0\t0\n", i->name,
			    (unsigned int)netif_ip4_gw(n)->addr, netif_ip4_gw(n)->addr ? 3u : 1u);
		if (netif_ip4_addr(n)->addr)
			ADD(t, "%s\t%08X\t00000000\t0001\t0\t0\t0\t%08X\t0\t0\t0\n", i->name,
			    (unsigned int)(netif_ip4_addr(n)->addr & netif_ip4_netmask(n)->addr),
			    (unsigned int)netif_ip4_netmask(n)->addr);
	}
}

/* Linux's numbers of states: those of lwIP in its order. */
static unsigned int state_of(const struct sock *s)
{
	static const uint8_t states[] = { 7, 10, 2, 3, 1, 4, 5, 8, 11, 9, 6 };

	if (s->type != TYPE_STREAM)
		return 7;
	return s->listens ? 10 : s->tcp ? states[s->tcp->state] : 7;
}

static void show_socks(struct text *t, uint32_t type)
{
	struct tenon_socket_message m;
	const struct kind *kind = type == TYPE_STREAM ? &streams : type == TYPE_RAW ? &raw_datagrams : &udp_datagrams;
	struct address a, peer;
	unsigned int nr = 0;

	ADD(t, "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n");
	for (const struct sock *s = all_socks; s; s = s->next) {
		if (s->type != type || (type == TYPE_DATAGRAM && s->protocol == PROTOCOL_ICMP))
			continue;
		a = peer = (struct address){ .family = 0 };
		if (!kind->name(s, 0, &m))
			memcpy(&a, m.name, sizeof(a));
		if (!kind->name(s, 1, &m))
			memcpy(&peer, m.name, sizeof(peer));
		ADD(t, "%4u: %08X:%04X %08X:%04X %02X 00000000:%08X 00:00000000 00000000     0        0 0\n", nr++,
		    (unsigned int)a.ip_be, lwip_ntohs(a.port_be), (unsigned int)peer.ip_be, lwip_ntohs(peer.port_be),
		    state_of(s), (unsigned int)s->waiting_bytes);
	}
}

long show_file(int file, char *text, size_t len)
{
	struct text t = { .at = text, .room = len };

	if (file == 0)
		show_route(&t);
	else
		show_socks(&t, (uint32_t)file);
	return (long)(t.len < len ? t.len : len);
}
