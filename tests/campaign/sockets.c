// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The workload of TCP/IP: over loopback by both versions of IP, and with QEMU's user network. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "uses.h"

#define PORT 7000

union name {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static union name name_of(int family, const char *ip, uint16_t port)
{
	union name n;

	memset(&n, 0, sizeof(n));
	n.any.sa_family = (sa_family_t)family;
	n.v4.sin_port = htons(port); /* where the other has it, too */
	inet_pton(family, ip, family == AF_INET ? (void *)&n.v4.sin_addr : (void *)&n.v6.sin6_addr);
	return n;
}

static socklen_t len_of(const union name *n)
{
	return n->any.sa_family == AF_INET ? sizeof(n->v4) : sizeof(n->v6);
}

static bool ready(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, patience_ms) == 1;
}

/* Give an interface an address, and turn it on. */
static bool turn_on(int fd, const char *interface, const char *ip)
{
	union name n = name_of(AF_INET, ip, 0);
	struct ifreq r = { .ifr_flags = 0 };

	strcpy(r.ifr_name, interface);
	memcpy(&r.ifr_addr, &n.v4, sizeof(n.v4));
	if (ioctl(fd, SIOCSIFADDR, &r))
		return false;
	r.ifr_flags = IFF_UP;
	return !ioctl(fd, SIOCSIFFLAGS, &r);
}

static void turn_off(int fd, const char *interface)
{
	union name none = name_of(AF_INET, "0.0.0.0", 0);
	struct ifreq r;

	memset(&r, 0, sizeof(r));
	strcpy(r.ifr_name, interface);
	memcpy(&r.ifr_addr, &none.v4, sizeof(none.v4));
	ioctl(fd, SIOCSIFADDR, &r);
	r.ifr_flags = 0;
	ioctl(fd, SIOCSIFFLAGS, &r);
}

/* As many bytes of `sent` as there are go one way, and come to `got`. */
static void move(int from, int to, size_t bytes)
{
	size_t out = 0, in = 0;
	ssize_t n;

	memset(got, 0, bytes);
	while (in < bytes) {
		n = out < bytes ? write(from, sent + out, bytes - out) : 0;
		out += n > 0 ? (size_t)n : 0;
		n = ready(to, POLLIN) ? read(to, got + in, bytes - in) : -1;
		if (n <= 0)
			break;
		in += (size_t)n;
	}
	expect(in == bytes && !memcmp(sent, got, bytes));
}

static void use_connection(int fd, int other)
{
	int nothing = 0;
	socklen_t len = sizeof(nothing);

	expect(ready(fd, POLLOUT) && !getsockopt(fd, SOL_SOCKET, SO_ERROR, &nothing, &len) && !nothing);
	fill(sizeof(sent), 3);
	move(fd, other, sizeof(sent));
	fill(1000, 4);
	move(other, fd, 1000);
	expect(!shutdown(fd, SHUT_WR) && ready(other, POLLIN) && read(other, got, 1) == 0);
	fill(500, 5);
	move(other, fd, 500);
}

static void use_streams(int family, const char *ip)
{
	union name n = name_of(family, ip, PORT);
	int l = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0), fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0),
	    other = -1;
	int again = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0);

	expect(!setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)));
	expect(!bind(l, &n.any, len_of(&n)) && !listen(l, 4));
	expect(bind(again, &n.any, len_of(&n)) < 0 && errno == EADDRINUSE);
	expect(connect(fd, &n.any, len_of(&n)) < 0 && errno == EINPROGRESS);
	if (ready(l, POLLIN))
		other = accept4(l, NULL, NULL, SOCK_NONBLOCK);
	expect(other >= 0);
	if (other >= 0)
		use_connection(fd, other);
	close(other);
	close(fd);
	close(l);
	n = name_of(family, ip, PORT + 1);
	expect(connect(again, &n.any, len_of(&n)) < 0 && (errno == EINPROGRESS || errno == ECONNREFUSED));
	expect(ready(again, POLLOUT) && write(again, sent, 1) < 0);
	close(again);
}

static void use_datagrams(int family, const char *ip)
{
	static const size_t sizes[] = { 1, 1000, 9000 }; /* the last in fragments */
	union name n = name_of(family, ip, PORT), from;
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK, 0), other = socket(family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	socklen_t len;

	expect(!bind(fd, &n.any, len_of(&n)));
	for (unsigned i = 0; i < 3; i++) {
		fill(sizes[i], i);
		expect(sendto(other, sent, sizes[i], 0, &n.any, len_of(&n)) == (ssize_t)sizes[i]);
		len = sizeof(from);
		expect(ready(fd, POLLIN) && recvfrom(fd, got, sizeof(got), 0, &from.any, &len) == (ssize_t)sizes[i] &&
		       !memcmp(sent, got, sizes[i]) && len == len_of(&n));
	}
	expect(recv(fd, got, 1, 0) < 0 && errno == EAGAIN);
	expect(!connect(other, &n.any, len_of(&n)) && send(other, sent, 10, 0) == 10 && ready(fd, POLLIN) &&
	       read(fd, got, 100) == 10);
	close(fd);
	close(other);
}

static void use_echo(const char *ip)
{
	union name n = name_of(AF_INET, ip, 0);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_ICMP);
	struct icmphdr q = { .type = ICMP_ECHO, .un.echo.sequence = htons(7) };

	expect(sendto(fd, &q, sizeof(q), 0, &n.any, len_of(&n)) == sizeof(q));
	expect(ready(fd, POLLIN) && read(fd, &q, sizeof(q)) == sizeof(q) && q.type == ICMP_ECHOREPLY &&
	       q.un.echo.sequence == htons(7));
	close(fd);
}

/* How many answers a request for all of a kind has. */
static unsigned ask(int fd, uint16_t type)
{
	struct {
		struct nlmsghdr head;
		struct rtgenmsg body;
	} q = { .head = { sizeof(q), type, NLM_F_REQUEST | NLM_F_DUMP, 1, 0 } };
	struct nlmsghdr h = { .nlmsg_type = 0 };
	unsigned cnt = 0;

	expect(write(fd, &q, sizeof(q)) == sizeof(q));
	while (h.nlmsg_type != NLMSG_DONE && ready(fd, POLLIN) && read(fd, got, sizeof(got)) >= (ssize_t)sizeof(h)) {
		memcpy(&h, got, sizeof(h));
		cnt += h.nlmsg_type != NLMSG_DONE;
	}
	return h.nlmsg_type == NLMSG_DONE ? cnt : 0;
}

static void look(void)
{
	static const char *const files[] = { "tcp", "tcp6", "udp", "raw", "route", "arp", "if_inet6", "ipv6_route" };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_ROUTE);
	char path[32];

	expect(ask(fd, RTM_GETLINK) == 2);
	expect(ask(fd, RTM_GETADDR) >= 4);
	expect(ask(fd, RTM_GETROUTE) >= 1);
	expect(ask(fd, RTM_GETNEIGH) >= 1);
	close(fd);
	for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		strcpy(path, "/proc/net/");
		strcat(path, files[i]);
		fd = open(path, O_RDONLY);
		expect(fd >= 0 && read(fd, got, sizeof(got)) > 0);
		close(fd);
	}
}

void use_tcpip(int unused)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)unused;
	if (fd < 0 || !turn_on(fd, "lo", "127.0.0.1") || !turn_on(fd, "eth0", "10.0.2.15")) {
		fail();
		close(fd);
		return;
	}
	use_echo("10.0.2.2");
	use_streams(AF_INET, "127.0.0.1");
	use_streams(AF_INET6, "::1");
	use_datagrams(AF_INET, "127.0.0.1");
	use_datagrams(AF_INET6, "::1");
	use_echo("127.0.0.1");
	look();
	use_rest_of_tcpip();
	turn_off(fd, "eth0");
	turn_off(fd, "lo");
	close(fd);
}
