/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The same faults in the kernel's own domain, where they are not contained: the host finds out, names kind, module and
 * place, and calls the module no more. Each in a process of its own, for nothing more is promised of that process.
 * The endless loop and the exit are the control: there the domain cannot help.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/process/rig.h"

#define WILD "0x7000deadb000"

static const struct kind {
	const char *what, *why, *address;
} kinds[] = {
	{ "null_read", "invalid access at fault+", "(0)" },
	{ "null_write", "invalid access at fault+", "(0)" },
	{ "wild_read", "invalid access at fault+", "(" WILD ")" },
	{ "wild_write", "invalid access at fault+", "(" WILD ")" },
	{ "const_write", "invalid access at fault+", "(0x" },
	{ "text_write", "invalid access at fault+", "(0x" },
	{ "data_jump", "invalid access at fault+", "(0x" },
	{ "divide", "arithmetic error at fault+", "" },
	{ "illegal", "illegal instruction at fault+", "" },
	{ "stack", "invalid access at fault+", "(0x" },
};
static const char *const places[] = { "init", "exit", "read", "timer", "thread" };

/* What the process with the fault found wrong, as bits of its exit status. */
enum { WRONG_ANSWER = 1, WRONG_DIAGNOSIS = 2, NOT_QUARANTINED = 4, NOT_SERVED = 8, NAME_TAKEN = 16, NOT_SAID = 32 };

static int64_t read_device(void)
{
	struct tenon_file *f;
	char byte;
	int64_t err = tenon_device_open("fault", TENON_CHRDEV_READ, &f);

	if (err)
		return err;
	err = tenon_device_read(f, &byte, 1, 0);
	tenon_device_close(f);
	return err;
}

static int find_quarantined(const struct tenon_module *m, void *unused)
{
	(void)unused;
	return !strcmp(tenon_module_name(m), "fault") && tenon_module_state(m) == TENON_QUARANTINED;
}

static bool quarantined(void *unused)
{
	return tenon_for_each(rig_core, find_quarantined, unused);
}

/* Return: whether the answer to the request was right. */
static bool provoke(const struct kind *k, const char *when)
{
	struct tenon_domain *d = process_kernel(rig_host);
	char params[128];
	int err;

	snprintf(params, sizeof(params), "what=%s when=%s wild=" WILD, k->what, when);
	err = rig_load(d, "fault", params);
	if (!strcmp(when, "init"))
		return rig_says(err, -TENON_EFAULT, TENON_R_INIT_FAULT);
	if (!strcmp(when, "thread") && err == -TENON_EFAULT && rig_diag.reason == TENON_R_CALL_FAULT)
		return true; /* it was faster than init */
	if (!rig_says(err, 0, TENON_R_NONE))
		return false;
	if (!strcmp(when, "exit"))
		return rig_says(rig_unload(d, "fault"), -TENON_EFAULT, TENON_R_EXIT_FAULT);
	if (!strcmp(when, "read"))
		return read_device() == -TENON_EFAULT;
	return true;
}

static bool serves(void)
{
	struct tenon_file *f;
	char back[8] = "";
	bool good = !rig_load_flags(process_kernel(rig_host), "chardev", NULL, 0) &&
		    !tenon_device_open("upper", TENON_CHRDEV_READ | TENON_CHRDEV_WRITE, &f);

	if (!good)
		return false;
	good = tenon_device_write(f, "served", 6, 0) == 6 && tenon_device_read(f, back, 6, 0) == 6 &&
	       !strcmp(back, "SERVED");
	tenon_device_close(f);
	return good && !rig_unload(process_kernel(rig_host), "chardev");
}

static int find_wrong(const struct kind *k, const char *when)
{
	struct tenon_domain *d = process_kernel(rig_host);
	int wrong = provoke(k, when) ? 0 : WRONG_ANSWER;
	const char *said;

	if (!rig_until(quarantined, NULL, 60000 * MS))
		wrong |= NOT_QUARANTINED;
	process_settle(rig_host);
	said = rig_log_line("uncontained");
	if (!*said)
		wrong |= NOT_SAID;
	if (!strcmp(when, "init") || !strcmp(when, "exit"))
		said = rig_text();
	if (!strstr(said, k->why) || !strstr(said, k->address))
		wrong |= WRONG_DIAGNOSIS;
	if (!serves())
		wrong |= NOT_SERVED;
	if (rig_load(d, "fault", "what=none when=read") || read_device() || rig_unload(d, "fault"))
		wrong |= NAME_TAKEN;
	if (wrong) {
		diag("wrong: %#x; said '%s'", wrong, said);
		rig_log_show();
	}
	return wrong;
}

static void one(const struct kind *k, const char *when)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		rig_open(NULL);
		status = find_wrong(k, when);
		fflush(stdout);
		/* What faulted cannot be unloaded, but all the rest goes as ever. */
		alarm(5);
		status |= rig_close() ? 0 : 64;
		_exit(status);
	}
	waitpid(pid, &status, 0);
	ok(!status, "F-03 kernel: %s in %s is found out, named and quarantined; the rest works on (status %#x)",
	   k->what, when, status);
}

static void *read_in_vain(void *answer)
{
	*(int64_t *)answer = read_device();
	return NULL;
}

static bool reads(void *unused)
{
	(void)unused;
	return *rig_log_line("fault: waits");
}

static bool write_faults(void)
{
	struct tenon_file *f;
	bool good = !tenon_device_open("fault", TENON_CHRDEV_WRITE, &f);

	if (!good)
		return false;
	good = tenon_device_write(f, "x", 1, 0) == -TENON_EFAULT;
	tenon_device_close(f);
	return good;
}

/* One that is inside, and waits again whatever it is answered, would never leave. */
static void waiting(void)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		int64_t answer = 0;
		pthread_t reader;

		rig_open(NULL);
		alarm(60);
		status = rig_load(process_kernel(rig_host), "fault", "what=illegal when=write waits=1");
		status |= pthread_create(&reader, NULL, read_in_vain, &answer);
		status |= !rig_until(reads, NULL, 60000 * MS) || !write_faults();
		process_settle(rig_host);
		pthread_join(reader, NULL);
		status |= answer != -TENON_EFAULT || !rig_close();
		_exit(status);
	}
	waitpid(pid, &status, 0);
	ok(!status, "F-03 kernel: who waits in a module that faulted gets an error (status %#x)", status);
}

static int control(const char *what)
{
	int status = -1;
	char params[64];
	pid_t pid = fork();

	snprintf(params, sizeof(params), "what=%s when=init", what);
	if (!pid) {
		rig_open(NULL);
		alarm(1);
		rig_load(process_kernel(rig_host), "fault", params);
		_exit(99);
	}
	waitpid(pid, &status, 0);
	return status;
}

int main(void)
{
	int status;

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++)
			one(&kinds[k], places[p]);
	waiting();
	status = control("loop");
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM, "control: in the kernel's domain a loop has no end");
	status = control("exit");
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "control: in the kernel's domain an exit ends the host");
	return tap_done();
}
