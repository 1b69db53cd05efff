/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * modprobe, when the kernel or a daemon has started it: nobody reads what it says, so that what policy stops goes to
 * the log, with the one who asked.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "user/tools/modprobe.h"
#include "user/tools/tools.h"

/* Add "NAME (process 12, user 1000)". */
static void add_process(const char *pid, char *text, size_t size)
{
	char path[64], name[64];
	size_t len = strlen(text);
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%.20s", pid);
	if (stat(path, &st))
		return;
	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	tools_line(path, name, sizeof(name));
	snprintf(text + len, size - len, "%s%s (process %s, user %u)", len ? ", " : "", name, pid, st.st_uid);
}

/*
 * A kernel thread has started us. The processes that had the kernel do it wait in there until we end; should there be
 * several, any of them can be the one.
 */
static void add_waiting(char *text, size_t size)
{
	DIR *dir = opendir("/proc");
	const struct dirent *e;
	char path[64], where[64];

	while (dir && (e = readdir(dir))) {
		if (!isdigit((unsigned char)*e->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/wchan", e->d_name);
		tools_line(path, where, sizeof(where));
		if (strstr(where, "call_usermodehelper") || strstr(where, "request_module"))
			add_process(e->d_name, text, size);
	}
	if (dir)
		closedir(dir);
}

static void who_asked(char *text, size_t size)
{
	char path[64], parent[24], line[2];

	*text = '\0';
	snprintf(parent, sizeof(parent), "%d", getppid());
	snprintf(path, sizeof(path), "/proc/%s/cmdline", parent);
	/* Kernel threads have an empty one. */
	if (tools_line(path, line, sizeof(line)))
		add_process(parent, text, size);
	else
		add_waiting(text, size);
	if (!*text)
		snprintf(text, size, "the kernel");
}

/*
 * To the kernel's log, which is there before any daemon, and which journald and syslogd read; or else to them. Anybody
 * gives names to processes and asks for aliases: control characters become '?'.
 */
static void write_log(char *text)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	char line[2048];
	bool done;
	int len;

	for (char *c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	len = snprintf(line, sizeof(line), "<%d>modprobe: %s\n", LOG_DAEMON | LOG_WARNING, text);
	done = fd >= 0 && write(fd, line, (size_t)len) == len;
	if (fd >= 0)
		close(fd);
	if (!done)
		syslog(LOG_DAEMON | LOG_WARNING, "%s", text);
}

void modprobe_log_policy(const struct modprobe *m, const struct tmod_plan *plan)
{
	char who[512] = "", text[1800], why[512];
	const struct tmod_step *steps;
	size_t cnt;

	if (m->log.level && !m->log.syslog)
		return;
	steps = tmod_plan_steps(plan, &cnt);
	for (size_t i = 0; i < cnt; i++) {
		const struct tmod_step *s = &steps[i];

		if (!s->stopped_by || !s->required)
			continue;
		if (!*who)
			who_asked(who, sizeof(who));
		tmod_entry_explain(s->stopped_by, s->name, why, sizeof(why));
		snprintf(text, sizeof(text), "%s%s%s; %s is asked for by %s", why,
			 s->needed_by ? "; it is wanted by " : "", s->needed_by ? s->needed_by : "",
			 m->word_cnt == 1 ? m->words[0] : "it", who);
		write_log(text);
	}
}
