/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Every kind of fault at every place, in an isolated domain: only the module ends, it is named with place and kind,
 * what it had comes back, the others are served, and the next of its name is loaded.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/process/rig.h"

#define DEADLINE_MS 400
#define WILD "0x7000deadb000"

static const struct kind {
	const char *what,
	    *why; /* the diagnosis begins so; then comes the function that it happened in, if there is one */
	const char *function, *address;
} kinds[] = {
	{ "null_read", "invalid access at fault+", "null_read", "(0)" },
	{ "null_write", "invalid access at fault+", "null_write", "(0)" },
	{ "wild_read", "invalid access at fault+", "wild_read", "(" WILD ")" },
	{ "wild_write", "invalid access at fault+", "wild_write", "(" WILD ")" },
	{ "const_write", "invalid access at fault+", "const_write", "(0x" },
	{ "text_write", "invalid access at fault+", "text_write", "(0x" },
	{ "data_jump", "invalid access at fault+", NULL, "(0x" },
	{ "divide", "arithmetic error at fault+", "divide", "" },
	{ "illegal", "illegal instruction at fault+", "illegal", "" },
	{ "stack", "invalid access at fault+", "deeper", "(0x" },
	{ "exit", "fault: exited with status 0", NULL, "" },
	{ "loop", "fault: no answer within 400 ms", NULL, "" },
};
#define KIND_CNT (sizeof(kinds) / sizeof(kinds[0]))
static const char *const places[] = { "init", "exit", "read", "timer", "thread" };
#define PLACE_CNT (sizeof(places) / sizeof(places[0]))

/* ---- one fault ---- */

/* Read from the device, which does not answer. */
static int read_device(void)
{
	struct tenon_file *f;
	char byte;
	int64_t err = tenon_device_open("fault", TENON_CHRDEV_READ, &f);

	if (err)
		return (int)err;
	err = tenon_device_read(f, &byte, 1, 0);
	tenon_device_close(f);
	return (int)err;
}

/* Load the module and bring it to the place. Return: whether it is answered with the right error. */
static bool provoke(struct tenon_domain *d, const char *what, const char *when)
{
	bool at_once = !strcmp(when, "timer") || !strcmp(when, "thread");
	char params[128];
	int err;

	snprintf(params, sizeof(params), "what=%s when=%s wild=" WILD, what, when);
	err = rig_load(d, "fault", params);
	if (!strcmp(when, "init"))
		return rig_says(err, -TENON_EFAULT, TENON_R_INIT_FAULT);
	if (at_once && (rig_diag.reason == TENON_R_INIT_FAULT || rig_diag.reason == TENON_R_DOMAIN_DEAD))
		return err < 0; /* it was faster than the rest of the load */
	if (!rig_says(err, 0, TENON_R_NONE))
		return false;
	if (!strcmp(when, "exit"))
		return rig_says(rig_unload(d, "fault"), -TENON_EFAULT, TENON_R_EXIT_FAULT);
	if (!strcmp(when, "read") && (err = read_device()) != -TENON_EOWNERDEAD) {
		diag("reading returned %d", err);
		return false;
	}
	return rig_until(rig_box_died, NULL, 60000 * MS);
}

/* Is the offset in the diagnosis inside the function, as nm sees the file? */
static bool inside_function(const char *why, const char *function)
{
	char command[1200];
	unsigned long offset = strtoul(strstr(why, "fault+") + strlen("fault+"), NULL, 16), start = 1, size = 0;
	FILE *nm;

	snprintf(command, sizeof(command), "nm -S %s | awk '$4 == \"%s\" { print $1, $2 }'",
		 rig_path("modules/x86_64/faulty/fault.ko"), function);
	nm = popen(command, "r");
	if (!nm || fscanf(nm, "%lx %lx", &start, &size) != 2)
		diag("nm does not know %s", function);
	if (nm)
		pclose(nm);
	if (offset - start >= size)
		diag("offset %#lx is not in %s, %#lx+%#lx", offset, function, start, size);
	return offset - start < size;
}

static bool diagnosed(const struct kind *k)
{
	const char *line = rig_log_line("box: domain is dead: "), *why = strstr(line, "dead: ");
	bool good;

	why = why ? why + strlen("dead: ") : "";
	good = !strncmp(why, k->why, strlen(k->why)) && strstr(why, k->address);
	if (!good)
		diag("the diagnosis is '%s'", why);
	return good && (!k->function || inside_function(why, k->function));
}

static int find_fault(const struct tenon_module *m, void *unused)
{
	(void)unused;
	return !strcmp(tenon_module_name(m), "fault") && tenon_module_state(m) != TENON_QUARANTINED;
}

/* Its number may be another's by now, so it is known by a file, which is closed. */
static bool process_gone(int pidfd)
{
	bool gone = syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) && errno == ESRCH;

	close(pidfd);
	return gone;
}

static void one(const struct kind *k, const char *when)
{
	struct tenon_domain *d = rig_domain("box");
	int process;
	bool answered, again;
	char *before;

	process_log_clear(rig_host);
	rig_domain_close("box");
	before = snapshot();
	d = rig_domain("box");
	process = (int)syscall(SYS_pidfd_open, process_domain_pid(d), 0);
	answered = provoke(d, k->what, when);
	process_settle(rig_host);
	ok(answered && diagnosed(k), "F-03 %s in %s: the request fails, kind, module and place are named", k->what,
	   when);
	ok(!tenon_for_each(rig_core, find_fault, NULL), "F-03 %s in %s: the module is gone", k->what, when);
	ok(process_gone(process), "F-03 %s in %s: so is its process", k->what, when);
	ok(neighbour_served(), "F-03 %s in %s: another domain serves the next request", k->what, when);
	d = rig_domain("box");
	again = !rig_load(d, "fault", "what=none when=read") && read_device() == 0 && !rig_unload(d, "fault");
	ok(again, "F-03 %s in %s: the next of its name is loaded, works and leaves", k->what, when);
	rig_unload_all(d);
	rig_domain_close("box");
	ok(snapshot_same(before, snapshot()), "F-03 %s in %s: nothing is left", k->what, when);
}

/* ---- what it had ---- */

static void everything_comes_back(void)
{
	const char *leak = "memory=20 timer=3 device=4 mutex=2 event=2 buffer=2 arena=2 bytes=10000";
	struct tenon_domain *d;
	char *before = snapshot();

	for (int round = 0; round < 2; round++) {
		d = rig_domain("box");
		ok(!rig_load(d, "leak", leak), "F-03 a module obtains memory, timers, devices, locks%s",
		   round ? " again: the names of its devices are free" : "");
		provoke(d, "wild_write", "init");
		process_settle(rig_host);
	}
	rig_domain_close("box");
	ok(snapshot_same(before, snapshot()), "F-03 its domain has died: all of it is back");
}

static void cycles(int cnt)
{
	for (int i = 0; i < cnt; i++) {
		process_log_clear(rig_host);
		/* All but the endless loop, which takes its time. */
		provoke(rig_domain("box"), kinds[(size_t)i % (KIND_CNT - 1)].what, places[(size_t)i % PLACE_CNT]);
		process_settle(rig_host);
	}
	rig_domain_close("box");
}

/* Kinds and places are coprime in number, so 55 cycles are one of each pair. */
static void flat(void)
{
	struct usage before, after;

	cycles(55);
	before = usage();
	cycles(220);
	after = usage();
	diag("before: %ld files, %ld threads, %ld mappings, heap %zu", before.fds, before.threads, before.maps,
	     before.heap);
	diag("after:  %ld files, %ld threads, %ld mappings, heap %zu", after.fds, after.threads, after.maps,
	     after.heap);
	ok(after.fds == before.fds && after.threads == before.threads && after.children == before.children,
	   "F-20 220 crashes and reloads: files, threads and processes are as many as before");
	ok(after.maps <= before.maps + 2, "F-20 220 crashes and reloads: so are mappings");
	/* The smallest block of malloc has 24 bytes: not one is lost per crash. */
	ok(after.heap < before.heap + 220 * 24, "F-20 220 crashes and reloads: so is the heap");
	ok(neighbour_served(), "F-03 another domain has lived through it");
}

/* ---- a callback that hangs ---- */

static void *hang(void *result)
{
	*(int *)result = read_device();
	return NULL;
}

static void others_while_hanging(void)
{
	uint64_t start = rig_now(), served_ns;
	int result = 0, served = 0;
	pthread_t id;

	process_log_clear(rig_host);
	if (!ok(!rig_load(rig_domain("box"), "fault", "what=loop when=read") &&
		    !pthread_create(&id, NULL, hang, &result),
		"F-48 a thread reads from a device that hangs"))
		return;
	while (!rig_logged("box: domain is dead: ") && rig_now() - start < 60000 * MS)
		served += neighbour_served();
	served_ns = rig_now() - start;
	pthread_join(id, NULL);
	ok(result == -TENON_EOWNERDEAD && served_ns >= DEADLINE_MS * MS,
	   "F-48 a callback that hangs is ended, not before its deadline of 400 ms (%llu)",
	   (unsigned long long)(served_ns / MS));
	ok(served > 0, "F-48 others are served meanwhile (%d requests)", served);
	process_settle(rig_host);
	rig_domain_close("box");
}

/* ---- a callback that is held up ---- */

/* The process gets no CPU for three times as long as a call may compute, as it may happen on a busy machine. */
static void held_up(void)
{
	struct tenon_domain *d = rig_domain("box");
	int pid = process_domain_pid(d), result = -1;
	pthread_t id;

	process_log_clear(rig_host);
	if (!ok(!rig_load(d, "fault", "what=none when=read") && !kill(pid, SIGSTOP) &&
		    !pthread_create(&id, NULL, hang, &result),
		"F-48 a thread reads from a device whose process is stopped"))
		return;
	rig_sleep(3 * DEADLINE_MS * MS);
	kill(pid, SIGCONT);
	pthread_join(id, NULL);
	ok(!result && !rig_logged("box: domain is dead: "),
	   "F-48 a callback that waits for a CPU longer than it may compute is answered: %d %s", result,
	   rig_log_line("box: domain is dead: "));
	ok(rig_unload_all(d), "and its domain lives");
	rig_domain_close("box");
}

static void faults(void)
{
	for (size_t k = 0; k < KIND_CNT - 1; k++)
		for (size_t p = 0; p < PLACE_CNT; p++)
			one(&kinds[k], places[p]);
	everything_comes_back();
	flat();
}

static void loops(void)
{
	for (size_t p = 0; p < PLACE_CNT; p++)
		one(&kinds[KIND_CNT - 1], places[p]);
	others_while_hanging();
	held_up();
}

/* With a host of their own: on a busy machine a short deadline may pass before anything else happens. */
static void in_a_host(void (*tests)(void), uint32_t deadline_ms)
{
	const struct process_options options = { .deadline_ms = deadline_ms };

	rig_open(&options);
	neighbour_open();
	tests();
	neighbour_close();
	rig_unload_all(rig_domain("other"));
	rig_domain_close("other");
	ok(rig_close(), "the host closes");
}

int main(void)
{
	in_a_host(faults, 0);
	in_a_host(loops, DEADLINE_MS);
	return tap_done();
}
