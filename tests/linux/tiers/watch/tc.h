/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What use_tc.ko is made of: use_tc.c asks for schedulers, classifiers and actions, tables say what must come of them. */
#ifndef TC_H
#define TC_H

#include <linux/netdevice.h>
#include <net/sch_generic.h>

#include "packets.h"

struct tc_option {
	u16 type; /* 0 with a length: all options are these bytes */
	u16 len;
	const void *data;
};
#define OPTION(type, ...) { type, sizeof(__VA_ARGS__), &(__VA_ARGS__) }
#define OPTIONS_MAX 4

/*
 * A classifier, an ematch within the classifier basic, or an action at the classifier matchall. For a packet, it must say
 * @verdict, choose class @class, and leave it changed as in packets.h's packet_is_left().
 */
struct tc_rule {
	const char *module;
	enum { CLASSIFIER, EMATCH, ACTION } what;
	const char *kind;
	u16 number; /* of an ematch, or the handle of a classifier */
	struct tc_option options[OPTIONS_MAX];
	enum packet packet;
	int verdict;
	u32 class;
	unsigned int at, cnt;
	u8 bytes[8];
	u32 (*get)(const struct sk_buff *skb);
	u32 answer;
};
extern const struct tc_rule tc_rules[]; /* the last one is empty */

/*
 * A scheduler: frames of flows a, b, c as @in names them must come out in the order @out, or, if that is NULL, all of them,
 * those of a flow in their order. The flows' frames have these priorities, or, with @class_options, are in classes 1:1, 1:2.
 */
struct tc_queue {
	const char *module, *kind;
	struct tc_option options[OPTIONS_MAX];
	const char *in, *out;
	u32 priorities[3];
	const struct tc_option *class_options[3];
	struct tc_option change[1]; /* made when all are in */
};
extern const struct tc_queue tc_queues[];

/* The device that has what is asked for. */
extern struct net_device *tc_device;

/* A request of rtnetlink. Return: a negative errno value or 0. */
struct tc_request {
	u16 type, flags;
	u32 handle, parent, info;
	const char *kind;
};
int tc_ask(const struct tc_request *request, void (*put)(struct sk_buff *message, const void *arg), const void *arg);
/* As @put: */
void tc_put_options(struct sk_buff *message, const void *options);
void tc_put_attributes(struct sk_buff *message, const struct tc_option *attributes);
/* Take all away. */
void tc_reset(void);

bool tc_use_rule(const struct tc_rule *rule);
bool tc_use_queue(const struct tc_queue *queue);

#endif
