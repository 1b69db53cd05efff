// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/process/signal_set.h"

#include "kernel/mm/heap.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define SET(signo) (1ull << (SIGNAL_##signo - 1))

/* Raised by what the program itself did; taken before others, so that their frame is next to the fault. */
static const signal_set synchronous = SET(SEGV) | SET(BUS) | SET(ILL) | SET(TRAP) | SET(FPE) | SET(SYS);
static const signal_set ignored = SET(CHLD) | SET(URG) | SET(WINCH);
static const signal_set cores =
    SET(QUIT) | SET(ILL) | SET(TRAP) | SET(ABRT) | SET(BUS) | SET(FPE) | SET(SEGV) | SET(XCPU) | SET(XFSZ) | SET(SYS);

int pending_add(struct pending *p, const struct signal_info *info, unsigned *queued_cnt)
{
	bool realtime = info->signo >= SIGNAL_REALTIME;
	struct queued_signal *q;

	if (!realtime && p->set & signal_bit(info->signo))
		return 0;
	q = *queued_cnt < SIGNALS_QUEUED_MAX ? heap_alloc(sizeof(*q)) : NULL;
	if (!q && realtime)
		return -TENON_EAGAIN;
	p->set |= signal_bit(info->signo);
	if (!q)
		return 0;
	q->info = *info;
	q->next = NULL;
	if (!p->last)
		p->last = &p->first;
	*p->last = q;
	p->last = &q->next;
	++*queued_cnt;
	return 0;
}

static void unlink_queued(struct pending *p, struct queued_signal **link, unsigned *queued_cnt)
{
	struct queued_signal *q = *link;

	*link = q->next;
	if (!q->next)
		p->last = p->first ? link : NULL;
	heap_free(q);
	--*queued_cnt;
}

bool pending_take(struct pending *p, signal_set wanted, struct signal_info *info, unsigned *queued_cnt)
{
	signal_set set = p->set & wanted;
	struct queued_signal **link = &p->first;
	int signo;

	if (!set)
		return false;
	if (set & synchronous)
		set &= synchronous;
	signo = __builtin_ctzll(set) + 1;
	p->set &= ~signal_bit(signo);
	while (*link && (*link)->info.signo != signo)
		link = &(*link)->next;
	if (!*link) {
		*info = (struct signal_info){ .signo = signo };
		return true;
	}
	*info = (*link)->info;
	unlink_queued(p, link, queued_cnt);
	/* The same real-time signal may be there more than once. */
	for (const struct queued_signal *q = p->first; q; q = q->next)
		p->set |= q->info.signo == signo ? signal_bit(signo) : 0;
	return true;
}

void pending_remove(struct pending *p, signal_set which, unsigned *queued_cnt)
{
	struct queued_signal **link = &p->first;

	p->set &= ~which;
	while (*link) {
		if (signal_bit((*link)->info.signo) & which)
			unlink_queued(p, link, queued_cnt);
		else
			link = &(*link)->next;
	}
}

enum signal_fate signal_fate(int signo, const struct signal_action *action)
{
	signal_set bit = signal_bit(signo);

	if (!(bit & SIGNALS_UNBLOCKABLE)) {
		if (action->handler == HANDLER_IGNORE)
			return FATE_IGNORE;
		if (action->handler != HANDLER_DEFAULT)
			return FATE_HANDLE;
	}
	if (bit & SIGNALS_STOPPING)
		return FATE_STOP;
	if (signo == SIGNAL_CONT)
		return FATE_CONTINUE;
	if (bit & ignored)
		return FATE_IGNORE;
	return bit & cores ? FATE_CORE : FATE_END;
}
