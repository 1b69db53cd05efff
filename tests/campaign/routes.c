// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What else TCP/IP is asked for: addresses and routes by control calls, raw sockets, and what nobody listens to. */
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "uses.h"

static struct sockaddr_in name_of(const char *ip, uint16_t port)
{
	struct sockaddr_in n = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, ip, &n.sin_addr);
	return n;
}

static void use_routes(void)
{
	struct sockaddr_in gateway = name_of("10.0.2.2", 0), all = name_of("0.0.0.0", 0);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct rtentry r = { .rt_flags = RTF_UP | RTF_GATEWAY };

	memcpy(&r.rt_dst, &all, sizeof(all));
	memcpy(&r.rt_genmask, &all, sizeof(all));
	memcpy(&r.rt_gateway, &gateway, sizeof(gateway));
	expect(!ioctl(fd, SIOCADDRT, &r));
	expect(!ioctl(fd, SIOCDELRT, &r));
	close(fd);
}

/* A request of rtnetlink about eth0, with @ip as its attribute. Return: what the answer says, 0 or a negative errno. */
static int change6(int fd, uint16_t type, const char *ip)
{
	bool address = type == RTM_NEWADDR || type == RTM_DELADDR;
	int index = (int)if_nametoindex("eth0");
	struct ifaddrmsg a = { AF_INET6, 64, 0, RT_SCOPE_UNIVERSE, (unsigned)index };
	struct rtmsg r = { .rtm_family = AF_INET6, .rtm_table = RT_TABLE_MAIN, .rtm_type = RTN_UNICAST };
	struct {
		struct rtattr of_ip;
		struct in6_addr ip;
		struct rtattr of_index;
		int index;
	} rest = {
		.of_ip = { sizeof(rest.of_ip) + sizeof(rest.ip), address ? IFA_LOCAL : RTA_GATEWAY },
		.of_index = { sizeof(rest.of_index) + sizeof(rest.index), RTA_OIF },
		.index = index,
	};
	struct nlmsghdr head = { .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE };
	struct iovec parts[] = { { &head, sizeof(head) },
				 { address ? (void *)&a : &r, address ? sizeof(a) : sizeof(r) },
				 { &rest, address ? offsetof(typeof(rest), of_index) : sizeof(rest) } };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct {
		struct nlmsghdr head;
		struct nlmsgerr body;
	} answer = { .body.error = -1 };

	head.nlmsg_len = (uint32_t)(parts[0].iov_len + parts[1].iov_len + parts[2].iov_len);
	inet_pton(AF_INET6, ip, &rest.ip);
	expect(writev(fd, parts, 3) == (ssize_t)head.nlmsg_len);
	if (poll(&p, 1, patience_ms) == 1 && read(fd, got, sizeof(got)) >= (ssize_t)sizeof(answer))
		memcpy(&answer, got, sizeof(answer));
	return answer.body.error;
}

static void use_routes6(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	expect(!change6(fd, RTM_NEWADDR, "fd00::77"));
	change6(fd, RTM_NEWROUTE, "fe80::2"); /* which is there already, if a router has announced itself */
	change6(fd, RTM_DELROUTE, "fe80::2");
	expect(!change6(fd, RTM_DELADDR, "fd00::77"));
	close(fd);
}

static void use_raw(int type)
{
	struct sockaddr_in n = name_of("127.0.0.1", 0), own = n;
	int fd = socket(AF_INET, type | SOCK_NONBLOCK, IPPROTO_ICMP);
	struct icmphdr q = { .type = ICMP_ECHO, .checksum = htons(0xf7f0), .un.echo.sequence = htons(15) };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	socklen_t len = sizeof(own);

	expect(!bind(fd, (struct sockaddr *)&own, sizeof(own)) && !getsockname(fd, (struct sockaddr *)&own, &len));
	expect(!connect(fd, (struct sockaddr *)&n, sizeof(n)) && !getpeername(fd, (struct sockaddr *)&own, &len));
	expect(send(fd, &q, sizeof(q), 0) == sizeof(q));
	expect(poll(&p, 1, patience_ms) == 1 && read(fd, got, sizeof(got)) > 0);
	close(fd);
}

/* Nobody has the port: that is said by ICMP. */
static void use_closed_port(void)
{
	struct sockaddr_in n = name_of("127.0.0.1", 7009);
	struct sockaddr_in6 n6 = { .sin6_family = AF_INET6,
				   .sin6_port = htons(7009),
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), fd6 = socket(AF_INET6, SOCK_DGRAM, 0);

	expect(sendto(fd, sent, 10, 0, (struct sockaddr *)&n, sizeof(n)) == 10);
	expect(sendto(fd6, sent, 10, 0, (struct sockaddr *)&n6, sizeof(n6)) == 10);
	close(fd);
	close(fd6);
}

/* Closed with something in it that was not read: the other end learns that by a reset. */
static void use_reset(void)
{
	struct sockaddr_in n = name_of("127.0.0.1", 7008);
	int l = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0),
	    other;
	struct pollfd p = { .fd = l, .events = POLLIN };

	expect(!bind(l, (struct sockaddr *)&n, sizeof(n)) && !listen(l, 1));
	connect(fd, (struct sockaddr *)&n, sizeof(n));
	expect(poll(&p, 1, patience_ms) == 1);
	other = accept(l, NULL, NULL);
	p.fd = fd;
	expect(other >= 0 && write(other, sent, 1000) == 1000 && poll(&p, 1, patience_ms) == 1);
	close(fd);
	p.fd = other;
	expect(poll(&p, 1, patience_ms) == 1 && read(other, got, 10) < 0);
	close(other);
	close(l);
}

void use_rest_of_tcpip(void)
{
	use_routes();
	use_routes6();
	use_raw(SOCK_RAW);
	use_raw(SOCK_DGRAM);
	use_closed_port();
	use_reset();
}
