// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Workloads of what moves packets. The peer is QEMU's user network, which answers requests for its address and for echoes. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/ether.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "uses.h"

#define BURST 24
#define FRAME_BYTES 1514u
#define HEADERS_BYTES (sizeof(struct ether_header) + sizeof(struct iphdr) + sizeof(struct icmphdr))
#define OWN_IP 0x0a00020fu
#define PEER_IP 0x0a000202u

static uint8_t own_mac[ETH_ALEN], peer_mac[ETH_ALEN];

static bool turn(int fd, const char *name, bool on)
{
	struct ifreq r = { .ifr_flags = on ? IFF_UP : 0 };

	strcpy(r.ifr_name, name);
	return !ioctl(fd, SIOCSIFFLAGS, &r);
}

/* The card, not the one that is only memory. */
static const char *find_card(int fd)
{
	static struct ifreq r;

	for (char nr = '0'; nr < '2'; nr++) {
		strcpy(r.ifr_name, "eth0");
		r.ifr_name[3] = nr;
		if (ioctl(fd, SIOCGIFHWADDR, &r) || r.ifr_hwaddr.sa_data[0] != 0x52)
			continue;
		memcpy(own_mac, r.ifr_hwaddr.sa_data, ETH_ALEN);
		return r.ifr_name;
	}
	return NULL;
}

/* The next frame of this type in `got`. Return: its bytes; 0: none comes. */
static size_t next_frame(int fd, uint16_t type)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct ether_header e;
	ssize_t n;

	while (poll(&p, 1, patience_ms) == 1 && (n = read(fd, got, sizeof(got))) >= (ssize_t)sizeof(e)) {
		memcpy(&e, got, sizeof(e));
		if (ntohs(e.ether_type) == type)
			return (size_t)n;
	}
	return 0;
}

static void ask_for_peer(int fd)
{
	struct {
		struct ether_header e;
		struct ether_arp a;
	} __attribute__((packed)) q = {
		.e = { .ether_type = htons(ETHERTYPE_ARP) },
		.a.ea_hdr = { htons(ARPHRD_ETHER), htons(ETHERTYPE_IP), ETH_ALEN, 4, htons(ARPOP_REQUEST) },
	};
	const uint32_t own = htonl(OWN_IP), peer = htonl(PEER_IP);

	memset(q.e.ether_dhost, 0xff, ETH_ALEN);
	memcpy(q.e.ether_shost, own_mac, ETH_ALEN);
	memcpy(q.a.arp_sha, own_mac, ETH_ALEN);
	memcpy(q.a.arp_spa, &own, 4);
	memcpy(q.a.arp_tpa, &peer, 4);
	expect(write(fd, &q, sizeof(q)) == sizeof(q));
	expect(next_frame(fd, ETHERTYPE_ARP) >= sizeof(q));
	memcpy(&q, got, sizeof(q));
	expect(q.a.ea_hdr.ar_op == htons(ARPOP_REPLY) && !memcmp(q.a.arp_spa, &peer, 4) &&
	       !memcmp(q.a.arp_tha, own_mac, ETH_ALEN));
	memcpy(peer_mac, q.a.arp_sha, ETH_ALEN);
}

static uint16_t sum_of(const void *data, size_t bytes)
{
	const uint8_t *at = data;
	uint32_t sum = 0;

	for (size_t i = 0; i < bytes; i++)
		sum += (uint32_t)at[i] << (i % 2 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* A request for an echo as a frame of @bytes in `sent`. */
static void make_request(size_t bytes, uint16_t nr)
{
	struct ether_header e = { .ether_type = htons(ETHERTYPE_IP) };
	struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_ICMP };
	struct icmphdr icmp = { .type = ICMP_ECHO, .un.echo = { htons(77), htons(nr) } };

	fill(bytes, nr);
	memcpy(e.ether_dhost, peer_mac, ETH_ALEN);
	memcpy(e.ether_shost, own_mac, ETH_ALEN);
	ip.tot_len = htons((uint16_t)(bytes - sizeof(e)));
	ip.saddr = htonl(OWN_IP);
	ip.daddr = htonl(PEER_IP);
	ip.check = sum_of(&ip, sizeof(ip));
	memcpy(sent, &e, sizeof(e));
	memcpy(sent + sizeof(e), &ip, sizeof(ip));
	memcpy(sent + sizeof(e) + sizeof(ip), &icmp, sizeof(icmp));
	icmp.checksum = sum_of(sent + sizeof(e) + sizeof(ip), bytes - sizeof(e) - sizeof(ip));
	memcpy(sent + sizeof(e) + sizeof(ip), &icmp, sizeof(icmp));
}

/* What came back is what was sent, by its number. */
static void expect_answer(int fd, size_t bytes)
{
	size_t n = next_frame(fd, ETHERTYPE_IP);
	struct icmphdr icmp = { .type = 0xff };

	if (n >= HEADERS_BYTES)
		memcpy(&icmp, got + HEADERS_BYTES - sizeof(icmp), sizeof(icmp));
	expect(n >= bytes && icmp.type == ICMP_ECHOREPLY && icmp.un.echo.id == htons(77));
	fill(bytes, ntohs(icmp.un.echo.sequence));
	expect(!memcmp(sent + HEADERS_BYTES, got + HEADERS_BYTES, bytes - HEADERS_BYTES));
}

static void exchange(int fd)
{
	ask_for_peer(fd);
	for (uint16_t nr = 0; nr < 8; nr++) {
		size_t bytes = nr == 7 ? FRAME_BYTES : 60u + 190u * nr;

		make_request(bytes, nr);
		expect(write(fd, sent, bytes) == (ssize_t)bytes);
		expect_answer(fd, bytes);
	}
	for (uint16_t nr = 0; nr < BURST; nr++) {
		make_request(1000, nr);
		expect(write(fd, sent, 1000) == 1000);
	}
	for (unsigned i = 0; i < BURST; i++)
		expect_answer(fd, 1000);
}

void use_card(int unused)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ALL));
	const char *name = fd < 0 ? NULL : find_card(fd);

	(void)unused;
	to.sll_ifindex = name ? (int)if_nametoindex(name) : 0;
	if (!name || !turn(fd, name, true) || bind(fd, (struct sockaddr *)&to, sizeof(to))) {
		fail();
		close(fd);
		return;
	}
	exchange(fd);
	expect(turn(fd, name, false));
	expect(write(fd, sent, 100) < 0);
	expect(turn(fd, name, true));
	exchange(fd);
	turn(fd, name, false);
	close(fd);
}
