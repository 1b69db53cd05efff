// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Matches of iptables: rows of a module that must match, and of the same with another value that must not. */
#include <linux/if_packet.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_comment.h>
#include <linux/netfilter/xt_cpu.h>
#include <linux/netfilter/xt_dccp.h>
#include <linux/netfilter/xt_devgroup.h>
#include <linux/netfilter/xt_dscp.h>
#include <linux/netfilter/xt_ecn.h>
#include <linux/netfilter/xt_esp.h>
#include <linux/netfilter/xt_hashlimit.h>
#include <linux/netfilter/xt_ipcomp.h>
#include <linux/netfilter/xt_iprange.h>
#include <linux/netfilter/xt_l2tp.h>
#include <linux/netfilter/xt_length.h>
#include <linux/netfilter/xt_limit.h>
#include <linux/netfilter/xt_mac.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_pkttype.h>
#include <linux/netfilter/xt_policy.h>
#include <linux/netfilter/xt_quota.h>
#include <linux/netfilter/xt_realm.h>
#include <linux/netfilter/xt_recent.h>
#include <linux/netfilter/xt_sctp.h>
#include <linux/netfilter/xt_statistic.h>
#include <linux/netfilter/xt_string.h>
#include <linux/netfilter/xt_tcpmss.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter/xt_time.h>
#include <linux/netfilter/xt_u32.h>
#include <linux/netfilter_ipv4/ipt_ah.h>
#include <linux/netfilter_ipv4/ipt_ttl.h>

#include "xt.h"

#define ADDRESS(a, b, c, d) htonl((a) << 24 | (b) << 16 | (c) << 8 | (d))
#define RANGE(from, to)                                                                                                \
	{                                                                                                              \
		.src_min.ip = ADDRESS(192, 0, 2, from), .src_max.ip = ADDRESS(192, 0, 2, to), .flags = IPRANGE_SRC     \
	}
/* The upper half of the 32 bits at 16, which is the start of the destination. */
#define U32_IS(value_)                                                                                                 \
	{                                                                                                              \
		.ntests = 1, .tests[0] = {                                                                             \
			.nnums = 2, .nvalues = 1, .location = { { .number = 16 }, { .nextop = XT_U32_RIGHTSH, .number = 16 } }, \
			.value[0] = { value_, value_ } }                                                               \
	}
#define SCTP_HAS(chunk)                                                                                                \
	{                                                                                                              \
		.flags = XT_SCTP_CHUNK_TYPES, .chunk_match_type = SCTP_CHUNK_MATCH_ANY, .chunkmap[0] = 1 << (chunk)    \
	}
#define TEXT(text)                                                                                                     \
	{                                                                                                              \
		.to_offset = 65535, .algo = "kmp", .pattern = text, .patlen = sizeof(text) - 1                         \
	}
#define ON_DAYS(first, last)                                                                                           \
	{                                                                                                              \
		.date_start = first, .date_stop = last, .daytime_stop = XT_TIME_MAX_DAYTIME,                           \
		.monthdays_match = XT_TIME_ALL_MONTHDAYS, .weekdays_match = XT_TIME_ALL_WEEKDAYS                       \
	}
#define RECENT(operation)                                                                                              \
	{                                                                                                              \
		.check_set = operation, .name = "watch", .mask.all = { ~0u, ~0u, ~0u, ~0u }                            \
	}

#define IP4 NFPROTO_IPV4

const struct match_row ip_matches[] = {
	{ "xt_addrtype", "addrtype", IP4, 1, UDP4, "1",
	  INFO((struct xt_addrtype_info_v1){ .dest = XT_ADDRTYPE_MULTICAST }) },
	{ "xt_addrtype", "addrtype", IP4, 1, UDP4, "0",
	  INFO((struct xt_addrtype_info_v1){ .dest = XT_ADDRTYPE_LOCAL }) },
	{ "xt_comment", "comment", IP4, 0, TCP4, "1", INFO((struct xt_comment_info){ "always" }) },
	{ "xt_cpu", "cpu", IP4, 0, TCP4, "0", INFO((struct xt_cpu_info){ 4000 }) },
	{ "xt_cpu", "cpu", IP4, 0, TCP4, "1", INFO((struct xt_cpu_info){ 4000, 1 }) },
	{ "xt_dccp", "dccp", IP4, 0, DCCP4, "1",
	  INFO((struct xt_dccp_info){ .flags = XT_DCCP_DEST_PORTS, .dpts = { 80, 81 } }) },
	{ "xt_dccp", "dccp", IP4, 0, DCCP4, "0",
	  INFO((struct xt_dccp_info){ .flags = XT_DCCP_DEST_PORTS, .dpts = { 81, 90 } }) },
	{ "xt_dccp", "dccp", IP4, 0, DCCP4, "1",
	  INFO((struct xt_dccp_info){ .flags = XT_DCCP_TYPE, .typemask = 1 << 0 }) },
	{ "xt_dccp", "dccp", IP4, 0, DCCP4, "0",
	  INFO((struct xt_dccp_info){ .flags = XT_DCCP_TYPE, .typemask = 1 << 2 }) },
	{ "xt_devgroup", "devgroup", IP4, 0, TCP4, "1",
	  INFO((struct xt_devgroup_info){ .flags = XT_DEVGROUP_MATCH_SRC, .src_group = 7, .src_mask = ~0u }) },
	{ "xt_devgroup", "devgroup", IP4, 0, TCP4, "0",
	  INFO((struct xt_devgroup_info){ .flags = XT_DEVGROUP_MATCH_SRC, .src_group = 8, .src_mask = ~0u }) },
	{ "xt_dscp", "dscp", IP4, 0, TCP4, "1", INFO((struct xt_dscp_info){ 46 }) },
	{ "xt_dscp", "dscp", IP4, 0, TCP4, "0", INFO((struct xt_dscp_info){ 10 }) },
	{ "xt_dscp", "tos", IP4, 1, TCP4, "1", INFO((struct xt_tos_match_info){ 0xf0, 0xb0 }) },
	{ "xt_dscp", "tos", IP4, 1, TCP4, "0", INFO((struct xt_tos_match_info){ 0xff, 0xb8 }) },
	{ "xt_ecn", "ecn", IP4, 0, TCP4, "1",
	  INFO((struct xt_ecn_info){ .operation = XT_ECN_OP_MATCH_IP, .ip_ect = 1 }) },
	{ "xt_ecn", "ecn", IP4, 0, TCP4, "0",
	  INFO((struct xt_ecn_info){ .operation = XT_ECN_OP_MATCH_IP, .ip_ect = 3 }) },
	{ "xt_ecn", "ecn", IP4, 0, TCP4, "0", INFO((struct xt_ecn_info){ .operation = XT_ECN_OP_MATCH_CWR }) },
	{ "xt_esp", "esp", IP4, 0, ESP4, "1", INFO((struct xt_esp){ { 0x100, 0x1ff } }) },
	{ "xt_esp", "esp", IP4, 0, ESP4, "0", INFO((struct xt_esp){ { 0x101, 0x1ff } }) },
	{ "xt_hashlimit", "hashlimit", IP4, 3, TCP4, "1100",
	  INFO((struct xt_hashlimit_mtinfo3){ .name = "watch",
					      .cfg = { .mode = XT_HASHLIMIT_HASH_SIP,
						       .avg = 86400 * XT_HASHLIMIT_SCALE_v2 / 24,
						       .burst = 2,
						       .size = 8,
						       .max = 8,
						       .gc_interval = 1000,
						       .expire = 10000,
						       .srcmask = 32,
						       .dstmask = 32 } }) },
	{ "xt_hl", "ttl", IP4, 0, TCP4, "1", INFO((struct ipt_ttl_info){ IPT_TTL_EQ, 64 }) },
	{ "xt_hl", "ttl", IP4, 0, TCP4, "0", INFO((struct ipt_ttl_info){ IPT_TTL_LT, 64 }) },
	{ "xt_hl", "ttl", IP4, 0, TCP4, "1", INFO((struct ipt_ttl_info){ IPT_TTL_GT, 63 }) },
	{ "xt_ipcomp", "ipcomp", IP4, 0, COMP4, "1", INFO((struct xt_ipcomp){ .spis = { 0x300, 0x300 } }) },
	{ "xt_ipcomp", "ipcomp", IP4, 0, COMP4, "0", INFO((struct xt_ipcomp){ .spis = { 0x301, 0x400 } }) },
	{ "xt_iprange", "iprange", IP4, 1, TCP4, "1", INFO((struct xt_iprange_mtinfo)RANGE(1, 9)) },
	{ "xt_iprange", "iprange", IP4, 1, TCP4, "0", INFO((struct xt_iprange_mtinfo)RANGE(2, 9)) },
	{ "xt_l2tp", "l2tp", IP4, 0, UDP4, "1",
	  INFO((struct xt_l2tp_info){ .tid = 7, .sid = 9, .flags = XT_L2TP_TID | XT_L2TP_SID, .version = 2 }) },
	{ "xt_l2tp", "l2tp", IP4, 0, UDP4, "0",
	  INFO((struct xt_l2tp_info){ .tid = 7, .sid = 8, .flags = XT_L2TP_TID | XT_L2TP_SID, .version = 2 }) },
	{ "xt_length", "length", IP4, 0, TCP4, "1", INFO((struct xt_length_info){ 58, 58 }) },
	{ "xt_length", "length", IP4, 0, TCP4, "0", INFO((struct xt_length_info){ 59, 1500 }) },
	{ "xt_limit", "limit", IP4, 0, TCP4, "11100",
	  INFO((struct xt_rateinfo){ .avg = 3600 * XT_LIMIT_SCALE, .burst = 3 }) },
	{ "xt_mac", "mac", IP4, 0, TCP4, "1", INFO((struct xt_mac_info){ { 2, 0, 0x5e, 0, 0x53, 1 } }) },
	{ "xt_mac", "mac", IP4, 0, TCP4, "0", INFO((struct xt_mac_info){ { 2, 0, 0x5e, 0, 0x53, 2 } }) },
	{ "xt_mark", "mark", IP4, 1, TCP4, "1", INFO((struct xt_mark_mtinfo1){ 0x34, 0xff }) },
	{ "xt_mark", "mark", IP4, 1, TCP4, "0", INFO((struct xt_mark_mtinfo1){ 0x34, 0xffff }) },
	{ "xt_multiport", "multiport", IP4, 1, TCP4, "1",
	  INFO((struct xt_multiport_v1){ XT_MULTIPORT_DESTINATION, 3, { 22, 79, 81 }, { 0, 1, 0 } }) },
	{ "xt_multiport", "multiport", IP4, 1, TCP4, "0",
	  INFO((struct xt_multiport_v1){ XT_MULTIPORT_DESTINATION, 3, { 22, 79, 81 } }) },
	{ "xt_pkttype", "pkttype", IP4, 0, TCP4, "1", INFO((struct xt_pkttype_info){ PACKET_HOST }) },
	{ "xt_pkttype", "pkttype", IP4, 0, TCP4, "0", INFO((struct xt_pkttype_info){ PACKET_MULTICAST }) },
	{ "xt_policy", "policy", IP4, 0, TCP4, "1",
	  INFO((struct xt_policy_info){ .flags = XT_POLICY_MATCH_IN | XT_POLICY_MATCH_NONE }) },
	{ "xt_policy", "policy", IP4, 0, TCP4, "0",
	  INFO((struct xt_policy_info){
	      .flags = XT_POLICY_MATCH_IN, .len = 1, .pol[0] = { .proto = IPPROTO_ESP, .match.proto = 1 } }) },
	{ "xt_quota", "quota", IP4, 0, TCP4, "1100", INFO((struct xt_quota_info){ .quota = 2 * 58 + 57 }) },
	{ "xt_realm", "realm", IP4, 0, TCP4, "1", INFO((struct xt_realm_info){ 5, 0xff }) },
	{ "xt_realm", "realm", IP4, 0, TCP4, "0", INFO((struct xt_realm_info){ 6, 0xff }) },
	{ "xt_recent", "recent", IP4, 1, TCP4, "00", INFO((struct xt_recent_mtinfo_v1)RECENT(XT_RECENT_CHECK)) },
	{ "xt_recent", "recent", IP4, 1, TCP4, "11", INFO((struct xt_recent_mtinfo_v1)RECENT(XT_RECENT_SET)) },
	{ "xt_sctp", "sctp", IP4, 0, SCTP4, "1", INFO((struct xt_sctp_info)SCTP_HAS(1)) },
	{ "xt_sctp", "sctp", IP4, 0, SCTP4, "0", INFO((struct xt_sctp_info)SCTP_HAS(0)) },
	{ "xt_sctp", "sctp", IP4, 0, SCTP4, "1",
	  INFO((struct xt_sctp_info){ .flags = XT_SCTP_SRC_PORTS, .spts = { 1000, 1000 } }) },
	{ "xt_statistic", "statistic", IP4, 0, TCP4, "001001001",
	  INFO((struct xt_statistic_info){ .mode = XT_STATISTIC_MODE_NTH, .u.nth = { .every = 2, .packet = 0 } }) },
	{ "xt_string", "string", IP4, 1, TCP4, "1", INFO((struct xt_string_info)TEXT("mortise")) },
	{ "xt_string", "string", IP4, 1, TCP4, "0", INFO((struct xt_string_info)TEXT("mortice")) },
	{ "xt_tcpmss", "tcpmss", IP4, 0, TCP4, "1", INFO((struct xt_tcpmss_match_info){ 1460, 1500 }) },
	{ "xt_tcpmss", "tcpmss", IP4, 0, TCP4, "0", INFO((struct xt_tcpmss_match_info){ 536, 1459 }) },
	{ "xt_tcpudp", "tcp", IP4, 0, TCP4, "1",
	  INFO((struct xt_tcp){ { 1000, 1000 }, { 0, 65535 }, .option = 2, .flg_mask = 0x17, .flg_cmp = 0x02 }) },
	{ "xt_tcpudp", "tcp", IP4, 0, TCP4, "0",
	  INFO((struct xt_tcp){ { 0, 65535 }, { 0, 65535 }, .flg_mask = 0x17, .flg_cmp = 0x12 }) },
	{ "xt_tcpudp", "udp", IP4, 0, UDP4, "1", INFO((struct xt_udp){ { 0, 65535 }, { 1701, 1701 } }) },
	{ "xt_tcpudp", "udp", IP4, 0, UDP4, "0", INFO((struct xt_udp){ { 0, 999 }, { 1701, 1701 } }) },
	{ "xt_time", "time", IP4, 0, TCP4, "1", INFO((struct xt_time_info)ON_DAYS(0, ~0u)) },
	{ "xt_time", "time", IP4, 0, TCP4, "0", INFO((struct xt_time_info)ON_DAYS(0, 86400)) },
	{ "xt_u32", "u32", IP4, 0, TCP4, "1", INFO((struct xt_u32)U32_IS(198 << 8 | 51)) },
	{ "xt_u32", "u32", IP4, 0, TCP4, "0", INFO((struct xt_u32)U32_IS(198 << 8 | 52)) },
	{ "ipt_ah", "ah", IP4, 0, AH4, "1", INFO((struct ipt_ah){ { 0x200, 0x200 } }) },
	{ "ipt_ah", "ah", IP4, 0, AH4, "0", INFO((struct ipt_ah){ { 0, 0x1ff } }) },
	{}
};
