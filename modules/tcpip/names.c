// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Addresses of sockets: Linux's struct sockaddr_in and sockaddr_in6 on one side, lwIP's on the other. A socket of IPv6 that is
 * not for it alone has IPv4's as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). A zone of lwIP's is an interface, by a number of its own.
 */
#include "tcpip.h"

#define NAME6_BYTES_MIN 24u /* RFC 2133's, without a scope, is still used */

struct name6 { /* struct sockaddr_in6 */
	uint16_t family, port_be;
	uint32_t flow_be;
	uint32_t ip_be[4];
	uint32_t scope; /* an interface's index */
};

uint8_t ip_type_of(const struct sock *s)
{
	bool one = s->v6_only || s->type == TYPE_RAW || s->protocol == PROTOCOL_ICMP6;

	return s->family == FAMILY_INET ? IPADDR_TYPE_V4 : one ? IPADDR_TYPE_V6 : IPADDR_TYPE_ANY;
}

static int name4_in(const struct tenon_socket_message *m, struct endpoint *e)
{
	struct address a;

	memcpy(&a, m->name, sizeof(a));
	if (m->name_len < sizeof(a))
		return -TENON_EINVAL;
	if (a.family != FAMILY_INET)
		return -TENON_EAFNOSUPPORT;
	*e = (struct endpoint){ .ip = IPADDR4_INIT(a.ip_be), .port = lwip_ntohs(a.port_be) };
	return 0;
}

static int name6_in(const struct sock *s, const struct tenon_socket_message *m, struct endpoint *e)
{
	struct interface *i;
	struct name6 a = { .scope = 0 };
	ip6_addr_t *ip;

	if (m->name_len < NAME6_BYTES_MIN)
		return -TENON_EINVAL;
	memcpy(&a, m->name, m->name_len < sizeof(a) ? m->name_len : sizeof(a));
	if (a.family != FAMILY_INET6)
		return -TENON_EAFNOSUPPORT;
	*e = (struct endpoint){ .ip = IPADDR6_INIT(a.ip_be[0], a.ip_be[1], a.ip_be[2], a.ip_be[3]),
				.port = lwip_ntohs(a.port_be) };
	ip = ip_2_ip6(&e->ip);
	if (ip6_addr_isipv4mappedipv6(ip)) {
		if (ip_type_of(s) == IPADDR_TYPE_V6)
			return -TENON_ENETUNREACH;
		e->ip = (ip_addr_t)IPADDR4_INIT(a.ip_be[3]);
	} else if (ip6_addr_isany(ip)) {
		IP_SET_TYPE_VAL(e->ip, ip_type_of(s));
	} else if (ip6_addr_has_scope(ip, IP6_UNKNOWN) && a.scope) {
		i = interface_of_index(a.scope);
		if (!i)
			return -TENON_ENODEV;
		ip6_addr_assign_zone(ip, IP6_UNKNOWN, &i->netif);
	}
	return 0;
}

int name_in(const struct sock *s, const struct tenon_socket_message *m, struct endpoint *e)
{
	return s->family == FAMILY_INET ? name4_in(m, e) : name6_in(s, m, e);
}

int peer_in(const struct sock *s, const struct tenon_socket_message *m, struct endpoint *e)
{
	const struct ip_pcb *pcb =
	    (const struct ip_pcb *)s->tcp; /* whichever of the union it is, it begins like this */
	int err = name_in(s, m, e);

	if (err)
		return err;
	if (ip_addr_isany(&e->ip)) {
		if (IP_IS_V4(&e->ip))
			ip_addr_set_loopback(false, &e->ip);
		else
			ip_addr_set_loopback(true, &e->ip);
	}
	if (IP_IS_V6(&e->ip) && ip6_addr_islinklocal(ip_2_ip6(&e->ip)) && !ip6_addr_has_zone(ip_2_ip6(&e->ip)) &&
	    !(pcb && pcb->netif_idx != NETIF_NO_INDEX))
		return -TENON_EINVAL;
	return 0;
}

static void name6_out(struct name6 *a, const ip_addr_t *ip)
{
	const struct interface *i;
	ip6_addr_t mapped;

	if (IP_IS_V4(ip)) {
		ip4_2_ipv4_mapped_ipv6(&mapped, ip_2_ip4(ip));
		memcpy(a->ip_be, mapped.addr, sizeof(a->ip_be));
		return;
	}
	memcpy(a->ip_be, ip_2_ip6(ip)->addr, sizeof(a->ip_be));
	if (ip6_addr_has_zone(ip_2_ip6(ip))) {
		i = interface_of(netif_get_by_index(ip6_addr_zone(ip_2_ip6(ip))));
		a->scope = i ? i->index : 0;
	}
}

void name_out(const struct sock *s, struct tenon_socket_message *m, const ip_addr_t *ip, uint16_t port)
{
	struct address a = { .family = FAMILY_INET, .port_be = lwip_htons(port) };
	struct name6 a6 = { .family = FAMILY_INET6, .port_be = lwip_htons(port) };

	if (s->family == FAMILY_INET) {
		a.ip_be = ip_2_ip4(ip)->addr;
		memcpy(m->name, &a, sizeof(a));
		m->name_len = sizeof(a);
		return;
	}
	name6_out(&a6, ip);
	memcpy(m->name, &a6, sizeof(a6));
	m->name_len = sizeof(a6);
}

bool address_is_own(const ip_addr_t *ip)
{
	bool own = ip_addr_isany(ip) || ip_addr_ismulticast(ip);

	for (struct interface *i = interfaces; i && !own; i = i->next)
		own = i->index && (IP_IS_V6(ip) ? netif_get_ip6_addr_match(&i->netif, ip_2_ip6(ip)) >= 0 :
						  ip4_addr_cmp(ip_2_ip4(ip), netif_ip4_addr(&i->netif)) ||
						      ip4_addr_isbroadcast(ip_2_ip4(ip), &i->netif));
	return own;
}
