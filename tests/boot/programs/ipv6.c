// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Sockets of IPv6, also as those of IPv4, ipv6(7): over loopback, on Linux in a network namespace of the program's own. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "tests/boot/programs/guest.h"

static struct sockaddr_in6 name6(const char *ip, uint16_t port)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

	inet_pton(AF_INET6, ip, &a.sin6_addr);
	return a;
}

static bool is(const struct sockaddr_in6 *a, const char *ip)
{
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(AF_INET6, &a->sin6_addr, text, sizeof(text));
	return a->sin6_family == AF_INET6 && !strcmp(text, ip);
}

static int bound6(int type, const char *ip, uint16_t port, int v6_only)
{
	struct sockaddr_in6 a = name6(ip, port);
	int fd = socket(AF_INET6, type, 0);

	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof(v6_only));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a))) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool turn_on_loopback(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct ifreq r = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	bool is_on;

	memcpy(&r.ifr_addr, &a, sizeof(a));
	is_on = !ioctl(fd, SIOCSIFADDR, &r);
	r.ifr_flags = IFF_UP;
	is_on = is_on && !ioctl(fd, SIOCSIFFLAGS, &r);
	close(fd);
	return is_on;
}

/* A connection of @family to @ip is accepted by @l, as from @peer. */
static bool reaches(int l, int family, const void *to, socklen_t to_len, const char *peer)
{
	int fd = socket(family, SOCK_STREAM, 0), got;
	struct sockaddr_in6 a = { .sin6_family = 0 };
	socklen_t len = sizeof(a);
	char text[6] = "";
	bool right;

	if (connect(fd, to, to_len)) {
		close(fd);
		return false;
	}
	got = accept(l, (struct sockaddr *)&a, &len);
	right = got >= 0 && len == sizeof(a) && is(&a, peer);
	right = right && write(fd, "hello", 5) == 5 && read(got, text, sizeof(text)) == 5 && !strcmp(text, "hello");
	len = sizeof(a);
	right = right && !getsockname(got, (struct sockaddr *)&a, &len) && is(&a, peer) && a.sin6_port == htons(7777);
	close(got);
	close(fd);
	return right;
}

static void streams(void)
{
	struct sockaddr_in a4 = { AF_INET, htons(7777), { htonl(INADDR_LOOPBACK) }, { 0 } };
	struct sockaddr_in6 a = name6("::1", 7777), mapped = name6("::ffff:127.0.0.1", 7777);
	int l = bound6(SOCK_STREAM, "::", 7777, 0), only, fd;

	ok(l >= 0 && !listen(l, 5), "a stream listens at any address");
	ok(reaches(l, AF_INET6, &a, sizeof(a), "::1"), "a connection of IPv6");
	ok(reaches(l, AF_INET, &a4, sizeof(a4), "::ffff:127.0.0.1"), "... of IPv4 has a mapped address");
	ok(reaches(l, AF_INET6, &mapped, sizeof(mapped), "::ffff:127.0.0.1"), "... to a mapped address");
	fd = socket(AF_INET, SOCK_STREAM, 0);
	ok(bind(fd, (struct sockaddr *)&a4, sizeof(a4)) < 0 && errno == EADDRINUSE, "its port is taken of IPv4 too");
	close(fd);
	close(l);
	only = bound6(SOCK_STREAM, "::", 7778, 1);
	a4.sin_port = mapped.sin6_port = a.sin6_port = htons(7778);
	ok(only >= 0 && !listen(only, 5), "a stream that is for IPv6 alone");
	fd = socket(AF_INET, SOCK_STREAM, 0);
	ok(connect(fd, (struct sockaddr *)&a4, sizeof(a4)) < 0 && errno == ECONNREFUSED, "... does not hear of IPv4");
	close(fd);
	ok(setsockopt(only, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 0 }, sizeof(int)) < 0 && errno == EINVAL,
	   "... and stays so");
	close(only);
}

static void datagrams(void)
{
	int fd = bound6(SOCK_DGRAM, "::", 7779, 0), other = socket(AF_INET6, SOCK_DGRAM, 0);
	struct sockaddr_in6 a = name6("::1", 7779), mapped = name6("::ffff:127.0.0.1", 7779), from;
	struct sockaddr_in wrong = { .sin_family = AF_INET };
	socklen_t len = sizeof(from);
	static char large[9000], got[sizeof(large)];

	memset(large, 'x', sizeof(large));
	ok(sendto(other, "one", 3, 0, (struct sockaddr *)&a, sizeof(a)) == 3 &&
	       recvfrom(fd, got, sizeof(got), 0, (struct sockaddr *)&from, &len) == 3 && is(&from, "::1"),
	   "a datagram");
	len = sizeof(from);
	ok(sendto(other, "two", 3, 0, (struct sockaddr *)&mapped, sizeof(mapped)) == 3 &&
	       recvfrom(fd, got, sizeof(got), 0, (struct sockaddr *)&from, &len) == 3 && is(&from, "::ffff:127.0.0.1"),
	   "... to a mapped address");
	ok(sendto(other, large, sizeof(large), 0, (struct sockaddr *)&a, sizeof(a)) == sizeof(large) &&
	       recv(fd, got, sizeof(got), 0) == sizeof(large) && !memcmp(large, got, sizeof(large)),
	   "... in fragments");
	close(other);
	other = socket(AF_INET6, SOCK_DGRAM, 0);
	len = sizeof(from);
	ok(!connect(other, (struct sockaddr *)&a, sizeof(a)) && !getsockname(other, (struct sockaddr *)&from, &len) &&
	       is(&from, "::1"),
	   "one that is connected has the address that it sends from");
	ok(bind(other, (struct sockaddr *)&wrong, sizeof(wrong)) < 0, "it gets no address of IPv4's form");
	a = name6("fd00::1", 1);
	ok(connect(other, (struct sockaddr *)&a, sizeof(a)) < 0 && errno == ENETUNREACH, "nothing leads elsewhere");
	ok(bound6(SOCK_DGRAM, "fd00::1", 1234, 0) < 0 && errno == EADDRNOTAVAIL, "nobody has somebody else's address");
	close(other);
	close(fd);
}

/* An answer with how far it came. */
static void echoes(void)
{
	int fd = socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
	struct icmp6_hdr q = { .icmp6_type = ICMP6_ECHO_REQUEST }, r = { .icmp6_type = 0 };
	struct sockaddr_in6 a = name6("::1", 0);
	struct icmp6_filter filter;
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr head;
	} control;
	struct iovec part = { &r, sizeof(r) };
	struct msghdr m = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};
	int hops = 0;

	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
	ok(!setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter)) &&
	       !setsockopt(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &(int){ 1 }, sizeof(int)),
	   "a raw socket takes answers alone");
	q.icmp6_id = htons(5);
	ok(sendto(fd, &q, 3, 0, (struct sockaddr *)&a, sizeof(a)) < 0 && errno == EINVAL,
	   "what has no room for a sum is not sent");
	ok(sendto(fd, &q, sizeof(q), 0, (struct sockaddr *)&a, sizeof(a)) == sizeof(q), "a request is");
	ok(recvmsg(fd, &m, 0) == sizeof(r) && r.icmp6_type == ICMP6_ECHO_REPLY && r.icmp6_id == htons(5),
	   "its answer comes, and not the request");
	memcpy(&hops, CMSG_DATA(&control.head), sizeof(hops));
	ok(m.msg_controllen == sizeof(control) && control.head.cmsg_level == IPPROTO_IPV6 &&
	       control.head.cmsg_type == IPV6_HOPLIMIT && hops == 64,
	   "... with the hops that it had left");
	close(fd);
}

int main(void)
{
	bool guest = getpid() == 1;

	setvbuf(stdout, NULL, _IONBF, 0);
	if (guest)
		guest_begin();
	else
		ok(!unshare(CLONE_NEWNET), "a namespace");
	ok(turn_on_loopback(), "loopback is on");
	streams();
	datagrams();
	echoes();
	if (guest)
		guest_end();
	return tap_done();
}
