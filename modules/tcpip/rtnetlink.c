// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * What rtnetlink(7) asks: which interfaces, addresses and routes there are, and changes of the last two. What lwIP cannot do
 * is refused, not approximated. All with the lock.
 */
#include "tcpip.h"

enum { /* Linux's */
       NEW_LINK = 16,
       GET_LINK = 18,
       NEW_ADDRESS = 20,
       DELETE_ADDRESS = 21,
       GET_ADDRESS = 22,
       NEW_ROUTE = 24,
       DELETE_ROUTE = 25,
       GET_ROUTE = 26,
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
       ROUTE_INTERFACE = 4,
       ROUTE_GATEWAY = 5,
       ROUTE_SOURCE = 7,
       ROUTE_CLONED = 0x200,
       TABLE_MAIN = 254,
       BY_KERNEL = 2,
       BY_PROGRAM = 3, /* RTPROT_BOOT */
       SCOPE_LINK = 253,
       SCOPE_HOST = 254,
       UNICAST = 1,
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

static int change_address(struct request *q, bool adds)
{
	const ip4_addr_t none = { .addr = 0 };
	struct address_body body;
	struct interface *i;
	ip4_addr_t ip, mask;
	uint32_t peer, broadcast;
	int err = read_body(q, &body, sizeof(body));
	bool same;

	if (err)
		return err;
	i = body.index ? interface_of_index(body.index) : NULL;
	if (!i)
		return -TENON_ENODEV;
	ip.addr = number_of(q, ADDRESS_LOCAL);
	peer = number_of(q, ADDRESS_ADDRESS);
	ip.addr = ip.addr ? ip.addr : peer;
	if (body.family != FAMILY_INET)
		return -TENON_EOPNOTSUPP;
	if (body.prefix_len > 32 || !ip.addr)
		return -TENON_EINVAL;
	mask.addr = mask_of(body.prefix_len);
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

static int get_route(struct request *q, bool dump)
{
	struct route_body body;
	struct netif *out;
	ip4_addr_t to;
	int err = read_body(q, &body, sizeof(body));

	if (err)
		return err;
	if (!dump) {
		to.addr = number_of(q, ROUTE_TO);
		out = body.family == FAMILY_INET && to.addr ? ip4_route(&to) : NULL;
		return out ? answer_route(q, interface_of(out), &to) : -TENON_ENETUNREACH;
	}
	if (body.family && body.family != FAMILY_INET)
		return 0;
	if (netif_default && netif_is_up(netif_default))
		err = answer_route(q, interface_of(netif_default), NULL);
	return err ? err : of_each(q, 0, answer_network);
}

static int change_route(struct request *q, bool adds)
{
	struct route_body body;
	struct route r;
	uint32_t index;
	int err = read_body(q, &body, sizeof(body));

	if (err)
		return err;
	if (body.to_len > 32)
		return -TENON_EINVAL;
	if (body.family != FAMILY_INET || body.table != TABLE_MAIN || (body.type && body.type != UNICAST))
		return -TENON_EOPNOTSUPP;
	index = number_of(q, ROUTE_INTERFACE);
	r = (struct route){ .to.addr = number_of(q, ROUTE_TO),
			    .mask.addr = mask_of(body.to_len),
			    .gateway.addr = number_of(q, ROUTE_GATEWAY),
			    .interface = index ? interface_of_index(index) : NULL };
	if (index && !r.interface)
		return -TENON_ENODEV;
	return adds ? route_add(&r) : route_delete(&r);
}

/* ------------------------------------------------------------------------------------------------------------------ */

int rtnetlink_request(struct netlink *n, const struct netlink_message *m, bool privileged)
{
	bool dump = (m->header.flags & FLAG_DUMP) == FLAG_DUMP;
	struct request q = { .netlink = n, .message = m };
	uint8_t family = m->header.len > sizeof(m->header) ? m->rest[0] : 0;
	uint16_t type = m->header.type;

	if (type != GET_LINK && type != GET_ADDRESS && type != GET_ROUTE && !privileged)
		return -TENON_EPERM;
	switch (type) {
	case GET_LINK:
		return get_link(&q, dump);
	case GET_ADDRESS:
		return !dump ? -TENON_EOPNOTSUPP : family && family != FAMILY_INET ? 0 : of_each(&q, 0, answer_address);
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
