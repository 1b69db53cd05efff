// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What concerns the whole machine: its names, how it is, switching it off. */
#include "kernel/console.h"
#include "kernel/log.h"
#include "kernel/mm/page.h"
#include "kernel/mm/user.h"
#include "kernel/process/process.h"
#include "kernel/random.h"
#include "kernel/release.h"
#include "kernel/sched/lock.h"
#include "kernel/sched/timer.h"
#include "kernel/syscall/syscall.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define NAME_BYTES 65 /* with NUL, of Linux's struct new_utsname */

enum { REBOOT_MAGIC = 0xfee1dead, REBOOT_MAGIC_2 = 672274793 };
enum { REBOOT_RESTART = 0x01234567, REBOOT_HALT = 0xcdef0123u, REBOOT_POWER_OFF = 0x4321fedc };
enum { REBOOT_CAD_ON = 0x89abcdefu, REBOOT_CAD_OFF = 0 };

struct utsname {
	char system[NAME_BYTES], node[NAME_BYTES], release[NAME_BYTES], version[NAME_BYTES], machine[NAME_BYTES],
	    domain[NAME_BYTES];
};

static struct mutex names_lock = MUTEX_INIT(LOCK_OBJECT); /* of node and domain */
static struct utsname names = {
	.system = "Linux", /* whose calls these are: programs ask for it */
	.node = "tenon",
	.release = KERNEL_RELEASE,
	.version = "#1 SMP PREEMPT",
	.machine = "x86_64",
	.domain = "(none)",
};

int64_t sys_uname(const uint64_t arg[6])
{
	struct utsname copy;

	mutex_lock(&names_lock);
	copy = names;
	mutex_unlock(&names_lock);
	return user_copy_out(arg[0], &copy, sizeof(copy));
}

static int64_t set_name(char *name, const uint64_t arg[6])
{
	char text[NAME_BYTES] = "";
	int len = (int)arg[1];

	if (process_credentials()->euid)
		return -TENON_EPERM;
	if (len < 0 || len >= NAME_BYTES)
		return -TENON_EINVAL;
	if (user_copy_in(text, arg[0], (size_t)len))
		return -TENON_EFAULT;
	mutex_lock(&names_lock);
	memcpy(name, text, sizeof(text));
	mutex_unlock(&names_lock);
	return 0;
}

int64_t sys_sethostname(const uint64_t arg[6])
{
	return set_name(names.node, arg);
}

int64_t sys_setdomainname(const uint64_t arg[6])
{
	return set_name(names.domain, arg);
}

int64_t sys_reboot(const uint64_t arg[6])
{
	if (process_credentials()->euid)
		return -TENON_EPERM;
	if ((uint32_t)arg[0] != REBOOT_MAGIC || (uint32_t)arg[1] != REBOOT_MAGIC_2)
		return -TENON_EINVAL;
	switch ((uint32_t)arg[2]) {
	case REBOOT_RESTART:
		machine_restart();
	case REBOOT_HALT:
		machine_halt();
	case REBOOT_POWER_OFF:
		machine_power_off();
	case REBOOT_CAD_ON: /* there is no keyboard that Ctrl-Alt-Del could be typed on */
	case REBOOT_CAD_OFF:
		return 0;
	}
	return -TENON_EINVAL;
}

int64_t sys_sysinfo(const uint64_t arg[6])
{
	struct { /* of Linux's <linux/sysinfo.h> */
		int64_t uptime;
		uint64_t loads[3], total, free, shared, buffers, swap_total, swap_free;
		uint16_t processes;
		uint64_t high_total, high_free;
		uint32_t unit;
	} info = { .uptime = (int64_t)(clock_ns() / NS_PER_SECOND), .unit = PAGE_BYTES };
	struct process_totals processes;
	struct page_totals pages;

	process_totals(&processes);
	page_totals(&pages);
	info.processes = (uint16_t)processes.process_cnt;
	info.total = pages.total;
	info.free = pages.free;
	return user_copy_out(arg[0], &info, sizeof(info));
}

/* A program's execution domain: Linux's own is the only one. */
int64_t sys_personality(const uint64_t arg[6])
{
	return (uint32_t)arg[0] == UINT32_MAX || arg[0] == 0 ? 0 : -TENON_EINVAL;
}

int64_t sys_getrandom(const uint64_t arg[6])
{
	enum { NONBLOCK = 1, RANDOM = 2, INSECURE = 4 };
	uint64_t bytes = arg[1] <= INT32_MAX ? arg[1] : INT32_MAX, done = 0;
	uint8_t chunk[64];

	if (arg[2] & ~(uint64_t)(NONBLOCK | RANDOM | INSECURE))
		return -TENON_EINVAL;
	while (done < bytes) {
		size_t part = bytes - done < sizeof(chunk) ? bytes - done : sizeof(chunk);

		random_bytes(chunk, part);
		if (user_copy_out(arg[0] + done, chunk, part))
			return done ? (int64_t)done : -TENON_EFAULT;
		done += part;
		if (done % 65536 == 0 && task_work_pending())
			break;
	}
	return (int64_t)done;
}

/* ---- the log ----------------------------------------------------------------------------------------------------- */

enum {
	LOG_CLOSE,
	LOG_OPEN,
	LOG_READ,
	LOG_READ_ALL,
	LOG_READ_CLEAR,
	LOG_CLEAR,
	LOG_CONSOLE_OFF,
	LOG_CONSOLE_ON,
	LOG_CONSOLE_LEVEL,
	LOG_SIZE_UNREAD,
	LOG_SIZE,
};

#define LOG_TEXT_BYTES (LOG_LINE_BYTES + 48) /* a line as it is read: level, time, newline */
#define LOG_BYTES 131072 /* more than all lines that are kept take so */

static _Atomic uint64_t cleared; /* lines before this one are not shown any more */

static size_t format(const struct log_entry *e, char text[LOG_TEXT_BYTES])
{
	return (size_t)tenon_snprintf(text, LOG_TEXT_BYTES, "<%d>[%5llu.%06llu] %.*s\n", e->level,
				      (unsigned long long)(e->time_ns / NS_PER_SECOND),
				      (unsigned long long)(e->time_ns % NS_PER_SECOND / 1000), (int)e->len, e->text);
}

/* From which line on all the rest takes at most @room bytes. */
static uint64_t first_that_fits(uint64_t room)
{
	char text[LOG_TEXT_BYTES];
	struct log_entry e;
	uint64_t bytes = 0, first;

	for (uint64_t s = cleared; !log_read(s, &e); s = e.sequence + 1)
		bytes += format(&e, text);
	first = cleared;
	for (uint64_t s = first; bytes > room && !log_read(s, &e); s = e.sequence + 1) {
		bytes -= format(&e, text);
		first = e.sequence + 1;
	}
	return first;
}

static int64_t read_all(user_addr to, uint64_t room)
{
	char text[LOG_TEXT_BYTES];
	struct log_entry e;
	uint64_t done = 0;

	for (uint64_t s = first_that_fits(room); !log_read(s, &e); s = e.sequence + 1) {
		size_t len = format(&e, text);

		if (len > room - done) /* lines have come meanwhile */
			break;
		if (user_copy_out(to + done, text, len))
			return -TENON_EFAULT;
		done += len;
	}
	return (int64_t)done;
}

int64_t sys_syslog(const uint64_t arg[6])
{
	int len = (int)arg[2];
	int64_t got;

	/* Anybody may read it, only root changes what others see. */
	if (process_credentials()->euid && (int)arg[0] != LOG_READ_ALL && (int)arg[0] != LOG_SIZE)
		return -TENON_EPERM;
	switch ((int)arg[0]) {
	case LOG_READ_ALL:
	case LOG_READ_CLEAR:
		got = len < 0 ? -TENON_EINVAL : read_all(arg[1], (uint64_t)len);
		if (got >= 0 && (int)arg[0] == LOG_READ_CLEAR)
			cleared = log_next_sequence();
		return got;
	case LOG_CLEAR:
		cleared = log_next_sequence();
		return 0;
	case LOG_CONSOLE_OFF:
		log_set_console_level(1);
		return 0;
	case LOG_CONSOLE_ON:
		log_set_console_level(LOG_CONSOLE_DEFAULT);
		return 0;
	case LOG_CONSOLE_LEVEL:
		if (len < 1 || len > LOG_DEBUG + 1)
			return -TENON_EINVAL;
		log_set_console_level(len);
		return 0;
	case LOG_SIZE:
		return LOG_BYTES;
	}
	return -TENON_EINVAL; /* reading line by line is what /dev/kmsg is for */
}
