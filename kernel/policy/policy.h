/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What programs may do beyond what permissions say is decided by policies, which are modules (kpi/policy.def). Each question
 * is one load and a branch while no policy decides it.
 *
 * Asked are those of the process that runs; what the kernel does for itself is asked only of modules. Thread, no lock is held.
 * Return of all: 0, or a policy's refusal, which is in the log; -TENON_ENOMEM and -TENON_ENAMETOOLONG: nobody could be asked,
 * so it is refused.
 */
#ifndef KERNEL_POLICY_POLICY_H
#define KERNEL_POLICY_POLICY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "tenon/kpi/policy.h"

struct file;
struct name;
struct node;
struct process;

enum policy_op { /* the order of struct tenon_policy_ops */
		 POLICY_OPEN,
		 POLICY_EXEC,
		 POLICY_MAP,
		 POLICY_MOUNT,
		 POLICY_SOCKET,
		 POLICY_KILL,
		 POLICY_LOAD,
		 POLICY_UNLOAD,
		 POLICY_REQUEST,
		 POLICY_OP_CNT
};

extern _Atomic uint32_t policy_ops; /* a bit for each that some policy decides */

static inline bool policy_decides(enum policy_op op)
{
	return __builtin_expect(atomic_load_explicit(&policy_ops, memory_order_relaxed) >> op & 1, 0);
}

/* The other half of what follows. @name: below @node, or NULL; @file: whose contents count, or NULL. */
int policy_ask_node(enum policy_op op, struct node *node, const struct name *name, uint64_t access, struct file *file);
int policy_ask_memory(void);
int policy_ask_mount(const char *source, struct node *at, const char *type);
int policy_ask_socket(int family, unsigned type, int protocol);
int policy_ask_kill(struct process *target, int pid, int signo);
int policy_ask_module(enum policy_op op, const char *name, const char *domain);

/* @access: enum tenon_policy_access. */
static inline int policy_open(struct node *node, unsigned access)
{
	return policy_decides(POLICY_OPEN) ? policy_ask_node(POLICY_OPEN, node, NULL, access, NULL) : 0;
}

/* A name in a directory is made, removed or moved. */
static inline int policy_change(struct node *dir, const struct name *name, unsigned more)
{
	return policy_decides(POLICY_OPEN) ? policy_ask_node(POLICY_OPEN, dir, name, TENON_POLICY_CHANGE | more, NULL) :
					     0;
}

/* @file can be read and cannot be written: file_deny_writing(). @op: POLICY_EXEC or POLICY_MAP. */
static inline int policy_execute(enum policy_op op, struct file *file, struct node *node)
{
	return policy_decides(op) ? policy_ask_node(op, node, NULL, 0, file) : 0;
}

/* What the program has in memory, which it may have written, is to become executable. */
static inline int policy_map_memory(void)
{
	return policy_decides(POLICY_MAP) ? policy_ask_memory() : 0;
}

/* @source and @type: "" as in tenon_policy_ops. */
static inline int policy_mount(const char *source, struct node *at, const char *type)
{
	return policy_decides(POLICY_MOUNT) ? policy_ask_mount(source, at, type) : 0;
}

static inline int policy_socket(int family, unsigned type, int protocol)
{
	return policy_decides(POLICY_SOCKET) ? policy_ask_socket(family, type, protocol) : 0;
}

/* @target: NULL: several, as @pid says to kill(2). */
static inline int policy_kill(struct process *target, int pid, int signo)
{
	return policy_decides(POLICY_KILL) ? policy_ask_kill(target, pid, signo) : 0;
}

static inline int policy_load(const char *name, const char *domain)
{
	return policy_decides(POLICY_LOAD) ? policy_ask_module(POLICY_LOAD, name, domain) : 0;
}

static inline int policy_unload(const char *name)
{
	return policy_decides(POLICY_UNLOAD) ? policy_ask_module(POLICY_UNLOAD, name, "") : 0;
}

static inline int policy_request(const char *alias)
{
	return policy_decides(POLICY_REQUEST) ? policy_ask_module(POLICY_REQUEST, alias, "") : 0;
}

/* ---- between the two halves -------------------------------------------------------------------------------------- */

/* kernel/policy/kpi/policy.c: ask all. @by: who refuses. */
int kpi_policy_ask(enum policy_op op, uint64_t args[6], struct file *file, char by[TENON_POLICY_NAME_BYTES]);

/* Does the kernel take any? If not that is in the log. */
bool policy_accepted(const char *name);
/* *@node is what programs see of it, below /sys/kernel/security. Return: 0, -TENON_EEXIST, -TENON_ENOMEM. */
int policy_node_add(const char *name, void **node);
void policy_node_remove(void *node);
/* SHA-256 of all of a file. Return: 0, -TENON_EIO, -TENON_ENOMEM. */
int policy_file_digest(struct file *file, uint8_t digest[TENON_POLICY_DIGEST_BYTES]);
/* Of the file /etc/policy/@module. Return: bytes, -TENON_ENOENT, -TENON_EIO. */
long policy_text_read(const char *module, void *to, size_t bytes, uint64_t offset);

/* /sys/kernel/security. Once, by module_init(). */
void policies_init(void);

#endif
