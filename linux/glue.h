/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the two worlds of this module: files in native/ see Tenon's interface, all others see Linux's headers, and
 * both see this, in plain C types. Functions that begin with lx_ are native, those that begin with linux_ are not.
 */
#ifndef LINUX_GLUE_H
#define LINUX_GLUE_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#endif

struct tenon_linux_module;
struct module;

/* ---- native/service.c: what Linux code takes from the interface ---- */

/* Memory, zeroed and aligned for any type, owned by linux.ko. NULL: out of memory. */
void *lx_alloc(unsigned long bytes);
void lx_free(void *memory);

/*
 * native/pages.c: reserve two arenas, for pages and for what describes them; make parts of both usable, zeroed; give all
 * back. Return: 0 or a negative errno value.
 */
int lx_pages_reserve(unsigned long bytes, unsigned long map_bytes, void **base, void **map_base);
int lx_pages_commit(unsigned long offset, unsigned long bytes, unsigned long map_offset, unsigned long map_bytes);
void lx_pages_release(void);
/* Likewise an arena for guarded allocations (mm/guard.c), and whether a part of it may be accessed. */
int lx_guard_reserve(unsigned long bytes, void **base);
int lx_guard_access(unsigned long offset, unsigned long bytes, bool access);

/* One line to the log. @level: 0 to 7, as in Linux. */
void lx_log(int level, const char *text, unsigned long len);
/* Fill with random bytes. */
void lx_random(void *buf, unsigned long len);

/* Time since some fixed moment, and since 1970. */
unsigned long long lx_clock_ns(void);
unsigned long long lx_realtime_ns(void);

/* Hold a Linux module, and let it go. Return of get: 0, or a negative errno value: it is going. */
int lx_module_get(struct module *module);
void lx_module_put(struct module *module);
/* Load a module by name or alias. The virtual CPU is given back meanwhile. Return: 0 or a negative errno value. */
int lx_request_module(const char *name);
/* Write instructions of a module's text. Return: 0 or a negative errno value. */
int lx_text_write(void *address, const void *code, unsigned long len);

/* ---- native/vcpu.c: Linux code runs only while its thread has a virtual CPU ---- */

/* Run @fn on a virtual CPU. Return: what it returned, or a negative errno value: no virtual CPU can be had. */
long lx_on_cpu(long (*fn)(void *arg), void *arg);
/* Give the virtual CPU back before waiting, and take one again; the current task stays the thread's. */
void *lx_park(void);
/* @cpu: which one, or -1: any. */
void lx_unpark(void *task, int cpu);
/* The task of the calling thread, which has a virtual CPU. */
void *lx_task(void);
/* Run @fn on virtual CPU @cpu if nobody has it. Return: whether it did. */
bool lx_visit(int cpu, void *task, void (*fn)(void));
/* Let another thread run, keeping the virtual CPU: for spinning. */
void lx_relax(void);

/* ---- native/thread.c ---- */

/* Start a thread on a virtual CPU with @task as its own. Return: 0 or a negative errno value. */
int lx_thread_start(void (*fn)(void *arg), void *arg, void *task, const char *name);
/* End the calling thread, which was started by lx_thread_start, from wherever it is. */
_Noreturn void lx_thread_leave(void);
/* linux.ko ends: threads that sleep leave. The other one waits for that. */
bool lx_ending(void);
void lx_threads_end(void);

/* An event lets one waiter pass for being set. Return of create: 0 if there is no memory. */
unsigned long lx_event_create(void);
void lx_event_destroy(unsigned long event);
void lx_event_set(unsigned long event);
/* Without a virtual CPU. Return: 0, or -EINTR: the thread is asked to end. */
int lx_event_wait(unsigned long event);

/* Where a part of what a disk carries is. */
struct lx_piece {
	void *memory;
	unsigned int len;
};

/*
 * native/disk.c: have the host carry pieces of @len bytes together, at most TENON_LINUX_IO_BYTES or TENON_LINUX_DISK_WRITE_BYTES; the virtual
 * CPU is given back meanwhile, and then it is @cpu, or any for -1.
 * Return: 0 or a negative errno value.
 */
int lx_disk_io(void *disk, unsigned int op, unsigned long long offset, const struct lx_piece *pieces, unsigned int len,
	       int cpu);

/* ---- what native code calls of Linux's ---- */

/* kernel/init.c: bring Linux's own files up. On a virtual CPU. Return: 0 or a negative errno value. */
long linux_library_start(void *unused);
/* kernel/time.c: so much time has passed; from any thread, one at a time. */
void linux_tick(unsigned long long since_start_ns);
/* kernel/cpu.c: the library's per-CPU variables of a CPU as they are at the beginning. */
void linux_percpu_fill(void *variables, int cpu, void *window);

/* A trap, and where the thread goes on. Registers as in struct tenon_trap. */
struct linux_trap {
	unsigned long pc;
	unsigned long *reg;
	unsigned long address; /* that was accessed, where the CPU says so */
	bool illegal;          /* an undefined instruction; else an access */
};
/* kernel/traps.c: Return: 1 if Linux's tables say how it goes on, else 0. On the thread that trapped. */
int linux_trap_fix(struct linux_trap *trap);

/* kernel/softirq.c: what a tick does on the virtual CPU of the caller. */
void linux_tick_here(void);
/* kernel/quiet.c: while a module is watched: the tick has been on the virtual CPUs, @visited_all of them. */
void linux_quiet_tick(bool visited_all);
/* kernel/task.c: what a thread has put off until it leaves Linux code. */
void linux_leave(void);

/* mm/slab.c: free all that was allocated; nothing of Linux's runs any more. */
void linux_memory_free(void);

/* kernel/task.c: a task for a thread that enters, or NULL: no memory; and back, when others may still hold it. */
void *linux_task_get(void);
void linux_task_drop(void *task);
/* The task leaves its virtual CPU, or comes to another: where that one keeps the function of a module that was entered last. */
void linux_task_parks(void *task, const unsigned long *last_entered);
void linux_task_goes_on(void *task, unsigned long *last_entered);
void linux_tasks_free(void);
/* Let all threads that sleep look at lx_ending(). */
void linux_tasks_wake(void);

/* kernel/module.c: carry a Linux module through its life. Return: 0 or a negative errno value. */
int linux_module_start(const struct tenon_linux_module *m);
void linux_module_stop(const struct tenon_linux_module *m);

extern bool linux_watching;
struct tenon_linux_watch;
/* kernel/watch.c: watch a module from now on (include/tenon/linux_watch.h). On a virtual CPU. */
long linux_watch(struct tenon_linux_watch *watch, void *out, unsigned long room);

struct tenon_linux_file;
/* fs/files.c: do what a host asks (include/tenon/linux_files.h). On a virtual CPU. */
long linux_file(struct tenon_linux_file *call, const char *in, unsigned long in_len, char *out, unsigned long room);

/*
 * drivers/disk.c: a disk that @host carries the bytes of, and the path of its node. On a virtual CPU. Return: 0 or a
 * negative errno value.
 */
int linux_disk_add(void *host, unsigned long long bytes, bool read_only, char *path, unsigned int path_bytes,
		   void **disk);
void linux_disk_remove(void *disk);

/* native/disk.c: a disk whose bytes are those of a volume that our kernel mounts; nothing is written. On a virtual CPU; likewise. */
int lx_volume_disk(unsigned long volume, unsigned long long bytes, char *path, unsigned int path_bytes, void **disk);
void lx_volume_disk_remove(void *disk);

/* fs/volume.c: what our kernel asks of a file system; entries and extents as in kpi/filesystem.def. On a virtual CPU. */
struct lx_volume {
	unsigned long long root, file_bytes_max;
	unsigned int block_bytes, magic;
};
struct lx_volume_entry {
	unsigned int size, mode;
	unsigned long long number, next;
	unsigned int name_len, pad;
};
struct lx_volume_extent {
	unsigned int size, flags; /* 4: what linux_volume_read has */
	unsigned long long offset, bytes;
};
struct tenon_linux_stat;
struct tenon_linux_statfs;
int linux_volume_mount(const char *device, const char *kind, void **volume, struct lx_volume *about);
void linux_volume_unmount(void *volume);
int linux_volume_usage(void *volume, struct tenon_linux_statfs *to);
int linux_volume_node(void *volume, unsigned long long number, struct tenon_linux_stat *to);
int linux_volume_lookup(void *volume, unsigned long long dir, const char *name, unsigned int len,
			struct tenon_linux_stat *to);
void linux_volume_forget(void *volume, unsigned long long number, unsigned long long answers);
long linux_volume_list(void *volume, unsigned long long dir, unsigned long long position, void *out, unsigned int room);
long linux_volume_link(void *volume, unsigned long long number, char *to, unsigned int room);
/* Return: how many extents. */
long linux_volume_extents(void *volume, unsigned long long number, unsigned long long offset, unsigned long long bytes,
			  struct lx_volume_extent *to, unsigned int most);
long linux_volume_read(void *volume, unsigned long long number, unsigned long long offset, char *to,
		       unsigned long bytes);

/* ---- devices: drivers of Linux's for PCI, and what they offer ---- */

#define LX_PCI_BARS 6

/* A function of PCI that a driver of this domain serves. */
struct lx_pci {
	void *host;      /* native/pci.c's */
	void *in_linux;  /* drivers/pci_bus.c's, from linux_pci_add() to linux_pci_remove() */
	unsigned int at; /* segment << 16 | bus << 8 | slot << 3 | function */
	bool ports;      /* instructions for ports reach its registers that are there */
	struct {
		void *address; /* NULL: not in memory, or not to be had */
		unsigned long bytes;
	} bar[LX_PCI_BARS];
	/* What it can read and write by itself, and where it sees each page of it. */
	char *memory;
	unsigned long long *bus;
	unsigned int page_cnt;
};

/* An entry of a driver's table. */
struct lx_pci_id {
	unsigned int vendor, device, subvendor, subdevice, class, class_mask;
	unsigned long long driver_data;
};

/*
 * native/pci.c: offer a driver to the kernel's devices, and no more. @name and @ids stay; @owner: the module. The virtual
 * CPU is given back meanwhile. NULL: the kernel does not take it, as the log says, or has no devices.
 */
void *lx_pci_driver_add(const char *name, const struct lx_pci_id *ids, unsigned int cnt, struct module *owner,
			void *driver);
void lx_pci_driver_remove(void *added);
/* Return: 0 or a negative errno value. */
int lx_pci_config_read(const struct lx_pci *p, unsigned int off, void *to, unsigned int len);

/*
 * drivers/pci_bus.c: have Linux's @driver serve it, and no more. On a virtual CPU, as all that follows. Return: 0 or a
 * negative errno value.
 */
int linux_pci_add(struct lx_pci *p, void *driver);
void linux_pci_remove(struct lx_pci *p);
/* What its driver would do in an interrupt. Return: whether there was something to be done. */
bool linux_pci_interrupt(struct lx_pci *p);
/* Linux's device of it. */
struct pci_dev;
struct pci_dev *linux_pci_dev(const struct lx_pci *p);
/* Is it memory of a function's registers? */
bool linux_pci_has(unsigned long long address, unsigned long bytes);
/* Offer the drivers that a module has registered, and no more. */
void linux_pci_drivers_offer(struct module *mod);
void linux_pci_drivers_withdraw(struct module *mod);

/* net/interface.c: the network devices of a function. @carrier: shows from now on whether there is one. */
struct lx_interface {
	unsigned int mtu;
	unsigned char mac[6];
};
void *linux_interface_next(struct lx_pci *p, unsigned int nth, void *host, bool *carrier, struct lx_interface *about);
/* Its function is removed already. */
void linux_interface_free(void *interface);
int linux_interface_open(void *interface);
void linux_interface_stop(void *interface);
/* Send a frame whose bytes lx_frame_read() has. */
void linux_interface_send(void *interface, unsigned int tag, unsigned int len);

/*
 * native/network.c: take a frame that is to be sent, or say that it never will be. Return: 0 or a negative errno value. And
 * one has come.
 */
int lx_frame_read(void *host, unsigned int tag, void *frame, unsigned int len);
void lx_frame_drop(void *host, unsigned int tag);
void lx_frame_write(void *host, const void *frame, unsigned int len);

/* fs/nls.c: convert by a character set. On a virtual CPU. */
struct nls_table;
struct nls_table *linux_nls_load(const char *charset);
void linux_nls_unload(struct nls_table *nls);
/* Return: bytes taken, or a negative errno value: it is not a character. */
int linux_nls_decode(struct nls_table *nls, const unsigned char *bytes, int len, unsigned short *code);
/* Return: bytes put into @out (at most @room), or a negative errno value: this character set does not have it. */
int linux_nls_encode(struct nls_table *nls, unsigned short code, unsigned char *out, int room);

#endif
