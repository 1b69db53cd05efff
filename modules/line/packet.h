/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What disciplines share that make packets of a line: the packet that is just coming. */
#ifndef MODULES_LINE_PACKET_H
#define MODULES_LINE_PACKET_H

#include "tenon/module.h"

struct packet {
	uint32_t len;
	bool escaped; /* the next byte means another */
	bool bad;     /* too long, or what cannot be: it is dropped when it ends */
	uint8_t bytes[TENON_LDISC_WRITE_BYTES + 2];
};

/* The open and close of a discipline: a packet for each terminal. Return: 0, -TENON_ENOMEM. */
long packet_open(void *ctx, struct tenon_ldisc_step *step);
long packet_close(void *ctx, struct tenon_ldisc_step *step);

void packet_add(struct packet *p, uint8_t c);
/* It has ended: @len bytes of it go to @data, if that has room for them; the next one begins. Return: how many. */
long packet_end(struct packet *p, uint32_t len, void *data, size_t room);

#endif
