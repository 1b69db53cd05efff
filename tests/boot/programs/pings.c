// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Ping sockets, icmp(7), of a program that is not root: the same program runs on Linux, too, and must say the same there.
 * On Linux it makes itself a network namespace, in which everybody may have such sockets.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "tests/boot/programs/guest.h"

#define NOBODY 65534

struct echo {
	uint8_t type, code;
	uint16_t sum, ident, seq;
	char text[8];
};

static struct sockaddr_in self(uint16_t ident)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(ident),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static bool turn_on_loopback(void)
{
	struct sockaddr_in address = self(0);
	struct ifreq r = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	bool is_on;

	memcpy(&r.ifr_addr, &address, sizeof(address));
	is_on = !ioctl(fd, SIOCSIFADDR, &r);
	r.ifr_flags = IFF_UP;
	is_on = is_on && !ioctl(fd, SIOCSIFFLAGS, &r);
	close(fd);
	return is_on;
}

static bool allow_everybody(void)
{
	int fd = unshare(CLONE_NEWNET) ? -1 : open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY);
	bool done = write(fd, "0 100000", 8) == 8;

	close(fd);
	return done;
}

static int bound(uint16_t ident)
{
	int fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
	struct sockaddr_in a = self(ident);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a)))
		diag("bind: errno %d", errno);
	return fd;
}

static ssize_t ask(int fd, uint8_t type, size_t len)
{
	struct echo e = { .type = type, .ident = 99, .seq = htons(3), .text = "hello" };
	struct sockaddr_in a = self(0);

	return sendto(fd, &e, len, 0, (struct sockaddr *)&a, sizeof(a));
}

static void echoes(void)
{
	int fd = bound(77), other = bound(78);
	struct pollfd waits = { .fd = fd, .events = POLLIN };
	struct sockaddr_in a = { .sin_port = 1 };
	socklen_t len = sizeof(a);
	struct echo e;

	ok(fd >= 0 && other >= 0, "anybody has a ping socket");
	ok(!getsockname(fd, (struct sockaddr *)&a, &len) && a.sin_port == htons(77), "its port is its identifier");
	ok(ask(fd, 0, sizeof(e)) < 0 && errno == EINVAL, "an answer is not sent");
	ok(ask(fd, 8, 7) < 0 && errno == EINVAL, "less than a header is not sent");
	ok(ask(fd, 8, sizeof(e)) == sizeof(e), "a request is");
	ok(poll(&waits, 1, -1) == 1, "an answer comes");
	len = sizeof(a);
	ok(recvfrom(fd, &e, sizeof(e), 0, (struct sockaddr *)&a, &len) == sizeof(e) && !e.type && !e.code &&
	       e.ident == htons(77) && e.seq == htons(3) && !strcmp(e.text, "hello"),
	   "it has the socket's identifier and what was sent, without IP's header");
	ok(a.sin_addr.s_addr == htonl(INADDR_LOOPBACK) && !a.sin_port, "it says where it is from");
	ok(recv(other, &e, sizeof(e), MSG_DONTWAIT) < 0 && errno == EAGAIN, "another socket does not see it");
	ok(recv(fd, &e, sizeof(e), MSG_DONTWAIT) < 0 && errno == EAGAIN, "nor does the request come back");
	close(other);
	close(fd);
}

int main(void)
{
	bool guest = getpid() == 1;

	setvbuf(stdout, NULL, _IONBF, 0);
	if (guest)
		guest_begin();
	else
		ok(allow_everybody(), "a namespace");
	ok(turn_on_loopback(), "loopback is on");
	ok(!setegid(NOBODY) && !seteuid(NOBODY), "not root any more");
	ok(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) < 0 && errno == EPERM, "raw sockets are root's");
	echoes();
	if (guest) {
		ok(!seteuid(0), "root again");
		guest_end();
	}
	return tap_done();
}
