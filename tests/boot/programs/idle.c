// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Modules that the kernel had loaded leave when they are idle, unless they are used or say no; whoever needs one meanwhile
 * never notices. Nothing here depends on how long a wait takes: what must stay is watched while another comes and goes.
 */
#include <sys/stat.h>

#include "tests/boot/programs/modules.h"

#define IDLE_ALL "/sys/module/module/parameters/idle_ms"

enum { CALLERS = 4, CALLS = 400, LOOKS = 30000 };

static long number;

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

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return good;
}

static bool reads(const char *path, const char *expected)
{
	char text[64] = "";
	int fd = open(path, O_RDONLY);

	if (fd >= 0 && read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	return !strcmp(text, expected);
}

/* A call of the module's system call, which brings it. */
static bool call(void)
{
	char text[] = "live";

	return syscall(number, text, 4) == 4 && !strcmp(text, "evil");
}

/* Long enough for others to be looked at: a module comes, and leaves by itself, again and again. */
static bool time_passes(void)
{
	for (int i = 0; i < 3; i++)
		if (!call() || !is_loaded("reverse") || !leaves("reverse"))
			return false;
	return true;
}

static void leave_when_idle(void)
{
	char text[16] = "";
	int fd = open("/proc/syscalls/reverse", O_RDONLY);

	ok(fd >= 0 && read(fd, text, 15) > 0 && (number = atol(text)) >= 1024, "a module is loaded on need");
	close(fd);
	ok(leaves("reverse"), "... and leaves when idle");
	ok(call() && is_loaded("reverse"), "... comes back when called");
	ok(leaves("reverse"), "... and leaves again");
	ok(!load_file(TREE "examples/params.ko", "", 0) && reads("/sys/module/params/idle_ms", "0\n"),
	   "one that a program has loaded");
	ok(time_passes() && is_loaded("params"), "... stays");
	ok(write_text("/sys/module/params/idle_ms", "50") && reads("/sys/module/params/idle_ms", "50\n") &&
	       leaves("params"),
	   "... until its file says otherwise");
	ok(!load_file(TREE "examples/params.ko", "isolated=1", 0) && write_text("/sys/module/params/idle_ms", "50") &&
	       leaves("params"),
	   "... in an isolated domain too");
	ok(!write_text("/sys/module/module/parameters/idle_ms", "soon") &&
	       !write_text("/sys/module/module/parameters/idle_ms", "-1"),
	   "what is no time is refused");
}

/* The module "ram0": by a line of modprobe's configuration. */
static void stay_when_used(void)
{
	int fd = open("/dev/ram0", O_RDONLY);

	ok(fd >= 0 && is_loaded("ramdisk"), "opening a device loads its module");
	ok(time_passes() && is_loaded("ramdisk"), "it stays while it is open");
	close(fd);
	ok(leaves("ramdisk") && access("/dev/ram0", F_OK), "and leaves when it is closed");
	fd = open("/dev/ram0", O_WRONLY);
	ok(fd >= 0 && write(fd, "data", 5) == 5 && !close(fd), "it comes back, and is written to");
	ok(time_passes() && is_loaded("ramdisk") && reads("/dev/ram0", "data"), "asked, it says no: nothing is lost");
	ok(!syscall(SYS_delete_module, "ramdisk", O_NONBLOCK), "whoever wants it gone has his way");
	fd = open("/dev/queue", O_RDWR | O_NONBLOCK);
	ok(fd >= 0 && write(fd, "x", 1) == 1 && !close(fd) && time_passes() && is_loaded("queue"),
	   "a queue with something in it says no");
	fd = open("/dev/queue", O_RDONLY);
	ok(reads("/dev/queue", "x") && !close(fd) && leaves("queue"), "... an empty one does not");
	ok(call() && write_text("/sys/module/reverse/idle_ms", "0"), "one can be told to stay");
	fd = open("/dev/ram0", O_RDONLY);
	close(fd);
	ok(leaves("ramdisk") && is_loaded("reverse"), "... and does while others leave");
	ok(!syscall(SYS_delete_module, "reverse", O_NONBLOCK), "... until it is unloaded");
}

/* ---- at once ----------------------------------------------------------------------------------------------------- */

/* Now and then it waits as long as the module needs to become idle, so that calls come at every moment of its leaving. */
static void call_and_wait(void)
{
	unsigned state = (unsigned)getpid();

	for (int i = 0; i < CALLS; i++) {
		state = state * 1103515245 + 12345;
		usleep(state >> 16 & 4095);
		if (!call()) {
			diag("call %d: errno %d", i, errno);
			_exit(1);
		}
	}
}

static void open_and_wait(void)
{
	unsigned state = (unsigned)getpid();

	for (int i = 0; i < CALLS; i++) {
		int fd = open("/dev/queue", O_RDONLY | O_NONBLOCK);

		if (fd < 0) {
			diag("open %d: errno %d", i, errno);
			_exit(1);
		}
		close(fd);
		state = state * 1103515245 + 12345;
		usleep(state >> 16 & 4095);
	}
}

static bool all_do(void (*body)(void))
{
	int status, good = 0;

	for (int i = 0; i < CALLERS; i++)
		if (!fork()) {
			body();
			_exit(0);
		}
	while (waitpid(-1, &status, 0) > 0)
		good += !status;
	return good == CALLERS;
}

static void come_and_go(void)
{
	if (!call() || !leaves("reverse") || close(open("/dev/ram0", O_RDONLY)) || !leaves("ramdisk"))
		_exit(1);
}

int main(void)
{
	static const char config[] = "alias devname:ram0 ramdisk\nalias devname:queue queue\n";
	int fd;

	guest_begin();
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	mkdir("/etc/modprobe.d", 0755);
	fd = open("/etc/modprobe.d/devices.conf", O_CREAT | O_WRONLY, 0644);
	ok(write(fd, config, sizeof(config) - 1) == sizeof(config) - 1 && !close(fd), "modprobe is told of devices");
	ok(reads(IDLE_ALL, "300000\n"), "modules leave after five minutes");
	ok(write_text(IDLE_ALL, "20"), "or sooner");
	leave_when_idle();
	stay_when_used();
	ok(leaves_nothing(come_and_go), "memory is as before");
	ok(write_text(IDLE_ALL, "1"), "when they leave at once");
	ok(all_do(call_and_wait), "no call of a system call fails");
	ok(all_do(open_and_wait), "no opening of a device fails");
	guest_end();
}
