// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The packets of packets.h. Checksums are 0 and put in later. */
#include <asm/unaligned.h>
#include <linux/etherdevice.h>
#include <linux/in.h>
#include <net/ipv6.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "packets.h"

#define ETHERNET(type) 0x02, 0, 0x5e, 0, 0x53, 2, 0x02, 0, 0x5e, 0, 0x53, 1, (type) >> 8, (type) & 0xff
/* Of @len bytes, with a TTL of 64 and a DSCP of 46, ECT(1). */
#define IPV4(len, protocol, ...) \
	ETHERNET(0x0800), 0x45, 0xb9, 0, len, 0x12, 0x34, 0x40, 0, 64, protocol, 0, 0, 192, 0, 2, 1, __VA_ARGS__
#define UNICAST 198, 51, 100, 2
/* With @len bytes after it, a hop limit of 64 and the same class of traffic. */
#define IPV6(len, next)                                                                                                \
	ETHERNET(0x86dd), 0x6b, 0x90, 0, 0, 0, len, next, 64, DB8, 0, 0, 0, 0, 0, 0, 0x5e, 0xff, 0xfe, 0, 0x53, 1,     \
	    NEIGHBOUR(2)
#define DB8 0x20, 1, 0x0d, 0xb8
#define NEIGHBOUR(n) DB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, n
#define PORTS 0x03, 0xe8, 0, 80
#define TEXT 't', 'e', 'n', 'o', 'n', ' ', 'm', 'o', 'r', 't', 'i', 's', 'e', '!'
/* With the MSS option and a text, 38 bytes. */
#define SYN PORTS, 0, 0, 0, 1, 0, 0, 0, 0, 0x60, 0x02, 0x10, 0, 0, 0, 0, 0, 2, 4, 0x05, 0xb4, TEXT

static const u8 tcp4[] = { IPV4(58, IPPROTO_TCP, UNICAST), SYN };
static const u8 udp4[] = {
	IPV4(36, IPPROTO_UDP, 224, 0, 0, 9), 0x03, 0xe8, 0x06, 0xa5, 0, 16, 0, 0, 0, 2, 0, 7, 0, 9, 0, 0
};
static const u8 sctp4[] = { IPV4(52, IPPROTO_SCTP, UNICAST),
			    PORTS,
			    0,
			    0,
			    0,
			    0,
			    0,
			    0,
			    0,
			    0,
			    1,
			    0,
			    0,
			    20,
			    0,
			    0,
			    0,
			    1,
			    0,
			    0,
			    0x10,
			    0,
			    0,
			    1,
			    0,
			    1,
			    0,
			    0,
			    0,
			    1 };
static const u8 dccp4[] = { IPV4(40, IPPROTO_DCCP, UNICAST), PORTS, 5, 0, 0, 0, 0x01, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0 };
static const u8 esp4[] = { IPV4(36, IPPROTO_ESP, UNICAST), 0, 0, 1, 0, 0, 0, 0, 1, TEXT };
static const u8 ah4[] = { IPV4(44, IPPROTO_AH, UNICAST),
			  IPPROTO_NONE,
			  4,
			  0,
			  0,
			  0,
			  0,
			  2,
			  0,
			  0,
			  0,
			  0,
			  1,
			  1,
			  2,
			  3,
			  4,
			  5,
			  6,
			  7,
			  8,
			  9,
			  10,
			  11,
			  12 };
static const u8 comp4[] = { IPV4(38, IPPROTO_COMP, UNICAST), IPPROTO_TCP, 0, 3, 0, TEXT };
static const u8 tcp6[] = { IPV6(38, IPPROTO_TCP), SYN };
static const u8 hop6[] = { IPV6(46, NEXTHDR_HOP), IPPROTO_TCP, 0, 5, 2, 0, 0, 1, 0, SYN };
static const u8 route6[] = { IPV6(24, NEXTHDR_ROUTING), NEXTHDR_NONE, 2, 0, 1, 0, 0, 0, 0, NEIGHBOUR(9) };
static const u8 seg6[] = {
	IPV6(40, NEXTHDR_ROUTING), NEXTHDR_NONE, 4, 4, 1, 1, 0, 0, 0xaa, NEIGHBOUR(0xb), NEIGHBOUR(0xa)
};
static const u8 frag6[] = { IPV6(22, NEXTHDR_FRAGMENT), NEXTHDR_NONE, 0, 0, 1, 0xde, 0xad, 0xbe, 0xef, TEXT };
static const u8 ah6[] = {
	IPV6(24, NEXTHDR_AUTH), NEXTHDR_NONE, 4, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
};
static const u8 mh6[] = { IPV6(16, NEXTHDR_MOBILITY), NEXTHDR_NONE, 1, 5, 0, 0, 0, 0, 1, 0x80, 0, 0, 1, 1, 2, 0, 0 };
static const u8 arp[] = {
	ETHERNET(0x0806), 0, 1, 8, 0, 6, 4, 0, 1, 0x02, 0, 0x5e, 0, 0x53, 1, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, UNICAST
};
static const u8 snap[] = { ETHERNET(28), 0xaa, 0xaa, 3, 0,   0, 0, 0x08, 0,      0x45, 0, 0, 20, 0, 0, 0, 0,
			   64,           17,   0,    0, 192, 0, 2, 1,    UNICAST };
static const u8 vlan[] = { ETHERNET(0x8100), 0x60, 5, 0x08, 0, 0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1,
			   UNICAST };

#define BYTES(name) .bytes = name, .len = sizeof(name)

#define HEADROOM 128

const struct packet_info packets[PACKET_CNT] = {
	[TCP4] = { BYTES(tcp4), 20, IPPROTO_TCP },
	[UDP4] = { BYTES(udp4), 20, IPPROTO_UDP },
	[SCTP4] = { BYTES(sctp4), 20, IPPROTO_SCTP },
	[DCCP4] = { BYTES(dccp4), 20, IPPROTO_DCCP },
	[ESP4] = { BYTES(esp4), 20, IPPROTO_ESP },
	[AH4] = { BYTES(ah4), 20, IPPROTO_AH },
	[COMP4] = { BYTES(comp4), 20, IPPROTO_COMP },
	[TCP6] = { BYTES(tcp6), 40, IPPROTO_TCP },
	[HOP6] = { BYTES(hop6), 48, IPPROTO_TCP },
	[ROUTE6] = { BYTES(route6), 40, NEXTHDR_NONE },
	[SEG6] = { BYTES(seg6), 40, NEXTHDR_NONE },
	[FRAG6] = { BYTES(frag6), 48, NEXTHDR_NONE },
	[AH6] = { BYTES(ah6), 40, NEXTHDR_AUTH },
	[MH6] = { BYTES(mh6), 40, NEXTHDR_MOBILITY },
	[ARP] = { BYTES(arp) },
	[SNAP] = { BYTES(snap) },
	[VLAN] = { BYTES(vlan) },
};
EXPORT_SYMBOL(packets);

/* RFC 1071. */
static u32 sum(u32 so_far, const u8 *bytes, unsigned int len)
{
	for (unsigned int i = 0; i < len; i++)
		so_far += i & 1 ? bytes[i] : bytes[i] << 8;
	return so_far;
}

static u16 folded(u32 so_far)
{
	while (so_far >> 16)
		so_far = (so_far & 0xffff) + (so_far >> 16);
	return ~so_far;
}

/* Of IPv4's header, and of TCP, if it follows IP. */
static void put_checksums(u8 *frame, unsigned int len)
{
	u8 *ip = frame + 14, *tcp;
	const u16 type = get_unaligned_be16(frame + 12);
	const bool v4 = type == 0x0800;

	if (!v4 && type != 0x86dd)
		return;
	if (v4) {
		put_unaligned_be16(0, ip + 10);
		put_unaligned_be16(folded(sum(0, ip, 20)), ip + 10);
	}
	if (ip[v4 ? 9 : 6] != IPPROTO_TCP)
		return;
	tcp = ip + (v4 ? 20 : 40);
	len -= tcp - frame;
	put_unaligned_be16(0, tcp + 16);
	put_unaligned_be16(folded(sum(sum(IPPROTO_TCP + len, ip + (v4 ? 12 : 8), v4 ? 8 : 32), tcp, len)), tcp + 16);
}

struct sk_buff *make_packet(enum packet packet, struct net_device *dev)
{
	const struct packet_info *p = &packets[packet];
	struct sk_buff *skb = alloc_skb(p->len + 2 * HEADROOM, GFP_KERNEL);

	if (!skb)
		return NULL;
	skb_reserve(skb, HEADROOM);
	put_checksums(skb_put_data(skb, p->bytes, p->len), p->len);
	skb->dev = dev;
	skb->protocol = eth_type_trans(skb, dev);
	skb->pkt_type = PACKET_HOST;
	skb->mark = 0x1234;
	skb->mac_len = ETH_HLEN;
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, p->transport);
	return skb;
}
EXPORT_SYMBOL(make_packet);

bool packet_is_left(const struct sk_buff *skb, enum packet packet, unsigned int at, const u8 *bytes, unsigned int cnt)
{
	const unsigned int len = packets[packet].len;
	u8 *wanted = kmemdup(packets[packet].bytes, len, GFP_ATOMIC);
	bool same = false;

	if (wanted) {
		memcpy(wanted + at, bytes, cnt);
		put_checksums(wanted, len);
		same = skb_mac_header(skb) + len == skb_tail_pointer(skb) && !memcmp(wanted, skb_mac_header(skb), len);
	}
	kfree(wanted);
	return same;
}
EXPORT_SYMBOL(packet_is_left);
