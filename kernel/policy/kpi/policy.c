// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Policies of modules: kpi/policy.def, over kernel/policy/policy.h. There is one list for all domains, under the devices'
 * lock. An entry is a name and what it decides; it outlives the module that has faulted, and then refuses, until a module
 * registers that name again.
 */
#include "core/fmt/modsig.h"
#include "kernel/policy/policy.h"
#include "kernel/sched/thread.h"
#include "kernel/trust/trust.h"
#include "kpi/impl/impl.h"

#define POLICY_CNT 8

struct kpi_policy {
	struct object object;
	struct entry *entry; /* NULL: not in the list (any more). Devices' lock, as the node */
	void *node;
	uint64_t ctx;
	bool held; /* its module holds itself for it */
	tenon_addr ops[POLICY_OP_CNT];
};

struct entry {
	char name[TENON_POLICY_NAME_BYTES]; /* "": free */
	struct kpi_policy *policy;          /* NULL: it has died, and all that it decided is refused */
	uint32_t decides;                   /* a bit for each enum policy_op */
};

static struct entry entries[POLICY_CNT];

/* What a thread is just asking a policy about. */
struct kpi_decision {
	struct kpi_domain *domain;
	struct file *file; /* or NULL */
};

static void lock(void)
{
	kpi.host->lock(&kpi.devices);
}

static void unlock(void)
{
	kpi.host->unlock(&kpi.devices);
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

/* Return: -TENON_ENOENT: it does not decide that; -TENON_EOWNERDEAD: it has died; 0: its module is entered. */
static int enter(const struct entry *e, enum policy_op op, struct tenon_thread *self, struct tenon_kpi_code *code,
		 uint64_t *ctx, struct kpi_domain **d, char name[TENON_POLICY_NAME_BYTES])
{
	int err = -TENON_ENOENT;

	lock();
	if (e->name[0] && e->decides >> op & 1) {
		memcpy(name, e->name, sizeof(e->name));
		err = -TENON_EOWNERDEAD;
		if (e->policy && tenon_enter(self, e->policy->object.account->module)) {
			code->module = e->policy->object.account->module;
			code->address = e->policy->ops[op];
			*ctx = e->policy->ctx;
			*d = e->policy->object.domain;
			err = 0;
		}
	}
	unlock();
	return err;
}

int kpi_policy_ask(enum policy_op op, uint64_t args[KPI_ARGS_MAX], struct file *file, char by[TENON_POLICY_NAME_BYTES])
{
	struct tenon_kpi_thread *self = kpi.host->self();
	struct tenon_kpi_code code = { .type = callback_type("tenon_policy_ops", op) };
	const struct kpi_decision *outer = self->decision;
	struct kpi_decision decision = { .file = file };
	int64_t result = 0;
	int err;

	if (outer)
		return 0; /* what a policy itself does when it is asked */
	for (const struct entry *e = entries; e < entries + POLICY_CNT; e++) {
		err = enter(e, op, self->core, &code, &args[0], &decision.domain, by);
		if (err == -TENON_ENOENT)
			continue;
		if (!err) {
			self->decision = &decision;
			err = upcall_entered(&code, args, &result);
			self->decision = outer;
		}
		if (err)
			return -TENON_EOWNERDEAD;
		if (result)
			return result < 0 && result >= -4095 && result != -TENON_EOWNERDEAD ? (int)result :
											      -TENON_EPERM;
	}
	return 0;
}

long tenon_policy_digest(void *digest, size_t len)
{
	struct caller c = caller_thread();
	const struct kpi_decision *d = c.self->decision;
	int err;

	if (len != TENON_POLICY_DIGEST_BYTES)
		return -TENON_EINVAL;
	if (!d || d->domain != c.d || !d->file)
		return -TENON_EPERM;
	err = policy_file_digest(d->file, digest);
	return err ? err : (long)len;
}

/* ---- what a policy is made of ------------------------------------------------------------------------------------ */

long tenon_policy_text(uint64_t offset, void *data, size_t len)
{
	struct caller c = caller_thread();

	if (c.self->decision || !c.m)
		return -TENON_EPERM;
	return policy_text_read(tenon_module_name(c.m), data, len, offset);
}

long tenon_policy_verify(const void *text, size_t len)
{
	struct tenon_diag diag;
	struct modsig_parts sig;
	int err;

	caller_thread();
	if (modsig_split(text, len, &sig, &diag) || !sig.message)
		return -TENON_EINVAL;
	if (thread_stack_left() < TRUST_STACK_BYTES)
		return -TENON_ELOOP;
	err = trust_check(text, sig.content_size, sig.message, sig.message_size);
	return err ? err : (long)sig.content_size;
}

/* ---- registering ------------------------------------------------------------------------------------------------- */

/* Devices' lock. */
static void count_ops(void)
{
	uint32_t decided = 0;

	for (const struct entry *e = entries; e < entries + POLICY_CNT; e++)
		decided |= e->decides;
	atomic_store(&policy_ops, decided);
}

/* Return: 0, -TENON_EEXIST, -TENON_ENOSPC, -TENON_EBADF: reclaimed already. */
static int take_entry(struct kpi_policy *p, const char *name)
{
	struct entry *e = entries, *free = NULL;
	int err = 0;

	lock();
	for (; e < entries + POLICY_CNT && strcmp(e->name, name); e++)
		if (!e->name[0] && !free)
			free = e;
	if (e == entries + POLICY_CNT)
		e = free;
	if (!e)
		err = -TENON_ENOSPC;
	else if (e->policy)
		err = -TENON_EEXIST;
	else if (p->object.dead)
		err = -TENON_EBADF;
	if (!err) {
		memcpy(e->name, name, strlen(name) + 1);
		e->policy = p;
		e->decides = 0;
		for (unsigned op = 0; op < POLICY_OP_CNT; op++)
			e->decides |= p->ops[op] ? 1u << op : 0;
		p->entry = e;
		count_ops();
	}
	unlock();
	return err;
}

/* @died: what it decided is refused from now on. Once or more. No lock is held. */
static void withdraw(struct kpi_policy *p, bool died)
{
	void *node;
	bool held;

	lock();
	if (p->entry) {
		p->entry->policy = NULL;
		if (!died)
			*p->entry = (struct entry){ .decides = 0 };
		count_ops();
	}
	p->entry = NULL;
	node = p->node;
	p->node = NULL;
	held = p->held;
	p->held = false;
	unlock();
	if (node)
		policy_node_remove(node);
	if (held)
		tenon_put(p->object.account->module, "a policy");
}

/* A module that leaves takes its policy with it; one that has faulted does not. */
static void cancel(struct object *o)
{
	withdraw((struct kpi_policy *)o, tenon_module_state(o->account->module) == TENON_QUARANTINED);
}

static const struct object_type policy_type = { .name = "policy", .size = sizeof(struct kpi_policy), .cancel = cancel };

/* @p is in the list: programs can see it, and its module stays. It may be withdrawn meanwhile. */
static int complete(struct kpi_policy *p, const char *name, bool removable)
{
	void *node;
	bool held = !removable && tenon_try_get(p->object.account->module), gone;
	int err = held || removable ? policy_node_add(name, &node) : -TENON_EBADF;

	lock();
	gone = !p->entry;
	if (!err && !gone) {
		p->node = node;
		p->held = held;
	}
	unlock();
	if (!err && !gone)
		return 0;
	if (!err)
		policy_node_remove(node);
	if (held)
		tenon_put(p->object.account->module, "a policy");
	return err ? err : -TENON_EBADF;
}

tenon_handle tenon_policy_register(struct tenon_this_module *self, const char *name, unsigned int flags,
				   const struct tenon_policy_ops *ops, void *ctx)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct kpi_policy *p;
	tenon_handle handle;
	int err;

	_Static_assert(sizeof(*ops) == sizeof(p->ops), "callbacks and enum agree");
	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!tenon_name_valid(name, TENON_POLICY_NAME_BYTES) || flags & ~(unsigned)TENON_POLICY_REMOVABLE)
		return (tenon_handle)-TENON_EINVAL;
	if (!policy_accepted(name))
		return (tenon_handle)-TENON_EPERM;
	p = object_new(&c, &policy_type, m, 0);
	if (!p)
		return (tenon_handle)-TENON_ENOMEM;
	memcpy(p->ops, ops, sizeof(p->ops));
	p->ctx = (uintptr_t)ctx;
	for (unsigned op = 0; op < POLICY_OP_CNT; op++)
		if (p->ops[op] && !is_code(m, p->ops[op])) {
			object_free(&p->object);
			return (tenon_handle)-TENON_EINVAL;
		}
	handle = object_publish_held(&p->object);
	if ((long)handle < 0)
		return handle;
	err = take_entry(p, name);
	if (!err)
		err = complete(p, name, flags & TENON_POLICY_REMOVABLE);
	if (!err) {
		object_put(&p->object);
		return handle;
	}
	withdraw(p, false);
	object_give_back(&p->object);
	return (tenon_handle)(long)err;
}

int tenon_policy_unregister(tenon_handle policy)
{
	struct kpi_policy *p = object_get(caller_thread().d, policy, &policy_type);

	if (!p)
		return -TENON_EBADF;
	if (p->held) {
		object_put(&p->object);
		return -TENON_EPERM;
	}
	withdraw(p, false);
	return object_give_back(&p->object);
}
