// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Matches and targets of x_tables, for iptables, ip6tables, arptables and ebtables: what a packet of known bytes must be
 * answered is said by tables, from the RFCs of these bytes and from the manuals of iptables-extensions and ebtables.
 */
#include <linux/etherdevice.h>
#include <linux/if_ether.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter_bridge/ebtables.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <linux/slab.h>
#include <net/dst.h>
#include <net/net_namespace.h>

#include "watch.h"
#include "xt.h"

#define INFO_BYTES 4096

static struct net_device *dev;
static struct dst_entry route = { .tclassid = 5, .flags = DST_NOCOUNT };

static struct sk_buff *make(enum packet packet)
{
	struct sk_buff *skb = make_packet(packet, dev);

	if (skb)
		skb_dst_set_noref(skb, &route);
	return skb;
}

/* What a rule says besides its matches and its target. */
union entry {
	struct ipt_ip ip;
	struct ip6t_ip6 ip6;
	struct ebt_entry bridge;
};

static void fill_entry(union entry *entry, u8 family, const struct packet_info *p)
{
	memset(entry, 0, sizeof(*entry));
	if (family == NFPROTO_BRIDGE)
		entry->bridge.ethproto = *(const __be16 *)(p->bytes + 12);
	else if (family == NFPROTO_IPV6)
		entry->ip6 = (struct ip6t_ip6){ .proto = p->protocol, .flags = IP6T_F_PROTO };
	else
		entry->ip.proto = p->protocol;
}

static struct nf_hook_state state_for(u8 family, u8 hook)
{
	return (struct nf_hook_state){ .hook = hook, .pf = family, .in = dev, .out = dev, .net = &init_net };
}

/* Where @table is not said by the module, broute is a bridge's own for what it may not bridge. */
static const char *table_for(const char *table, u8 family, u8 hook)
{
	return table ?: family == NFPROTO_BRIDGE && hook == NF_BR_BROUTING ? "broute" : "mangle";
}

/* ---- matches ---- */

/* The first of the places that @hooks allows. */
static u8 first_hook(unsigned int hooks)
{
	return hooks ? __ffs(hooks) : 0;
}

static bool answer(const struct xt_match *match, const struct match_row *row, const void *info)
{
	const struct nf_hook_state state = state_for(row->family, first_hook(match->hooks));
	struct xt_action_param par = {
		.match = match, .matchinfo = info, .state = &state, .thoff = packets[row->packet].transport
	};
	struct sk_buff *skb = make(row->packet);
	bool matches;

	if (!skb)
		return false;
	local_bh_disable();
	rcu_read_lock();
	matches = match->match(skb, &par);
	rcu_read_unlock();
	local_bh_enable();
	kfree_skb(skb);
	return matches && !par.hotdrop;
}

/* In memory as ebtables has it, which some look at: a name and the size before the information. */
static void *copy_info(const void *info, unsigned int size)
{
	struct ebt_entry_match *m = kzalloc(sizeof(*m) + INFO_BYTES, GFP_KERNEL);

	if (!m)
		return NULL;
	m->match_size = size;
	memcpy(m->data, info, size);
	return m->data;
}

static void free_info(void *info)
{
	kfree(container_of(info, struct ebt_entry_match, data));
}

static int check_match(struct xt_match *match, const struct match_row *row, void *info)
{
	union entry entry;
	struct xt_mtchk_param par = { .net = &init_net,
				      .table = match->table ?: "mangle",
				      .entryinfo = &entry,
				      .match = match,
				      .matchinfo = info,
				      .family = row->family,
				      .nft_compat = true,
				      .hook_mask = 1 << first_hook(match->hooks) };

	fill_entry(&entry, row->family, &packets[row->packet]);
	return xt_check_match(&par, XT_ALIGN(row->size), match->proto, false);
}

static void end_match(struct xt_match *match, const struct match_row *row, void *info)
{
	const struct xt_mtdtor_param par = {
		.net = &init_net, .match = match, .matchinfo = info, .family = row->family
	};

	if (match->destroy)
		match->destroy(&par);
}

static bool use_match(const struct match_row *row)
{
	struct xt_match *match = xt_request_find_match(row->family, row->name, row->revision);
	void *info = copy_info(row->info, row->size);
	bool right = false;

	if (info && !IS_ERR(match) && !check_match(match, row, info)) {
		right = true;
		for (const char *a = row->answers; *a; a++)
			right &= answer(match, row, info) == (*a == '1');
		end_match(match, row, info);
	}
	if (!IS_ERR(match))
		module_put(match->me);
	if (info)
		free_info(info);
	return right;
}

static void use_matches(struct module *mod, const struct match_row *rows, int *right, int *wrong)
{
	for (const struct match_row *row = rows; row->module; row++) {
		if (strcmp(row->module, mod->name))
			continue;
		if (use_match(row)) {
			*right += strlen(row->answers);
		} else {
			report("differs %s %s, which must answer %s\n", mod->name, row->name, row->answers);
			++*wrong;
		}
	}
}

/* ---- targets ---- */

static bool is_left(const struct sk_buff *skb, const struct target_row *row)
{
	return packet_is_left(skb, row->packet, row->at, row->bytes, row->cnt) &&
	       (!row->get || row->get(skb) == row->answer);
}

static bool gives(const struct xt_target *target, const struct target_row *row, const void *info)
{
	const struct nf_hook_state state = state_for(row->family, row->hook);
	struct xt_action_param par = {
		.target = target, .targinfo = info, .state = &state, .thoff = packets[row->packet].transport
	};
	struct sk_buff *skb = make(row->packet);
	bool right;

	if (!skb)
		return false;
	local_bh_disable();
	rcu_read_lock();
	right = target->target(skb, &par) == row->verdict && is_left(skb, row);
	rcu_read_unlock();
	local_bh_enable();
	kfree_skb(skb);
	return right;
}

static int check_target(struct xt_target *target, const struct target_row *row, void *info)
{
	union entry entry;
	struct xt_tgchk_param par = { .net = &init_net,
				      .table = table_for(target->table, row->family, row->hook),
				      .entryinfo = &entry,
				      .target = target,
				      .targinfo = info,
				      .family = row->family,
				      .nft_compat = true,
				      .hook_mask = 1 << row->hook };

	fill_entry(&entry, row->family, &packets[row->packet]);
	return xt_check_target(&par, XT_ALIGN(row->size), target->proto, false);
}

static bool use_target(const struct target_row *row)
{
	struct xt_target *target = xt_request_find_target(row->family, row->name, row->revision);
	void *info = copy_info(row->info, row->size);
	bool right = false;

	if (info && !IS_ERR(target) && !check_target(target, row, info)) {
		const struct xt_tgdtor_param end = {
			.net = &init_net, .target = target, .targinfo = info, .family = row->family
		};

		right = gives(target, row, info);
		if (target->destroy)
			target->destroy(&end);
	}
	if (!IS_ERR(target))
		module_put(target->me);
	if (info)
		free_info(info);
	return right;
}

static void use_targets(struct module *mod, int *right, int *wrong)
{
	for (const struct target_row *row = targets; row->module; row++) {
		if (strcmp(row->module, mod->name))
			continue;
		if (use_target(row)) {
			++*right;
		} else {
			report("differs %s %s\n", mod->name, row->name);
			++*wrong;
		}
	}
}

static void use(struct module *mod)
{
	static const u8 address[] = { 0x02, 0, 0x5e, 0, 0x53, 2 };
	int right = 0, wrong = 0;

	dev = alloc_etherdev(0);
	if (!dev)
		return;
	dev->group = 7;
	eth_hw_addr_set(dev, address);
	use_matches(mod, ip_matches, &right, &wrong);
	use_matches(mod, ip6_matches, &right, &wrong);
	use_matches(mod, bridge_matches, &right, &wrong);
	use_targets(mod, &right, &wrong);
	if (right && !wrong)
		report("compared %s %d packets, each as its bytes say\n", mod->name, right);
	free_netdev(dev);
}

WATCH_HELPER(use)
