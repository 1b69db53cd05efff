// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Files of /proc/net, as proc(5) has them. */
#include "tcpip.h"

#include "lwip/etharp.h"

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
	if (netif_default && netif_is_up(netif_default))
		ADD(t, "%s\t00000000\t%08X\t%04X\t0\t0\t0\t00000000\t0\t0\t0\n", interface_of(netif_default)->name,
		    (unsigned int)netif_ip4_gw(netif_default)->addr, netif_ip4_gw(netif_default)->addr ? 3u : 1u);
	for (const struct interface *i = interfaces; i; i = i->next) {
		const struct netif *n = &i->netif;

		/* Those of loopback are not in this table. */
		if (i->index && netif_is_up(n) && netif_ip4_addr(n)->addr && n->flags & NETIF_FLAG_ETHARP)
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

/* An address as Linux writes it: words of 32 bits as they are in memory. */
static void show_name(struct text *t, const struct sock *s, const struct kind *kind, int peer)
{
	struct tenon_socket_message m = { .name_len = 0 };
	uint32_t words[4];
	uint16_t port_be;

	if (kind->name(s, peer, &m))
		memset(m.name, 0, sizeof(m.name));
	memcpy(&port_be, m.name + 2, sizeof(port_be));
	memcpy(words, m.name + (s->family == FAMILY_INET ? 4 : 8), sizeof(words));
	for (unsigned int k = 0; k < (s->family == FAMILY_INET ? 1 : 4); k++)
		ADD(t, "%08X", (unsigned int)words[k]);
	ADD(t, ":%04X ", lwip_ntohs(port_be));
}

static void show_socks(struct text *t, uint32_t family, uint32_t type)
{
	const struct kind *kind = type == TYPE_STREAM ? &streams : type == TYPE_RAW ? &raw_datagrams : &udp_datagrams;
	unsigned int nr = 0;

	ADD(t,
	    family == FAMILY_INET ?
		"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" :
		"  sl  local_address                         remote_address                        "
		"st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n");
	for (const struct sock *s = all_socks; s; s = s->next) {
		if (s->family != family || s->type != type ||
		    (type == TYPE_DATAGRAM && (s->protocol == PROTOCOL_ICMP || s->protocol == PROTOCOL_ICMP6)))
			continue;
		ADD(t, "%4u: ", nr++);
		show_name(t, s, kind, 0);
		show_name(t, s, kind, 1);
		ADD(t, "%02X 00000000:%08X 00:00000000 00000000     0        0 0\n", state_of(s),
		    (unsigned int)s->waiting_bytes);
	}
}

static void show_ip6(struct text *t, const ip6_addr_t *ip)
{
	for (unsigned int k = 0; k < 4; k++)
		ADD(t, "%08x", (unsigned int)lwip_ntohl(ip->addr[k]));
}

static void show_addresses6(struct text *t)
{
	struct address6 a;

	for (const struct interface *i = interfaces; i; i = i->next)
		for (unsigned int nr = 0; i->index && address6_next(i, &nr, &a);) {
			unsigned int scope = ip6_addr_isloopback(&a.ip)  ? 0x10 :
					     ip6_addr_islinklocal(&a.ip) ? 0x20 :
					     ip6_addr_issitelocal(&a.ip) ? 0x40 :
									   0;

			show_ip6(t, &a.ip);
			ADD(t, " %02x %02x %02x %02x %8s\n", (unsigned int)i->index, a.prefix_len, scope, a.flags,
			    i->name);
		}
}

static int show_route6(void *ctx, const struct route6 *r)
{
	static const ip6_addr_t any;
	struct text *t = ctx;
	unsigned int flags = 1 | (ip6_addr_isany(&r->gateway) ? 0 : 2) | (r->announced ? 0x40000 : 0); /* RTF_UP ... */

	show_ip6(t, &r->to);
	ADD(t, " %02x ", r->to_len);
	show_ip6(t, &any);
	ADD(t, " 00 ");
	show_ip6(t, &r->gateway);
	ADD(t, " %08x 00000001 00000000 %08x %8s\n", (unsigned int)r->metric, flags, r->interface->name);
	return 0;
}

static void show_arp(struct text *t)
{
	struct eth_addr *mac;
	char ip_text[IP4ADDR_STRLEN_MAX];
	struct netif *n;
	ip4_addr_t *ip;

	ADD(t, "IP address       HW type     Flags       HW address            Mask     Device\n");
	for (size_t k = 0; k < ARP_TABLE_SIZE; k++)
		if (etharp_get_entry(k, &ip, &n, &mac))
			ADD(t, "%-16s 0x1         0x2         %02x:%02x:%02x:%02x:%02x:%02x     *        %s\n",
			    ip4addr_ntoa_r(ip, ip_text, sizeof(ip_text)), mac->addr[0], mac->addr[1], mac->addr[2],
			    mac->addr[3], mac->addr[4], mac->addr[5], interface_of(n)->name);
}

/* Which file is which: the order is that of tcpip_init()'s lists. */
long show_file(uint32_t family, int file, char *text, size_t len)
{
	struct text t = { .at = text, .room = len };

	if (file >= 2)
		show_socks(&t, family, (uint32_t)file - 1);
	else if (family == FAMILY_INET)
		file ? show_route(&t) : show_arp(&t);
	else if (file)
		routes6_each(show_route6, &t);
	else
		show_addresses6(&t);
	return (long)(t.len < len ? t.len : len);
}
