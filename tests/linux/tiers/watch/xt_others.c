// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Matches of ip6tables and ebtables. */
#include <linux/if_packet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/xt_limit.h>
#include <linux/netfilter_bridge/ebtables.h>
#include <linux/netfilter_bridge/ebt_802_3.h>
#include <linux/netfilter_bridge/ebt_among.h>
#include <linux/netfilter_bridge/ebt_arp.h>
#include <linux/netfilter_bridge/ebt_ip.h>
#include <linux/netfilter_bridge/ebt_ip6.h>
#include <linux/netfilter_bridge/ebt_limit.h>
#include <linux/netfilter_bridge/ebt_mark_m.h>
#include <linux/netfilter_bridge/ebt_pkttype.h>
#include <linux/netfilter_bridge/ebt_vlan.h>
#include <linux/netfilter_ipv6/ip6t_ah.h>
#include <linux/netfilter_ipv6/ip6t_frag.h>
#include <linux/netfilter_ipv6/ip6t_hl.h>
#include <linux/netfilter_ipv6/ip6t_ipv6header.h>
#include <linux/netfilter_ipv6/ip6t_mh.h>
#include <linux/netfilter_ipv6/ip6t_opts.h>
#include <linux/netfilter_ipv6/ip6t_rt.h>
#include <linux/netfilter_ipv6/ip6t_srh.h>

#include "xt.h"

#define IP6 NFPROTO_IPV6

const struct match_row ip6_matches[] = {
	{ "xt_hl", "hl", IP6, 0, TCP6, "1", INFO((struct ip6t_hl_info){ IP6T_HL_EQ, 64 }) },
	{ "xt_hl", "hl", IP6, 0, TCP6, "0", INFO((struct ip6t_hl_info){ IP6T_HL_GT, 64 }) },
	{ "ip6t_ah", "ah", IP6, 0, AH6, "1", INFO((struct ip6t_ah){ { 0x200, 0x200 }, .hdrlen = 24 }) },
	{ "ip6t_ah", "ah", IP6, 0, AH6, "0", INFO((struct ip6t_ah){ { 0x201, ~0u } }) },
	{ "ip6t_ah", "ah", IP6, 0, TCP6, "0", INFO((struct ip6t_ah){ { 0, ~0u } }) },
	{ "ip6t_eui64", "eui64", IP6, 0, TCP6, "1", INFO((int){ 0 }) },
	{ "ip6t_frag", "frag", IP6, 0, FRAG6, "1",
	  INFO((struct ip6t_frag){ { 0xdeadbeef, 0xdeadbeef }, .flags = IP6T_FRAG_FST | IP6T_FRAG_MF }) },
	{ "ip6t_frag", "frag", IP6, 0, FRAG6, "0", INFO((struct ip6t_frag){ { 0, ~0u }, .flags = IP6T_FRAG_NMF }) },
	{ "ip6t_frag", "frag", IP6, 0, TCP6, "0", INFO((struct ip6t_frag){ { 0, ~0u } }) },
	{ "ip6t_hbh", "hbh", IP6, 0, HOP6, "1",
	  INFO((struct ip6t_opts){ .flags = IP6T_OPTS_OPTS, .opts = { 5 << 8 | 2, 1 << 8 | 0 }, .optsnr = 2 }) },
	{ "ip6t_hbh", "hbh", IP6, 0, HOP6, "0",
	  INFO((struct ip6t_opts){ .flags = IP6T_OPTS_OPTS, .opts = { 6 << 8 | 2 }, .optsnr = 1 }) },
	{ "ip6t_hbh", "dst", IP6, 0, HOP6, "0", INFO((struct ip6t_opts){}) },
	{ "ip6t_ipv6header", "ipv6header", IP6, 0, HOP6, "1",
	  INFO((struct ip6t_ipv6header_info){ MASK_HOPOPTS | MASK_PROTO }) },
	{ "ip6t_ipv6header", "ipv6header", IP6, 0, HOP6, "0",
	  INFO((struct ip6t_ipv6header_info){ MASK_ROUTING | MASK_PROTO }) },
	{ "ip6t_ipv6header", "ipv6header", IP6, 0, FRAG6, "1",
	  INFO((struct ip6t_ipv6header_info){ MASK_FRAGMENT, 0, 1 }) },
	{ "ip6t_mh", "mh", IP6, 0, MH6, "1", INFO((struct ip6t_mh){ { 5, 5 } }) },
	{ "ip6t_mh", "mh", IP6, 0, MH6, "0", INFO((struct ip6t_mh){ { 0, 4 } }) },
	{ "ip6t_rt", "rt", IP6, 0, ROUTE6, "1",
	  INFO((struct ip6t_rt){ .rt_type = 0,
				 .segsleft = { 1, 1 },
				 .flags = IP6T_RT_TYP | IP6T_RT_SGS | IP6T_RT_FST,
				 .addrnr = 1,
				 .addrs[0].s6_addr = { 0x20, 1, 0x0d, 0xb8, [15] = 9 } }) },
	{ "ip6t_rt", "rt", IP6, 0, ROUTE6, "0", INFO((struct ip6t_rt){ .segsleft = { 2, 5 }, .flags = IP6T_RT_SGS }) },
	{ "ip6t_srh", "srh", IP6, 0, SEG6, "1",
	  INFO((struct ip6t_srh){ .segs_left = 1,
				  .tag = 0xaa,
				  .mt_flags = IP6T_SRH_SEGS_EQ | IP6T_SRH_LAST_GT | IP6T_SRH_NEXTHDR,
				  .next_hdr = 59 }) },
	{ "ip6t_srh", "srh", IP6, 0, SEG6, "0",
	  INFO((struct ip6t_srh){ .segs_left = 1, .mt_flags = IP6T_SRH_SEGS_GT }) },
	{}
};

/* Addresses by their last byte. */
struct among {
	struct ebt_among_info info;
	struct {
		int table[257];
		int poolsize;
		struct ebt_mac_wormhash_tuple pool[1];
	} from;
};

#define AMONG(last)                                                                                                    \
	{                                                                                                              \
		.info.wh_src_ofs = offsetof(struct among, from),                                                       \
		.from = { .table = { [(last) + 1 ... 256] = 1 }, .poolsize = 1,                                        \
			  .pool[0].cmp = { 0x00020000, 0x0153005e } },                                 \
	}

#define BRIDGE NFPROTO_BRIDGE
#define ADDRESS(a, b, c, d) htonl((a) << 24 | (b) << 16 | (c) << 8 | (d))

/* ebt_stp is not here: it takes the first field of a BPDU for one byte, of which IEEE 802.1D has two. */
const struct match_row bridge_matches[] = {
	{ "ebt_802_3", "802_3", BRIDGE, 0, SNAP, "1",
	  INFO((struct ebt_802_3_info){ .sap = 0xaa, .bitmask = EBT_802_3_SAP }) },
	{ "ebt_802_3", "802_3", BRIDGE, 0, SNAP, "0",
	  INFO((struct ebt_802_3_info){ .sap = 0x42, .bitmask = EBT_802_3_SAP }) },
	{ "ebt_802_3", "802_3", BRIDGE, 0, SNAP, "1",
	  INFO((struct ebt_802_3_info){ .type = htons(0x0800), .bitmask = EBT_802_3_TYPE }) },
	{ "ebt_802_3", "802_3", BRIDGE, 0, SNAP, "0",
	  INFO((struct ebt_802_3_info){ .type = htons(0x86dd), .bitmask = EBT_802_3_TYPE }) },
	{ "ebt_arp", "arp", BRIDGE, 0, ARP, "1",
	  INFO((struct ebt_arp_info){ .opcode = htons(1),
				      .daddr = ADDRESS(198, 51, 100, 2),
				      .dmsk = ~0u,
				      .bitmask = EBT_ARP_OPCODE | EBT_ARP_DST_IP }) },
	{ "ebt_arp", "arp", BRIDGE, 0, ARP, "0",
	  INFO((struct ebt_arp_info){ .opcode = htons(2), .bitmask = EBT_ARP_OPCODE }) },
	{ "ebt_arp", "arp", BRIDGE, 0, ARP, "1",
	  INFO((struct ebt_arp_info){ .smaddr = { 2, 0, 0x5e, 0, 0x53, 1 },
				      .smmsk = { 255, 255, 255, 255, 255, 255 },
				      .bitmask = EBT_ARP_SRC_MAC }) },
	{ "ebt_among", "among", BRIDGE, 0, TCP4, "1", INFO((struct among)AMONG(1)) },
	{ "ebt_among", "among", BRIDGE, 0, TCP4, "0", INFO((struct among)AMONG(2)) },
	{ "ebt_ip", "ip", BRIDGE, 0, TCP4, "1",
	  INFO((struct ebt_ip_info){ .saddr = ADDRESS(192, 0, 2, 0),
				     .smsk = ADDRESS(255, 255, 255, 0),
				     .protocol = 6,
				     .dport = { 80, 80 },
				     .bitmask = EBT_IP_SOURCE | EBT_IP_PROTO | EBT_IP_DPORT }) },
	{ "ebt_ip", "ip", BRIDGE, 0, TCP4, "0", INFO((struct ebt_ip_info){ .tos = 0xb8, .bitmask = EBT_IP_TOS }) },
	{ "ebt_ip6", "ip6", BRIDGE, 0, TCP6, "1",
	  INFO((struct ebt_ip6_info){ .protocol = 6,
				      .sport = { 1000, 1001 },
				      .tclass = 0xb9,
				      .bitmask = EBT_IP6_PROTO | EBT_IP6_SPORT | EBT_IP6_TCLASS }) },
	{ "ebt_ip6", "ip6", BRIDGE, 0, TCP6, "0",
	  INFO((struct ebt_ip6_info){ .protocol = 6, .dport = { 81, 90 }, .bitmask = EBT_IP6_PROTO | EBT_IP6_DPORT }) },
	{ "ebt_limit", "limit", BRIDGE, 0, TCP4, "1100",
	  INFO((struct ebt_limit_info){ .avg = 3600 * EBT_LIMIT_SCALE, .burst = 2 }) },
	{ "ebt_mark_m", "mark_m", BRIDGE, 0, TCP4, "1",
	  INFO((struct ebt_mark_m_info){ .mark = 0x34, .mask = 0xff, .bitmask = EBT_MARK_AND }) },
	{ "ebt_mark_m", "mark_m", BRIDGE, 0, TCP4, "0",
	  INFO((struct ebt_mark_m_info){ .mask = 0x8000, .bitmask = EBT_MARK_OR }) },
	{ "ebt_pkttype", "pkttype", BRIDGE, 0, TCP4, "1", INFO((struct ebt_pkttype_info){ PACKET_HOST }) },
	{ "ebt_pkttype", "pkttype", BRIDGE, 0, TCP4, "0", INFO((struct ebt_pkttype_info){ PACKET_BROADCAST }) },
	{ "ebt_vlan", "vlan", BRIDGE, 0, VLAN, "1",
	  INFO((struct ebt_vlan_info){
	      .prio = 3, .encap = htons(0x0800), .bitmask = EBT_VLAN_PRIO | EBT_VLAN_ENCAP }) },
	{ "ebt_vlan", "vlan", BRIDGE, 0, VLAN, "1", INFO((struct ebt_vlan_info){ .id = 5, .bitmask = EBT_VLAN_ID }) },
	{ "ebt_vlan", "vlan", BRIDGE, 0, VLAN, "0", INFO((struct ebt_vlan_info){ .id = 6, .bitmask = EBT_VLAN_ID }) },
	{}
};
