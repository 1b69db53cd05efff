// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Addresses of interfaces and routes, as netdevice(7) and rtentry have them. lwIP knows the networks of its interfaces, one
 * way out of each to others, and one interface for all the rest; other routes are refused.
 */
#include "tcpip.h"

enum { /* Linux's */
       ADD_ROUTE = 0x890b,
       DELETE_ROUTE = 0x890c,
       GET_ADDRESS = 0x8915,
       SET_ADDRESS = 0x8916,
       GET_PEER = 0x8917,
       GET_BROADCAST = 0x8919,
       SET_BROADCAST = 0x891a,
       GET_MASK = 0x891b,
       SET_MASK = 0x891c,
       ROUTE_GATEWAY = 2,
};

struct request { /* struct ifreq with an address */
	char name[TENON_NETDEV_NAME_BYTES];
	struct address address;
};

struct route_request { /* struct rtentry, behind it the interface's name, which the kernel has put there */
	uint64_t pad1;
	struct address to, gateway, mask;
	uint16_t flags;
	int16_t pad2;
	uint64_t pad3, pad4;
	int16_t metric;
	uint64_t name_at, mtu, window;
	uint16_t time;
	char name[TENON_NETDEV_NAME_BYTES];
};

static void delete_default(void)
{
	const ip4_addr_t none = { .addr = 0 };

	netif_set_gw(netif_default, &none);
	netif_set_default(NULL);
}

void address_set(struct interface *i, const ip4_addr_t *ip, const ip4_addr_t *mask)
{
	if (!ip->addr && netif_default == &i->netif)
		delete_default(); /* its gateway is no neighbour any more */
	netif_set_addr(&i->netif, ip, mask, netif_ip4_gw(&i->netif));
}

/* The mask that an address has by its class, as Linux sets it first. */
static ip4_addr_t mask_of(const ip4_addr_t *ip)
{
	uint32_t a = lwip_ntohl(ip->addr), mask = a >> 31 == 0 ? 0xff000000 : a >> 30 == 2 ? 0xffff0000 : 0xffffff00;
	ip4_addr_t out = { .addr = a ? lwip_htonl(mask) : 0 };

	return out;
}

static int get_or_set(struct interface *i, unsigned int command, struct address *a)
{
	ip4_addr_t ip = *netif_ip4_addr(&i->netif), mask = *netif_ip4_netmask(&i->netif), given = { .addr = a->ip_be };

	switch (command) {
	case SET_ADDRESS:
		if (ip4_addr_ismulticast(&given))
			return -TENON_EINVAL;
		mask = mask_of(&given);
		address_set(i, &given, &mask);
		return 0;
	case SET_MASK:
		if (!ip4_addr_netmask_valid(given.addr))
			return -TENON_EINVAL;
		address_set(i, &ip, &given);
		return 0;
	case SET_BROADCAST: /* it follows from the mask */
		return given.addr == (ip.addr | ~mask.addr) ? 0 : -TENON_EOPNOTSUPP;
	case GET_MASK:
		given = mask;
		break;
	case GET_BROADCAST:
		given.addr = i->netif.flags & NETIF_FLAG_BROADCAST ? ip.addr | ~mask.addr : 0;
		break;
	default:
		given = ip;
	}
	if (!ip.addr)
		return -TENON_EADDRNOTAVAIL;
	*a = (struct address){ .family = FAMILY_INET, .ip_be = given.addr };
	return 0;
}

static int of_interface(struct tenon_socket_ioctl *call)
{
	bool sets = call->command == SET_ADDRESS || call->command == SET_BROADCAST || call->command == SET_MASK;
	struct interface *i;
	struct request r;
	int err;

	memcpy(&r, call->data, sizeof(r));
	r.name[sizeof(r.name) - 1] = '\0';
	i = interface_find(r.name);
	if (call->len < sizeof(r) || !i || !i->index)
		return -TENON_ENODEV;
	if (sets && !call->privileged)
		return -TENON_EPERM;
	if (sets && r.address.family != FAMILY_INET)
		return -TENON_EINVAL;
	err = get_or_set(i, call->command, &r.address);
	memcpy(call->data, &r, sizeof(r));
	return err;
}

/* Is it in the interface's network, and can it be reached? */
static bool reaches(const struct interface *i, const ip4_addr_t *ip)
{
	return i->index && netif_is_up(&i->netif) && netif_ip4_addr(&i->netif)->addr &&
	       netif_ip4_netmask(&i->netif)->addr &&
	       ip4_addr_netcmp(ip, netif_ip4_addr(&i->netif), netif_ip4_netmask(&i->netif));
}

/* What this machine sends to an address of its own goes by loopback. */
struct netif *route4_own(const ip4_addr_t *to)
{
	struct interface *i = interfaces, *lo;

	while (i && !(to->addr && i->index && netif_ip4_addr(&i->netif)->addr == to->addr))
		i = i->next;
	lo = i ? interfaces : NULL;
	while (lo && (lo->netif.flags & NETIF_FLAG_ETHARP || !lo->index || !netif_is_up(&lo->netif)))
		lo = lo->next;
	return lo ? &lo->netif : NULL;
}

static struct interface *neighbour(const ip4_addr_t *ip)
{
	struct interface *i = interfaces;

	while (i && !reaches(i, ip))
		i = i->next;
	return i;
}

static int add_default(const ip4_addr_t *gateway, struct interface *i)
{
	i = i ? i : neighbour(gateway);
	if (!i)
		return -TENON_ENETUNREACH;
	if (gateway->addr && !reaches(i, gateway))
		return -TENON_ENETUNREACH;
	if (!netif_is_up(&i->netif))
		return -TENON_ENETDOWN;
	if (netif_default)
		return -TENON_EEXIST;
	netif_set_gw(&i->netif, gateway);
	netif_set_default(&i->netif);
	return 0;
}

int route_add(const struct route *r)
{
	struct interface *i = r->interface ? r->interface : neighbour(&r->to);

	if (!r->mask.addr)
		return r->to.addr ? -TENON_EINVAL : add_default(&r->gateway, r->interface);
	/* There is one anyway, if its interface has this network. */
	return i && !r->gateway.addr && reaches(i, &r->to) && netif_ip4_netmask(&i->netif)->addr == r->mask.addr ?
		   -TENON_EEXIST :
		   -TENON_EOPNOTSUPP;
}

int route_delete(const struct route *r)
{
	if (r->to.addr || r->mask.addr)
		return -TENON_EOPNOTSUPP;
	if (!netif_default || (r->interface && netif_default != &r->interface->netif) ||
	    (r->gateway.addr && netif_ip4_gw(netif_default)->addr != r->gateway.addr))
		return -TENON_ESRCH;
	delete_default();
	return 0;
}

static int of_route(const struct tenon_socket_ioctl *call)
{
	struct route_request q;
	struct route r;

	if (!call->privileged)
		return -TENON_EPERM;
	memcpy(&q, call->data, sizeof(q));
	q.name[sizeof(q.name) - 1] = '\0';
	if (call->len < sizeof(q) || q.to.family != FAMILY_INET)
		return -TENON_EINVAL;
	r = (struct route){ .to.addr = q.to.ip_be,
			    .mask.addr = q.mask.ip_be,
			    .gateway.addr = q.flags & ROUTE_GATEWAY ? q.gateway.ip_be : 0,
			    .interface = interface_find(q.name) };
	if (q.name[0] && (!r.interface || !r.interface->index))
		return -TENON_ENODEV;
	return call->command == ADD_ROUTE ? route_add(&r) : route_delete(&r);
}

int addresses_ioctl(struct tenon_socket_ioctl *call)
{
	switch (call->command) {
	case ADD_ROUTE:
	case DELETE_ROUTE:
		return of_route(call);
	case GET_ADDRESS:
	case SET_ADDRESS:
	case GET_PEER:
	case GET_BROADCAST:
	case SET_BROADCAST:
	case GET_MASK:
	case SET_MASK:
		return of_interface(call);
	default:
		return -TENON_ENOTTY;
	}
}
