// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What policies are asked: who, by which path, and about what. Their side is kpi/policy.c. */
#include "kernel/policy/policy.h"

#include <bearssl_hash.h>

#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/module/find.h"
#include "kernel/process/helper.h"
#include "kernel/process/process.h"
#include "kernel/process/types.h"
#include "kernel/sched/timer.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/path.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define TEXT_DIRECTORY "/etc/policy/"
#define PIECE_BYTES 16384
#define REPORTS_PER_S 20 /* so that a program that tries and tries does not push everything else out of the log */

_Atomic uint32_t policy_ops;

static const char *const op_names[] = { "open", "exec", "map", "mount", "socket", "kill", "load", "unload", "request" };

static struct tenon_policy_subject subject(void)
{
	struct tenon_policy_subject who = { .size = sizeof(who) };

	if (task_current()) {
		who.pid = (uint32_t)process_pid(process_current());
		who.uid = process_credentials()->euid;
		who.helper = helper_runs();
	}
	return who;
}

static bool may_report(void)
{
	static struct spinlock lock = SPINLOCK_INIT(LOCK_LEAF);
	static uint64_t second;
	static unsigned cnt;
	uint64_t now = clock_ns() / NS_PER_SECOND;
	bool may;

	spin_lock(&lock);
	if (now != second)
		cnt = 0;
	second = now;
	may = cnt++ < REPORTS_PER_S;
	spin_unlock(&lock);
	return may;
}

/* @object: for the log. @a: arguments after the program's path. */
static int ask(enum policy_op op, const char *object, struct file *file, const uint64_t a[3])
{
	struct tenon_policy_subject who = subject();
	char by[TENON_POLICY_NAME_BYTES], *program = heap_alloc(TENON_POLICY_PATH_BYTES);
	uint64_t args[6] = { 0, (uintptr_t)&who, (uintptr_t)program, a[0], a[1], a[2] };
	int err;

	if (!program)
		return -TENON_ENOMEM;
	program[0] = '\0';
	if (who.pid)
		process_executable(process_current(), program, TENON_POLICY_PATH_BYTES);
	err = kpi_policy_ask(op, args, file, by);
	if (err && may_report())
		log_warn("policy %s: %s %s %s, for %s (%u), user %u", by,
			 err == -TENON_EOWNERDEAD ? "cannot be asked, so refused:" : "refused:", op_names[op], object,
			 who.pid ? program : "the kernel", who.pid, who.uid);
	heap_free(program);
	return err == -TENON_EOWNERDEAD ? -TENON_EPERM : err;
}

/* As seen from the root of everything, whatever root the process has. Of the heap; *text: where it begins in it. */
static int absolute_path(struct node *node, const struct name *name, char **buf, char **text)
{
	struct node *root = filesystem_root();
	size_t more = name ? name->len + 1 : 0, len;

	*buf = heap_alloc(TENON_POLICY_PATH_BYTES);
	*text = *buf ? path_of(node, root, *buf, TENON_POLICY_PATH_BYTES - more) : NULL;
	node_put(root);
	if (!*text) {
		heap_free(*buf);
		return *buf ? -TENON_ENAMETOOLONG : -TENON_ENOMEM;
	}
	if (!name)
		return 0;
	len = strlen(*text);
	if ((*text)[len - 1] != '/')
		(*text)[len++] = '/';
	memcpy(*text + len, name->text, name->len);
	(*text)[len + name->len] = '\0';
	return 0;
}

int policy_ask_node(enum policy_op op, struct node *node, const struct name *name, uint64_t access, struct file *file)
{
	char *buf, *path;
	int err = absolute_path(node, name, &buf, &path);

	if (err)
		return err;
	err = ask(op, path, file, (uint64_t[3]){ (uintptr_t)path, access });
	heap_free(buf);
	return err;
}

int policy_ask_memory(void)
{
	return ask(POLICY_MAP, "memory", NULL, (uint64_t[3]){ (uintptr_t) "" });
}

int policy_ask_mount(const char *source, struct node *at, const char *type)
{
	char *buf, *path;
	int err = absolute_path(at, NULL, &buf, &path);

	if (err)
		return err;
	err = ask(POLICY_MOUNT, path, NULL, (uint64_t[3]){ (uintptr_t)source, (uintptr_t)path, (uintptr_t)type });
	heap_free(buf);
	return err;
}

int policy_ask_socket(int family, unsigned type, int protocol)
{
	char text[32];

	tenon_snprintf(text, sizeof(text), "of family %d", family);
	return ask(POLICY_SOCKET, text, NULL, (uint64_t[3]){ (uint64_t)family, type, (uint64_t)protocol });
}

int policy_ask_kill(struct process *target, int pid, int signo)
{
	char *program = heap_alloc(TENON_POLICY_PATH_BYTES), text[32];
	int err;

	if (!program)
		return -TENON_ENOMEM;
	program[0] = '\0';
	if (target)
		process_executable(target, program, TENON_POLICY_PATH_BYTES);
	tenon_snprintf(text, sizeof(text), "%d with signal %d", pid, signo);
	err = ask(POLICY_KILL, text, NULL, (uint64_t[3]){ (uint64_t)pid, (uintptr_t)program, (uint64_t)signo });
	heap_free(program);
	return err;
}

int policy_ask_module(enum policy_op op, const char *name, const char *domain)
{
	return ask(op, name, NULL, (uint64_t[3]){ (uintptr_t)name, (uintptr_t)domain });
}

/* ---- what policies ask ------------------------------------------------------------------------------------------- */

int policy_file_digest(struct file *file, uint8_t digest[TENON_POLICY_DIGEST_BYTES])
{
	char *piece = heap_alloc(PIECE_BYTES);
	br_sha256_context c;
	uint64_t offset = 0;
	long got;

	if (!piece)
		return -TENON_ENOMEM;
	br_sha256_init(&c);
	while ((got = file_read_kernel(file, piece, PIECE_BYTES, offset)) > 0) {
		br_sha256_update(&c, piece, (size_t)got);
		offset += (uint64_t)got;
	}
	br_sha256_out(&c, digest);
	heap_free(piece);
	return got ? -TENON_EIO : 0;
}

long policy_text_read(const char *module, void *to, size_t bytes, uint64_t offset)
{
	char path[sizeof(TEXT_DIRECTORY) + 64];
	struct file *file;
	long got;

	tenon_snprintf(path, sizeof(path), TEXT_DIRECTORY "%s", module);
	if (kernel_file_open(path, &file))
		return -TENON_ENOENT;
	got = file_read_kernel(file, to, bytes, offset);
	file_put(file);
	return got < 0 ? -TENON_EIO : got;
}
