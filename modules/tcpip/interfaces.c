// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The kernel's interfaces as lwIP's. An interface that goes keeps its addresses, and has them again when one of its name comes
 * back: a driver may have been loaded anew.
 */
#include "tcpip.h"

#include "lwip/etharp.h"
#include "lwip/ethip6.h"
#include "lwip/ip.h"
#include "netif/ethernet.h"

#define HEADER_BYTES 14u
#define TYPE_ETHERNET 1
#define TYPE_IPV4 0x0800
#define TYPE_ARP 0x0806
#define TYPE_IPV6 0x86dd

struct interface *interfaces;
static tenon_handle protocols[3];

struct interface *interface_find(const char *name)
{
	struct interface *i = interfaces;

	while (i && strcmp(i->name, name))
		i = i->next;
	return i;
}

struct interface *interface_of(const struct netif *netif)
{
	return netif ? netif->state : NULL;
}

struct interface *interface_of_index(uint32_t index)
{
	struct interface *i = interfaces;

	while (i && i->index != index)
		i = i->next;
	return i;
}

/* ---- frames ------------------------------------------------------------------------------------------------------ */

static err_t link_output(struct netif *netif, struct pbuf *p)
{
	uint8_t frame[TENON_NETDEV_BUFFER_BYTES];
	struct interface *i = netif->state;
	int err;

	if (p->tot_len > sizeof(frame))
		return ERR_BUF;
	pbuf_copy_partial(p, frame, p->tot_len, 0);
	err = tenon_protocol_send(protocols[0], i->index, frame, p->tot_len);
	return err == -TENON_ENOBUFS ? ERR_MEM : err ? ERR_IF : ERR_OK;
}

/* Of loopback: there is nobody to be asked for an address. */
static err_t loop_output(struct netif *netif, struct pbuf *p, uint16_t type)
{
	const uint8_t header[HEADER_BYTES] = { [12] = (uint8_t)(type >> 8), [13] = (uint8_t)type };
	struct pbuf *q = pbuf_alloc(PBUF_RAW, (u16_t)(p->tot_len + HEADER_BYTES), PBUF_RAM);
	err_t err;

	if (!q)
		return ERR_MEM;
	pbuf_take(q, header, HEADER_BYTES);
	pbuf_copy_partial(p, (uint8_t *)q->payload + HEADER_BYTES, p->tot_len, 0);
	err = link_output(netif, q);
	pbuf_free(q);
	return err;
}

static err_t loop_output4(struct netif *netif, struct pbuf *p, const ip4_addr_t *to)
{
	(void)to;
	return loop_output(netif, p, TYPE_IPV4);
}

static err_t loop_output6(struct netif *netif, struct pbuf *p, const ip6_addr_t *to)
{
	(void)to;
	return loop_output(netif, p, TYPE_IPV6);
}

static void frame_in(void *ctx, int index, const void *frame, size_t len)
{
	struct interface *i;
	struct pbuf *p;

	(void)ctx;
	if (tcpip_lock())
		return;
	i = interface_of_index((uint32_t)index);
	p = i ? pbuf_alloc(PBUF_RAW, (u16_t)len, PBUF_POOL) : NULL;
	if (p) {
		pbuf_take(p, frame, (u16_t)len);
		if (!(i->netif.flags & NETIF_FLAG_ETHARP))
			pbuf_remove_header(p, HEADER_BYTES);
		if (i->netif.input(p, &i->netif) != ERR_OK)
			pbuf_free(p);
	}
	tcpip_unlock();
}

/* ---- coming and going -------------------------------------------------------------------------------------------- */

static err_t init_netif(struct netif *netif)
{
	netif->name[0] = 't';
	netif->name[1] = 'n';
	netif->linkoutput = link_output;
	return ERR_OK;
}

static struct interface *make(const struct tenon_interface *t)
{
	struct interface *i = tenon_alloc(THIS_MODULE, sizeof(*i));
	bool ethernet = t->type == TYPE_ETHERNET;

	if (!i)
		return NULL;
	*i = (struct interface){ .next = interfaces };
	strscpy(i->name, (const char *)t->name, sizeof(i->name));
	netif_add(&i->netif, NULL, NULL, NULL, i, init_netif, ethernet ? ethernet_input : ip_input);
	i->netif.output = ethernet ? etharp_output : loop_output4;
	i->netif.output_ip6 = ethernet ? ethip6_output : loop_output6;
	i->netif.flags |=
	    ethernet ? NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_MLD6 : 0;
	interfaces = i;
	return i;
}

/* What every interface has of IPv6 that is on: the address of its link, or ::1; routers then say what else (RFC 4862). */
static void begin_ip6(struct interface *i)
{
	struct netif *n = &i->netif;

	if (!ip6_addr_isinvalid(netif_ip6_addr_state(n, 0)))
		return;
	if (n->flags & NETIF_FLAG_ETHARP) {
		netif_create_ip6_linklocal_address(n, 1);
		netif_set_ip6_autoconfig_enabled(n, 1);
	} else {
		netif_ip6_addr_set_parts(n, 0, 0, 0, 0, PP_HTONL(1));
		netif_ip6_addr_set_state(n, 0, IP6_ADDR_PREFERRED);
	}
}

bool interface_has_given_ip6(const struct interface *i)
{
	bool has = false;

	for (s8_t k = 1; k < LWIP_IPV6_NUM_ADDRESSES && netif_is_up(&i->netif); k++)
		has |= ip6_addr_isvalid(netif_ip6_addr_state(&i->netif, k));
	return has;
}

static void update(struct interface *i, const struct tenon_interface *t)
{
	i->index = t->index;
	i->netif.mtu = i->netif.mtu6 = (u16_t)t->mtu;
	i->netif.hwaddr_len = ETH_HWADDR_LEN;
	memcpy(i->netif.hwaddr, t->mac, ETH_HWADDR_LEN);
	if (t->flags & TENON_INTERFACE_RUNNING)
		netif_set_link_up(&i->netif);
	else
		netif_set_link_down(&i->netif);
	if (t->flags & TENON_INTERFACE_UP) {
		netif_set_up(&i->netif);
		begin_ip6(i);
	} else {
		netif_set_down(&i->netif);
	}
}

/* With the lock. */
static void look_at(uint32_t index)
{
	struct tenon_interface t;
	struct interface *i;

	if (tenon_interface_next(index, &t) || t.index != index) {
		i = interface_of_index(index);
		if (i) {
			netif_set_down(&i->netif);
			i->index = 0;
		}
		return;
	}
	i = interface_find((const char *)t.name);
	if (!i)
		i = make(&t);
	if (i)
		update(i, &t);
}

static void change(void *ctx, int index)
{
	(void)ctx;
	if (tcpip_lock())
		return;
	look_at((uint32_t)index);
	tcpip_unlock();
}

#define PROTOCOLS (sizeof(protocols) / sizeof(protocols[0]))

static void unregister(size_t cnt)
{
	while (cnt)
		tenon_protocol_unregister(protocols[--cnt]);
}

int interfaces_open(void)
{
	static const struct tenon_protocol_ops ops = { .receive = frame_in, .change = change };
	static const uint16_t types[PROTOCOLS] = { TYPE_IPV4, TYPE_ARP, TYPE_IPV6 };
	struct tenon_interface t = { .index = 0 };
	int err;

	for (size_t k = 0; k < PROTOCOLS; k++) {
		protocols[k] = tenon_protocol_register(THIS_MODULE, types[k], &ops, NULL);
		err = tenon_handle_error(protocols[k]);
		if (err) {
			unregister(k);
			return err;
		}
	}
	while (!tenon_interface_next(t.index + 1, &t))
		change(NULL, (int)t.index);
	return 0;
}

void interfaces_close(void)
{
	struct interface *next;

	unregister(PROTOCOLS);
	for (struct interface *i = interfaces; i; i = next) {
		next = i->next;
		netif_remove(&i->netif);
		tenon_free(i);
	}
}
