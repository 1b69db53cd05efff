/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The core's interface for authors of kernels. Give tenon_create() a struct tenon_host (host.h); then load, call,
 * list and unload modules. Module authors need module.h instead.
 *
 * Every function is called from thread context and may sleep unless it says otherwise, and takes the core's lock
 * itself: never call one with that lock held. Functions that take a @diag accept NULL and fill it in on failure only.
 */
#ifndef TENON_CORE_H
#define TENON_CORE_H

#include "tenon/compiler.h"
#include "tenon/host.h"

#define TENON_NAME_BYTES 56     /* a module's name with its NUL, as in Linux */
#define TENON_SYMBOL_BYTES 512  /* the longest symbol name with its NUL */
#define TENON_PARAMS_BYTES 4096 /* the longest parameter text with its NUL */
#define TENON_DEPTH_MAX 32      /* the deepest nesting of dependencies */
#define TENON_REQUEST_DEPTH_MAX 8 /* loads and unloads that one thread may be in: an init that asks for a module, whose init ... */

struct tenon; /* one instance of the core */

/* ---- instance ------------------------------------------------------------------------------------------------- */

/**
 * tenon_create - make an instance
 * @host: the port; must stay until tenon_destroy
 * @out: the instance
 *
 * Return: 0, -TENON_EINVAL (a required function is missing or a size is not as host.h says), -TENON_ENOMEM.
 */
int tenon_create(const struct tenon_host *host, struct tenon **out);

/**
 * tenon_destroy - free an instance. All modules must be unloaded, all domains closed; else the host's panic is called.
 */
void tenon_destroy(struct tenon *t);

/* Kinds of module; only what a host accepts is linked in. */
struct tenon_personality;
extern const struct tenon_personality tenon_native, tenon_linux;

/**
 * tenon_accept - let modules of a kind load
 * @vermagic: what their version magic must be, kept by reference; NULL: not compared
 * @base: module that all of them need besides what they name, kept by reference; NULL: none
 *
 * Return: 0, or -TENON_EEXIST. Context: before the first load.
 */
int tenon_accept(struct tenon *t, const struct tenon_personality *p, const char *vermagic, const char *base);

/**
 * tenon_explain_versions - when an interface is not the version that a module was built with, say what differs in it
 * Keeps the text of modules' interfaces for that. Without it a diagnosis has only the two checksums.
 * Context: before the first load.
 */
void tenon_explain_versions(struct tenon *t);

/* ---- signatures and policy ------------------------------------------------------------------------------------- */

/* Switches go one way only. One that is thrown during a load holds for each module of it whose init has not begun. */

enum tenon_sig_mode {
	TENON_SIG_OFF,     /* the trailer is cut off and ignored */
	TENON_SIG_AUDIT,   /* checked; a module that fails is logged, tainted and loaded */
	TENON_SIG_ENFORCE, /* a module that fails is refused. Cannot be left */
};

/** tenon_set_sig_mode - Return: 0, or -TENON_EPERM (enforce cannot be left). */
int tenon_set_sig_mode(struct tenon *t, enum tenon_sig_mode mode);
enum tenon_sig_mode tenon_sig_mode(struct tenon *t);

/**
 * tenon_set_signer - for the host's verify function: remember @signer, any number, with the module being verified
 * Context: only inside verify, on its thread.
 */
void tenon_set_signer(struct tenon *t, uint64_t signer);
/** tenon_module_signer - that number; 0: its signature was not accepted, or not looked at. Context: any. */
uint64_t tenon_module_signer(const struct tenon_module *m);

/** tenon_disable_modules - refuse every later load and unload; cannot be undone. */
void tenon_disable_modules(struct tenon *t);
bool tenon_modules_disabled(struct tenon *t);

/**
 * tenon_set_policy - install the function that may refuse a module (blocklist, revocation, allowlist)
 * @allow: called for each module of a plan after its name, domain and signature state are known and before any memory
 *         is laid out, or before its init if it was installed since; returns 0 or a negative errno, and may say why in
 *         @why. Called without the core's lock.
 *
 * Return: 0, or -TENON_EPERM: a policy is installed already. A policy cannot be taken out or replaced.
 */
int tenon_set_policy(struct tenon *t, int (*allow)(void *context, const struct tenon_module *m, char why[64]),
		     void *context);

/* ---- domains -------------------------------------------------------------------------------------------------- */

enum tenon_domain_kind {
	TENON_DOMAIN_KERNEL,   /* the kernel's own address space: imports are direct calls, faults are not contained */
	TENON_DOMAIN_ISOLATED, /* an address space of its own, unprivileged: imports bind to gates */
};

/**
 * tenon_domain_open - make a domain, empty
 * @name: at most TENON_NAME_BYTES with NUL; copied
 * @host: the host's own pointer for it, see tenon_domain_host()
 *
 * Return: 0, -TENON_EEXIST, -TENON_ENAMETOOLONG, -TENON_ENOMEM.
 */
int tenon_domain_open(struct tenon *t, const char *name, enum tenon_domain_kind kind, void *host,
		      struct tenon_domain **out);

/**
 * tenon_domain_close - free an empty domain and its blocks
 * Of one that died it waits, 30 s at most, for threads that are still inside one of its modules.
 *
 * Return: 0, or -TENON_EBUSY: modules are or get loaded in it, somebody has a reference, or a thread is inside.
 */
int tenon_domain_close(struct tenon *t, struct tenon_domain *d);

/**
 * tenon_domain_kill - the domain has died: quarantine its modules, reclaim what they own, free their memory
 * Nothing of them is called. Their names are free again at once; references to them stay valid until put.
 * @why: one line for the log and the diagnosis; NULL: it is closed, which is nobody's fault and no line of the log
 */
void tenon_domain_kill(struct tenon *t, struct tenon_domain *d, const char *why);

/**
 * tenon_quarantine - a module has faulted in a callback, in a domain that does not contain that
 * Nothing of it is called any more; its name and exports are free at once. What it owns stays until tenon_reclaim, its
 * memory until the domain is closed. If it is just being loaded or unloaded, that fails or goes on.
 * @why: one line for the log and the diagnosis
 *
 * Return: true if it is in quarantine thanks to this call; then tenon_reclaim must follow.
 */
bool tenon_quarantine(struct tenon_module *m, const char *why);
/**
 * tenon_reclaim - take back what a quarantined module owns. Waits until its callbacks have returned: from outside them.
 */
void tenon_reclaim(struct tenon_module *m);

const char *tenon_domain_name(const struct tenon_domain *d);
enum tenon_domain_kind tenon_domain_kind(const struct tenon_domain *d);
void *tenon_domain_host(const struct tenon_domain *d);
struct tenon_domain *tenon_domain_find(struct tenon *t, const char *name);

/* ---- exports of the kernel ------------------------------------------------------------------------------------ */

enum tenon_export_flags {
	TENON_EXPORT_GPL = 1,       /* only for modules with a GPL-compatible licence */
	TENON_EXPORT_INTERFACE = 2, /* an interface function: binds in every domain. Others bind in their own domain */
	TENON_EXPORT_PERCPU = 4,    /* the value is an offset, not an address */
	TENON_EXPORT_LINUX = 8,     /* binds for Linux's own modules only; a native export may have the same name */
};

/* One exported symbol. */
struct tenon_export {
	const char *name;
	tenon_addr value;           /* address */
	uint32_t crc;               /* checksum of its interface; 0: not versioned */
	uint32_t flags;             /* enum tenon_export_flags */
	const char *space;          /* namespace, or "module:a,b" for named consumers, or NULL */
	const char *type;           /* its interface in text, for explaining a version skew, or NULL */
	struct tenon_module *owner; /* NULL: the kernel */
};

/**
 * tenon_provide - add the kernel's own exports to a domain, or to every domain
 * @d: the domain; NULL for interface functions, which bind everywhere
 * @table: stays the caller's and must outlive @t; sorted or not
 *
 * Return: 0, -TENON_EEXIST (diag EXPORT_DUPLICATE), -TENON_EINVAL (EXPORT_NULL), -TENON_ENOMEM. All or nothing.
 */
int tenon_provide(struct tenon *t, struct tenon_domain *d, const struct tenon_export *table, size_t cnt,
		  struct tenon_diag *diag);

/**
 * tenon_lookup - find an export as a native module of @d would, or else as a Linux module would
 * Return: 0, -TENON_ENOENT, -TENON_EAGAIN (its module is not live).
 */
int tenon_lookup(struct tenon *t, struct tenon_domain *d, const char *name, struct tenon_export *out);

/* ---- load and unload ------------------------------------------------------------------------------------------ */

enum tenon_load_flags {
	TENON_LOAD_FRESH = 1, /* -TENON_EEXIST if it is loaded (insmod); otherwise that is success (modprobe) */
	TENON_LOAD_NO_START =
	    2, /* link only: do not call init. For checks and measurements; unload does not call exit */
	TENON_LOAD_NO_DEPS =
	    4,              /* do not load what `depends` names (insmod); the base of its kind is loaded all the same */
	TENON_LOAD_REF = 8, /* return with a reference, to be put */
	TENON_LOAD_IGNORE_VERMAGIC = 16, /* force; the module is tainted. Refused when signatures are enforced */
	TENON_LOAD_IGNORE_CRC = 32,      /* force, likewise */
};

struct tenon_request {
	const char *name;            /* module to find with the host's find; may be NULL if @source is given */
	struct tenon_source *source; /* the file itself (insmod), closed by the load in any case; or NULL */
	struct tenon_domain *domain;
	const char *params;      /* "key=value ..." for that module, may be NULL */
	const char *const *more; /* names of further modules for the same plan: all of them load or none */
	size_t more_cnt;
	uint32_t flags;       /* enum tenon_load_flags */
	uint64_t deadline_ns; /* of the host's clock: how long to wait for another load; 0: 30 s from now */
};

/**
 * tenon_load - load a module and everything it depends on, or nothing
 * @req: read only during the call
 * @out: the live module (with a reference if TENON_LOAD_REF); may be NULL, and is not set for several modules
 *
 * The whole set is a plan: read, verified, checked, laid out, resolved and relocated, then protected and published at
 * once, then started in order of dependency. If any step fails, modules already started are stopped in reverse order
 * and everything is as it was. Requests for a module that is being loaded wait for that load and get its answer.
 *
 * If the module is there already and @params were given, the result is 0 and @diag says LOADED_PARAMS.
 *
 * Return: 0, or what failed, @diag saying exactly: -TENON_ENOENT (not found), -TENON_ENOEXEC (malformed),
 * -TENON_EINVAL (parameter, vermagic, version), -TENON_EEXIST, -TENON_EDEADLK (recursion or mutual wait),
 * -TENON_ELOOP (dependency cycle; requests or entries nested too deeply), -TENON_ENOKEY, -TENON_EKEYREJECTED,
 * -TENON_EPERM, -TENON_ENOMEM, -TENON_EBUSY,
 * -TENON_ETIMEDOUT, or the negative value that the module's init returned.
 * Context: thread, not from a module's exit; may be called from a module's init.
 */
int tenon_load(struct tenon *t, const struct tenon_request *req, struct tenon_module **out, struct tenon_diag *diag);

/**
 * tenon_unload - stop a module and remove it
 * @d: its domain; NULL: whichever has a module of that name (names are unique in a domain)
 * @deadline_ns: how long to wait until nobody executes it; 0: do not wait
 *
 * Entries are closed first; then, when no thread has a frame in it, its exit runs, what it still owns is reported and
 * reclaimed, and its memory goes. On every failure the module is live and fully working again.
 *
 * Return: 0, -TENON_ENOENT (NOT_LOADED), -TENON_EINVAL and -TENON_ENAMETOOLONG (no name at all), -TENON_EBUSY
 * (IN_USE_BY, IN_USE_REFS, IN_USE_THREAD, NOT_LIVE, PERMANENT),
 * -TENON_EPERM (modules disabled), -TENON_EDEADLK (from inside the module), -TENON_ELOOP (nested too deeply). If things
 * were left behind they are reclaimed, the result is 0 and @diag says LEFT_BEHIND.
 */
int tenon_unload(struct tenon *t, struct tenon_domain *d, const char *name, uint64_t deadline_ns,
		 struct tenon_diag *diag);

/**
 * tenon_mark_unused, tenon_is_unused - has anybody entered the module since?
 * The module is held, or cannot go for another reason. Context: any.
 */
void tenon_mark_unused(struct tenon_module *m);
bool tenon_is_unused(const struct tenon_module *m);

/**
 * tenon_unload_unused - as tenon_unload(), if nobody has entered the module since tenon_mark_unused()
 * Return: also -TENON_EBUSY (IN_USE_THREAD): somebody has.
 */
int tenon_unload_unused(struct tenon *t, struct tenon_domain *d, const char *name, uint64_t deadline_ns,
			struct tenon_diag *diag);

/* ---- references ----------------------------------------------------------------------------------------------- */

/** tenon_get - take a reference by name; @d as for tenon_unload. Return: the module, live, or NULL. */
struct tenon_module *tenon_get(struct tenon *t, struct tenon_domain *d, const char *name);
/** tenon_try_get - take one more on a module that is known to exist. Fails once it is going. Context: any. */
bool tenon_try_get(struct tenon_module *m);
/**
 * tenon_put - give a reference back. A put too many is caught here: it is logged with @who and pins the module.
 * Context: any.
 */
void tenon_put(struct tenon_module *m, const char *who);

/* ---- looking at modules --------------------------------------------------------------------------------------- */

enum tenon_module_state {
	TENON_UNFORMED, /* being read and linked: no one can see its symbols */
	TENON_COMING,   /* its init is running */
	TENON_LIVE,
	TENON_GOING,       /* being unloaded */
	TENON_QUARANTINED, /* it faulted: nothing of it is called any more, its name is free again */
};

enum tenon_taint {
	TENON_TAINT_UNSIGNED = 1,    /* 'E': audit mode let it in */
	TENON_TAINT_FORCED = 2,      /* 'F' */
	TENON_TAINT_PROPRIETARY = 4, /* 'P' */
	TENON_TAINT_FAULTED = 8,     /* 'D': it faulted, or init or exit did */
};

struct tenon_module_info {
	const char *name;
	const char *domain;
	enum tenon_domain_kind domain_kind;
	enum tenon_module_state state;
	uint32_t refs;                       /* taken with get; modules that use it are counted apart */
	uint32_t users;                      /* modules that depend on it */
	uint32_t taints;                     /* enum tenon_taint */
	bool saturated;                      /* the reference count broke: it stays */
	size_t size[TENON_MEM_COUNT];        /* bytes */
	tenon_addr address[TENON_MEM_COUNT]; /* 0 where it has none */
	uint32_t export_cnt, import_cnt, owned_cnt;
	size_t owned_bytes;
	tenon_addr init, exit; /* addresses, 0 if none */
};

/** tenon_module_info - a snapshot. Inside tenon_for_each, or with @m held and nothing else loading. */
void tenon_module_info(const struct tenon_module *m, struct tenon_module_info *out);

/** tenon_for_each - call @fn for every module, newest first, under the core's lock, until it returns non-zero. */
int tenon_for_each(struct tenon *t, int (*fn)(const struct tenon_module *m, void *arg), void *arg);

/** tenon_for_each_user - call @fn for every module that depends on @m. Only inside tenon_for_each, or with @m held. */
int tenon_for_each_user(struct tenon *t, const struct tenon_module *m,
			int (*fn)(const struct tenon_module *user, void *arg), void *arg);

/** tenon_for_each_export - call @fn for each export visible in @d, in no order, under the core's lock. */
int tenon_for_each_export(struct tenon *t, struct tenon_domain *d, int (*fn)(const struct tenon_export *e, void *arg),
			  void *arg);

/** tenon_for_each_import - the exports that @m was bound to. Only inside tenon_for_each, or with @m held. */
int tenon_for_each_import(const struct tenon_module *m, int (*fn)(const struct tenon_export *e, void *arg), void *arg);

struct tenon_region {
	const struct tenon_block *block;
	const struct tenon_module *module; /* NULL: free */
	size_t offset, size;               /* bytes */
};

/** tenon_for_each_region - every byte of every block, used and free, in order, under the core's lock. */
int tenon_for_each_region(struct tenon *t, int (*fn)(const struct tenon_region *r, void *arg), void *arg);

/**
 * tenon_find_address - the module that an address of @d belongs to, or NULL
 * Context: inside tenon_for_each and the like, or a trap in the module itself; otherwise it races with loads.
 */
const struct tenon_module *tenon_find_address(struct tenon *t, struct tenon_domain *d, tenon_addr address);

const char *tenon_module_name(const struct tenon_module *m);
struct tenon_domain *tenon_module_domain(const struct tenon_module *m);
/**
 * tenon_module_caller - the export of its domain through which a host calls its functions, as the kind of module states
 * it (tenon/linux.h); NULL: they are called directly. Context: any.
 */
const char *tenon_module_caller(const struct tenon_module *m);
enum tenon_module_state tenon_module_state(const struct tenon_module *m);
/** tenon_module_this - address of its module section (THIS_MODULE), 0 if it has none. Context: any. */
tenon_addr tenon_module_this(const struct tenon_module *m);
const char *tenon_state_name(enum tenon_module_state s);

/**
 * tenon_param_parse - read the value of a parameter as loading does
 * @type: enum tenon_param_type (module.h) of a truth value or a number
 * @bytes: of a value of that type
 *
 * Return: 0, -TENON_EINVAL: it is not written so; -TENON_ERANGE. Context: any.
 */
int tenon_param_parse(uint32_t type, uint32_t bytes, const char *text, size_t len, uint64_t *value);

/* What the file of a module says, once it is linked: only inside the host's `linked`. */

struct tenon_linked_section {
	const char *name;
	tenon_addr run, size; /* address, bytes */
	enum tenon_mem mem;
};

struct tenon_linked_symbol {
	const char *name;
	tenon_addr address, size;
	uint8_t bind, type; /* as in ELF */
};

/** tenon_linked_section - the next section that is loaded. @at: begin with 0. Return: false at the end. */
bool tenon_linked_section(const struct tenon_linked *l, uint32_t *at, struct tenon_linked_section *out);
/** tenon_linked_symbol - the next symbol with a name and a place in such a section. */
bool tenon_linked_symbol(const struct tenon_linked *l, uint32_t *at, struct tenon_linked_symbol *out);
/** tenon_linked_info - the value of an entry of .modinfo, or NULL. */
const char *tenon_linked_info(const struct tenon_linked *l, const char *key);
/** tenon_linked_bytes - the memory of the module at @run as it is now; NULL: not all of it is one region's. */
const void *tenon_linked_bytes(const struct tenon_linked *l, tenon_addr run, size_t size);

/** tenon_module_kept - what the host's `linked` kept for @m, or NULL. Context: any. */
void *tenon_module_kept(const struct tenon_module *m);

/* ---- threads and entries -------------------------------------------------------------------------------------- */

#define TENON_FRAME_MAX 32 /* entries that a thread may be in at once: modules that call the kernel that calls modules ... */

/*
 * What the core knows of a thread. The host makes one for each, usually in thread-local storage.
 * Every entry into a module pushes a frame. Frames are written by their own thread only, and read by the quiescence
 * scan, which after sync_cpus sees either the frame or a thread that will see `closed`. A thread with TENON_FRAME_MAX
 * frames enters no further module.
 */
struct tenon_thread {
	uint32_t depth;
	uint32_t atomic;            /* not 0: must not load, unload or sleep */
	struct tenon_module *owner; /* module that made this thread and must end it in its exit, or NULL */
	struct tenon_plan *plan;    /* innermost plan that this thread is carrying out */
	struct tenon_thread *next;
	char name[16];
	struct tenon_module *frame[TENON_FRAME_MAX];
};

/** tenon_thread_add, tenon_thread_remove - make a thread known. Removing waits for nobody; its depth must be 0. */
void tenon_thread_add(struct tenon *t, struct tenon_thread *self, const char *name);
void tenon_thread_remove(struct tenon *t, struct tenon_thread *self);

/* The part of struct tenon_module that entries read. It comes first there. */
struct tenon_gate {
	union {
		struct {
			uint8_t closed; /* written under the core's lock, followed by sync_cpus */
			uint8_t unused; /* nobody has entered since tenon_mark_unused() */
		};
		uint16_t state; /* 0: entries need look no further */
	};
};

/**
 * tenon_push - push a frame without asking: for the core, which runs exit in a module that is closed to all others
 * Return: false if there is no room for one.
 */
static inline TENON_NO_TSAN bool tenon_push(struct tenon_thread *self, struct tenon_module *m)
{
	if (__builtin_expect(self->depth >= TENON_FRAME_MAX, 0))
		return false;
	self->frame[self->depth] = m;
	__asm__ volatile("" ::: "memory"); /* whoever sees the new depth sees the frame */
	self->depth++;
	__asm__ volatile("" ::: "memory"); /* the frame before the flag; sync_cpus makes that hold between CPUs */
	return true;
}

/** tenon_leave - come back out of the module entered last. Context: any. */
static inline TENON_NO_TSAN void tenon_leave(struct tenon_thread *self)
{
	/* What was done inside is done before the scan sees that the thread has left. */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	self->depth--;
	__asm__ volatile("" ::: "memory");
}

/* The rest of tenon_enter(), once in a while: it is closed, or in use again. */
bool tenon_enter_slowly(struct tenon_thread *self, struct tenon_module *m);

/**
 * tenon_enter - go into a module: push a frame
 * Return: true, or false if the module is closed or the thread is too deep, see tenon_enter_error(); then nothing was
 * pushed and it must not be called.
 * Context: any; @self must be the calling thread's.
 */
static inline TENON_NO_TSAN bool tenon_enter(struct tenon_thread *self, struct tenon_module *m)
{
	if (!tenon_push(self, m))
		return false;
	return __builtin_expect(!__atomic_load_n(&((struct tenon_gate *)m)->state, __ATOMIC_RELAXED), 1) ||
	       tenon_enter_slowly(self, m);
}

/** tenon_enter_unnoticed - as tenon_enter(), but the module stays unused */
static inline TENON_NO_TSAN bool tenon_enter_unnoticed(struct tenon_thread *self, struct tenon_module *m)
{
	if (!tenon_push(self, m))
		return false;
	if (!__atomic_load_n(&((struct tenon_gate *)m)->closed, __ATOMIC_RELAXED))
		return true;
	tenon_leave(self);
	return false;
}

/**
 * tenon_enter_error - why tenon_enter has just returned false
 * Return: -TENON_ELOOP (TENON_FRAME_MAX entries are nested), -TENON_ENODEV (the module is closed). Context: any.
 */
static inline int tenon_enter_error(const struct tenon_thread *self)
{
	return self->depth >= TENON_FRAME_MAX ? -TENON_ELOOP : -TENON_ENODEV;
}

/** tenon_current - the module that a thread is in, or NULL. Context: any. */
static inline struct tenon_module *tenon_current(const struct tenon_thread *self)
{
	return self->depth ? self->frame[self->depth - 1] : NULL;
}

/* ---- ownership ------------------------------------------------------------------------------------------------ */

/*
 * One thing that a module has obtained from the kernel. Embed it in the object; the binding that hands the object out
 * calls tenon_own, the one that takes it back tenon_disown. What is left at unload is named, then reclaimed, newest
 * first. All under the core's lock.
 */
struct tenon_owned {
	struct tenon_owned *next, **prev;
	struct tenon_module *module;
	const char *kind; /* "timer", "memory" ... */
	size_t bytes;
	tenon_addr caller; /* address in the module that asked for it, 0 if unknown */
	void (*reclaim)(struct tenon_owned
			    *o); /* frees the object. Without the core's lock; nothing of the module is called */
};

/**
 * tenon_own - record @o against @m. Fields kind, bytes, caller and reclaim are set and stay. Return: 0, -TENON_ENODEV
 * (@m is quarantined).
 */
int tenon_own(struct tenon_module *m, struct tenon_owned *o);
/** tenon_disown - the module gave it back. Return: false if it is being reclaimed by an unload at this moment. */
bool tenon_disown(struct tenon *t, struct tenon_owned *o);
/** tenon_for_each_owned - newest first, under the core's lock. */
int tenon_for_each_owned(struct tenon *t, const struct tenon_module *m,
			 int (*fn)(const struct tenon_owned *o, void *arg), void *arg);

/* ---- counters ------------------------------------------------------------------------------------------------- */

struct tenon_stats {
	size_t heap_bytes, heap_peak_bytes; /* memory from alloc, without private copies of files */
	size_t block_cnt, block_bytes, used_bytes;
	size_t protect_calls, write_opens; /* permission changes asked of the host */
	size_t loads, load_failures, unloads, relocations;
};

void tenon_stats(struct tenon *t, struct tenon_stats *out);

#endif
