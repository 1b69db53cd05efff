// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * What rtnetlink(7) asks: which interfaces, addresses and routes there are, and changes of the last two. What lwIP cannot do
 * is refused, not approximated. All with the lock.
 */
#include "tcpip.h"

#include "lwip/etharp.h"
#include "lwip/priv/nd6_priv.h"

enum { /* Linux's */
       NEW_LINK = 16,
       GET_LINK = 18,
       NEW_ADDRESS = 20,
       DELETE_ADDRESS = 21,
       GET_ADDRESS = 22,
       NEW_ROUTE = 24,
       DELETE_ROUTE = 25,
       GET_ROUTE = 26,
       NEW_NEIGHBOUR = 28,
       GET_NEIGHBOUR = 30,
       FLAG_MULTI = 2,
       FLAG_REPLACE = 0x100,
       FLAG_DUMP = 0x300,
       LINK_ADDRESS = 1,
       LINK_BROADCAST = 2,
       LINK_NAME = 3,
       LINK_MTU = 4,
       LINK_LOWER_UP = 0x10000,
       ADDRESS_ADDRESS = 1,
       ADDRESS_LOCAL = 2,
       ADDRESS_LABEL = 3,
       ADDRESS_BROADCAST = 4,
       ADDRESS_LIFETIME = 6,
       ADDRESS_PERMANENT = 0x80,
       ROUTE_TO = 1,
       ROUTE_FROM = 2,
       ROUTE_INTERFACE = 4,
       ROUTE_GATEWAY = 5,
       ROUTE_PRIORITY = 6,
       ROUTE_SOURCE = 7,
       ROUTE_CLONED = 0x200,
       TABLE_MAIN = 254,
       TABLE_LOCAL = 255,
       BY_KERNEL = 2,
       BY_PROGRAM = 3, /* RTPROT_BOOT */
       BY_ROUTER = 9,  /* RTPROT_RA */
       SCOPE_SITE = 200,
       SCOPE_LINK = 253,
       SCOPE_HOST = 254,
       UNICAST = 1,
       LOCAL = 2,
       MULTICAST = 5,
       NEIGHBOUR_ADDRESS = 1,
       NEIGHBOUR_LINK = 2,
       NEIGHBOUR_REACHABLE = 2,
       ATTRIBUTES_MAX = 32, /* of which those above are */
};

struct link_body { /* struct ifinfomsg */
	uint8_t family, pad;
	uint16_t type;
	int32_t index;
	uint32_t flags, change;
};

struct address_body { /* struct ifaddrmsg */
	uint8_t family, prefix_len, flags, scope;
	uint32_t index;
};

struct route_body { /* struct rtmsg */
	uint8_t family, to_len, from_len, tos, table, protocol, scope, type;
	uint32_t flags;
};

struct neighbour_body { /* struct ndmsg */
	uint8_t family, pad1;
	uint16_t pad2;
	uint32_t index;
	uint16_t state;
	uint8_t flags, type;
};

struct attribute { /* struct rtattr */
	uint16_t len, type;
};

/* What was asked. */
struct request {
	struct netlink *netlink;
	const struct netlink_message *message;
	const uint8_t *attribute[ATTRIBUTES_MAX]; /* its value; NULL: it is not there */
	uint16_t attribute_len[ATTRIBUTES_MAX];
};

/* ---- building and reading ---------------------------------------------------------------------------------------- */

static struct netlink_message begin(const struct request *q, uint16_t type, const void *body, size_t body_len)
{
	struct netlink_message m = { .header = q->message->header };

	m.header.type = type;
	m.header.flags = (q->message->header.flags & FLAG_DUMP) == FLAG_DUMP ? FLAG_MULTI : 0;
	m.header.len = (uint32_t)(sizeof(m.header) + body_len);
	memcpy(m.rest, body, body_len);
	return m;
}

/* There is room for all that a message here has. */
static void add(struct netlink_message *m, uint16_t type, const void *value, size_t len)
{
	const struct attribute a = { .len = (uint16_t)(sizeof(a) + len), .type = type };
	uint8_t *at = m->rest + m->header.len - sizeof(m->header);

	memcpy(at, &a, sizeof(a));
	memcpy(at + sizeof(a), value, len);
	m->header.len += (a.len + 3u) & ~3u;
}

/* Programs may leave out what follows a body's family when they ask for everything. */
static int read_body(struct request *q, void *body, size_t body_len)
{
	const struct netlink_message *m = q->message;
	size_t left = m->header.len - sizeof(m->header);
	struct attribute a;

	memset(body, 0, body_len);
	memcpy(body, m->rest, left < body_len ? left : body_len);
	if (left < body_len)
		return (m->header.flags & FLAG_DUMP) == FLAG_DUMP && left ? 0 : -TENON_EINVAL;
	left -= body_len;
	for (const uint8_t *at = m->rest + body_len; left >= sizeof(a);) {
		size_t part;

		memcpy(&a, at, sizeof(a));
		if (a.len < sizeof(a) || a.len > left)
			return -TENON_EINVAL;
		if (a.type < ATTRIBUTES_MAX) {
			q->attribute[a.type] = at + sizeof(a);
			q->attribute_len[a.type] = (uint16_t)(a.len - sizeof(a));
		}
		part = (a.len + 3ul) & ~3ul;
		part = part < left ? part : left;
		at += part;
		left -= part;
	}
	return 0;
}

/* Of four bytes; 0: it is not there. */
static uint32_t number_of(const struct request *q, unsigned int type)
{
	uint32_t number = 0;

	if (q->attribute[type] && q->attribute_len[type] == sizeof(number))
		memcpy(&number, q->attribute[type], sizeof(number));
	return number;
}

/* Of IPv6. Return: false: it is not there, or something else. */
static bool ip6_of(const struct request *q, unsigned int type, ip6_addr_t *ip)
{
	*ip = (ip6_addr_t){ .zone = IP6_NO_ZONE };
	if (!q->attribute[type] || q->attribute_len[type] != sizeof(ip->addr))
		return false;
	memcpy(ip->addr, q->attribute[type], sizeof(ip->addr));
	return true;
}

static uint32_t mask_of(unsigned int prefix_len)
{
	return prefix_len ? lwip_htonl(0xffffffffu << (32 - prefix_len)) : 0;
}

static uint8_t prefix_of(const ip4_addr_t *mask)
{
	uint8_t len = 0;

	while (len < 32 && lwip_ntohl(mask->addr) << len)
		len++;
	return len;
}

/* ---- interfaces -------------------------------------------------------------------------------------------------- */

static int answer_link(const struct request *q, const struct tenon_interface *t)
{
	static const uint8_t broadcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, zero[6];
	const struct link_body body = { .type = (uint16_t)t->type,
					.index = (int32_t)t->index,
					.flags = t->flags | (t->flags & TENON_INTERFACE_RUNNING ? LINK_LOWER_UP : 0) };
	struct netlink_message m = begin(q, NEW_LINK, &body, sizeof(body));

	add(&m, LINK_NAME, t->name, strnlen((const char *)t->name, sizeof(t->name) - 1) + 1);
	add(&m, LINK_MTU, &t->mtu, sizeof(t->mtu));
	add(&m, LINK_ADDRESS, t->mac, sizeof(zero));
	add(&m, LINK_BROADCAST, t->flags & TENON_INTERFACE_BROADCAST ? broadcast : zero, sizeof(zero));
	return netlink_answer(q->netlink, &m);
}

static int answer_address(const struct request *q, const struct tenon_interface *t)
{
	static const uint32_t lifetime[4] = { 0xffffffff,
					      0xffffffff }; /* struct ifa_cacheinfo: preferred and valid for ever */
	const struct interface *i = interface_of_index(t->index);
	const ip4_addr_t *ip = i ? netif_ip4_addr(&i->netif) : NULL, *mask = i ? netif_ip4_netmask(&i->netif) : NULL;
	struct address_body body = { .family = FAMILY_INET, .flags = ADDRESS_PERMANENT, .index = t->index };
	struct netlink_message m;
	uint32_t broadcast;

	if (!i || !ip->addr)
		return 0;
	body.prefix_len = prefix_of(mask);
	body.scope = t->flags & TENON_INTERFACE_LOOPBACK ? SCOPE_HOST : 0;
	broadcast = ip->addr | ~mask->addr;
	m = begin(q, NEW_ADDRESS, &body, sizeof(body));
	add(&m, ADDRESS_ADDRESS, ip, sizeof(*ip));
	add(&m, ADDRESS_LOCAL, ip, sizeof(*ip));
	if (t->flags & TENON_INTERFACE_BROADCAST && body.prefix_len < 31)
		add(&m, ADDRESS_BROADCAST, &broadcast, sizeof(broadcast));
	add(&m, ADDRESS_LABEL, i->name, strlen(i->name) + 1);
	add(&m, ADDRESS_LIFETIME, lifetime, sizeof(lifetime));
	return netlink_answer(q->netlink, &m);
}

static int answer_addresses6(const struct request *q, const struct tenon_interface *t)
{
	const struct interface *i = interface_of_index(t->index);
	struct netlink_message m;
	struct address6 a;
	int err = 0;

	for (unsigned int nr = 0; i && !err && address6_next(i, &nr, &a);) {
		const struct address_body body = {
			.family = FAMILY_INET6,
			.prefix_len = a.prefix_len,
			.flags = a.flags,
			.scope = ip6_addr_isloopback(&a.ip)  ? SCOPE_HOST :
				 ip6_addr_islinklocal(&a.ip) ? SCOPE_LINK :
				 ip6_addr_issitelocal(&a.ip) ? SCOPE_SITE :
							       0,
			.index = t->index,
		};
		const uint32_t lifetime[4] = { a.preferred_s, a.valid_s }; /* struct ifa_cacheinfo */

		m = begin(q, NEW_ADDRESS, &body, sizeof(body));
		add(&m, ADDRESS_ADDRESS, a.ip.addr, sizeof(a.ip.addr));
		add(&m, ADDRESS_LIFETIME, lifetime, sizeof(lifetime));
		err = netlink_answer(q->netlink, &m);
	}
	return err;
}

/* Of its network; those of loopback are not in the table that programs ask for. */
static int answer_network(const struct request *q, const struct tenon_interface *t)
{
	const struct interface *i = interface_of_index(t->index);
	struct route_body body = {
		.family = FAMILY_INET, .table = TABLE_MAIN, .protocol = BY_KERNEL, .scope = SCOPE_LINK, .type = UNICAST
	};
	struct netlink_message m;
	uint32_t to;

	if (!i || !netif_is_up(&i->netif) || !netif_ip4_addr(&i->netif)->addr || t->flags & TENON_INTERFACE_LOOPBACK)
		return 0;
	body.to_len = prefix_of(netif_ip4_netmask(&i->netif));
	if (body.to_len == 32)
		return 0;
	to = netif_ip4_addr(&i->netif)->addr & netif_ip4_netmask(&i->netif)->addr;
	m = begin(q, NEW_ROUTE, &body, sizeof(body));
	add(&m, ROUTE_TO, &to, sizeof(to));
	add(&m, ROUTE_SOURCE, netif_ip4_addr(&i->netif), sizeof(ip4_addr_t));
	add(&m, ROUTE_INTERFACE, &t->index, sizeof(t->index));
	return netlink_answer(q->netlink, &m);
}

/* One answer of each interface, or of one that there is. */
static int of_each(const struct request *q, uint32_t only,
		   int (*answer)(const struct request *q, const struct tenon_interface *t))
{
	struct tenon_interface t = { .index = only ? only - 1 : 0 };
	int err = 0;

	while (!err && !tenon_interface_next(t.index + 1, &t)) {
		if (only && t.index != only)
			return -TENON_ENODEV;
		err = answer(q, &t);
		if (only)
			return err;
	}
	return only && !err ? -TENON_ENODEV : err;
}

static int get_link(struct request *q, bool dump)
{
	struct link_body body;
	int err = read_body(q, &body, sizeof(body));

	if (err)
		return err;
	if (!dump && body.index <= 0)
		return -TENON_EINVAL;
	return of_each(q, dump ? 0 : (uint32_t)body.index, answer_link);
}

/* ---- addresses --------------------------------------------------------------------------------------------------- */

static int get_addresses(const struct request *q, uint8_t family)
{
	int err = !family || family == FAMILY_INET ? of_each(q, 0, answer_address) : 0;

	return !err && (!family || family == FAMILY_INET6) ? of_each(q, 0, answer_addresses6) : err;
}

static int change_address6(const struct request *q, const struct address_body *body, struct interface *i, bool adds)
{
	ip6_addr_t ip, peer;
	bool local = ip6_of(q, ADDRESS_LOCAL, &ip), remote = ip6_of(q, ADDRESS_ADDRESS, &peer);

	if (local && remote && !ip6_addr_cmp_zoneless(&ip, &peer))
		return -TENON_EOPNOTSUPP;
	if (!local && !remote)
		return -TENON_EINVAL;
	ip = local ? ip : peer;
	return adds ? address6_add(i, &ip, body->prefix_len) : address6_delete(i, &ip, body->prefix_len);
}

static int change_address4(const struct request *q, const struct address_body *body, struct interface *i, bool adds)
{
	const ip4_addr_t none = { .addr = 0 };
	ip4_addr_t ip, mask;
	uint32_t peer, broadcast;
	bool same;

	ip.addr = number_of(q, ADDRESS_LOCAL);
	peer = number_of(q, ADDRESS_ADDRESS);
	ip.addr = ip.addr ? ip.addr : peer;
	if (body->prefix_len > 32 || !ip.addr)
		return -TENON_EINVAL;
	mask.addr = mask_of(body->prefix_len);
	same = netif_ip4_addr(&i->netif)->addr == ip.addr && netif_ip4_netmask(&i->netif)->addr == mask.addr;
	if (!adds) {
		if (same)
			address_set(i, &none, &none);
		return same ? 0 : -TENON_EADDRNOTAVAIL;
	}
	broadcast = number_of(q, ADDRESS_BROADCAST);
	if (same)
		return q->message->header.flags & FLAG_REPLACE ? 0 : -TENON_EEXIST;
	if (netif_ip4_addr(&i->netif)->addr || (peer && peer != ip.addr) ||
	    (broadcast && broadcast != (ip.addr | ~mask.addr)))
		return -TENON_EOPNOTSUPP; /* it has one, whose broadcast address follows from the mask */
	address_set(i, &ip, &mask);
	return 0;
}

static int change_address(struct request *q, bool adds)
{
	struct address_body body;
	struct interface *i;
	int err = read_body(q, &body, sizeof(body));

	if (err)
		return err;
	i = body.index ? interface_of_index(body.index) : NULL;
	if (!i)
		return -TENON_ENODEV;
	if (body.family != FAMILY_INET && body.family != FAMILY_INET6)
		return -TENON_EOPNOTSUPP;
	return body.family == FAMILY_INET ? change_address4(q, &body, i, adds) : change_address6(q, &body, i, adds);
}

/* ---- routes ------------------------------------------------------------------------------------------------------ */

/* To everything else, or to @to alone through @i. */
static int answer_route(const struct request *q, const struct interface *i, const ip4_addr_t *to)
{
	const ip4_addr_t *gateway = netif_ip4_gw(&i->netif);
	bool direct =
	    !gateway->addr || (to && ip4_addr_netcmp(to, netif_ip4_addr(&i->netif), netif_ip4_netmask(&i->netif)));
	const struct route_body body = { .family = FAMILY_INET,
					 .to_len = to ? 32 : 0,
					 .table = TABLE_MAIN,
					 .protocol = to ? 0 : BY_PROGRAM,
					 .scope = direct && !to ? SCOPE_LINK : 0,
					 .type = UNICAST,
					 .flags = to ? ROUTE_CLONED : 0 };
	struct netlink_message m = begin(q, NEW_ROUTE, &body, sizeof(body));

	if (to) {
		add(&m, ROUTE_TO, to, sizeof(*to));
		add(&m, ROUTE_SOURCE, netif_ip4_addr(&i->netif), sizeof(ip4_addr_t));
	}
	if (!direct)
		add(&m, ROUTE_GATEWAY, gateway, sizeof(*gateway));
	add(&m, ROUTE_INTERFACE, &i->index, sizeof(i->index));
	return netlink_answer(q->netlink, &m);
}

static int answer_route6(void *ctx, const struct route6 *r)
{
	const struct request *q = ctx;
	const struct route_body body = { .family = FAMILY_INET6,
					 .to_len = r->to_len,
					 .table = TABLE_MAIN,
					 .protocol = r->announced                ? BY_ROUTER :
						     ip6_addr_isany(&r->gateway) ? BY_KERNEL :
										   BY_PROGRAM,
					 .type = r->multicast ? MULTICAST : UNICAST };
	struct netlink_message m = begin(q, NEW_ROUTE, &body, sizeof(body));

	if (r->to_len)
		add(&m, ROUTE_TO, r->to.addr, sizeof(r->to.addr));
	if (!ip6_addr_isany(&r->gateway))
		add(&m, ROUTE_GATEWAY, r->gateway.addr, sizeof(r->gateway.addr));
	add(&m, ROUTE_INTERFACE, &r->interface->index, sizeof(r->interface->index));
	add(&m, ROUTE_PRIORITY, &r->metric, sizeof(r->metric));
	return netlink_answer(q->netlink, &m);
}

/* Which of all routes one address takes. */
struct search {
	ip6_addr_t to;
	struct route6 best;
};

static int compare_route6(void *ctx, const struct route6 *r)
{
	struct search *s = ctx;
	ip6_addr_t network = s->to;

	if (r->to_len == 64)
		network.addr[2] = network.addr[3] = 0;
	if (!r->multicast && (!r->to_len || ip6_addr_cmp_zoneless(&network, &r->to)) &&
	    (!s->best.interface || r->to_len > s->best.to_len))
		s->best = *r;
	return 0;
}

static struct interface *owner_of(const ip6_addr_t *ip)
{
	struct interface *i = interfaces;

	while (i && !(netif_is_up(&i->netif) && netif_get_ip6_addr_match(&i->netif, ip) >= 0))
		i = i->next;
	return i;
}

static int get_one_route6(const struct request *q)
{
	static const ip6_addr_t any;
	struct route_body body = {
		.family = FAMILY_INET6, .to_len = 128, .from_len = 128, .table = TABLE_MAIN, .type = UNICAST
	};
	struct search s = { .best.metric = 0 };
	const ip_addr_t *source;
	struct interface *own;
	struct netlink_message m;

	if (!ip6_of(q, ROUTE_TO, &s.to))
		return -TENON_ENETUNREACH;
	own = owner_of(&s.to);
	if (own) {
		s.best.interface = own;
		body.table = TABLE_LOCAL;
		body.type = LOCAL;
	} else {
		routes6_each(compare_route6, &s);
	}
	if (!s.best.interface)
		return -TENON_ENETUNREACH;
	m = begin(q, NEW_ROUTE, &body, sizeof(body));
	add(&m, ROUTE_TO, s.to.addr, sizeof(s.to.addr));
	add(&m, ROUTE_FROM, any.addr, sizeof(any.addr));
	if (!ip6_addr_isany(&s.best.gateway))
		add(&m, ROUTE_GATEWAY, s.best.gateway.addr, sizeof(any.addr));
	source = ip6_select_source_address(&s.best.interface->netif, &s.to);
	if (source)
		add(&m, ROUTE_SOURCE, ip_2_ip6(source)->addr, sizeof(any.addr));
	add(&m, ROUTE_INTERFACE, &s.best.interface->index, sizeof(s.best.interface->index));
	add(&m, ROUTE_PRIORITY, &s.best.metric, sizeof(s.best.metric));
	return netlink_answer(q->netlink, &m);
}

static int get_one_route(const struct request *q, uint8_t family)
{
	struct netif *out;
	ip4_addr_t to;

	if (family == FAMILY_INET6)
		return get_one_route6(q);
	to.addr = number_of(q, ROUTE_TO);
	out = family == FAMILY_INET && to.addr ? ip4_route(&to) : NULL;
	return out ? answer_route(q, interface_of(out), &to) : -TENON_ENETUNREACH;
}

static int get_route(struct request *q, bool dump)
{
	struct route_body body;
	int err = read_body(q, &body, sizeof(body));

	if (err)
		return err;
	if (!dump)
		return get_one_route(q, body.family);
	if (!body.family || body.family == FAMILY_INET) {
		if (netif_default && netif_is_up(netif_default))
			err = answer_route(q, interface_of(netif_default), NULL);
		err = err ? err : of_each(q, 0, answer_network);
	}
	if (!err && (!body.family || body.family == FAMILY_INET6))
		err = routes6_each(answer_route6, q);
	return err;
}

static int change_route6(const struct request *q, const struct route_body *body, struct interface *i, bool adds)
{
	ip6_addr_t via;

	if (body->to_len)
		return -TENON_EOPNOTSUPP;
	if (!ip6_of(q, ROUTE_GATEWAY, &via) && adds)
		return -TENON_EOPNOTSUPP;
	return adds ? route6_add(&via, i) : route6_delete(&via, i);
}

static int change_route(struct request *q, bool adds)
{
	struct route_body body;
	struct route r;
	uint32_t index;
	int err = read_body(q, &body, sizeof(body));

	if (err)
		return err;
	if ((body.family != FAMILY_INET && body.family != FAMILY_INET6) || body.table != TABLE_MAIN ||
	    (body.type && body.type != UNICAST))
		return -TENON_EOPNOTSUPP;
	if (body.family == FAMILY_INET && body.to_len > 32)
		return -TENON_EINVAL;
	index = number_of(q, ROUTE_INTERFACE);
	r = (struct route){ .to.addr = number_of(q, ROUTE_TO),
			    .mask.addr = body.family == FAMILY_INET ? mask_of(body.to_len) : 0,
			    .gateway.addr = number_of(q, ROUTE_GATEWAY),
			    .interface = index ? interface_of_index(index) : NULL };
	if (index && !r.interface)
		return -TENON_ENODEV;
	if (body.family == FAMILY_INET6)
		return change_route6(q, &body, r.interface, adds);
	return adds ? route_add(&r) : route_delete(&r);
}

/* ---- neighbours -------------------------------------------------------------------------------------------------- */

static int answer_neighbour(const struct request *q, const struct netif *n, const ip_addr_t *ip, const void *mac)
{
	const struct neighbour_body body = { .family = IP_IS_V6(ip) ? FAMILY_INET6 : FAMILY_INET,
					     .index = interface_of(n)->index,
					     .state = NEIGHBOUR_REACHABLE,
					     .type = UNICAST };
	struct netlink_message m = begin(q, NEW_NEIGHBOUR, &body, sizeof(body));

	if (IP_IS_V6(ip))
		add(&m, NEIGHBOUR_ADDRESS, ip_2_ip6(ip)->addr, sizeof(ip_2_ip6(ip)->addr));
	else
		add(&m, NEIGHBOUR_ADDRESS, ip_2_ip4(ip), sizeof(ip4_addr_t));
	add(&m, NEIGHBOUR_LINK, mac, ETH_HWADDR_LEN);
	return netlink_answer(q->netlink, &m);
}

/* Those that are known to be there. */
static int get_neighbours(const struct request *q, uint8_t family)
{
	struct eth_addr *mac;
	struct netif *n;
	ip4_addr_t *ip;
	int err = 0;

	for (size_t k = 0; k < ARP_TABLE_SIZE && !err && family != FAMILY_INET6; k++)
		if (etharp_get_entry(k, &ip, &n, &mac)) {
			const ip_addr_t any_ip = IPADDR4_INIT(ip->addr);

			err = answer_neighbour(q, n, &any_ip, mac);
		}
	for (unsigned int k = 0; k < LWIP_ND6_NUM_NEIGHBORS && !err && family != FAMILY_INET; k++)
		if (neighbor_cache[k].state > ND6_INCOMPLETE) {
			ip_addr_t any_ip = { .type = IPADDR_TYPE_V6 };

			any_ip.u_addr.ip6 = neighbor_cache[k].next_hop_address;
			err = answer_neighbour(q, neighbor_cache[k].netif, &any_ip, neighbor_cache[k].lladdr);
		}
	return err;
}

/* ------------------------------------------------------------------------------------------------------------------ */

int rtnetlink_request(struct netlink *n, const struct netlink_message *m, bool privileged)
{
	bool dump = (m->header.flags & FLAG_DUMP) == FLAG_DUMP;
	struct request q = { .netlink = n, .message = m };
	uint8_t family = m->header.len > sizeof(m->header) ? m->rest[0] : 0;
	uint16_t type = m->header.type;

	if (type % 4 != GET_LINK % 4 && !privileged) /* all that get have such numbers */
		return -TENON_EPERM;
	switch (type) {
	case GET_LINK:
		return get_link(&q, dump);
	case GET_ADDRESS:
		return dump ? get_addresses(&q, family) : -TENON_EOPNOTSUPP;
	case GET_NEIGHBOUR:
		return dump ? get_neighbours(&q, family) : -TENON_EOPNOTSUPP;
	case GET_ROUTE:
		return get_route(&q, dump);
	case NEW_ADDRESS:
	case DELETE_ADDRESS:
		return change_address(&q, type == NEW_ADDRESS);
	case NEW_ROUTE:
	case DELETE_ROUTE:
		return change_route(&q, type == NEW_ROUTE);
	default:
		return -TENON_EOPNOTSUPP;
	}
}
