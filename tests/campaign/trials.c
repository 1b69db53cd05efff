/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The guest of the campaign, its first process: loads each file of /trials, uses and unloads it, then the module without
 * faults, which must serve. A line for each trial:
 *
 *     trial NUMBER LOADED USED DIED AFTER OTHER
 *
 * LOADED: load's errno, 0; USED: right, wrong, failed or stuck (it never came back); DIED: its domain did; AFTER: served, if the
 * module without faults did its work afterwards; OTHER: served, if another domain's did. "memory KB" at the end: what is lost.
 *
 * /trials/how has the name of the module and "isolated" or "kernel". In the kernel's own domain there is one trial in a
 * boot.
 */
#include <dirent.h>
#include <stdio.h>

#include "tests/boot/programs/modules.h"
#include "workload.h"

#define STUCK_TENTHS 60 /* of a second, after which somebody does not come back */

static char module[32], where[32], trial[300];
static bool isolated;

static long load(const char *path, const char *domain)
{
	char params[64];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	long err;

	snprintf(params, sizeof(params), "%s%s %s", isolated ? "isolated=" : "", isolated ? domain : "",
		 strcmp(module, "ramdisk") ? "" : "size_kib=64");
	err = finit_module(fd, params, 0);
	close(fd);
	return -err;
}

static void unload(void)
{
	delete_module(module, O_NONBLOCK);
}

/* ---- in children, whose status says the outcome ---- */

enum { NOT_LOADED = 100 };

static void use_trial(void)
{
	long err = load(trial, "harm");
	enum answer a;

	if (err)
		_exit(NOT_LOADED + (err < 100 ? (int)err : 99));
	a = workload(module);
	unload();
	_exit(a);
}

static void use_good(void)
{
	enum answer a = load("/trials/good", "good") ? FAILED : workload(module);

	unload();
	_exit(a);
}

static void use_other(void)
{
	uint64_t zeros[8] = { 1 };
	int fd = open("/dev/zero", O_RDONLY);

	_exit(read(fd, zeros, sizeof(zeros)) != sizeof(zeros) || zeros[0] || zeros[7]);
}

/* Return: its exit status, -1: it does not come back. */
static int run(void (*body)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		body();
		_exit(0);
	}
	for (int i = 0; i < STUCK_TENTHS * 100; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
		usleep(1000);
	}
	kill(pid, SIGKILL);
	return -1;
}

/* ---- domains ---- */

static void end(const char *domain)
{
	int fd = open("/proc/domains", O_WRONLY);

	if (fd >= 0 && write(fd, domain, strlen(domain)) < 0 && errno != ENOENT)
		perror("/proc/domains");
	close(fd);
	domain_is_gone(domain);
}

/* ---- trials ---- */

static bool log_says(const char *text)
{
	static char log[65536];
	long n = syscall(SYS_syslog, 4 /* read and clear */, log, sizeof(log) - 1);

	log[n > 0 ? n : 0] = '\0';
	return strstr(log, text);
}

static void try(const char *number)
{
	static const char *const answers[] = { "right", "wrong", "failed" };
	int status, err = 0;
	bool died;

	snprintf(trial, sizeof(trial), "/trials/%s", number);
	printf("begin %s\n", number);
	status = run(use_trial);
	if (status >= NOT_LOADED) {
		err = status - NOT_LOADED;
		status = FAILED;
	}
	died = log_says(isolated ? "harm: domain is dead: " : ": quarantined");
	if (isolated)
		end("harm");
	printf("trial %d %d %s %s ", atoi(number), err, status < 0 ? "stuck" : answers[status], died ? "died" : "-");
	printf("%s ", run(use_good) ? "lost" : "served");
	printf("%s\n", run(use_other) ? "lost" : "served");
}

static long memory(void)
{
	return meminfo("MemFree") + meminfo("KernelStack") + meminfo("KernelTables");
}

static void try_all(void)
{
	DIR *dir = opendir("/trials");
	struct dirent *e;
	long before = 0, after = 0;

	for (unsigned n = 0; dir && (e = readdir(dir));) {
		if (!strstr(e->d_name, ".ko"))
			continue;
		try(e->d_name);
		if (++n == 10) /* caches are full by now */
			before = memory();
	}
	for (int i = 0; i < STUCK_TENTHS && before && (after = memory()) < before - 64; i++)
		usleep(100000);
	printf("memory %ld\n", before ? before - after : 0);
}

int main(void)
{
	FILE *f;

	guest_begin();
	setvbuf(stdout, NULL, _IONBF, 0);
	f = fopen("/trials/how", "r");
	if (!f || fscanf(f, "%31s %31s", module, where) != 2)
		return 1;
	fclose(f);
	isolated = !strcmp(where, "isolated");
	syscall(SYS_syslog, 6 /* nothing on the console */, NULL, 0);
	if (load_file(TREE "char/zero.ko", "isolated=other", 0))
		puts("the other module does not load");
	try_all();
	puts("done");
	reboot(RB_POWER_OFF);
	return 1;
}
