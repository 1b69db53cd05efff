/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Packets of known bytes for those who look at packets or change them. */
#ifndef PACKETS_H
#define PACKETS_H

#include <linux/skbuff.h>
#include <linux/types.h>

/* Frames of Ethernet, by the formats of their RFCs. All are from 02:00:5e:00:53:01 to ...:02. */
enum packet {
	TCP4, /* from 192.0.2.1 port 1000 to 198.51.100.2 port 80, SYN, an MSS of 1460, "tenon mortise!": 58 bytes of IP */
	UDP4,   /* from 192.0.2.1 port 1000 to 224.0.0.9 port 1701, a frame of L2TP version 2, tunnel 7, session 9 */
	SCTP4,  /* port 1000 to 80, an INIT */
	DCCP4,  /* port 1000 to 80, a Request */
	ESP4,   /* SPI 0x100 */
	AH4,    /* SPI 0x200 */
	COMP4,  /* CPI 0x300 */
	TCP6,   /* like TCP4, from 2001:db8::5eff:fe00:5301, which has the MAC address in it, to 2001:db8::2 */
	HOP6,   /* a router alert before TCP */
	ROUTE6, /* routing type 0 by 2001:db8::9, one segment left */
	SEG6,   /* segment routing by 2001:db8::a and ::b, one left, tag 0xaa */
	FRAG6,  /* the first fragment of 0xdeadbeef */
	AH6,    /* SPI 0x200 */
	MH6,    /* a binding update */
	ARP,    /* who has 198.51.100.2, says 192.0.2.1 */
	SNAP,   /* IPv4 in SNAP in 802.3 */
	VLAN,   /* IPv4 in VLAN 5 with priority 3 */
	PACKET_CNT,
};

struct packet_info {
	const u8 *bytes;
	unsigned int len;
	unsigned int transport; /* where the header after IP's begins, from there, or 0 */
	u8 protocol;            /* of that header */
};
extern const struct packet_info packets[PACKET_CNT];

/* The packet as one that @dev has received, with a mark of 0x1234 and its checksums right, or NULL. */
struct sk_buff *make_packet(enum packet packet, struct net_device *dev);
/* Is @skb this packet but for @cnt @bytes at @at, and again with the right checksums? */
bool packet_is_left(const struct sk_buff *skb, enum packet packet, unsigned int at, const u8 *bytes, unsigned int cnt);

#endif
