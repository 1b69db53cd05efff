// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Modules come and go while processes on all CPUs call into them: by a device, a block of memory, a system call, and a timer of
 * their own. What has gone is full of traps, so a call that comes late would end a module, or the kernel; and each unload
 * ends, or the log says what it waits for.
 */
#include <sched.h>

#include "tests/boot/programs/modules.h"

enum { CALLERS = 4, ROUNDS = 40, LOG_BYTES = 1 << 18 };

static const struct module {
	const char *name, *file, *params;
} modules[] = {
	{ "chardev", "examples/chardev", "" },
	{ "ramdisk", "block/ramdisk", "size_kib=64" },
	{ "reverse", "syscall/reverse", "" },
	{ "timer", "examples/timer", "period_ms=1" },
};
#define MODULE_CNT (sizeof(modules) / sizeof(modules[0]))

static struct shared {
	volatile bool stop;
	volatile long number;            /* of the system call; 0: not known yet */
	unsigned long calls[MODULE_CNT]; /* that were answered by a module */
} * shared;

static const char *domain;
static bool harmed; /* the log told of a fault */

/* ---- calling ----------------------------------------------------------------------------------------------------- */

/* Return: 1: answered; 0: it is not there; -1: something that must not be. To open what is not there would ask for it. */
static int read_device(const char *path)
{
	char data[64];
	ssize_t n;
	int fd = access(path, F_OK) ? -1 : open(path, O_RDONLY | O_NONBLOCK);

	if (fd < 0)
		return 0;
	n = read(fd, data, sizeof(data));
	close(fd);
	return n >= 0 ? 1 : errno == ENODEV ? 0 : -1;
}

static int reverse(void)
{
	char text[] = "abc";

	if (!shared->number)
		return 0;
	if (syscall(shared->number, text, 3) < 0)
		return errno == ENOSYS ? 0 : -1;
	return strcmp(text, "cba") ? -1 : 1;
}

static void call(void)
{
	while (!shared->stop) {
		const int answers[] = { read_device("/dev/upper"), read_device("/dev/ram0"), reverse() };

		for (unsigned i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
			if (answers[i] < 0)
				_exit(1);
			if (answers[i])
				__atomic_fetch_add(&shared->calls[i], 1, __ATOMIC_RELAXED);
		}
	}
	_exit(0);
}

/* ---- coming and going -------------------------------------------------------------------------------------------- */

static bool log_says(const char *text)
{
	static char log[LOG_BYTES];
	long n = syscall(SYS_syslog, 4 /* read and clear */, log, sizeof(log) - 1);

	log[n > 0 ? n : 0] = '\0';
	harmed |= strstr(log, "quarantined") || strstr(log, "domain is dead");
	return strstr(log, text);
}

/* Until it has gone. Return: how often it could not, each time with a line of the log; -1: one without. */
static long unload(const struct module *m)
{
	long refused = 0, err;
	char said[64];

	snprintf(said, sizeof(said), ": module %s ", m->name);
	while ((err = delete_module(m->name, O_NONBLOCK)) == -EAGAIN) {
		if (!log_says(said))
			return -1;
		refused++;
	}
	return err ? -1 : refused;
}

static bool load(const struct module *m)
{
	char path[128], params[64];

	snprintf(path, sizeof(path), TREE "%s.ko", m->file);
	snprintf(params, sizeof(params), "%s%s", domain, m->params);
	return !load_file(path, params, 0);
}

static long syscall_number(void)
{
	char text[16] = "";
	int fd = open("/proc/syscalls/reverse", O_RDONLY);
	long n = fd < 0 || read(fd, text, sizeof(text) - 1) <= 0 ? 0 : atol(text);

	close(fd);
	return n;
}

static bool come_and_go(unsigned *rounds, unsigned long *refused)
{
	unsigned i = 0;

	for (*rounds = 0; more(*rounds, ROUNDS); ++*rounds) {
		for (i = 0; i < MODULE_CNT && load(&modules[i]); i++)
			;
		if (i < MODULE_CNT)
			break;
		if (!shared->number)
			shared->number = syscall_number();
		usleep(*rounds % 4 * 1000);
		for (i = 0; i < MODULE_CNT; i++) {
			long n = unload(&modules[i]);

			if (n < 0)
				break;
			*refused += (unsigned long)n;
		}
		if (i < MODULE_CNT || harmed)
			break;
		log_says("");
	}
	if (i < MODULE_CNT)
		diag("round %u: %s", *rounds, modules[i].name);
	return i == MODULE_CNT;
}

static void under_calls(void)
{
	unsigned long refused = 0;
	unsigned rounds;
	pid_t pid[CALLERS];
	int status;
	bool good;

	*shared = (struct shared){ .number = shared->number };
	for (int i = 0; i < CALLERS; i++) {
		pid[i] = fork();
		if (!pid[i])
			call();
	}
	log_says("");
	good = come_and_go(&rounds, &refused);
	shared->stop = true;
	for (int i = 0; i < CALLERS; i++)
		good &= waitpid(pid[i], &status, 0) == pid[i] && !status;
	diag("%s%u rounds, %lu unloads that had to wait, answered calls: %lu, %lu, %lu", domain, rounds, refused,
	     shared->calls[0], shared->calls[1], shared->calls[2]);
	log_says("");
	_exit(!good || harmed || !shared->calls[0] || !shared->calls[1] || !shared->calls[2]);
}

int main(void)
{
	guest_begin();
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	unlink("/sbin/modprobe"); /* a call of what is not there is answered at once, and has nothing loaded */
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	domain = "";
	ok(exited(in_child(under_calls), 0), "kernel: nothing calls what has gone, while %d processes call", CALLERS);
	domain = "isolated=1 ";
	ok(exited(in_child(under_calls), 0), "isolated: likewise");
	guest_end();
}
