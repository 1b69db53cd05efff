// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Congestion control of TCP: a socket without a connection gets it, and its window of 100 segments must become what the papers
 * say: BIC (Xu 2004, beta 0.8), Scalable (Kelly 2003, 1/8), HighSpeed (RFC 3649, table of appendix B), H-TCP (Leith 2004, 1/2
 * without samples), Illinois (Liu 2006, 1/2 without samples), Veno (Fu 2003, 4/5 if nothing queues), YeAH (Baiocchi 2007, 1/8),
 * CDG (Hayes 2011, 1/2 on loss), DCTCP (RFC 8257, alpha is 1 at the start), Hybla (Caini 2004, 2^rho - 1 an ACK in slow
 * start, 25 ms for rho 1), Vegas (Brakmo 1995, alpha 2 and beta 4), LP (Kuzmanovic 2003, as Reno at first), BBR (Cardwell
 * 2016, paced at 2 / ln 2 of the window a round trip, less 1 % in Linux).
 */
#include <linux/net.h>
#include <linux/socket.h>
#include <linux/tcp.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "watch.h"

#define WINDOW 100
#define SAMPLES 3
#define RTT_US 100000
#define SEQUENCE 1000

/* An ACK of one segment, of what was sent before now. */
static void acknowledge(struct sock *sk)
{
	inet_csk(sk)->icsk_ca_ops->cong_avoid(sk, SEQUENCE + 1, 1);
}

static u32 after_loss(struct sock *sk)
{
	return inet_csk(sk)->icsk_ca_ops->ssthresh(sk);
}

/* Of 500 segments, once one has been acknowledged: then the module looks into its table. */
static u32 after_loss_of_many(struct sock *sk)
{
	tcp_sk(sk)->snd_cwnd = 500;
	acknowledge(sk);
	return after_loss(sk);
}

static u32 after_slow_start(struct sock *sk)
{
	tcp_sk(sk)->snd_ssthresh = 10 * WINDOW;
	acknowledge(sk);
	return tcp_sk(sk)->snd_cwnd;
}

static u32 after_round(struct sock *sk)
{
	for (int i = 0; i < WINDOW; i++)
		acknowledge(sk);
	return tcp_sk(sk)->snd_cwnd;
}

static void take_round(struct sock *sk, s32 rtt_us)
{
	const struct ack_sample sample = { .pkts_acked = 1, .rtt_us = rtt_us };

	for (int i = 0; i < SAMPLES; i++)
		inet_csk(sk)->icsk_ca_ops->pkts_acked(sk, &sample);
	acknowledge(sk);
}

/* One round as quick as any, one of twice the time, in thousands and units. */
static u32 after_delay(struct sock *sk)
{
	u32 quick;

	take_round(sk, RTT_US);
	quick = tcp_sk(sk)->snd_cwnd;
	take_round(sk, 2 * RTT_US);
	return quick * 1000 + tcp_sk(sk)->snd_cwnd;
}

/* In thousands of bytes a second. */
static u32 pace(struct sock *sk)
{
	return sk->sk_pacing_rate / 1000;
}

static const struct {
	const char *module, *name;
	u32 (*get)(struct sock *sk);
	u32 answer, within; /* tables are rounded */
} models[] = {
	{ "tcp_bic", "bic", after_loss, 79, 0 },
	{ "tcp_scalable", "scalable", after_loss, 88, 0 },
	{ "tcp_highspeed", "highspeed", after_loss_of_many, 325, 3 },
	{ "tcp_htcp", "htcp", after_loss, 50, 0 },
	{ "tcp_illinois", "illinois", after_loss, 50, 0 },
	{ "tcp_veno", "veno", after_loss, 80, 0 },
	{ "tcp_yeah", "yeah", after_loss, 88, 0 },
	{ "tcp_cdg", "cdg", after_loss, 50, 0 },
	{ "tcp_dctcp", "dctcp", after_loss, 50, 0 },
	{ "tcp_hybla", "hybla", after_slow_start, 4 + 15, 0 }, /* it starts with rho */
	{ "tcp_vegas", "vegas", after_delay, 101 * 1000 + 100, 0 },
	{ "tcp_lp", "lp", after_round, 101, 0 },
	{ "tcp_bbr", "bbr", pace, 2856, 28 },
};

static void prepare(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	tp->snd_cwnd = WINDOW;
	tp->snd_ssthresh = WINDOW / 2;
	tp->snd_cwnd_clamp = ~0u >> 1;
	tp->snd_nxt = SEQUENCE;
	tp->srtt_us = RTT_US << 3;
	tp->mss_cache = 1000;
	tp->ecn_flags = TCP_ECN_OK;
	tp->is_cwnd_limited = 1;
	sk->sk_pacing_rate = 0;
	if (inet_csk(sk)->icsk_ca_ops->init)
		inet_csk(sk)->icsk_ca_ops->init(sk);
}

void use_tcp(struct module *mod)
{
	struct socket *sock;
	size_t i = 0;

	while (i < ARRAY_SIZE(models) && strcmp(models[i].module, mod->name))
		i++;
	if (i == ARRAY_SIZE(models) || sock_create_kern(&init_net, PF_INET, SOCK_STREAM, IPPROTO_TCP, &sock))
		return;
	if (!sock->ops->setsockopt(sock, SOL_TCP, TCP_CONGESTION, KERNEL_SOCKPTR((void *)models[i].name),
				   strlen(models[i].name))) {
		u32 got;

		lock_sock(sock->sk);
		prepare(sock->sk);
		got = models[i].get(sock->sk);
		release_sock(sock->sk);
		if (abs((int)(got - models[i].answer)) <= (int)models[i].within)
			report("compared %s a window or pace of %u, as published\n", mod->name, got);
		else
			report("differs %s %u, published %u\n", mod->name, got, models[i].answer);
	}
	sock_release(sock);
}
