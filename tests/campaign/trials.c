/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The guest of the campaign, its first process. It says "ready" and is then told what to do by lines on its console:
 *
 *     patch OFFSET HEX    other bytes of the module's file, for the next trial
 *     trial NUMBER        load, use and unload the module with these; then the one without faults, which must serve
 *     hello               say the same
 *     end                 power off
 *
 * Its answer is a line for each trial:
 *
 *     trial NUMBER LOADED USED DIED AFTER OTHER MEMORY BASE
 *
 * LOADED: load's errno, 0; USED: right, wrong, failed or stuck (it never came back); DIED: its domain did; AFTER: served, if the
 * module without faults did its work afterwards; OTHER: served, if another domain's did; MEMORY: KiB less than before the
 * trial; BASE: clean, if the modules, domains and mounts are those of before.
 *
 * /trials/how has the name of the module and "isolated" or "kernel".
 */
#include <stdio.h>
#include <termios.h>

#include "tests/boot/programs/modules.h"
#include "workload.h"

#define STUCK_TENTHS 60   /* of a second, after which somebody does not come back */
#define PATIENT_TENTHS 600 /* ... who is expected to */
#define FILE_BYTES (4 << 20)
#define STATE_BYTES 8192

/* What has to be loaded for a module's workload, in this order; "" is the module itself. */
static const struct {
	const char *module, *files[3];
} needs[] = {
	{ "xhci", { "usb/usbcore", "", "usb/usb-storage" } },
	{ "usb_storage", { "usb/usbcore", "usb/xhci", "" } },
	{ "", { "" } },
};

static char module[32], where[32];
static uint8_t good[FILE_BYTES], harmed[FILE_BYTES];
static size_t file_bytes;
static bool isolated;
static const char *const *files; /* of needs */

static long load(const char *file, const uint8_t *image, const char *domain)
{
	char params[64], path[128];

	snprintf(params, sizeof(params), "%s%s %s", isolated ? "isolated=" : "", isolated ? domain : "",
		 strcmp(module, "ramdisk") ? "" : "size_kib=64");
	if (!*file)
		return -init_module(image, file_bytes, params);
	snprintf(path, sizeof(path), TREE "%s.ko", file);
	return -load_file(path, params, 0);
}

static long load_all(const uint8_t *image, const char *domain)
{
	long err = 0;

	for (int i = 0; i < 3 && files[i] && !err; i++)
		err = load(files[i], image, domain);
	return err;
}

static void unload_all(void)
{
	char name[32];

	for (int i = 2; i >= 0; i--) {
		if (!files[i])
			continue;
		snprintf(name, sizeof(name), "%s", *files[i] ? strchr(files[i], '/') + 1 : module);
		if (strchr(name, '-'))
			*strchr(name, '-') = '_';
		for (int n = 0; n < 20 && delete_module(name, O_NONBLOCK) == -EWOULDBLOCK; n++)
			usleep(50000); /* what looks at its devices ends by itself */
	}
}

/* ---- in children, whose status says the outcome ---- */

enum { NOT_LOADED = 100 };

static void use_trial(void)
{
	long err = load_all(harmed, "harm");
	enum answer a;

	if (err) {
		unload_all();
		_exit(NOT_LOADED + (err < 100 ? (int)err : 99));
	}
	a = workload(module, HARMED);
	unload_all();
	_exit(a);
}

static void use_good(void)
{
	enum answer a = load_all(good, "good") ? FAILED : workload(module, SPARE);

	unload_all();
	_exit(a);
}

static void use_other(void)
{
	uint64_t zeros[8] = { 1 };
	int fd = open("/dev/zero", O_RDONLY);

	_exit(read(fd, zeros, sizeof(zeros)) != sizeof(zeros) || zeros[0] || zeros[7]);
}

/* Return: its exit status, -1: it does not come back. */
static int run(void (*body)(void), int tenths)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		body();
		_exit(0);
	}
	for (int i = 0; i < tenths * 100; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
		usleep(1000);
	}
	kill(pid, SIGKILL);
	return -1;
}

/* ---- domains ---- */

/* End a domain. A file system holds one that has died until it is unmounted. */
static void end(const char *domain)
{
	int fd = isolated ? open("/proc/domains", O_WRONLY) : -1;

	if (isolated && (fd < 0 || (write(fd, domain, strlen(domain)) < 0 && errno != ENOENT)))
		perror("/proc/domains");
	close(fd);
	leave_disks();
	domain_is_gone(domain);
}

/* ---- what the kernel has ---- */

static bool log_says(const char *text)
{
	static char log[65536];
	long n = syscall(SYS_syslog, 4 /* read and clear */, log, sizeof(log) - 1);

	log[n > 0 ? n : 0] = '\0';
	return strstr(log, text);
}

static long memory(void)
{
	return meminfo("MemFree") + meminfo("KernelStack") + meminfo("KernelTables");
}

/* Names of modules and domains, and what is mounted. */
static void look(char *state)
{
	static const char *const paths[] = { "/proc/modules", "/proc/domains", "/proc/mounts" };
	size_t at = 0;
	char line[256];

	for (int i = 0; i < 3; i++) {
		FILE *f = fopen(paths[i], "r");

		while (f && fgets(line, sizeof(line), f) && at < STATE_BYTES - sizeof(line))
			at += (size_t)sprintf(state + at, "%.*s\n", (int)strcspn(line, i < 2 ? " \n" : "\n"), line);
		if (f)
			fclose(f);
	}
	state[at] = '\0';
}

/* ---- trials ---- */

static char before[STATE_BYTES], after[STATE_BYTES];

/* Wait until memory and lists are as before. */
static void settle(long memory_before, long *lost)
{
	for (int i = 0; i < STUCK_TENTHS; i++) {
		reap_all();
		look(after);
		*lost = memory_before - memory();
		if (*lost <= 64 && !strcmp(before, after))
			return;
		usleep(100000);
	}
}

static void try(int number)
{
	static const char *const answers[] = { "right", "wrong", "failed" };
	long memory_before = memory(), lost;
	const char *served, *other;
	int status, err = 0;
	bool died;

	printf("begin %d\n", number);
	status = run(use_trial, STUCK_TENTHS);
	if (status >= NOT_LOADED) {
		err = status - NOT_LOADED;
		status = FAILED;
	}
	died = log_says(isolated ? "harm: domain is dead: " : ": quarantined");
	end("harm");
	served = run(use_good, PATIENT_TENTHS) ? "lost" : "served";
	end("good");
	other = run(use_other, PATIENT_TENTHS) ? "lost" : "served";
	settle(memory_before, &lost);
	/* What a program with a wrong file has written to the console may have no end of a line. */
	printf("\ntrial %d %d %s %s %s %s %ld %s\n", number, err, status < 0 ? "stuck" : answers[status],
	       died ? "died" : "-", served, other, lost, strcmp(before, after) ? "changed" : "clean");
}

static void patch(const char *hex, size_t at)
{
	unsigned byte;

	for (; at < file_bytes && sscanf(hex, "%2x", &byte) == 1; hex += 2)
		harmed[at++] = (uint8_t)byte;
}

static void obey(void)
{
	char line[256], hex[200];
	unsigned at;

	while (fgets(line, sizeof(line), stdin) && strncmp(line, "end", 3)) {
		if (!strncmp(line, "hello", 5))
			puts("hello");
		if (sscanf(line, "patch %u %199s", &at, hex) == 2)
			patch(hex, at);
		if (sscanf(line, "trial %u", &at) == 1) {
			try((int)at);
			memcpy(harmed, good, file_bytes);
		}
	}
}

static bool begin(void)
{
	FILE *f = fopen("/trials/how", "r");
	unsigned i = 0;
	struct termios t;

	if (!f || fscanf(f, "%31s %31s", module, where) != 2)
		return false;
	fclose(f);
	isolated = !strcmp(where, "isolated");
	while (*needs[i].module && strcmp(needs[i].module, module))
		i++;
	files = needs[i].files;
	f = fopen("/trials/good", "r");
	file_bytes = f ? fread(good, 1, sizeof(good), f) : 0;
	if (f)
		fclose(f);
	memcpy(harmed, good, file_bytes);
	if (!tcgetattr(0, &t)) {
		t.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(0, TCSANOW, &t);
	}
	return file_bytes > 0;
}

int main(void)
{
	guest_begin();
	setvbuf(stdout, NULL, _IONBF, 0);
	if (!begin())
		return 1;
	syscall(SYS_syslog, 6 /* nothing on the console */, NULL, 0);
	if (load_file(TREE "char/zero.ko", "isolated=other", 0) || !find_disks(module))
		puts("the other module does not load, or there is no disk");
	run(use_good, PATIENT_TENTHS); /* caches are full afterwards */
	end("good");
	usleep(500000);
	look(before);
	puts("ready");
	obey();
	puts("done");
	reboot(RB_POWER_OFF);
	return 1;
}
