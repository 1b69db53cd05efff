/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Life and death of isolated domains. Each has a thread, the monitor, that starts the child (which ends with the thread
 * that started it), waits for its end and then takes the domain down.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "port/process/child.h"

#define MODULE_SLOTS 64 /* 128 MiB for modules */
#define HEAP_BYTES (128 * MIB)   /* for tenon_alloc */
#define PAGES_BYTES (512 * MIB)  /* for arenas and buffers */
#define SPIN 200

/* The program of domains, part of this library: from domain_program.S. */
extern const char domain_program[], domain_program_end[];

/* ---- starting ---- */

static int program_fd(void)
{
	size_t size = (size_t)(domain_program_end - domain_program);
	int fd = memfd_create("tenon-domain", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && (write(fd, domain_program, size) != (ssize_t)size ||
			fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Start the program with nothing but its three files. Return: its process id, or -1. */
static int spawn(struct child *c, int exe, int socket)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	char path[32];
	char *argv[] = { "tenon-domain", NULL }, *env[] = { NULL };
	sigset_t none, all;
	pid_t pid;
	int err;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", DOMAIN_EXEFD);
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
	posix_spawn_file_actions_init(&files);
	/* Through numbers that are not in use, since each may be another's target. */
	posix_spawn_file_actions_adddup2(&files, c->domain.memfd, 1001);
	posix_spawn_file_actions_adddup2(&files, socket, 1002);
	posix_spawn_file_actions_adddup2(&files, exe, DOMAIN_EXEFD);
	posix_spawn_file_actions_adddup2(&files, 1001, DOMAIN_MEMFD);
	posix_spawn_file_actions_adddup2(&files, 1002, DOMAIN_SOCKET);
	posix_spawn_file_actions_addclosefrom_np(&files, DOMAIN_EXEFD + 1);
	err = posix_spawn(&pid, path, &files, &attr, argv, env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return err ? -1 : pid;
}

static int start(struct child *c)
{
	int exe = program_fd(), ends[2], pid, pidfd;

	if (exe < 0)
		return -TENON_EIO;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
		close(exe);
		return -TENON_EIO;
	}
	pid = spawn(c, exe, ends[1]);
	c->socket = ends[0];
	close(ends[1]);
	close(exe);
	if (pid <= 0)
		return -TENON_EIO;
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return -TENON_EIO;
	}
	pthread_mutex_lock(&c->lock);
	c->pid = pid;
	c->pidfd = pidfd;
	if (atomic_load(&c->dead)) /* whoever opens it has given up */
		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	return 0;
}

/* ---- the monitor ---- */

static void describe_end(struct child *c, const siginfo_t *info, char why[64])
{
	const char *module;
	int len = 0;

	pthread_mutex_lock(&c->lock);
	channel_look(c);
	module = channel_running(c);
	if (module)
		len = snprintf(why, 64, "%.20s: ", module);
	channel_looked(c);
	pthread_mutex_unlock(&c->lock);
	if (info->si_code == CLD_EXITED)
		snprintf(why + len, 64 - (size_t)len, "exited with status %d", info->si_status);
	else
		snprintf(why + len, 64 - (size_t)len, "ended by signal %d (%s)", info->si_status,
			 sigabbrev_np(info->si_status));
}

/* Take what its modules had. */
static void reclaim(struct child *c)
{
	char why[64];

	atomic_fetch_add(&child_host(c)->domain_deaths, 1);
	child_why(c, why);
	tenon_domain_kill(child_host(c)->core, c->domain.kpi.core, why);
}

/* It has ended. Threads that wait for it return; unless it is being closed, its modules are reclaimed. */
static void take_down(struct child *c, const char *end)
{
	bool closing;

	child_kill(c, end);
	pthread_mutex_lock(&c->lock);
	c->gone = true;
	closing = c->closing;
	pthread_mutex_unlock(&c->lock);
	channel_wake_all(c);
	wake_domain(child_host(c), c);
	if (!closing)
		reclaim(c);
	pthread_mutex_lock(&c->lock);
	c->settled = true;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

static void *monitor(void *arg)
{
	struct child *c = arg;
	siginfo_t info = { 0 };
	char end[64] = "could not be started";

	pthread_setname_np(pthread_self(), "domain monitor");
	if (!start(c)) {
		watch_process(c);
		while (waitid(P_PIDFD, (id_t)c->pidfd, &info, WEXITED) && info.si_pid == 0)
			;
		describe_end(c, &info, end);
	}
	take_down(c, end);
	return NULL;
}

void child_kill(struct child *c, const char *why)
{
	pthread_mutex_lock(&c->lock);
	if (!c->why[0])
		snprintf(c->why, sizeof(c->why), "%s", why);
	atomic_store(&c->dead, true);
	if (c->pidfd >= 0 && !c->gone)
		syscall(SYS_pidfd_send_signal, c->pidfd, SIGKILL, NULL, 0);
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

void child_wait_dead(struct child *c)
{
	pthread_mutex_lock(&c->lock);
	while (!atomic_load(&c->dead))
		pthread_cond_wait(&c->changed, &c->lock);
	pthread_mutex_unlock(&c->lock);
}

void child_why(struct child *c, char why[64])
{
	pthread_mutex_lock(&c->lock);
	memcpy(why, c->why, sizeof(c->why));
	pthread_mutex_unlock(&c->lock);
}

/* ---- opening and closing ---- */

static int make_memory(struct child *c)
{
	struct process_domain *d = &c->domain;
	size_t channels = MODULE_SLOTS * BLOCK_BYTES, channel_bytes = CHANNEL_CNT * CHANNEL_BYTES;
	size_t heap = channels + channel_bytes;
	struct domain_start *start;
	int err;

	err = domain_memory_make(d, d->h->window.start, MODULE_SLOTS, channel_bytes + HEAP_BYTES + PAGES_BYTES, true);
	if (err)
		return err;
	_Static_assert(MODULE_SLOTS * BLOCK_BYTES + CHANNEL_CNT * CHANNEL_BYTES + HEAP_BYTES + PAGES_BYTES <
			   (uint64_t)CONTROL_PAGES_MAX << DOMAIN_PAGE_SHIFT,
		       "an order can name every page");
	c->channels_offset = channels;
	start = (struct domain_start *)(d->view + DOMAIN_START_OFFSET);
	*start = (struct domain_start){
		.base = d->base,
		.size = d->size,
		.channels = channels,
		.heap = heap,
		.heap_size = HEAP_BYTES,
		.spin = SPIN,
	};
	for (uint32_t i = 0; i < CHANNEL_CNT; i++) {
		size_t offset = channels + (size_t)i * CHANNEL_BYTES;
		struct channel *shared = (struct channel *)(d->view + offset);

		shared->own = d->base + offset;
		channel_init(c, i, shared);
		start->signal_stack[i].address = shared->own + CHANNEL_SIGNAL_STACK;
		start->signal_stack[i].size = CHANNEL_SCRATCH - CHANNEL_SIGNAL_STACK;
	}
	d->kpi.quota = d->h->quota;
	if (!d->kpi.quota.thread_end_ms)
		d->kpi.quota.thread_end_ms = d->h->wait_ms;
	d->kpi.heap = d->base + heap;
	d->kpi.heap_bytes = HEAP_BYTES;
	d->kpi.pages = d->base + heap + HEAP_BYTES;
	d->kpi.pages_bytes = PAGES_BYTES;
	return tenon_kpi_domain_open(&d->kpi, true);
}

static void free_child(struct child *c)
{
	if (c->pidfd >= 0)
		close(c->pidfd);
	if (c->socket >= 0)
		close(c->socket);
	if (c->listener >= 0)
		close(c->listener);
	tenon_kpi_domain_close(&c->domain.kpi);
	made_threads_join(child_host(c), &c->domain.kpi);
	log_ring_close(child_host(c), c->log);
	domain_memory_free(&c->domain);
	free(c);
}

/* Return: 0 when the monitor has started it, or -TENON_EIO: it could not. */
static int wait_for_pid(struct child *c)
{
	pthread_mutex_lock(&c->lock);
	while (c->pidfd < 0 && !atomic_load(&c->dead))
		pthread_cond_wait(&c->changed, &c->lock);
	pthread_mutex_unlock(&c->lock);
	return c->pidfd < 0 ? -TENON_EIO : 0;
}

/* The process is running and knows its gates; it has no name in the core yet. */
static int make_child(struct process_host *h, struct child **out)
{
	struct child *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -TENON_ENOMEM;
	c->domain.h = h;
	c->domain.child = c;
	c->domain.memfd = -1;
	c->pidfd = c->socket = c->listener = -1;
	c->closing = true; /* until the core knows it */
	pthread_mutex_init(&c->lock, NULL);
	pthread_mutex_init(&c->control, NULL);
	pthread_cond_init(&c->changed, NULL);
	c->log = log_ring_open(h);
	err = c->log ? make_memory(c) : -TENON_ENOMEM;
	if (!err && pthread_create(&c->monitor, NULL, monitor, c))
		err = -TENON_ENOMEM;
	if (err) {
		free_child(c);
		return err;
	}
	err = wait_for_pid(c);
	if (!err)
		err = control_ready(c);
	if (!err)
		err = gates_make(c);
	if (err) {
		child_kill(c, "it did not start");
		pthread_join(c->monitor, NULL);
		free_child(c);
		return err;
	}
	*out = c;
	return 0;
}

static void end_child(struct child *c)
{
	pthread_mutex_lock(&c->lock);
	c->closing = true;
	pthread_mutex_unlock(&c->lock);
	child_kill(c, "closed");
	pthread_join(c->monitor, NULL);
	channel_wait_unused(c); /* threads whose call was cut off are on their way out */
	free_child(c);
}

/* A name that is not in use: a dead domain keeps its own while there are references to its modules. */
static int open_named(struct child *c, const char *name)
{
	char other[TENON_NAME_BYTES];
	int err = tenon_domain_open(child_host(c)->core, name, TENON_DOMAIN_ISOLATED, &c->domain, &c->domain.kpi.core);

	for (int i = 2; err == -TENON_EEXIST && i < 1000; i++) {
		if (snprintf(other, sizeof(other), "%s~%d", name, i) >= (int)sizeof(other))
			return -TENON_ENAMETOOLONG;
		err = tenon_domain_open(child_host(c)->core, other, TENON_DOMAIN_ISOLATED, &c->domain,
					&c->domain.kpi.core);
	}
	return err;
}

int process_isolate(struct process_host *h, const char *name, struct tenon_domain **out)
{
	struct tenon_domain *old = tenon_domain_find(h->core, name);
	struct process_domain *d;
	struct child *c;
	int err;

	if (old) {
		d = tenon_domain_host(old);
		if (!d->child)
			return -TENON_EEXIST;
		if (!atomic_load(&d->child->dead)) {
			*out = old;
			return 0;
		}
		process_settle(h);
		process_domain_close(h, old);
	}
	err = make_child(h, &c);
	if (err)
		return err;
	err = open_named(c, name);
	if (err) {
		end_child(c);
		return err;
	}
	pthread_mutex_lock(&h->domains_lock);
	c->next = h->children;
	h->children = c;
	pthread_mutex_unlock(&h->domains_lock);
	pthread_mutex_lock(&c->lock);
	c->closing = false;
	pthread_mutex_unlock(&c->lock);
	*out = c->domain.kpi.core;
	return 0;
}

/* From here on nobody but the caller takes modules out of it; if it has died, that is done. */
static void begin_closing(struct child *c)
{
	pthread_mutex_lock(&c->lock);
	while (atomic_load(&c->dead) && !c->settled)
		pthread_cond_wait(&c->changed, &c->lock);
	c->closing = true;
	c->died_before = c->gone;
	pthread_mutex_unlock(&c->lock);
}

/* There are modules in it. Should it have died just now, they were left to us. */
static void give_up_closing(struct child *c)
{
	bool died;

	pthread_mutex_lock(&c->lock);
	died = c->gone && !c->died_before;
	c->closing = false;
	pthread_mutex_unlock(&c->lock);
	if (died)
		reclaim(c);
}

int process_domain_close(struct process_host *h, struct tenon_domain *core)
{
	struct child *c = ((struct process_domain *)tenon_domain_host(core))->child, **link = &h->children;
	int err;

	if (!c)
		return -TENON_EINVAL;
	begin_closing(c);
	err = domain_close(&c->domain);
	if (err) {
		give_up_closing(c);
		return err;
	}
	pthread_mutex_lock(&h->domains_lock);
	while (*link != c)
		link = &(*link)->next;
	*link = c->next;
	pthread_mutex_unlock(&h->domains_lock);
	end_child(c);
	return 0;
}

void child_close_all(struct process_host *h)
{
	while (h->children && !process_domain_close(h, h->children->domain.kpi.core))
		;
}

void process_settle(struct process_host *h)
{
	quarantine_settle(h);
	pthread_mutex_lock(&h->domains_lock);
	for (struct child *c = h->children; c; c = c->next) {
		pthread_mutex_lock(&c->lock);
		while (atomic_load(&c->dead) && !c->settled)
			pthread_cond_wait(&c->changed, &c->lock);
		pthread_mutex_unlock(&c->lock);
	}
	pthread_mutex_unlock(&h->domains_lock);
}

int process_domain_kill(struct process_host *h, struct tenon_domain *core)
{
	struct child *c = ((struct process_domain *)tenon_domain_host(core))->child;

	(void)h;
	if (!c)
		return -TENON_EINVAL;
	child_kill(c, "ended on request");
	return 0;
}

int process_domain_pid(const struct tenon_domain *core)
{
	const struct process_domain *d = tenon_domain_host(core);

	return d->child && !atomic_load(&d->child->dead) ? d->child->pid : 0;
}
