// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Addresses and routes of IPv6. Those of an interface's link and those that routers have announced lwIP makes by itself
 * (RFC 4861, 4862); programs add addresses, each with the network of 64 bits that lwIP gives it, and one gateway to all the rest.
 */
#include "tcpip.h"

#include "lwip/nd6.h"
#include "lwip/priv/nd6_priv.h"

#define NETWORK_BITS 64

enum { /* Linux's */
       FLAG_DEPRECATED = 0x20,
       FLAG_TENTATIVE = 0x40,
       FLAG_DUPLICATE = 0x08,
       FLAG_PERMANENT = 0x80,
       METRIC_LINK = 256,
       METRIC_GATEWAY = 1024,
       INFINITE = 0xffffffff,
};

static ip6_addr_t gateway; /* any: there is none */
static struct interface *gateway_interface;

static const ip6_addr_t link_network = { .addr = { PP_HTONL(0xfe800000) } };
static const ip6_addr_t multicasts = { .addr = { PP_HTONL(0xff000000) } };

static bool is_on(const struct netif *n)
{
	return netif_is_up(n) && netif_is_link_up(n);
}

/* ---- addresses --------------------------------------------------------------------------------------------------- */

static void describe(const struct netif *n, s8_t slot, struct address6 *a)
{
	u8_t state = netif_ip6_addr_state(n, slot);
	bool given = slot && !netif_ip6_addr_isstatic(n, slot);

	a->ip = *netif_ip6_addr(n, slot);
	a->prefix_len = ip6_addr_isloopback(&a->ip) ? 128 : NETWORK_BITS;
	a->flags = (uint8_t)((given ? 0 : FLAG_PERMANENT) | (ip6_addr_istentative(state) ? FLAG_TENTATIVE : 0) |
			     (ip6_addr_isduplicated(state) ? FLAG_TENTATIVE | FLAG_DUPLICATE : 0) |
			     (state == IP6_ADDR_DEPRECATED ? FLAG_DEPRECATED : 0));
	a->preferred_s = given ? netif_ip6_addr_pref_life(n, slot) : INFINITE;
	a->valid_s = given ? netif_ip6_addr_valid_life(n, slot) : INFINITE;
}

bool address6_next(const struct interface *i, unsigned int *nr, struct address6 *a)
{
	while (netif_is_up(&i->netif) && *nr < LWIP_IPV6_NUM_ADDRESSES) {
		s8_t slot = (s8_t)(LWIP_IPV6_NUM_ADDRESSES - ++*nr);

		if (!ip6_addr_isinvalid(netif_ip6_addr_state(&i->netif, slot))) {
			describe(&i->netif, slot, a);
			return true;
		}
	}
	return false;
}

int address6_add(struct interface *i, const ip6_addr_t *ip, uint8_t prefix_len)
{
	s8_t slot;

	if (ip6_addr_ismulticast(ip) || ip6_addr_isany(ip) || prefix_len > 128)
		return -TENON_EINVAL;
	if (netif_get_ip6_addr_match(&i->netif, ip) >= 0)
		return -TENON_EEXIST;
	if (prefix_len != NETWORK_BITS)
		return -TENON_EOPNOTSUPP;
	if (netif_add_ip6_address(&i->netif, ip, &slot) != ERR_OK)
		return -TENON_ENOBUFS;
	if (!(i->netif.flags & NETIF_FLAG_ETHARP)) /* nobody else can have it */
		netif_ip6_addr_set_state(&i->netif, slot, IP6_ADDR_PREFERRED);
	nd6_clear_destination_cache();
	return 0;
}

int address6_delete(struct interface *i, const ip6_addr_t *ip, uint8_t prefix_len)
{
	s8_t slot = netif_get_ip6_addr_match(&i->netif, ip);

	if (slot < 0 || prefix_len != (ip6_addr_isloopback(ip) ? 128 : NETWORK_BITS))
		return -TENON_EADDRNOTAVAIL;
	netif_ip6_addr_set_state(&i->netif, slot, IP6_ADDR_INVALID);
	netif_ip6_addr_set_valid_life(&i->netif, slot, IP6_ADDR_LIFE_STATIC);
	netif_ip6_addr_set_pref_life(&i->netif, slot, IP6_ADDR_LIFE_STATIC);
	nd6_clear_destination_cache();
	return 0;
}

/* ---- routes ------------------------------------------------------------------------------------------------------ */

/* Is it in a network that this interface is in? */
static bool reaches(const struct netif *n, const ip6_addr_t *ip)
{
	bool is = false;

	for (s8_t k = 0; k < LWIP_IPV6_NUM_ADDRESSES && !is; k++)
		is = ip6_addr_isvalid(netif_ip6_addr_state(n, k)) &&
		     (netif_ip6_addr_isstatic(n, k) ? ip6_addr_netcmp_zoneless(ip, netif_ip6_addr(n, k)) :
						      ip6_addr_cmp_zoneless(ip, netif_ip6_addr(n, k)));
	for (unsigned int k = 0; k < LWIP_ND6_NUM_PREFIXES && !is; k++)
		is = prefix_list[k].netif == n && ip6_addr_netcmp(&prefix_list[k].prefix, ip);
	return is && is_on(n);
}

static struct interface *neighbour(const ip6_addr_t *ip)
{
	struct interface *i = interfaces;

	while (i && !reaches(&i->netif, ip))
		i = i->next;
	return i;
}

struct netif *route6_interface(const ip6_addr_t *to)
{
	return gateway_interface && is_on(&gateway_interface->netif) && !neighbour(to) ? &gateway_interface->netif :
											 NULL;
}

const ip6_addr_t *route6_gateway(const struct netif *n)
{
	return gateway_interface && n == &gateway_interface->netif ? &gateway : NULL;
}

static const struct nd6_neighbor_cache_entry *router(unsigned int nr)
{
	const struct nd6_neighbor_cache_entry *e = default_router_list[nr].neighbor_entry;

	return e && e->netif && is_on(e->netif) ? e : NULL;
}

static bool has_default(void)
{
	bool has = gateway_interface != NULL;

	for (unsigned int k = 0; k < LWIP_ND6_NUM_ROUTERS; k++)
		has |= router(k) != NULL;
	return has;
}

bool route6_exists(const ip6_addr_t *to)
{
	if (ip6_addr_has_scope(to, IP6_UNKNOWN))
		return ip6_route(IP6_ADDR_ANY6, to) != NULL;
	return neighbour(to) || has_default();
}

int route6_add(const ip6_addr_t *via, struct interface *i)
{
	if (ip6_addr_islinklocal(via) && !i)
		return -TENON_EINVAL;
	i = i ? i : neighbour(via);
	if (!i || !reaches(&i->netif, via))
		return -TENON_EHOSTUNREACH;
	if (has_default())
		return -TENON_EEXIST;
	gateway = *via;
	if (ip6_addr_islinklocal(via))
		ip6_addr_assign_zone(&gateway, IP6_UNICAST, &i->netif);
	gateway_interface = i;
	nd6_clear_destination_cache();
	return 0;
}

int route6_delete(const ip6_addr_t *via, const struct interface *i)
{
	bool any = ip6_addr_isany(via), done = false;

	if (gateway_interface && (any || ip6_addr_cmp_zoneless(via, &gateway)) && (!i || i == gateway_interface)) {
		gateway_interface = NULL;
		done = true;
	}
	for (unsigned int k = 0; k < LWIP_ND6_NUM_ROUTERS && !done; k++) {
		const struct nd6_neighbor_cache_entry *e = router(k);

		if (!e || !(any || ip6_addr_cmp_zoneless(via, &e->next_hop_address)) || (i && e->netif != &i->netif))
			continue;
		default_router_list[k].neighbor_entry->isrouter = 0;
		default_router_list[k].neighbor_entry = NULL;
		done = true;
	}
	nd6_clear_destination_cache();
	return done ? 0 : has_default() ? -TENON_ESRCH : -TENON_ENOENT;
}

static struct route6 network(const ip6_addr_t *ip, struct interface *i)
{
	struct route6 r = { .to_len = NETWORK_BITS, .metric = METRIC_LINK, .interface = i };

	r.to.addr[0] = ip->addr[0];
	r.to.addr[1] = ip->addr[1];
	return r;
}

static int networks(struct interface *i, route6_fn *each, void *ctx)
{
	struct route6 r;
	int err = 0;

	for (s8_t k = 1; k < LWIP_IPV6_NUM_ADDRESSES && !err; k++)
		if (ip6_addr_isvalid(netif_ip6_addr_state(&i->netif, k)) && netif_ip6_addr_isstatic(&i->netif, k)) {
			r = network(netif_ip6_addr(&i->netif, k), i);
			err = each(ctx, &r);
		}
	for (unsigned int k = 0; k < LWIP_ND6_NUM_PREFIXES && !err; k++)
		if (prefix_list[k].netif == &i->netif) {
			r = network(&prefix_list[k].prefix, i);
			err = each(ctx, &r);
		}
	if (!err && i->netif.flags & NETIF_FLAG_ETHARP) {
		r = network(&link_network, i);
		err = each(ctx, &r);
	}
	return err;
}

static int defaults(route6_fn *each, void *ctx)
{
	struct route6 r = { .metric = METRIC_GATEWAY, .gateway = gateway, .interface = gateway_interface };
	int err = gateway_interface && is_on(&gateway_interface->netif) ? each(ctx, &r) : 0;

	for (unsigned int k = 0; k < LWIP_ND6_NUM_ROUTERS && !err; k++) {
		const struct nd6_neighbor_cache_entry *e = router(k);

		if (!e)
			continue;
		r = (struct route6){ .metric = METRIC_GATEWAY,
				     .gateway = e->next_hop_address,
				     .interface = interface_of(e->netif),
				     .announced = true };
		err = each(ctx, &r);
	}
	return err;
}

int routes6_each(route6_fn *each, void *ctx)
{
	int err = 0;

	for (struct interface *i = interfaces; i && !err; i = i->next)
		if (i->index && netif_is_up(&i->netif))
			err = networks(i, each, ctx);
	if (!err)
		err = defaults(each, ctx);
	for (struct interface *i = interfaces; i && !err; i = i->next) {
		const struct route6 r = {
			.to = multicasts, .to_len = 8, .metric = METRIC_LINK, .interface = i, .multicast = true
		};

		if (i->index && netif_is_up(&i->netif) && i->netif.flags & NETIF_FLAG_ETHARP)
			err = each(ctx, &r);
	}
	return err;
}
