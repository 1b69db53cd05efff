/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Taking turns with the host on a channel. */
#include <asm/prctl.h>
#include <linux/futex.h>

#include "port/process/domain/domain.h"
#include "port/process/domain/sys.h"

void channel_give(struct channel *ch, uint32_t op)
{
	ch->op = op;
	if (__atomic_exchange_n(&ch->turn, TURN_HOST, __ATOMIC_SEQ_CST) & TURN_SLEEPS)
		sys3(SYS_futex, (long)&ch->turn, FUTEX_WAKE, 1);
}

void channel_wait(struct channel *ch)
{
	uint32_t turn;

	for (uint64_t i = START->spin; i; i--) {
		if (__atomic_load_n(&ch->turn, __ATOMIC_ACQUIRE) & TURN_DOMAIN)
			return;
		__builtin_ia32_pause();
	}
	while (!((turn = __atomic_load_n(&ch->turn, __ATOMIC_ACQUIRE)) & TURN_DOMAIN)) {
		if (!(turn & TURN_SLEEPS) && !__atomic_compare_exchange_n(&ch->turn, &turn, turn | TURN_SLEEPS, 0,
									  __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
			continue;
		sys6(SYS_futex, (long)&ch->turn, FUTEX_WAIT, (long)(turn | TURN_SLEEPS), 0, 0, 0);
	}
}

int64_t channel_serve(struct channel *ch)
{
	for (;;) {
		channel_wait(ch);
		if (ch->set_base) {
			ch->set_base = 0;
			sys3(SYS_arch_prctl, ARCH_SET_GS, (long)ch->base, 0);
		}
		if (ch->op == OP_RETURN)
			return ch->result;
		if (ch->op != OP_CALL)
			sys_exit_all(EXIT_PROTOCOL);
		uint64_t args[DOMAIN_ARGS]; /* nested calls use the channel again */

		for (int i = 0; i < DOMAIN_ARGS; i++)
			args[i] = ch->args[i];
		ch->result = call_module(ch->address, args, ch->seventh);
		channel_give(ch, OP_DONE);
	}
}

void thread_main(struct channel *ch)
{
	for (;;)
		channel_serve(ch);
}

int64_t gate(uint32_t index, const uint64_t args[DOMAIN_ARGS], uint64_t from)
{
	struct channel *ch;

	__asm__ volatile("mov %%fs:%c1, %0" : "=r"(ch) : "i"(__builtin_offsetof(struct channel, own)));
	ch->index = index;
	ch->address = from;
	for (int i = 0; i < DOMAIN_ARGS; i++)
		ch->args[i] = args[i];
	channel_give(ch, OP_GATE);
	return channel_serve(ch);
}
