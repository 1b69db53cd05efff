// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Targets of x_tables: what they must leave of a packet. */
#include <linux/netfilter.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_CLASSIFY.h>
#include <linux/netfilter/xt_DSCP.h>
#include <linux/netfilter/xt_NFQUEUE.h>
#include <linux/netfilter/xt_TCPMSS.h>
#include <linux/netfilter/xt_TCPOPTSTRIP.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter_arp/arp_tables.h>
#include <linux/netfilter_arp/arpt_mangle.h>
#include <linux/netfilter_bridge/ebtables.h>
#include <linux/netfilter_bridge/ebt_mark_t.h>
#include <linux/netfilter_bridge/ebt_nat.h>
#include <linux/netfilter_bridge/ebt_redirect.h>
#include <linux/netfilter_ipv4/ipt_ECN.h>
#include <linux/netfilter_ipv4/ipt_TTL.h>
#include <linux/netfilter_ipv6/ip6t_HL.h>
#include <linux/netfilter_ipv6/ip6t_NPT.h>

#include "xt.h"

static u32 mark(const struct sk_buff *skb)
{
	return skb->mark;
}

static u32 priority(const struct sk_buff *skb)
{
	return skb->priority;
}

static u32 untracked(const struct sk_buff *skb)
{
	return skb->_nfct;
}

#define IP4 NFPROTO_IPV4
#define OPTIONS (14 + 20 + 20) /* of TCP4 */

const struct target_row targets[] = {
	{ "xt_CLASSIFY", "CLASSIFY", IP4, 0, NF_INET_LOCAL_OUT, TCP4, INFO((struct xt_classify_target_info){ 0x10002 }),
	  XT_CONTINUE, .get = priority, .answer = 0x10002 },
	{ "xt_CT", "NOTRACK", IP4, 0, NF_INET_PRE_ROUTING, TCP4, .verdict = XT_CONTINUE, .get = untracked,
	  .answer = IP_CT_UNTRACKED },
	{ "xt_DSCP",
	  "DSCP",
	  IP4,
	  0,
	  NF_INET_PRE_ROUTING,
	  TCP4,
	  INFO((struct xt_DSCP_info){ 10 }),
	  XT_CONTINUE,
	  15,
	  1,
	  { 10 << 2 | 1 } },
	{ "xt_DSCP",
	  "DSCP",
	  NFPROTO_IPV6,
	  0,
	  NF_INET_PRE_ROUTING,
	  TCP6,
	  INFO((struct xt_DSCP_info){ 10 }),
	  XT_CONTINUE,
	  14,
	  2,
	  { 0x62, 0x90 } },
	{ "xt_HL",
	  "TTL",
	  IP4,
	  0,
	  NF_INET_PRE_ROUTING,
	  TCP4,
	  INFO((struct ipt_TTL_info){ IPT_TTL_SET, 7 }),
	  XT_CONTINUE,
	  14 + 8,
	  1,
	  { 7 } },
	{ "xt_HL",
	  "TTL",
	  IP4,
	  0,
	  NF_INET_PRE_ROUTING,
	  TCP4,
	  INFO((struct ipt_TTL_info){ IPT_TTL_DEC, 60 }),
	  XT_CONTINUE,
	  14 + 8,
	  1,
	  { 4 } },
	{ "xt_HL",
	  "HL",
	  NFPROTO_IPV6,
	  0,
	  NF_INET_PRE_ROUTING,
	  TCP6,
	  INFO((struct ip6t_HL_info){ IP6T_HL_INC, 6 }),
	  XT_CONTINUE,
	  14 + 7,
	  1,
	  { 70 } },
	{ "xt_NFQUEUE", "NFQUEUE", IP4, 0, NF_INET_PRE_ROUTING, TCP4, INFO((struct xt_NFQ_info){ 11 }),
	  NF_QUEUE | 11 << 16 },
	{ "xt_TCPMSS",
	  "TCPMSS",
	  IP4,
	  0,
	  NF_INET_FORWARD,
	  TCP4,
	  INFO((struct xt_tcpmss_info){ 1200 }),
	  XT_CONTINUE,
	  OPTIONS + 2,
	  2,
	  { 1200 >> 8, 1200 & 0xff } },
	{ "xt_TCPOPTSTRIP",
	  "TCPOPTSTRIP",
	  IP4,
	  0,
	  NF_INET_PRE_ROUTING,
	  TCP4,
	  INFO((struct xt_tcpoptstrip_target_info){ { 1 << 2 } }),
	  XT_CONTINUE,
	  OPTIONS,
	  4,
	  { 1, 1, 1, 1 } },
	{ "xt_mark", "MARK", IP4, 2, NF_INET_PRE_ROUTING, TCP4, INFO((struct xt_mark_tginfo2){ 0x0f, 0xff }),
	  XT_CONTINUE, .get = mark, .answer = 0x120f },
	{ "ipt_ECN",
	  "ECN",
	  IP4,
	  0,
	  NF_INET_PRE_ROUTING,
	  TCP4,
	  INFO((struct ipt_ECN_info){ .operation = IPT_ECN_OP_SET_IP, .ip_ect = 2 }),
	  XT_CONTINUE,
	  15,
	  1,
	  { 0xba } },
	{ "ipt_ECN",
	  "ECN",
	  IP4,
	  0,
	  NF_INET_PRE_ROUTING,
	  TCP4,
	  INFO((struct ipt_ECN_info){ .operation = IPT_ECN_OP_SET_ECE | IPT_ECN_OP_SET_CWR, .proto.tcp = { 1, 1 } }),
	  XT_CONTINUE,
	  14 + 20 + 13,
	  1,
	  { 0xc2 } },
	/* RFC 6296: the 16 bits after the prefix make up for it, in one's complement: 0 - (fd01 - 2001) - (0 - db8) is 30b7. */
	{ "ip6t_NPT",
	  "SNPT",
	  NFPROTO_IPV6,
	  0,
	  NF_INET_POST_ROUTING,
	  TCP6,
	  INFO((struct ip6t_npt_tginfo){ .src_pfx.in6.s6_addr = { 0x20, 1, 0x0d, 0xb8 },
					 .dst_pfx.in6.s6_addr = { 0xfd, 1 },
					 .src_pfx_len = 48,
					 .dst_pfx_len = 48 }),
	  XT_CONTINUE,
	  14 + 8,
	  8,
	  { 0xfd, 1, 0, 0, 0, 0, 0x30, 0xb7 } },
	{ "arpt_mangle",
	  "mangle",
	  NFPROTO_ARP,
	  0,
	  NF_ARP_OUT,
	  ARP,
	  INFO((struct arpt_mangle){
	      .flags = ARPT_MANGLE_TIP, .u_t.tgt_ip.s_addr = htonl(0xc0000207), .target = NF_ACCEPT }),
	  NF_ACCEPT,
	  14 + 24,
	  4,
	  { 192, 0, 2, 7 } },
	{ "ebt_dnat",
	  "dnat",
	  NFPROTO_BRIDGE,
	  0,
	  NF_BR_BROUTING,
	  TCP4,
	  INFO((struct ebt_nat_info){ { 2, 4, 6, 8, 10, 12 }, EBT_ACCEPT }),
	  EBT_ACCEPT,
	  0,
	  6,
	  { 2, 4, 6, 8, 10, 12 } },
	{ "ebt_snat",
	  "snat",
	  NFPROTO_BRIDGE,
	  0,
	  NF_BR_POST_ROUTING,
	  TCP4,
	  INFO((struct ebt_nat_info){ { 2, 4, 6, 8, 10, 12 }, EBT_ACCEPT | ~0u << 4 }),
	  EBT_ACCEPT,
	  6,
	  6,
	  { 2, 4, 6, 8, 10, 12 } },
	{ "ebt_redirect",
	  "redirect",
	  NFPROTO_BRIDGE,
	  0,
	  NF_BR_BROUTING,
	  TCP4,
	  INFO((struct ebt_redirect_info){ EBT_ACCEPT }),
	  EBT_ACCEPT,
	  0,
	  6,
	  { 2, 0, 0x5e, 0, 0x53, 2 } },
	{ "ebt_mark", "mark", NFPROTO_BRIDGE, 0, NF_BR_BROUTING, TCP4,
	  INFO((struct ebt_mark_t_info){ 0xff, (int)(MARK_XOR_VALUE | (EBT_CONTINUE & 0xf)) }), EBT_CONTINUE,
	  .get = mark, .answer = 0x12cb },
	{}
};
