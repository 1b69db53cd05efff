/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Makes one system call of Linux (x86-64) by itself, past every gate: `insmod syscalls.ko what=socket`. In an isolated
 * domain that must end the domain. What the call returned, if it did, is in the log.
 */
#include "tenon/module.h"

static char *what = "none";
module_param(what, charp, 0444);
static unsigned long target; /* a process id */
module_param(target, ulong, 0444);

static long call(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;

	__asm__ volatile("syscall"
			 : "+a"(nr)
			 : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return nr;
}

static const struct {
	const char *name;
	long nr, arg[6];
} calls[] = {
	{ "read", 0, { 3, 0, 0 } },
	{ "write", 1, { 3, 0, 0 } },
	{ "open", 2, { 0, 0, 0 } }, /* the path is filled in */
	{ "mmap_wx", 9, { 0, 4096, 7, 0x22, -1, 0 } },
	{ "mmap_x", 9, { 0, 4096, 5, 0x22, -1, 0 } },
	{ "mmap_file_x", 9, { 0, 4096, 5, 1, 3, 0 } }, /* the domain's memory once more */
	{ "mprotect_wx", 10, { 0, 4096, 7 } },
	{ "mprotect_x", 10, { 0, 4096, 5 } },
	{ "ioctl", 16, { 0, 0x5401, 0 } },
	{ "socket", 41, { 2, 1, 0 } },
	{ "clone", 56, { 17, 0, 0, 0, 0 } }, /* SIGCHLD: as fork does */
	{ "fork", 57, { 0 } },
	{ "execve", 59, { 0, 0, 0 } },
	{ "kill", 62, { 0, 9, 0 } },        /* the target is filled in */
	{ "ptrace", 101, { 16, 0, 0, 0 } }, /* ATTACH */
	{ "setuid", 105, { 0 } },
	{ "prctl", 157, { 4, 1, 0, 0, 0 } }, /* DUMPABLE */
	{ "mount", 165, { 0, 0, 0, 0, 0 } },
	{ "tgkill", 234, { 0, 0, 9 } },
	{ "openat", 257, { -100, 0, 0 } },
	{ "unshare", 272, { 0x10000000 } }, /* a user namespace */
	{ "process_vm_readv", 310, { 0, 0, 0, 0, 0, 0 } },
	{ "execveat", 322, { 3, 0, 0, 0, 0x1000 } },
	{ "io_uring_setup", 425, { 8, 0 } },
	{ "pidfd_getfd", 438, { 3, 0, 0 } },
	{ "sigaltstack", 131, { 0, 0 } },
	{ "arch_prctl_fs", 158, { 0x1002, 0 } },     /* ARCH_SET_FS; a thread may set GS */
	{ "futex_requeue", 202, { 0, 3, 1, 1, 0 } }, /* would move the host, which waits there */
	{ "futex_lock_pi", 202, { 0, 6, 0, 0 } },
	{ "membarrier", 324, { 8, 0, 0 } },
	{ "seccomp", 317, { 1, 0, 0 } },
	/* What would slow down the rest of its process, or of the machine. */
	{ "setpriority", 141, { 0, 0, -20 } },
	{ "sched_setscheduler", 144, { 0, 1, 0 } },
	{ "sched_setaffinity", 203, { 0, 0, 0 } },
	{ "sched_setattr", 314, { 0, 0, 0 } },
	{ "ioprio_set", 251, { 1, 0, 0 } },
	{ "tkill", 200, { 0, 19 } }, /* SIGSTOP */
	{ "rt_sigqueueinfo", 129, { 0, 19, 0 } },
	{ "rt_sigprocmask", 14, { 0, 0, 0, 8 } },
	{ "madvise", 28, { 0, 4096, 4 } },
	{ "mlock", 149, { 0, 4096 } },
	{ "userfaultfd", 323, { 0 } },
	{ "order", 1000000, { 0 } },     /* the call by which the control loop asks for the host's orders */
	{ "high", 1 << 30 | 39, { 0 } }, /* getpid by the numbers of the x32 interface */
};

static int __init syscalls_init(void)
{
	static char path[] = "/etc/passwd";

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		long arg[6];

		if (strcmp(calls[i].name, what))
			continue;
		memcpy(arg, calls[i].arg, sizeof(arg));
		if (!strcmp(what, "open") || !strcmp(what, "execve"))
			arg[0] = (long)path;
		if (!strcmp(what, "openat"))
			arg[1] = (long)path;
		if (!strcmp(what, "kill") || !strcmp(what, "process_vm_readv"))
			arg[0] = (long)target;
		if (!strcmp(what, "ptrace"))
			arg[1] = (long)target;
		if (!strncmp(what, "mprotect", 8))
			arg[0] = (long)((unsigned long)path & ~4095ul);
		pr_notice("survived %s: %ld\n", what,
			  call(calls[i].nr, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]));
		return 0;
	}
	return -TENON_EINVAL;
}

static void __exit syscalls_exit(void)
{
}

module_init(syscalls_init);
module_exit(syscalls_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Makes a system call by itself");
