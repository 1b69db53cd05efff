/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What module code could do by system calls: after this, compute and wait. In this order: no network, no user, no group,
 * no capability, no way to get any back, few resources, and lists of system calls, a shorter one for the threads that
 * run modules; all others end the process.
 */
#include <asm/prctl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/signal.h>
#include <linux/stat.h>
#include <stddef.h>

#include "port/process/domain/domain.h"
#include "port/process/domain/sys.h"

#define NOBODY 65534
#define SIGKILL_NUMBER 9

static void must(long result, int status)
{
	if (result)
		sys_exit_all(status);
}

static void limit(int resource, unsigned long most)
{
	const struct { unsigned long cur, max; } both = { most, most };

	must(sys6(SYS_prlimit64, 0, resource, (long)&both, 0, 0, 0), EXIT_RIGHTS);
}

static void drop_user(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[2] = { { 0 } };

	/* The bounding set first: it takes a capability to drop one. Without root there is nothing in it that we have. */
	for (int cap = 0; cap < 64; cap++)
		sys6(SYS_prctl, PR_CAPBSET_DROP, cap, 0, 0, 0, 0);
	if (!sys3(SYS_geteuid, 0, 0, 0)) {
		must(sys3(SYS_setgroups, 0, 0, 0), EXIT_RIGHTS);
		must(sys3(SYS_setresgid, NOBODY, NOBODY, NOBODY), EXIT_RIGHTS);
		must(sys3(SYS_setresuid, NOBODY, NOBODY, NOBODY), EXIT_RIGHTS);
	}
	must(sys3(SYS_capset, (long)&header, (long)none, 0), EXIT_RIGHTS);
	must(sys6(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0), EXIT_RIGHTS);
	must(sys6(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0, 0), EXIT_RIGHTS);
}

/* ---- the lists of system calls, as programs for the kernel's filter ---- */

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define LOAD_ARG(n) LOAD(args[n]) /* its low half; the machine is little-endian */
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define KILL BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
/* The call is allowed. */
#define ANY_ARGS(nr) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1), ALLOW
/* Allowed if argument n is the value; leaves the number loaded if it is another call. */
#define ONE_ARG(nr, n, value) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 4), LOAD_ARG(n), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1), ALLOW, KILL
/* Not writable and executable at once: the third argument. */
#define NOT_WX(nr) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 5), LOAD_ARG(2), \
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, PROT_WRITE | PROT_EXEC), \
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROT_WRITE | PROT_EXEC, 1, 0), ALLOW, KILL

#define THREAD_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS)

#define BEGIN LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0), KILL, LOAD(nr)

/* What the control loop needs, which runs no code of modules, and its new threads until they have a list of their own. */
static const struct sock_filter control_list[] = {
	BEGIN,
	ANY_ARGS(SYS_futex),
	ANY_ARGS(SYS_rt_sigreturn),
	ANY_ARGS(SYS_sigaltstack),
	ANY_ARGS(SYS_exit_group),
	ANY_ARGS(SYS_munmap),
	ONE_ARG(SYS_arch_prctl, 0, ARCH_SET_GS),
	ONE_ARG(SYS_clone, 0, THREAD_FLAGS),
	ONE_ARG(SYS_membarrier, 0, MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE),
	ONE_ARG(SYS_seccomp, 0, SECCOMP_SET_MODE_FILTER), /* filters only ever add up */
	NOT_WX(SYS_mprotect),
	NOT_WX(SYS_mmap),
	KILL,
};

/* What a thread of modules may do besides computing: no mapping of memory, above all none that can be executed. */
static const struct sock_filter module_list[] = {
	BEGIN,
	ANY_ARGS(SYS_futex),
	ANY_ARGS(SYS_rt_sigreturn),
	ANY_ARGS(SYS_exit_group),
	ONE_ARG(SYS_arch_prctl, 0, ARCH_SET_GS),
	KILL,
};

static void install(const struct sock_filter *list, unsigned short len)
{
	const struct sock_fprog prog = { .len = len, .filter = (struct sock_filter *)list };

	must(sys3(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)&prog), EXIT_SECCOMP);
}

void rights_drop_thread(void)
{
	install(module_list, sizeof(module_list) / sizeof(module_list[0]));
}

void rights_drop(void)
{
	/* Files: all that is left is domain memory. */
	must(sys3(SYS_close_range, 0, DOMAIN_MEMFD - 1, 0), EXIT_RIGHTS);
	must(sys3(SYS_close_range, DOMAIN_MEMFD + 1, 0x7fffffff, 0), EXIT_RIGHTS);
	/* Not permitted everywhere, and not needed: no socket can be made either. */
	sys3(SYS_unshare, CLONE_NEWNET | CLONE_NEWIPC, 0, 0);
	must(sys3(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0), EXIT_RIGHTS);
	drop_user();
	/* End with the host. After the change of user, which clears it. */
	must(sys6(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL_NUMBER, 0, 0, 0, 0), EXIT_RIGHTS);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, DOMAIN_MEMFD + 1);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_MEMLOCK, 0);
	limit(RLIMIT_MSGQUEUE, 0);
	limit(RLIMIT_AS, domain.size + (64ul << 20));
	install(control_list, sizeof(control_list) / sizeof(control_list[0]));
}
