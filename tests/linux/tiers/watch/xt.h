/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What use_nf.ko is made of: use_xt.c gives packets to matches and targets of x_tables, the tables say what must come of it. */
#ifndef XT_H
#define XT_H

#include "packets.h"

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
