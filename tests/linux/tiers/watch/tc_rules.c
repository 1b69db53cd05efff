// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Classifiers, ematches and actions: what they must say of a packet and do to it, from the manuals of tc (iproute2). */
#include <linux/if_vlan.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_csum.h>
#include <linux/tc_act/tc_gact.h>
#include <linux/tc_act/tc_mpls.h>
#include <linux/tc_act/tc_nat.h>
#include <linux/tc_act/tc_pedit.h>
#include <linux/tc_act/tc_skbedit.h>
#include <linux/tc_act/tc_skbmod.h>
#include <linux/tc_act/tc_tunnel_key.h>
#include <linux/tc_act/tc_vlan.h>
#include <linux/tc_ematch/tc_em_cmp.h>
#include <linux/tc_ematch/tc_em_nbyte.h>
#include <linux/tc_ematch/tc_em_text.h>
#include <net/dst_metadata.h>
#include <net/pkt_cls.h>

#include "tc.h"
#include "watch.h"

static u32 priority(const struct sk_buff *skb)
{
	return skb->priority;
}

static u32 vlan_tag(const struct sk_buff *skb)
{
	return skb_vlan_tag_present(skb) ? skb_vlan_tag_get(skb) : 0;
}

/* The lowest bits of the number of the tunnel. */
static u32 tunnel(const struct sk_buff *skb)
{
	struct metadata_dst *dst = skb_metadata_dst((struct sk_buff *)skb);

	return dst ? be64_to_cpu(dst->u.tun_info.key.tun_id) : 0;
}

/* RFC 3032: the label stands in the upper 20 bits of the 32 before IP, the end of the stack is bit 8. */
static u32 label(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_MPLS_UC) ? ntohl(*(const __be32 *)skb_network_header(skb)) >> 8 : 0;
}

struct pedit {
	struct tc_pedit_sel sel;
	struct tc_pedit_key key;
};
struct u32_one {
	struct tc_u32_sel sel;
	struct tc_u32_key key;
};
struct nbyte {
	struct tcf_em_nbyte em;
	char text[6];
};
struct text {
	struct tcf_em_text em;
	char text[7];
};

#define ADDRESS(a, b, c, d) htonl((a) << 24 | (b) << 16 | (c) << 8 | (d))
#define ITS_CLASS OPTION(1 /* of matchall, fw, u32, flower and basic alike */, (u32){ TC_H_MAKE(1 << 16, 3) })
#define CHOSEN .class = TC_H_MAKE(1 << 16, 3)
#define NOT .verdict = TC_ACT_UNSPEC
#define PORT_IS(port)                                                                                                  \
	OPTION(TCA_U32_SEL, (struct u32_one){ .sel = { .nkeys = 1, .flags = TC_U32_TERMINAL },                         \
					      .key = { htonl(0xffff), htonl(port), 20 } })
#define FLOWER(port)                                                                                                   \
	{                                                                                                              \
		ITS_CLASS, OPTION(TCA_FLOWER_KEY_ETH_TYPE, (__be16){ htons(ETH_P_IP) }),                                   \
		    OPTION(TCA_FLOWER_KEY_IP_PROTO, (u8){ IPPROTO_TCP }), OPTION(TCA_FLOWER_KEY_TCP_DST, (__be16){ htons(port) }) \
	}
#define PROTOCOL_IS(protocol) OPTION(0, (struct tcf_em_cmp){ .val = protocol, .off = 9, .align = TCF_EM_ALIGN_U8, .layer = TCF_LAYER_NETWORK, .opnd = TCF_EM_OPND_EQ })
#define AT_38(word) OPTION(0, (struct nbyte){ { .off = 24, .len = 6, .layer = TCF_LAYER_TRANSPORT }, word })
#define SOMEWHERE(word)                                                                                                \
	OPTION(0, (struct text){ { .algo = "kmp", .to_offset = 100, .pattern_len = 7, .from_layer = TCF_LAYER_NETWORK, \
				   .to_layer = TCF_LAYER_NETWORK }, word })
#define POLICE(mtu_)                                                                                                   \
	{                                                                                                              \
		OPTION(TCA_POLICE_TBF, (struct tc_police){ .action = TC_ACT_SHOT, .mtu = mtu_ }),                      \
		    OPTION(TCA_POLICE_RESULT, (u32){ TC_ACT_OK })                                                      \
	}
#define SOURCE_IS(address) OPTION(0, (struct tc_u32_key){ .mask = ~0u, .val = address, .off = 12 })

const struct tc_rule tc_rules[] = {
	{ "cls_matchall", CLASSIFIER, "matchall", 0, { ITS_CLASS }, TCP4, CHOSEN },
	{ "cls_fw", CLASSIFIER, "fw", 0x1234, { ITS_CLASS }, TCP4, CHOSEN },
	{ "cls_fw", CLASSIFIER, "fw", 0x1235, { ITS_CLASS }, TCP4, NOT },
	{ "cls_u32", CLASSIFIER, "u32", 0, { ITS_CLASS, PORT_IS(80) }, TCP4, CHOSEN },
	{ "cls_u32", CLASSIFIER, "u32", 0, { ITS_CLASS, PORT_IS(81) }, TCP4, NOT },
	{ "cls_flower", CLASSIFIER, "flower", 0, FLOWER(80), TCP4, CHOSEN },
	{ "cls_flower", CLASSIFIER, "flower", 0, FLOWER(81), TCP4, NOT },
	{ "cls_basic", CLASSIFIER, "basic", 0, { ITS_CLASS }, TCP4, CHOSEN },
	/* The class is the mark's upper byte, and then 2. */
	{ "cls_flow",
	  CLASSIFIER,
	  "flow",
	  1,
	  { OPTION(TCA_FLOW_KEYS, (u32){ 1 << FLOW_KEY_MARK }), OPTION(TCA_FLOW_MODE, (u32){ FLOW_MODE_MAP }),
	    OPTION(TCA_FLOW_RSHIFT, (u32){ 8 }), OPTION(TCA_FLOW_BASECLASS, (u32){ TC_H_MAKE(1 << 16, 2) }) },
	  TCP4,
	  .class = TC_H_MAKE(1 << 16, 0x12 + 2) },
	{ "em_cmp", EMATCH, "basic", TCF_EM_CMP, { PROTOCOL_IS(6) }, TCP4, CHOSEN },
	{ "em_cmp", EMATCH, "basic", TCF_EM_CMP, { PROTOCOL_IS(17) }, TCP4, NOT },
	{ "em_nbyte", EMATCH, "basic", TCF_EM_NBYTE, { AT_38("tenon ") }, TCP4, CHOSEN },
	{ "em_nbyte", EMATCH, "basic", TCF_EM_NBYTE, { AT_38("tenor ") }, TCP4, NOT },
	{ "em_text", EMATCH, "basic", TCF_EM_TEXT, { SOMEWHERE("mortise") }, TCP4, CHOSEN },
	{ "em_text", EMATCH, "basic", TCF_EM_TEXT, { SOMEWHERE("mortice") }, TCP4, NOT },
	{ "em_u32", EMATCH, "basic", TCF_EM_U32, { SOURCE_IS(ADDRESS(192, 0, 2, 1)) }, TCP4, CHOSEN },
	{ "em_u32", EMATCH, "basic", TCF_EM_U32, { SOURCE_IS(ADDRESS(192, 0, 2, 2)) }, TCP4, NOT },
	{ "act_gact",
	  ACTION,
	  "gact",
	  0,
	  { OPTION(TCA_GACT_PARMS, (struct tc_gact){ .action = TC_ACT_SHOT }) },
	  TCP4,
	  .verdict = TC_ACT_SHOT },
	{ "act_gact",
	  ACTION,
	  "gact",
	  0,
	  { OPTION(TCA_GACT_PARMS, (struct tc_gact){ .action = TC_ACT_STOLEN }) },
	  TCP4,
	  .verdict = TC_ACT_STOLEN },
	{ "act_csum",
	  ACTION,
	  "csum",
	  0,
	  { OPTION(TCA_CSUM_PARMS,
		   (struct tc_csum){ .update_flags = TCA_CSUM_UPDATE_FLAG_IPV4HDR | TCA_CSUM_UPDATE_FLAG_TCP }) },
	  TCP4 },
	{ "act_nat",
	  ACTION,
	  "nat",
	  0,
	  { OPTION(TCA_NAT_PARMS, (struct tc_nat){ .old_addr = ADDRESS(192, 0, 2, 0),
						   .new_addr = ADDRESS(203, 0, 113, 0),
						   .mask = ADDRESS(255, 255, 255, 0),
						   .flags = TCA_NAT_FLAG_EGRESS }) },
	  TCP4,
	  0,
	  0,
	  14 + 12,
	  4,
	  { 203, 0, 113, 1 } },
	{ "act_pedit",
	  ACTION,
	  "pedit",
	  0,
	  { OPTION(TCA_PEDIT_PARMS, (struct pedit){ { .nkeys = 1 }, { htonl(0xffff0000), htonl(0x00001234), 32 } }) },
	  UDP4,
	  0,
	  0,
	  14 + 34,
	  2,
	  { 0x12, 0x34 } },
	{ "act_skbedit",
	  ACTION,
	  "skbedit",
	  0,
	  { OPTION(TCA_SKBEDIT_PARMS, (struct tc_skbedit){}), OPTION(TCA_SKBEDIT_PRIORITY, (u32){ 11 }) },
	  TCP4,
	  .get = priority,
	  .answer = 11 },
	{ "act_skbmod",
	  ACTION,
	  "skbmod",
	  0,
	  { OPTION(TCA_SKBMOD_PARMS, (struct tc_skbmod){ .flags = SKBMOD_F_DMAC }),
	    { TCA_SKBMOD_DMAC, 6, "\x02\x04\x06\x08\x0a\x0c" } },
	  TCP4,
	  0,
	  0,
	  0,
	  6,
	  { 2, 4, 6, 8, 10, 12 } },
	{ "act_vlan",
	  ACTION,
	  "vlan",
	  0,
	  { OPTION(TCA_VLAN_PARMS, (struct tc_vlan){ .v_action = TCA_VLAN_ACT_PUSH }),
	    OPTION(TCA_VLAN_PUSH_VLAN_ID, (u16){ 77 }), OPTION(TCA_VLAN_PUSH_VLAN_PRIORITY, (u8){ 3 }) },
	  TCP4,
	  .get = vlan_tag,
	  .answer = 3 << 13 | 77 },
	{ "act_mpls",
	  ACTION,
	  "mpls",
	  0,
	  { OPTION(TCA_MPLS_PARMS, (struct tc_mpls){ .m_action = TCA_MPLS_ACT_PUSH }),
	    OPTION(TCA_MPLS_LABEL, (u32){ 77777 }), OPTION(TCA_MPLS_PROTO, (__be16){ htons(ETH_P_MPLS_UC) }),
	    OPTION(TCA_MPLS_TTL, (u8){ 9 }) },
	  PACKET_CNT,
	  .get = label,
	  .answer = 77777 << 4 | 1 },
	{ "act_tunnel_key",
	  ACTION,
	  "tunnel_key",
	  0,
	  { OPTION(TCA_TUNNEL_KEY_PARMS, (struct tc_tunnel_key){ .t_action = TCA_TUNNEL_KEY_ACT_SET }),
	    OPTION(TCA_TUNNEL_KEY_ENC_IPV4_SRC, (__be32){ ADDRESS(192, 0, 2, 1) }),
	    OPTION(TCA_TUNNEL_KEY_ENC_IPV4_DST, (__be32){ ADDRESS(192, 0, 2, 2) }),
	    OPTION(TCA_TUNNEL_KEY_ENC_KEY_ID, (__be32){ htonl(4711) }) },
	  TCP4,
	  .get = tunnel,
	  .answer = 4711 },
	{ "act_police", ACTION, "police", 0, POLICE(58), TCP4, .verdict = TC_ACT_OK },
	{ "act_police", ACTION, "police", 0, POLICE(57), TCP4, .verdict = TC_ACT_SHOT },
	{}
};

/* ---- requests ---- */

static void put_action(struct sk_buff *message, const struct tc_rule *rule)
{
	struct nlattr *options = nla_nest_start_noflag(message, TCA_OPTIONS);
	struct nlattr *actions = nla_nest_start_noflag(message, TCA_MATCHALL_ACT);
	struct nlattr *first = nla_nest_start_noflag(message, 1), *its;

	nla_put_string(message, TCA_ACT_KIND, rule->kind);
	its = nla_nest_start(message, TCA_ACT_OPTIONS);
	tc_put_attributes(message, rule->options);
	nla_nest_end(message, its);
	nla_nest_end(message, first);
	nla_nest_end(message, actions);
	nla_nest_end(message, options);
}

static void put_ematch(struct sk_buff *message, const struct tc_rule *rule)
{
	const struct tcf_ematch_tree_hdr tree = { .nmatches = 1 };
	const struct tcf_ematch_hdr header = { .kind = rule->number };
	struct nlattr *options = nla_nest_start_noflag(message, TCA_OPTIONS), *matches, *list, *first;

	nla_put_u32(message, TCA_BASIC_CLASSID, TC_H_MAKE(1 << 16, 3));
	matches = nla_nest_start_noflag(message, TCA_BASIC_EMATCHES);
	nla_put(message, TCA_EMATCH_TREE_HDR, sizeof(tree), &tree);
	list = nla_nest_start_noflag(message, TCA_EMATCH_TREE_LIST);
	first = nla_nest_start_noflag(message, 1);
	nla_append(message, sizeof(header), &header);
	nla_append(message, rule->options[0].len, rule->options[0].data);
	nla_nest_end(message, first);
	nla_nest_end(message, list);
	nla_nest_end(message, matches);
	nla_nest_end(message, options);
}

static void put_rule(struct sk_buff *message, const void *arg)
{
	const struct tc_rule *rule = arg;

	if (rule->what == ACTION)
		put_action(message, rule);
	else if (rule->what == EMATCH)
		put_ematch(message, rule);
	else
		tc_put_options(message, rule->options);
}

static int make_rule(const struct tc_rule *rule)
{
	int err =
	    tc_ask(&(struct tc_request){ RTM_NEWQDISC, NLM_F_CREATE, 1 << 16, TC_H_ROOT, 0, "fq_codel" }, NULL, NULL);

	return err ?:
		     tc_ask(&(struct tc_request){ RTM_NEWTFILTER, NLM_F_CREATE,
                                                rule->what == CLASSIFIER ? rule->number : 0, 1 << 16,
						  1 << 16 | htons(ETH_P_ALL),
                                                rule->what == ACTION ? "matchall" : rule->kind },
			    put_rule, rule);
}

/* ---- packets ---- */

static int classify(struct sk_buff *skb, struct tcf_result *result)
{
	struct Qdisc *qdisc = rtnl_dereference(tc_device->qdisc);
	struct tcf_block *block = qdisc->ops->cl_ops->tcf_block(qdisc, 0, NULL);
	struct tcf_chain *chain = list_first_entry(&block->chain_list, struct tcf_chain, list);
	int verdict;

	local_bh_disable();
	rcu_read_lock();
	verdict = tcf_classify(skb, block, rcu_dereference_bh(chain->filter_chain), result, false);
	rcu_read_unlock();
	local_bh_enable();
	return verdict;
}

static bool classified(const struct tc_rule *rule)
{
	const enum packet packet = rule->packet == PACKET_CNT ? TCP4 : rule->packet;
	struct sk_buff *skb = make_packet(packet, tc_device);
	struct tcf_result result = {};
	bool right;
	int verdict;

	if (!skb)
		return false;
	qdisc_skb_cb(skb)->pkt_len = skb->len;
	rtnl_lock();
	verdict = classify(skb, &result);
	rtnl_unlock();
	right = verdict == rule->verdict && (!rule->class || result.classid == rule->class) &&
		(rule->packet == PACKET_CNT || packet_is_left(skb, packet, rule->at, rule->bytes, rule->cnt)) &&
		(!rule->get || rule->get(skb) == rule->answer);
	if (!right)
		report("differs %s %s: verdict %d, class %x, %u\n", rule->module, rule->kind, verdict, result.classid,
		       rule->get ? rule->get(skb) : 0);
	kfree_skb(skb);
	return right;
}

bool tc_use_rule(const struct tc_rule *rule)
{
	int err = make_rule(rule);

	if (err)
		report("differs %s %s: error %d\n", rule->module, rule->kind, err);
	return !err && classified(rule);
}
