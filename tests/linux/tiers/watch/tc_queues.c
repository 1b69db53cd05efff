// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Schedulers of frames: in which order frames leave that have come in at once, from the manuals of tc (iproute2). */
#include <linux/etherdevice.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/pkt_sched.h>

#include "tc.h"
#include "watch.h"

#define FRAMES_MAX 16
#define LEN 72 /* of TCP4 */
#define FAST { .rate = 125000000, .linklayer = TC_LINKLAYER_ETHERNET }

/* With thresholds that are not reached. */
#define RED(...) \
	(__VA_ARGS__){ .limit = 100000, .qth_min = 30000, .qth_max = 90000, .Wlog = 9, .Plog = 20, .Scell_log = 10 }
static const u8 scale[256];

static const struct tc_option drr_class[OPTIONS_MAX] = { OPTION(TCA_DRR_QUANTUM, (u32){ 256 }) }; /* three frames */
static const struct tc_option qfq_class[OPTIONS_MAX] = { OPTION(TCA_QFQ_WEIGHT, (u32){ 1 }) };
static const struct tc_option hfsc_class[OPTIONS_MAX] = {
	OPTION(TCA_HFSC_RSC, (struct tc_service_curve){ 0, 0, 125000000 }),
	OPTION(TCA_HFSC_FSC, (struct tc_service_curve){ 0, 0, 125000000 })
};
static const struct tc_option htb_first[OPTIONS_MAX] = {
	OPTION(TCA_HTB_PARMS,
	       (struct tc_htb_opt){
		   .rate = FAST, .ceil = FAST, .buffer = 1 << 20, .cbuffer = 1 << 20, .quantum = 1500, .prio = 0 })
};
static const struct tc_option htb_second[OPTIONS_MAX] = {
	OPTION(TCA_HTB_PARMS,
	       (struct tc_htb_opt){
		   .rate = FAST, .ceil = FAST, .buffer = 1 << 20, .cbuffer = 1 << 20, .quantum = 1500, .prio = 1 })
};

/* Of the first class and the second: 6 is interactive, 0 best effort. */
#define CLASSES .priorities = { 1 << 16 | 1, 1 << 16 | 2 }
#define CLASSES_BACK .priorities = { 1 << 16 | 2, 1 << 16 | 1 }
#define IMPORTANT_B .priorities = { 0, 6 }

const struct tc_queue tc_queues[] = {
	{ "sch_fq", "fq", {}, "aabbababab" },
	{ "sch_codel", "codel", {}, "aabbab", "aabbab" },
	{ "sch_pie", "pie", {}, "aabbab", "aabbab" },
	{ "sch_fq_pie", "fq_pie", {}, "aabbababab" },
	{ "sch_sfq", "sfq", {}, "aabbababab" },
	{ "sch_cake", "cake", {}, "aabbababab" },
	{ "sch_hhf", "hhf", {}, "aabbababab" },
	{ "sch_sfb", "sfb", {}, "aabbab", "aabbab" },
	{ "sch_skbprio", "skbprio", {}, "aabbab", "bbbaaa", IMPORTANT_B },
	{ "sch_prio",
	  "prio",
	  { OPTION(0, (struct tc_prio_qopt){ 3, { 1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1 } }) },
	  "aabbab",
	  "bbbaaa",
	  IMPORTANT_B },
	{ "sch_red",
	  "red",
	  { OPTION(TCA_RED_PARMS, RED(struct tc_red_qopt)), OPTION(TCA_RED_STAB, scale),
	    OPTION(TCA_RED_MAX_P, (u32){ 1 << 20 }) },
	  "aabbab",
	  "aabbab" },
	{ "sch_choke",
	  "choke",
	  { OPTION(TCA_CHOKE_PARMS,
		   (struct tc_red_qopt){
		       .limit = 1000, .qth_min = 300, .qth_max = 900, .Wlog = 9, .Plog = 20, .Scell_log = 10 }),
	    OPTION(TCA_CHOKE_STAB, scale), OPTION(TCA_CHOKE_MAX_P, (u32){ 1 << 20 }) },
	  "aabbab",
	  "aabbab" },
	{ "sch_tbf",
	  "tbf",
	  { OPTION(TCA_TBF_PARMS, (struct tc_tbf_qopt){ .rate = FAST, .limit = 100000, .buffer = 1 << 20 }),
	    OPTION(TCA_TBF_BURST, (u32){ 10000 }) },
	  "aabbab",
	  "aabbab" },
	/* A bucket for three frames, which is filled by 1 byte a second. */
	{ "sch_tbf",
	  "tbf",
	  { OPTION(TCA_TBF_PARMS, (struct tc_tbf_qopt){ .rate = { .rate = 1, .linklayer = TC_LINKLAYER_ETHERNET },
							.limit = 100000,
							.buffer = 1 << 20 }),
	    OPTION(TCA_TBF_BURST, (u32){ 3 * LEN }) },
	  "aabbab",
	  "aab" },
	{ "sch_netem", "netem", { OPTION(0, (struct tc_netem_qopt){ .limit = 1000 }) }, "aabbab", "aabbab" },
	{ "sch_netem", "netem", { OPTION(0, (struct tc_netem_qopt){ .limit = 1000, .loss = ~0u }) }, "aabbab", "" },
	{ "sch_plug", "plug", { OPTION(0, (struct tc_plug_qopt){ TCQ_PLUG_LIMIT, 100000 }) }, "aabbab", "" },
	{ "sch_plug",
	  "plug",
	  {},
	  "aabbab",
	  "aabbab",
	  .change = { OPTION(0, (struct tc_plug_qopt){ TCQ_PLUG_RELEASE_INDEFINITE }) } },
	{ "sch_ets",
	  "ets",
	  { OPTION(TCA_ETS_NBANDS, (u8){ 2 }), OPTION(TCA_ETS_NSTRICT, (u8){ 2 }) },
	  "aabbab",
	  "bbbaaa",
	  CLASSES_BACK },
	{ "sch_multiq", "multiq", { OPTION(0, (struct tc_multiq_qopt){ 2, 2 }) }, "aabbab", "aabbab" },
	{ "sch_drr", "drr", {}, "aaaabbbb", "aaabbbab", CLASSES, .class_options = { drr_class, drr_class } },
	{ "sch_qfq", "qfq", {}, "aabbab", NULL, CLASSES, .class_options = { qfq_class, qfq_class } },
	{ "sch_hfsc",
	  "hfsc",
	  { OPTION(0, (struct tc_hfsc_qopt){ 1 }) },
	  "aabbab",
	  NULL,
	  CLASSES,
	  .class_options = { hfsc_class, hfsc_class } },
	{ "sch_htb",
	  "htb",
	  { OPTION(TCA_HTB_INIT, (struct tc_htb_glob){ .version = 3, .rate2quantum = 10 }) },
	  "aabbab",
	  "bbbaaa",
	  CLASSES_BACK,
	  .class_options = { htb_first, htb_second } },
	{}
};

static struct sk_buff *make_frame(const struct tc_queue *queue, int number)
{
	struct sk_buff *skb = make_packet(TCP4, tc_device);
	const int flow = queue->in[number] - 'a';

	if (!skb)
		return NULL;
	skb_push(skb, ETH_HLEN);
	skb->data[14 + 20 + 1] += flow; /* another port */
	skb->mark = number;
	qdisc_skb_cb(skb)->pkt_len = skb->len;
	skb->priority = queue->priorities[flow];
	return skb;
}

static void put_in(const struct tc_queue *queue, struct Qdisc *qdisc)
{
	for (int i = 0; queue->in[i]; i++) {
		struct sk_buff *skb = make_frame(queue, i), *dropped = NULL;

		if (!skb)
			continue;
		local_bh_disable();
		rcu_read_lock();
		spin_lock(qdisc_lock(qdisc));
		qdisc_enqueue(skb, qdisc, &dropped);
		spin_unlock(qdisc_lock(qdisc));
		rcu_read_unlock();
		local_bh_enable();
		kfree_skb_list(dropped);
	}
}

/* Return: how many came out, and their numbers. */
static int take_out(struct Qdisc *qdisc, int *numbers)
{
	int cnt = 0;

	for (;;) {
		struct sk_buff *skb;

		local_bh_disable();
		rcu_read_lock();
		spin_lock(qdisc_lock(qdisc));
		skb = cnt < FRAMES_MAX ? qdisc->dequeue(qdisc) : NULL;
		spin_unlock(qdisc_lock(qdisc));
		rcu_read_unlock();
		local_bh_enable();
		if (!skb)
			return cnt;
		numbers[cnt++] = skb->len == LEN ? skb->mark : FRAMES_MAX;
		kfree_skb(skb);
	}
}

static bool flows_in_order(const struct tc_queue *queue, const int *numbers, int cnt)
{
	int last[3] = { -1, -1, -1 };

	for (int i = 0; i < cnt; i++) {
		int *of = &last[numbers[i] < FRAMES_MAX ? queue->in[numbers[i]] - 'a' : 0];

		if (numbers[i] <= *of || numbers[i] == FRAMES_MAX)
			return false;
		*of = numbers[i];
	}
	return true;
}

static bool in_order(const struct tc_queue *queue, const int *numbers, int cnt)
{
	char out[FRAMES_MAX + 1] = "";

	if (!flows_in_order(queue, numbers, cnt))
		return false;
	for (int i = 0; i < cnt; i++)
		out[i] = queue->in[numbers[i]];
	if (queue->out ? !strcmp(out, queue->out) : cnt == strlen(queue->in))
		return true;
	report("differs %s %s\n", queue->module, out);
	return false;
}

static int make_queue(const struct tc_queue *queue)
{
	int err = tc_ask(&(struct tc_request){ RTM_NEWQDISC, NLM_F_CREATE, 1 << 16, TC_H_ROOT, 0, queue->kind },
			 tc_put_options, queue->options);

	for (int i = 0; !err && i < ARRAY_SIZE(queue->class_options) && queue->class_options[i]; i++)
		err = tc_ask(&(struct tc_request){ RTM_NEWTCLASS, NLM_F_CREATE, 1 << 16 | (i + 1), 1 << 16, 0,
						   queue->kind },
			     tc_put_options, queue->class_options[i]);
	return err;
}

bool tc_use_queue(const struct tc_queue *queue)
{
	int numbers[FRAMES_MAX], err = make_queue(queue);
	struct Qdisc *qdisc;

	if (!err) {
		rtnl_lock();
		qdisc = rtnl_dereference(tc_device->qdisc);
		rtnl_unlock();
		put_in(queue, qdisc);
		if (queue->change[0].len)
			err = tc_ask(&(struct tc_request){ RTM_NEWQDISC, 0, 1 << 16, TC_H_ROOT, 0, queue->kind },
				     tc_put_options, (const struct tc_option[OPTIONS_MAX]){ queue->change[0] });
	}
	if (err) {
		report("differs %s: error %d\n", queue->module, err);
		return false;
	}
	return in_order(queue, numbers, take_out(qdisc, numbers));
}
