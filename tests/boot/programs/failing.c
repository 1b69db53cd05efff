// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Each allocation fails once: during a load, also into an isolated domain, a driver's probe, an exec. An error is the answer, or what
 * the allocation was for is done without; nothing stays.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include "tests/boot/programs/modules.h"

static bool try_fail_at(unsigned n)
{
	FILE *f = fopen("/sys/module/module/parameters/fail_at", "w");

	return f && fprintf(f, "%u\n", n) > 0 && !fclose(f);
}

/* The allocation that was to fail, and that nothing else came to, may be this one's. */
static void fail_at(unsigned n)
{
	if (!try_fail_at(n) && !try_fail_at(n))
		_exit(3);
}

/* Is the allocation that was to fail still to come? */
static bool none_failed(void)
{
	FILE *f = fopen("/sys/module/module/parameters/fail_at", "r");
	unsigned left = 0;

	if (!f || fscanf(f, "%u", &left) != 1)
		return true; /* that was it */
	fclose(f);
	return left;
}

/*
 * Each allocation of a load fails once. The load is refused, and nothing of it stays; or it does without what it asked for,
 * and the module is unloaded. At the end none is left to fail.
 */
static void failing_load(const char *path, const char *params, const char *name)
{
	unsigned n, refused = 0;
	bool all = false;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	for (n = 1; n < 5000 && !all; n++) {
		long err;

		fail_at(n);
		err = finit_module(fd, params, 0);
		all = none_failed();
		fail_at(0);
		refused += err != 0;
		/* Of a base that is loaded with it: EIO, its file cannot be read; EFAULT, its init cannot be called. */
		if (err ? err != -ENOMEM && err != -EIO && err != -EFAULT : delete_module(name, O_NONBLOCK) != 0) {
			diag("allocation %u: error %ld", n, err);
			_exit(1);
		}
		if (!domain_is_gone("failing"))
			_exit(4);
	}
	close(fd);
	diag("%u allocations fail, %u loads with them", n, refused);
	if (!all || refused < 10)
		_exit(2);
}

static void failing_memory(void)
{
	failing_load(TREE "examples/params.ko", "number=5", "params");
}

static void failing_isolated(void)
{
	failing_load(TREE "char/queue.ko", "isolated=failing", "queue");
}

/* There is a device for it: its probe fails, too. */
static void failing_probe(void)
{
	failing_load(TREE "virtio/virtio_rng.ko", "", "virtio_rng");
}

/* Each allocation of an exec: it says ENOMEM to the program, which goes on, until one succeeds. */
static void failing_exec(void)
{
	char *const argv[] = { "true", NULL }, *const envp[] = { NULL };
	int status = 1;
	unsigned n;

	for (n = 1; n < 5000 && status; n++) {
		pid_t pid = fork();

		if (!pid) {
			fail_at(n);
			execve("/bin/true", argv, envp);
			_exit(errno == ENOMEM ? 1 : 2);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid ||
		    (status && (!WIFEXITED(status) || WEXITSTATUS(status) != 1))) {
			diag("allocation %u: status 0x%x", n, status);
			_exit(1);
		}
	}
	fail_at(0);
	diag("%u allocations of an exec fail", n);
	if (status || n < 10)
		_exit(2);
}

/* What programs do otherwise: errno values, or it is done. */
static void calls(void)
{
	int fds[2], fd = open("/tmp/failing", O_CREAT | O_RDWR, 0600);
	void *p = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	if (p != MAP_FAILED)
		munmap(p, 1 << 16);
	if (fd >= 0 && write(fd, "some words", 10) < 0 && errno != ENOMEM && errno != ENOSPC)
		_exit(2);
	close(fd);
	if (!pipe(fds))
		close(fds[0]), close(fds[1]);
	fd = socket(AF_NETLINK, SOCK_RAW, 15 /* NETLINK_KOBJECT_UEVENT */);
	if (fd >= 0)
		close(fd);
	if (!mkdir("/tmp/directory", 0700))
		rmdir("/tmp/directory");
	unlink("/tmp/failing");
}

static void failing_calls(void)
{
	bool all = false;
	unsigned n;

	for (n = 1; n < 5000 && !all; n++) {
		fail_at(n);
		calls();
		all = none_failed();
		fail_at(0);
	}
	unlink("/tmp/failing");
	rmdir("/tmp/directory");
	diag("%u allocations of calls fail", n);
	if (!all || n < 10)
		_exit(2);
}

/* The driver of the device that there is comes by itself, soon. */
static void unload_driver(void)
{
	for (int i = 0; i < 1000 && delete_module("virtio_rng", O_NONBLOCK); i++)
		usleep(10000);
}

static const struct {
	const char *what;
	void (*body)(void);
} cases[] = {
	{ "a load", failing_memory },
	{ "a load into an isolated domain", failing_isolated },
	{ "a load of a driver, with its probe", failing_probe },
	{ "an exec", failing_exec },
	{ "a fork and other calls", failing_calls },
};

int main(void)
{
	guest_begin();
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	unload_driver();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ok(exited(in_child(cases[i].body), 0), "each allocation of %s fails once", cases[i].what);
		ok(leaves_nothing(cases[i].body), "... and nothing stays");
	}
	guest_end();
}
