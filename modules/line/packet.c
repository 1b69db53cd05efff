// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "packet.h"

long packet_open(void *ctx, struct tenon_ldisc_step *step)
{
	struct packet *p = tenon_alloc(THIS_MODULE, sizeof(*p));

	(void)ctx;
	if (!p)
		return -TENON_ENOMEM;
	p->len = 0;
	p->escaped = p->bad = false;
	step->line = p;
	return 0;
}

long packet_close(void *ctx, struct tenon_ldisc_step *step)
{
	(void)ctx;
	tenon_free(step->line);
	return 0;
}

void packet_add(struct packet *p, uint8_t c)
{
	if (p->len < sizeof(p->bytes))
		p->bytes[p->len++] = c;
	else
		p->bad = true;
}

long packet_end(struct packet *p, uint32_t len, void *data, size_t room)
{
	if (p->bad || p->escaped || len > room)
		len = 0;
	memcpy(data, p->bytes, len);
	p->len = 0;
	p->escaped = p->bad = false;
	return (long)len;
}
