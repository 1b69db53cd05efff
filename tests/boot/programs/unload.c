// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* An unload that fails leaves the module as it was: what came while it was closed is made up for. */
#include <sys/klog.h>

#include "tests/boot/programs/modules.h"

enum { HAPPENS_MS = 1500, LINGER_MS = 600000, UNLOADS = 3, LOOKS = 20000 };

static const char *where;
static unsigned unloaded;

static unsigned parameter(const char *name)
{
	char path[64], text[16] = "";
	int fd;

	snprintf(path, sizeof(path), "/sys/module/linger/parameters/%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0) {
		ok(0, "%s can be read", path);
		guest_end();
	}
	close(fd);
	return (unsigned)atoi(text);
}

/* Return: whether it reaches @least, in time that no machine needs. */
static bool reaches(const char *name, unsigned least)
{
	for (int i = 0; i < LOOKS && parameter(name) < least; i++)
		usleep(1000);
	return parameter(name) >= least;
}

static long number(void)
{
	char text[16] = "";
	int fd = open("/proc/syscalls/linger", O_RDONLY);

	if (read(fd, text, sizeof(text) - 1) <= 0)
		_exit(1);
	close(fd);
	return atol(text);
}

static void linger(void)
{
	_exit(syscall(number(), HAPPENS_MS, LINGER_MS) != 0);
}

/* Calls again and again, until one fails. */
static void call_on(void)
{
	long nr = number();

	while (!syscall(nr, 0, 0))
		;
	_exit(1);
}

/* Lines of the kernel's log with @text. */
static unsigned logged(const char *text)
{
	static char log[1 << 20];
	int len = klogctl(3, log, sizeof(log) - 1);
	unsigned cnt = 0;

	log[len > 0 ? len : 0] = '\0';
	for (const char *at = log; (at = strstr(at, text)); at++)
		cnt++;
	return cnt;
}

/* The caller is inside, without a reference: so the unload closes the module, waits a second, and gives up. */
static void fails(void)
{
	pid_t pid = fork(), other;
	unsigned ticks, closed = 0;
	int status = -1;

	if (!pid)
		linger();
	usleep(100000);
	other = fork();
	if (!other)
		call_on();
	for (int i = 0; i < UNLOADS; i++) /* most of the time it is closed */
		closed += delete_module("linger", O_NONBLOCK) == -EAGAIN;
	ok(!waitpid(other, &status, WNOHANG), "%s: no call fails because an unload is tried", where);
	kill(other, SIGKILL);
	waitpid(other, &status, 0);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	ok(closed == UNLOADS && killed(status, SIGKILL), "%s: a module that is called stays, closed for %u unloads",
	   where, closed);
	ticks = parameter("ticks");
	ok(reaches("ticks", ticks + 3), "... its timer ticks on");
	ok(reaches("expired", 1) && parameter("expired") == 1, "... what was to expire meanwhile has, once");
	ok(reaches("started", 1) && parameter("started") == 1, "... a thread that was made meanwhile has run, once");
	ok(!delete_module("linger", O_NONBLOCK), "... and it can be unloaded");
	ok(logged("linger: exit's thread ran 1 times") == ++unloaded, "... while exit waits for a thread of its own");
}

int main(void)
{
	guest_begin();
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	where = "kernel";
	ok(!load_file(TREE "faulty/linger.ko", "", 0), "%s: it is loaded", where);
	fails();
	where = "isolated";
	ok(!load_file(TREE "faulty/linger.ko", "isolated=1", 0), "%s: it is loaded", where);
	fails();
	guest_end();
}
