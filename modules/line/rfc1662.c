// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Frames as those of HDLC on an asynchronous line (RFC 1662, sections are its), the line discipline 13: what a program writes
 * goes out as one frame, with a check sequence of 16 bits, and a read gives one whose check sequence is right. All control
 * characters are escaped when sent, so it needs no line that takes them.
 */
#include "packet.h"

enum { N_HDLC = 13, FLAG = 0x7e, ESCAPE = 0x7d, FLIP = 0x20, FCS_BYTES = 2, FCS_GOOD = 0xf0b8 };

static tenon_handle ldisc;

/* C.2, a bit at a time. */
static uint16_t fcs_of(const uint8_t *bytes, size_t len)
{
	uint16_t fcs = 0xffff;

	while (len--) {
		fcs ^= *bytes++;
		for (int bit = 0; bit < 8; bit++)
			fcs = (uint16_t)(fcs >> 1 ^ (fcs & 1 ? 0x8408 : 0));
	}
	return fcs;
}

/* A frame ends (4.3): two flags with nothing between them are none, and one that ends in an escape was given up. */
static long end(struct packet *p, void *data, size_t room)
{
	bool good = p->len > FCS_BYTES && fcs_of(p->bytes, p->len) == FCS_GOOD;

	return packet_end(p, good ? p->len - FCS_BYTES : 0, data, room);
}

static long receive(void *ctx, struct tenon_ldisc_step *step, const void *typed, size_t len, void *data, size_t room)
{
	struct packet *p = step->line;
	const uint8_t *at = typed;
	long got = 0;

	(void)ctx;
	while (!got && step->used < len) {
		uint8_t c = at[step->used++];

		if (c == FLAG) {
			got = end(p, data, room);
		} else if (c == ESCAPE) {
			p->escaped = true;
		} else {
			packet_add(p, p->escaped ? c ^ FLIP : c);
			p->escaped = false;
		}
	}
	return got;
}

static size_t put(uint8_t *to, size_t used, uint8_t c)
{
	bool escapes = c < FLIP || c == FLAG || c == ESCAPE;

	if (escapes)
		to[used++] = ESCAPE;
	to[used++] = escapes ? c ^ FLIP : c;
	return used;
}

static long send(void *ctx, struct tenon_ldisc_step *step, const void *data, size_t len, void *out, size_t room)
{
	uint16_t fcs = (uint16_t)~fcs_of(data, len);
	const uint8_t *from = data;
	uint8_t *to = out;
	size_t used = 0;

	(void)ctx, (void)step;
	if (room < 2 * (len + FCS_BYTES) + 2)
		return -TENON_EMSGSIZE;
	to[used++] = FLAG;
	for (size_t i = 0; i < len; i++)
		used = put(to, used, from[i]);
	used = put(to, used, (uint8_t)fcs);
	used = put(to, used, (uint8_t)(fcs >> 8));
	to[used++] = FLAG;
	return (long)used;
}

static int __init hdlc_init(void)
{
	static const struct tenon_ldisc_ops ops = {
		.open = packet_open, .close = packet_close, .receive = receive, .send = send
	};

	ldisc = tenon_ldisc_register(THIS_MODULE, N_HDLC, &ops, NULL);
	return tenon_handle_error(ldisc);
}

static void __exit hdlc_exit(void)
{
	tenon_ldisc_unregister(ldisc);
}

module_init(hdlc_init);
module_exit(hdlc_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Frames on a terminal: HDLC as in RFC 1662");
MODULE_AUTHOR("The Tenon authors");
MODULE_ALIAS("tty-ldisc-13");
MODULE_INFO(idle_ms, "5000");
