// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * A hundred processes have the first socket of each protocol at once: its module is asked for once, all have theirs, and the
 * module leaves after the last with nothing left behind: each socket was given back, however many ended at once.
 */
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "tests/boot/programs/modules.h"

#define PROCESSES 100
#define IDLE_ALL "/sys/module/module/parameters/idle_ms"

enum { LOOKS = 30000, ROUNDS = 30, CNT = 5 };

static const struct protocol {
	const char *name, *module;
	int family, type, protocol;
} protocols[CNT] = {
	{ "unix", "unix", AF_UNIX, SOCK_STREAM, 0 },
	{ "packets", "packet", AF_PACKET, SOCK_RAW, 0 },
	{ "IPv4", "tcpip", AF_INET, SOCK_STREAM, 0 },
	{ "IPv6", "tcpip", AF_INET6, SOCK_DGRAM, 0 },
	{ "rtnetlink", "tcpip", AF_NETLINK, SOCK_RAW, NETLINK_ROUTE },
};

static bool is_loaded(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return !access(path, F_OK);
}

/* In the end; what never happens is noticed after minutes. */
static bool leaves(const char *name)
{
	for (int i = 0; i < LOOKS && is_loaded(name); i++)
		usleep(10000);
	return !is_loaded(name);
}

static void set_idle(const char *text)
{
	int fd = open(IDLE_ALL, O_WRONLY | O_TRUNC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		perror(IDLE_ALL);
	close(fd);
}

static long forks(void)
{
	FILE *f = fopen("/proc/stat", "r");
	char line[256];
	long cnt = -1;

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "processes %ld", &cnt);
	fclose(f);
	return cnt;
}

/* All wait for @start to be closed. The exit status says whether it had a socket. */
static void child(const struct protocol *p, int start)
{
	char byte;

	if (read(start, &byte, 1))
		_exit(2);
	_exit(socket(p->family, p->type, p->protocol) < 0);
}

/* Return: how many had a socket. */
static unsigned have_sockets(const struct protocol *p)
{
	unsigned good = 0;
	int start[2], status;

	if (pipe(start))
		return 0;
	for (unsigned i = 0; i < PROCESSES; i++)
		if (!fork()) {
			close(start[1]);
			child(p, start[0]);
		}
	close(start[0]);
	close(start[1]);
	for (unsigned i = 0; i < PROCESSES; i++)
		good += wait(&status) > 0 && !status;
	return good;
}

static bool log_says(const char *text)
{
	static char log[65536];
	long n = syscall(SYS_syslog, 3 /* read all */, log, sizeof(log) - 1);

	log[n > 0 ? n : 0] = '\0';
	return strstr(log, text);
}

static void use(const struct protocol *p)
{
	long before;
	unsigned good;

	set_idle("0"); /* nothing leaves meanwhile */
	before = forks();
	good = have_sockets(p);
	ok(good == PROCESSES, "%s: %u of %u processes have a socket", p->name, good, PROCESSES);
	ok(forks() - before == PROCESSES + 1, "... and modprobe ran once");
	set_idle("50");
	ok(leaves(p->module), "... the module leaves");
}

/* Each may have a domain of its own, which goes with it: while the runtime in there, being idle too, is looked at. */
static bool leave_together(void)
{
	bool left = true;

	set_idle("0");
	for (unsigned i = 0; i < CNT; i++)
		left = close(socket(protocols[i].family, protocols[i].type, protocols[i].protocol)) == 0 && left;
	set_idle("1");
	for (unsigned i = 0; i < CNT; i++)
		left = leaves(protocols[i].module) && left;
	return left;
}

int main(void)
{
	bool left = true;

	guest_begin();
	setvbuf(stdout, NULL, _IONBF, 0);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	ok(open("/dev/nonesuch", O_RDONLY) < 0, "all devices found at boot have been asked for");
	for (unsigned i = 0; i < CNT; i++)
		use(&protocols[i]);
	for (int i = 0; i < ROUNDS; i++)
		left = leave_together() && left;
	ok(left, "all come and leave together");
	ok(!log_says("left behind"), "nothing was left behind");
	guest_end();
	return tap_done();
}
