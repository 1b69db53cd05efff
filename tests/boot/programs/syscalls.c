// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * A system call that a module offers, in the kernel's own domain and in an isolated one: it is there while the module is,
 * brings it in, and touches of the program's memory only what the program may.
 */
#include <sys/stat.h>

#include "tests/boot/programs/modules.h"

#define NUMBER_FILE "/proc/syscalls/reverse"

enum { FIRST = 1024, LAST = FIRST + 127, AT_ONCE = 8, ROUNDS = 40, BYTES_MAX = 4096 };

static long number;

static long reverse(void *text, unsigned long len)
{
	return syscall(number, text, len) < 0 ? -errno : (long)len;
}

static long unload(void)
{
	return syscall(SYS_delete_module, "reverse", 0) ? -errno : 0;
}

static bool is_loaded(void)
{
	return !access("/sys/module/reverse", F_OK);
}

/* What opening the file says. Return: -1: it is not there. */
static long read_number(const char *path)
{
	char text[16] = "";
	int fd = open(path, O_RDONLY);
	long n = fd < 0 || read(fd, text, sizeof(text) - 1) <= 0 ? -1 : atol(text);

	close(fd);
	return n;
}

/* modprobe is not to find it by its alias, or is to again. */
static void hide(bool hidden)
{
	int fd;

	mkdir("/etc/modprobe.d", 0755);
	unlink("/etc/modprobe.d/hide.conf");
	if (!hidden)
		return;
	fd = open("/etc/modprobe.d/hide.conf", O_CREAT | O_WRONLY, 0644);
	if (write(fd, "blacklist reverse\n", 18) != 18)
		diag("cannot write /etc/modprobe.d");
	close(fd);
}

/* How often the log says that the kernel had a module loaded for somebody in vain. */
static unsigned refusals_logged(const char *text)
{
	static char log[1 << 18];
	long len = syscall(SYS_syslog, 3, log, sizeof(log) - 1);
	unsigned cnt = 0;

	log[len > 0 ? len : 0] = '\0';
	for (const char *at = log; (at = strstr(at, text)); at++)
		cnt++;
	return cnt;
}

/* ---- what it does ------------------------------------------------------------------------------------------------ */

static void answers(const char *where)
{
	char text[BYTES_MAX + 1] = "stressed", *pages;
	char first[BYTES_MAX];

	ok(reverse(text, 8) == 8 && !strcmp(text, "desserts"), "it is called, and answers: %s", where);
	for (int i = 0; i < BYTES_MAX; i++)
		text[i] = first[BYTES_MAX - 1 - i] = (char)(i * 7 + i / 256);
	ok(reverse(text, BYTES_MAX) == BYTES_MAX && !memcmp(text, first, BYTES_MAX), "... all that it takes");
	ok(reverse(text, 0) == 0, "... nothing");
	ok(reverse(text, BYTES_MAX + 1) == -EINVAL && reverse(text, ~0ul) == -EINVAL,
	   "... more than that is its error");
	ok(reverse(NULL, 8) == -EFAULT && reverse((void *)0xffffffff80200000ul, 8) == -EFAULT &&
	       reverse((void *)0xffff800000200000ul, 8) == -EFAULT && reverse((void *)0x7fffffffeffcul, 8) == -EFAULT &&
	       reverse((void *)~0ul, 1) == -EFAULT,
	   "... what is not the program's memory is EFAULT");
	ok(reverse((void *)0x10000000ul, 8) == -EFAULT && reverse((void *)0x20000000ul, 8) == -EFAULT,
	   "... also where an isolated domain has its own");
	pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(pages + 4092, "abcdefg", 8);
	ok(reverse(pages + 4092, 7) == 7 && !strcmp(pages + 4092, "gfedcba"), "... over the end of a page");
	mprotect(pages + 4096, 4096, PROT_READ);
	ok(reverse(pages + 4096, 4) == -EFAULT && !memcmp(pages + 4096, "cba", 4),
	   "... it may read but not write: EFAULT");
	mprotect(pages + 4096, 4096, PROT_NONE);
	ok(reverse(pages + 4092, 8) == -EFAULT && !memcmp(pages + 4092, "gfed", 4), "... may not even read");
	munmap(pages, 8192);
}

/* Its own copy of what a fork shares, not its parent's. */
static void in_a_child(void)
{
	static char text[] = "live";

	if (reverse(text, 4) != 4 || strcmp(text, "evil"))
		_exit(1);
	_exit(2);
}

static void call_often(void)
{
	char text[] = "drawer";

	for (int i = 0; i < ROUNDS; i++)
		if (reverse(text, 6) != 6 || strcmp(text, i % 2 ? "drawer" : "reward"))
			_exit(1);
}

/* Several at once. Return: how many of them went well. */
static int at_once(void (*body)(void))
{
	int status, good = 0;

	for (int i = 0; i < AT_ONCE; i++)
		if (!fork()) {
			body();
			_exit(0);
		}
	while (waitpid(-1, &status, 0) > 0)
		good += !status;
	return good;
}

/* ---- when it is there -------------------------------------------------------------------------------------------- */

static void is_absent(const char *when)
{
	char text[] = "x";
	unsigned none = 0;

	for (number = FIRST; number <= LAST; number++)
		none += reverse(text, 1) == -ENOSYS;
	ok(none == LAST - FIRST + 1 && !is_loaded(), "no number means anything %s", when);
}

static void lives_in(const char *where, const char *params)
{
	static char text[] = "live";

	hide(true);
	ok(!load_file(TREE "syscall/reverse.ko", params, 0) && read_number(NUMBER_FILE) == number,
	   "the same number: %s", where);
	ok(load_file(TREE "syscall/reverse.ko", params, 0) == -EEXIST, "... it is there once");
	answers(where);
	ok(exited(in_child(in_a_child), 2) && !strcmp(text, "live"), "... in a child, of which it is no business");
	ok(at_once(call_often) == AT_ONCE, "... for %d processes at once", AT_ONCE);
	ok(!unload() && reverse(text, 4) == -ENOSYS && !is_loaded(), "... ENOSYS when it has gone");
	ok(read_number(NUMBER_FILE) == -1, "... and no number to be found");
	hide(false);
}

static void comes_on_need(void)
{
	unsigned refused;

	ok(at_once(call_often) == AT_ONCE && is_loaded(), "a call brings it, for all who call");
	ok(!unload() && read_number(NUMBER_FILE) == number, "looking for the number brings it, too");
	ok(!unload(), "and it goes");
	hide(true);
	refused = refusals_logged("module syscall-reverse, for test (1)");
	ok(reverse("x", 1) == -ENOSYS && refusals_logged("module syscall-reverse, for test (1)") == refused + 1,
	   "refused, that is one error and one line of the log with who asked");
	hide(false);
}

int main(void)
{
	char params[64], byte = 'b';

	guest_begin();
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	is_absent("before it was loaded");
	number = read_number("/proc/syscalls/nosuch");
	ok(number == -1, "a system call that there is not has no number");
	number = read_number(NUMBER_FILE);
	ok(number >= FIRST && number <= LAST && is_loaded(), "looking for the number loads the module");
	ok(!unload() && access(NUMBER_FILE, F_OK), "it can be unloaded");
	lives_in("in the kernel's domain", "");
	lives_in("isolated", "isolated=1");
	comes_on_need();
	snprintf(params, sizeof(params), "address=%lu", (unsigned long)&byte);
	ok(load_file(TREE "faulty/pry.ko", params, 0) == -EPERM,
	   "who is not in a system call reads nothing of a program");
	snprintf(params, sizeof(params), "address=%lu isolated=1", (unsigned long)&byte);
	ok(load_file(TREE "faulty/pry.ko", params, 0) == -EPERM, "... nor does it when isolated");
	guest_end();
}
