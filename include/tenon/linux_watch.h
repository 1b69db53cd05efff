/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Watching a module that runs on linux.ko: for the program tenon-try. Pure layout, as in tenon/linux.h.
 *
 * long tenon_linux_watch(const struct tenon_linux_watch *watch, void *out, size_t out_len)
 *
 * The watched module is where @watch says, from when it is linked on: before its init runs. What is
 * wrong is logged when it is found, for the domain may end with it: a line of
 *
 *     TENON_LINUX_FINDING KIND WHAT SIZE PC...
 *
 * in hexadecimal: addresses in the watched module, the innermost first, each after the beginning of the instruction meant.
 * At its end there may be TENON_LINUX_AGAINST ADDRESS: another such place. For "callback-left" WHAT is an address in the
 * module's image, ADDRESS where it is kept, SIZE 1 if it is a link of a list; PC... are functions found near WHAT, and after
 * ADDRESS is, in the same order, where each of them stands.
 * Return: bytes put into @out: one word of 32 bits for each function of any module that was entered, 0 or the address after
 * the call at its beginning.
 */
#ifndef TENON_LINUX_WATCH_H
#define TENON_LINUX_WATCH_H

#define TENON_LINUX_WATCH "tenon_linux_watch"
#define TENON_LINUX_FINDING "tenon-finding"
#define TENON_LINUX_AGAINST "/"
#define TENON_LINUX_ENTERED_CNT 8192
#define TENON_LINUX_KNOWN_MAX 64
#define TENON_LINUX_DATA_CNT 2
#define TENON_LINUX_QUIET_TICKS 5

struct tenon_linux_range {
	unsigned long long start, end;
};

/* Another module of the domain, linux.ko among them. */
struct tenon_linux_known {
	struct tenon_linux_range data[TENON_LINUX_DATA_CNT];
};

struct tenon_linux_watch {
	unsigned int size; /* of this structure */
	unsigned int known_cnt;
	unsigned int fail_nth;     /* the n-th allocation of the module from now on fails; 0: none */
	unsigned long long failed; /* out: whether it has been reached */
	unsigned long long ticks;  /* out: of linux.ko's clock since it began; timers that were due before have run */
	/* out: the last of them at which all slept; and at which all slept and no timer was due for TENON_LINUX_QUIET_TICKS */
	unsigned long long asleep_tick, quiet_tick;
	struct tenon_linux_known known[TENON_LINUX_KNOWN_MAX];
	/* Of the watched module, once it is linked; empty before, and where it has none. */
	struct tenon_linux_range text, init_text, rodata, data[TENON_LINUX_DATA_CNT];
};

#endif
