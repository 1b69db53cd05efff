// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * SLIP (RFC 1055), the line discipline 1: what a program writes goes out as one packet, and a read gives one. What is no
 * packet is dropped. (Linux's is a network interface besides.)
 */
#include "packet.h"

enum { N_SLIP = 1, END = 0300, ESC = 0333, ESC_END = 0334, ESC_ESC = 0335 };

static tenon_handle ldisc;

static void add(struct packet *p, uint8_t c)
{
	if (c == ESC && !p->escaped) {
		p->escaped = true;
		return;
	}
	if (p->escaped) {
		p->bad |= c != ESC_END && c != ESC_ESC;
		c = c == ESC_END ? END : ESC;
		p->escaped = false;
	}
	packet_add(p, c);
}

static long receive(void *ctx, struct tenon_ldisc_step *step, const void *typed, size_t len, void *data, size_t room)
{
	struct packet *p = step->line;
	const uint8_t *at = typed;
	long got = 0;

	(void)ctx;
	while (!got && step->used < len) {
		uint8_t c = at[step->used++];

		if (c == END)
			got = packet_end(p, p->len, data, room);
		else
			add(p, c);
	}
	return got;
}

/* It begins with END too, which ends whatever was noise on the line. */
static long send(void *ctx, struct tenon_ldisc_step *step, const void *data, size_t len, void *out, size_t room)
{
	const uint8_t *from = data;
	uint8_t *to = out;
	size_t used = 0;

	(void)ctx, (void)step;
	if (room < 2 * len + 2)
		return -TENON_EMSGSIZE;
	to[used++] = END;
	for (size_t i = 0; i < len; i++) {
		bool escapes = from[i] == END || from[i] == ESC;

		if (escapes)
			to[used++] = ESC;
		to[used++] = !escapes ? from[i] : from[i] == END ? ESC_END : ESC_ESC;
	}
	to[used++] = END;
	return (long)used;
}

static int __init slip_init(void)
{
	static const struct tenon_ldisc_ops ops = {
		.open = packet_open, .close = packet_close, .receive = receive, .send = send
	};

	ldisc = tenon_ldisc_register(THIS_MODULE, N_SLIP, &ops, NULL);
	return tenon_handle_error(ldisc);
}

static void __exit slip_exit(void)
{
	tenon_ldisc_unregister(ldisc);
}

module_init(slip_init);
module_exit(slip_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Packets on a terminal: SLIP");
MODULE_AUTHOR("The Tenon authors");
MODULE_ALIAS("tty-ldisc-1");
MODULE_INFO(idle_ms, "5000");
