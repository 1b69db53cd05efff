/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What use_xt.ko is made of: use_xt.c gives packets to matches and targets of x_tables, the tables say what must come of it. */
#ifndef XT_H
#define XT_H

#include <linux/skbuff.h>
#include <linux/types.h>

/* xt_packets.c: frames of Ethernet, by the formats of their RFCs. All are from 02:00:5e:00:53:01 to ...:02. */
enum packet {
	TCP4,   /* from 192.0.2.1 port 1000 to 198.51.100.2 port 80, SYN, an MSS of 1460, "tenon mortise!": 58 bytes of IP */
	UDP4,	/* from 192.0.2.1 port 1000 to 224.0.0.9 port 1701, a frame of L2TP version 2, tunnel 7, session 9 */
	SCTP4,	/* port 1000 to 80, an INIT */
	DCCP4,	/* port 1000 to 80, a Request */
	ESP4,	/* SPI 0x100 */
	AH4,	/* SPI 0x200 */
	COMP4,	/* CPI 0x300 */
	TCP6,	/* like TCP4, from 2001:db8::5eff:fe00:5301, which has the MAC address in it, to 2001:db8::2 */
	HOP6,	/* a router alert before TCP */
	ROUTE6, /* routing type 0 by 2001:db8::9, one segment left */
	SEG6,	/* segment routing by 2001:db8::a and ::b, one left, tag 0xaa */
	FRAG6,	/* the first fragment of 0xdeadbeef */
	AH6,	/* SPI 0x200 */
	MH6,	/* a binding update */
	ARP,	/* who has 198.51.100.2, says 192.0.2.1 */
	SNAP,	/* IPv4 in SNAP in 802.3 */
	STP,	/* a bridge of priority 0x8000 says that it is the root */
	VLAN,	/* IPv4 in VLAN 5 with priority 3 */
	PACKET_CNT,
};

struct packet_info {
	const u8 *bytes;
	unsigned int len;
	unsigned int transport; /* where the header after IP's begins, from there, or 0 */
	u8 protocol;		/* of that header */
};
extern const struct packet_info packets[PACKET_CNT];

/* Write the checksums of IPv4's header and of TCP, if it follows IP. */
void put_checksums(u8 *frame, unsigned int len);

/*
 * A match: with @info, it must answer each of a row of like packets as @answers says: 1 that it matches, 0 that it does not.
 */
struct match_row {
	const char *module, *name;
	u8 family, revision;
	enum packet packet;
	const char *answers;
	const void *info;
	unsigned int size;
};

/* A target: the packet must be left with these bytes at @at, the checksums right and nothing else changed. */
struct target_row {
	const char *module, *name;
	u8 family, revision;
	u8 hook;
	enum packet packet;
	const void *info;
	unsigned int size;
	unsigned int verdict;
	unsigned int at, cnt;
	u8 bytes[8];
	u32 (*get)(const struct sk_buff *skb); /* what is not in the packet, or NULL */
	u32 answer;
};

#define INFO(...) .info = &(__VA_ARGS__), .size = sizeof(__VA_ARGS__)

extern const struct match_row ip_matches[], ip6_matches[], bridge_matches[]; /* the last one is empty */
extern const struct target_row targets[];

#endif
