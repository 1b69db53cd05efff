/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What module code could do by system calls: after this, compute and wait. In this order: no network, no user, no
 * group, no capability, no way to get any back, few resources, and lists of system calls, a shorter one for the threads
 * that run modules; all others end the process. Resource limits back the lists: what no list lets
 * through is refused by them as well.
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
	const struct {
		unsigned long cur, max;
	} both = { most, most };

	must(sys6(SYS_prlimit64, 0, resource, (long)&both, 0, 0, 0), EXIT_RIGHTS);
}

static void close_all_but(unsigned int first, unsigned int last)
{
	must(sys3(SYS_close_range, 0, first - 1, 0), EXIT_RIGHTS);
	must(sys3(SYS_close_range, last + 1, 0x7fffffff, 0), EXIT_RIGHTS);
}

#define NETWORK (CLONE_NEWNET | CLONE_NEWIPC)

/* It takes a capability to drop one from the bounding set; without any nothing in it can be had. */
static void drop_bounding(void)
{
	for (int cap = 0; cap < 64; cap++)
		sys6(SYS_prctl, PR_CAPBSET_DROP, cap, 0, 0, 0, 0);
}

/*
 * What is not permitted everywhere is not needed: no list lets a socket, a process or a thread too many be made. In a
 * user namespace of its own the kernel counts its threads apart from all others of the same user.
 */
static void drop_user(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[2] = { { 0 } };

	long network = sys3(SYS_unshare, NETWORK, 0, 0);

	if (!sys3(SYS_geteuid, 0, 0, 0)) {
		drop_bounding(); /* nobody cannot, where there are no user namespaces, as in a chroot */
		must(sys3(SYS_setgroups, 0, 0, 0), EXIT_RIGHTS);
		must(sys3(SYS_setresgid, NOBODY, NOBODY, NOBODY), EXIT_RIGHTS);
		must(sys3(SYS_setresuid, NOBODY, NOBODY, NOBODY), EXIT_RIGHTS);
	}
	if (!sys3(SYS_unshare, CLONE_NEWUSER, 0, 0)) {
		if (network)
			sys3(SYS_unshare, NETWORK, 0, 0);
		limit(RLIMIT_NPROC, CHANNEL_CNT + 1);
		drop_bounding(); /* it began with a full one */
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
/* Waiting and waking, in one's own memory: no operation that moves or changes who waits, such as the host. */
#define PLAIN_FUTEX \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_futex, 0, 4), LOAD_ARG(1), \
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, FUTEX_WAKE, 1, 0), ALLOW, KILL
/* Not writable and executable at once: the third argument. */
#define NOT_WX(nr) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 5), LOAD_ARG(2), \
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, PROT_WRITE | PROT_EXEC), \
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROT_WRITE | PROT_EXEC, 1, 0), ALLOW, KILL

#define BEGIN LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0), KILL, LOAD(nr)

/*
 * One call of the control loop is the host's to answer: it is how orders come. The other lists decide about all others.
 */
const struct sock_filter listener_list[] = {
	BEGIN,
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CONTROL_CALL, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	ALLOW,
};

/*
 * What the control loop needs, which runs no code of modules, and its new threads until they have a list of their own.
 */
const struct sock_filter control_list[] = {
	BEGIN,
	ANY_ARGS(CONTROL_CALL),
	PLAIN_FUTEX,
	ANY_ARGS(SYS_rt_sigreturn),
	ANY_ARGS(SYS_sigaltstack),
	ANY_ARGS(SYS_exit_group),
	ANY_ARGS(SYS_munmap),
	ONE_ARG(SYS_arch_prctl, 0, ARCH_SET_GS),
	ONE_ARG(SYS_clone, 0, LOOP_CLONE_FLAGS),
	ONE_ARG(SYS_membarrier, 0, LOOP_MEMBARRIER),
	ONE_ARG(SYS_seccomp, 0, LOOP_SECCOMP), /* lists only ever add up */
	NOT_WX(SYS_mprotect),
	NOT_WX(SYS_mmap),
	KILL,
};

/* What a thread of modules may do besides computing: no orders, no mapping of memory, above all none to be executed. */
const struct sock_filter module_list[] = {
	BEGIN,
	PLAIN_FUTEX,
	ANY_ARGS(SYS_rt_sigreturn),
	ANY_ARGS(SYS_exit_group),
	ONE_ARG(SYS_arch_prctl, 0, ARCH_SET_GS),
	KILL,
};

_Static_assert(LOOP_MAP_FLAGS == (MAP_SHARED | MAP_FIXED) && LOOP_SECCOMP == SECCOMP_SET_MODE_FILTER &&
		   LOOP_MEMBARRIER == MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE &&
		   LOOP_CLONE_FLAGS == (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
					CLONE_SYSVSEM | CLONE_SETTLS),
	       "as the system has them");
_Static_assert(FUTEX_WAIT == 0 && FUTEX_WAKE == 1, "the two lowest");

#define LENGTH(list) (sizeof(list) / sizeof(list[0]))

_Static_assert(LENGTH(listener_list) == LISTENER_LIST_LEN && LENGTH(control_list) == CONTROL_LIST_LEN &&
		   LENGTH(module_list) == MODULE_LIST_LEN,
	       "as entry.S has them");

static void install(const struct sock_fprog *program)
{
	must(sys3(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)program), EXIT_SECCOMP);
}

/* The end at which orders are given goes to the host, and is closed here. */
static void give_orders_away(void)
{
	long listener =
	    sys3(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, (long)&listener_program);

	if (listener < 0)
		sys_exit_all(EXIT_LISTENER);
	send_file(DOMAIN_SOCKET, (int)listener);
	close_all_but(DOMAIN_MEMFD, DOMAIN_MEMFD);
}

void rights_drop(void)
{
	/* Files: all that is left is domain memory, and the way back to the host. */
	close_all_but(DOMAIN_MEMFD, DOMAIN_SOCKET);
	must(sys3(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0), EXIT_RIGHTS);
	drop_user();
	/* End with the host. After the change of user, which clears it. */
	must(sys6(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL_NUMBER, 0, 0, 0, 0), EXIT_RIGHTS);
	give_orders_away();
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, DOMAIN_MEMFD + 1);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_MEMLOCK, 0);
	limit(RLIMIT_MSGQUEUE, 0);
	limit(RLIMIT_AS, START->size + (64ul << 20));
	install(&control_program);
}
