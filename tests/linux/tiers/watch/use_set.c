// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Types of sets of ip_set, by nfnetlink as the program ipset makes, fills and asks them: an element is in a set from when it
 * is added until it is deleted, once, another one is not, and a network has the addresses that begin like it.
 */
#include <linux/etherdevice.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nfnetlink.h>
#include <net/netlink.h>

#include "watch.h"

#define ADDRESS(a, b, c, d) ((u32)(a) << 24 | (b) << 16 | (c) << 8 | (d))
#define PROTOCOL_VERSION 7

struct element {
	u32 ip, ip_to;
	u8 cidr;
	u16 port, port_to;
	u32 mark;
	u32 ip2;
	u8 cidr2;
	const char *interface, *mac, *name;
};

struct row {
	const char *module, *type;
	u8 family;
	struct element create, one, other, within; /* within: if not empty, it is in a set that has @one */
};

#define FROM_10_1(last) ADDRESS(10, 1, 2, last)
#define MAC(last) "\x02\x00\x5e\x00\x53" last
#define NET_10(second) .ip = ADDRESS(10, second, 0, 0), .cidr = 16
#define NET2_10(second) .ip2 = ADDRESS(10, second, 0, 0), .cidr2 = 16

static const struct row rows[] = {
	{ "ip_set_bitmap_ip",
	  "bitmap:ip",
	  NFPROTO_IPV4,
	  { .ip = FROM_10_1(0), .ip_to = FROM_10_1(255) },
	  { .ip = FROM_10_1(3) },
	  { .ip = FROM_10_1(4) } },
	{ "ip_set_bitmap_ipmac",
	  "bitmap:ip,mac",
	  NFPROTO_IPV4,
	  { .ip = FROM_10_1(0), .ip_to = FROM_10_1(255) },
	  { .ip = FROM_10_1(3), .mac = MAC("\1") },
	  { .ip = FROM_10_1(4), .mac = MAC("\2") } },
	{ "ip_set_bitmap_port",
	  "bitmap:port",
	  NFPROTO_UNSPEC,
	  { .port = 1, .port_to = 1024 },
	  { .port = 80 },
	  { .port = 81 } },
	{ "ip_set_hash_ip", "hash:ip", NFPROTO_IPV4, {}, { .ip = FROM_10_1(3) }, { .ip = FROM_10_1(4) } },
	{ "ip_set_hash_ipmac",
	  "hash:ip,mac",
	  NFPROTO_IPV4,
	  {},
	  { .ip = FROM_10_1(3), .mac = MAC("\1") },
	  { .ip = FROM_10_1(3), .mac = MAC("\2") } },
	{ "ip_set_hash_ipmark",
	  "hash:ip,mark",
	  NFPROTO_IPV4,
	  {},
	  { .ip = FROM_10_1(3), .mark = 7 },
	  { .ip = FROM_10_1(3), .mark = 8 } },
	{ "ip_set_hash_ipport",
	  "hash:ip,port",
	  NFPROTO_IPV4,
	  {},
	  { .ip = FROM_10_1(3), .port = 80 },
	  { .ip = FROM_10_1(3), .port = 81 } },
	{ "ip_set_hash_ipportip",
	  "hash:ip,port,ip",
	  NFPROTO_IPV4,
	  {},
	  { .ip = FROM_10_1(3), .port = 80, .ip2 = FROM_10_1(9) },
	  { .ip = FROM_10_1(3), .port = 80, .ip2 = FROM_10_1(8) } },
	{ "ip_set_hash_ipportnet",
	  "hash:ip,port,net",
	  NFPROTO_IPV4,
	  {},
	  { .ip = FROM_10_1(3), .port = 80, NET2_10(7) },
	  { .ip = FROM_10_1(3), .port = 80, NET2_10(8) },
	  { .ip = FROM_10_1(3), .port = 80, .ip2 = ADDRESS(10, 7, 1, 2) } },
	{ "ip_set_hash_mac", "hash:mac", NFPROTO_UNSPEC, {}, { .mac = MAC("\1") }, { .mac = MAC("\2") } },
	{ "ip_set_hash_net", "hash:net", NFPROTO_IPV4, {}, { NET_10(1) }, { NET_10(2) }, { .ip = FROM_10_1(3) } },
	{ "ip_set_hash_netiface",
	  "hash:net,iface",
	  NFPROTO_IPV4,
	  {},
	  { NET_10(1), .interface = "eth0" },
	  { NET_10(1), .interface = "eth1" },
	  { .ip = FROM_10_1(3), .interface = "eth0" } },
	{ "ip_set_hash_netnet",
	  "hash:net,net",
	  NFPROTO_IPV4,
	  {},
	  { NET_10(1), NET2_10(7) },
	  { NET_10(1), NET2_10(8) },
	  { .ip = FROM_10_1(3), .ip2 = ADDRESS(10, 7, 1, 2) } },
	{ "ip_set_hash_netport",
	  "hash:net,port",
	  NFPROTO_IPV4,
	  {},
	  { NET_10(1), .port = 80 },
	  { NET_10(1), .port = 81 },
	  { .ip = FROM_10_1(3), .port = 80 } },
	{ "ip_set_hash_netportnet",
	  "hash:net,port,net",
	  NFPROTO_IPV4,
	  {},
	  { NET_10(1), .port = 80, NET2_10(7) },
	  { NET_10(1), .port = 80, NET2_10(8) },
	  { .ip = FROM_10_1(3), .port = 80, .ip2 = ADDRESS(10, 7, 1, 2) } },
	{ "ip_set_list_set", "list:set", NFPROTO_UNSPEC, {}, { .name = "one" }, { .name = "other" } },
};

static void put_address(struct sk_buff *message, int type, u32 ip)
{
	struct nlattr *nest = nla_nest_start(message, type);

	nla_put_be32(message, IPSET_ATTR_IPADDR_IPV4 | NLA_F_NET_BYTEORDER, htonl(ip));
	nla_nest_end(message, nest);
}

static void put_element(struct sk_buff *message, const struct element *e)
{
	struct nlattr *nest = nla_nest_start(message, IPSET_ATTR_DATA);

	if (e->ip)
		put_address(message, IPSET_ATTR_IP, e->ip);
	if (e->ip_to)
		put_address(message, IPSET_ATTR_IP_TO, e->ip_to);
	if (e->ip2)
		put_address(message, IPSET_ATTR_IP2, e->ip2);
	if (e->cidr)
		nla_put_u8(message, IPSET_ATTR_CIDR, e->cidr);
	if (e->cidr2)
		nla_put_u8(message, IPSET_ATTR_CIDR2, e->cidr2);
	if (e->port)
		nla_put_be16(message, IPSET_ATTR_PORT | NLA_F_NET_BYTEORDER, htons(e->port));
	if (e->port_to)
		nla_put_be16(message, IPSET_ATTR_PORT_TO | NLA_F_NET_BYTEORDER, htons(e->port_to));
	if (e->port && e->ip)
		nla_put_u8(message, IPSET_ATTR_PROTO, IPPROTO_TCP);
	if (e->mark)
		nla_put_be32(message, IPSET_ATTR_MARK | NLA_F_NET_BYTEORDER, htonl(e->mark));
	if (e->interface)
		nla_put_string(message, IPSET_ATTR_IFACE, e->interface);
	if (e->mac)
		nla_put(message, IPSET_ATTR_ETHER, ETH_ALEN, e->mac);
	if (e->name)
		nla_put_string(message, IPSET_ATTR_NAME, e->name);
	nla_nest_end(message, nest);
}

/* What ipset's kernel end answers, a negative errno value or one of ipset's own, or 0. */
static int ask(int command, u16 flags, u8 family, const char *name, const char *type, const struct element *e)
{
	struct sk_buff *message = alloc_skb(2048, GFP_KERNEL);
	struct nlmsghdr *header;
	struct nfgenmsg *nf;
	int err;

	if (!message)
		return -ENOMEM;
	header =
	    nlmsg_put(message, 0, 1, NFNL_SUBSYS_IPSET << 8 | command, sizeof(*nf), NLM_F_REQUEST | NLM_F_ACK | flags);
	nf = nlmsg_data(header);
	*nf = (struct nfgenmsg){ .nfgen_family = family, .version = NFNETLINK_V0 };
	nla_put_u8(message, IPSET_ATTR_PROTOCOL, PROTOCOL_VERSION);
	nla_put_string(message, IPSET_ATTR_SETNAME, name);
	if (type) {
		nla_put_string(message, IPSET_ATTR_TYPENAME, type);
		nla_put_u8(message, IPSET_ATTR_REVISION, 0);
		nla_put_u8(message, IPSET_ATTR_FAMILY, family);
	}
	if (e)
		put_element(message, e);
	nlmsg_end(message, header);
	err = netlink_ask(NETLINK_NETFILTER, message);
	kfree_skb(message);
	return err;
}

static int make(const char *name, const char *type, u8 family, const struct element *create)
{
	return ask(IPSET_CMD_CREATE, NLM_F_CREATE | NLM_F_EXCL, family, name, type, create);
}

/* Return: at which step the answer is another one than that of a set, or 0. */
static int differs(const struct row *row)
{
	const struct {
		int command;
		const struct element *element;
		int answer;
	} steps[] = {
		{ IPSET_CMD_TEST, &row->one, -IPSET_ERR_EXIST },
		{ IPSET_CMD_ADD, &row->one, 0 },
		{ IPSET_CMD_TEST, &row->one, 0 },
		{ IPSET_CMD_TEST, &row->other, -IPSET_ERR_EXIST },
		{ IPSET_CMD_ADD, &row->one, -IPSET_ERR_EXIST },
		{ IPSET_CMD_TEST, &row->within, 0 },
		{ IPSET_CMD_DEL, &row->other, -IPSET_ERR_EXIST },
		{ IPSET_CMD_DEL, &row->one, 0 },
		{ IPSET_CMD_TEST, &row->one, -IPSET_ERR_EXIST },
	};

	for (int i = 0; i < ARRAY_SIZE(steps); i++) {
		const struct element *e = steps[i].element;
		int got;

		if (e == &row->within && !e->ip)
			continue;
		got = ask(steps[i].command, NLM_F_EXCL, row->family, "watch", NULL, e);
		if (got != steps[i].answer) {
			report("differs %s at step %d: %d\n", row->module, i + 1, got);
			return i + 1;
		}
	}
	return 0;
}

static void use_row(const struct row *row)
{
	int err = make("watch", row->type, row->family, &row->create);

	if (err) {
		report("differs %s: error %d\n", row->module, err);
		return;
	}
	if (row->one.name) {
		make(row->one.name, "hash:ip", NFPROTO_IPV4, &row->create);
		make(row->other.name, "hash:ip", NFPROTO_IPV4, &row->create);
	}
	if (!differs(row))
		report("compared %s a set that has what was put into it\n", row->module);
	ask(IPSET_CMD_DESTROY, 0, row->family, "watch", NULL, NULL);
	if (row->one.name) {
		ask(IPSET_CMD_DESTROY, 0, row->family, row->one.name, NULL, NULL);
		ask(IPSET_CMD_DESTROY, 0, row->family, row->other.name, NULL, NULL);
	}
}

static void use(struct module *mod)
{
	for (int i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(rows[i].module, mod->name))
			use_row(&rows[i]);
}

WATCH_HELPER(use)
