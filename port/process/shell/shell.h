/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The prompt of the process host: what its commands share. One section for each file. */
#ifndef PORT_PROCESS_SHELL_H
#define PORT_PROCESS_SHELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "port/process/process.h"
#include "port/process/program/standard.h"

#define ARGS_MAX 64     /* words of a command */
#define DOMAINS_MAX 16  /* the kernel's and the isolated ones */
#define RESULTS_MAX 256 /* results and buffers of `call` that are kept */

/* A result of `call` that a later one may use: a number, or a buffer if @bytes. */
struct result {
	uint64_t value;
	uint8_t *bytes;
	size_t size;
};

struct shell {
	struct process_host *h;
	struct tenon *core;
	const char *const *dirs; /* where modules are found */
	size_t dir_cnt;
	struct tenon_domain *domains[DOMAINS_MAX]; /* [0]: the kernel's */
	size_t domain_cnt;
	struct result results[RESULTS_MAX];
	size_t result_cnt;
	const char *inserted; /* the file that insmod loads now, or NULL */
	struct shell_mount *mounts;
	char **names; /* of the modules that can be found, sorted; made when first needed */
	size_t name_cnt;
	bool leaving; /* exit was typed */
};

/* ---- parse.c: lines ---- */

/* A command, cut into words. */
struct args {
	size_t cnt;
	char *word[ARGS_MAX];
	bool quoted[ARGS_MAX]; /* it began with a quote: text, whatever it looks like */
	char *storage;
};

/*
 * Cut the next command off a text; ';' and line ends separate, quotes and backslashes work as in a shell, '#' begins a
 * comment. @at: in and out, the position. Return: 1; 0 at the end; -1: it is wrong, and *why says how.
 * After 1 the caller calls args_free().
 */
int args_next(const char **at, struct args *out, const char **why);
void args_free(struct args *a);

/* The words from @first on as the text of module parameters; values with spaces in quotes. NULL: out of memory. */
char *args_params(const struct args *a, size_t first);

/* ---- commands.c: what commands there are ---- */

enum completes {
	COMPLETES_NOTHING,
	COMPLETES_FILE,
	COMPLETES_MODULE, /* a name that can be found */
	COMPLETES_LOADED,
	COMPLETES_COMMAND,
};

struct command {
	const char *name, *usage, *help;
	int (*run)(struct shell *s, const struct args *a); /* Return: exit status */
	enum completes completes;
};

extern const struct command commands[]; /* ended by an entry without name */

const struct command *command_find(const char *name);
/* Run one command and flush what it printed. Return: its status, 127 if there is none of that name. */
int command_run(struct shell *s, const struct args *a);

/* ---- load.c ---- */
int cmd_insmod(struct shell *s, const struct args *a);
int cmd_modprobe(struct shell *s, const struct args *a);
int cmd_rmmod(struct shell *s, const struct args *a);
/*
 * For process_options, with the shell as @arg: tell the debugger of a module in the kernel's domain, with the file that insmod
 * was given, or that a search finds.
 */
int load_debugged(const struct tenon_module *m, const struct tenon_linked *linked, void *arg);

/* ---- list.c ---- */
int cmd_lsmod(struct shell *s, const struct args *a);
int cmd_dmesg(struct shell *s, const struct args *a);

/* ---- modinfo.c, signer.c ---- */
int cmd_modinfo(struct shell *s, const struct args *a);
/* Print who made a signature message and how, each line with @print. Nothing if it is not a message. */
void signer_print(const uint8_t *message, size_t size, void (*print)(const char *key, const char *value, void *arg),
		  void *arg);

/* ---- symbols.c ---- */
int cmd_exports(struct shell *s, const struct args *a);
int cmd_imports(struct shell *s, const struct args *a);

/* ---- memory.c ---- */
int cmd_map(struct shell *s, const struct args *a);
int cmd_stats(struct shell *s, const struct args *a);

/* ---- owners.c ---- */
int cmd_refs(struct shell *s, const struct args *a);
/* The loaded module of that name, with a reference. NULL: there is none, which has been reported. */
struct tenon_module *module_get(struct shell *s, const struct args *a, const char *name);

/* ---- domains.c ---- */
int cmd_domains(struct shell *s, const struct args *a);
int cmd_kill(struct shell *s, const struct args *a);
/* The domain of that name; an isolated one is made if there is none. NULL: it could not, which has been reported. */
struct tenon_domain *domain_need(struct shell *s, const struct args *a, const char *name);
/* Forget the domains that have died, when what they had is reclaimed. */
void domains_bury(struct shell *s);
/* Close all domains that were made. */
void domains_close(struct shell *s);
/* "kernel, uncontained" or "isolated": faults in the kernel's domain are detected, not contained. */
const char *domain_kind_name(enum tenon_domain_kind kind);

/* ---- policy.c ---- */
int cmd_sig(struct shell *s, const struct args *a);
int cmd_disable(struct shell *s, const struct args *a);
/* Set the mode by name. Return: 0, -TENON_EINVAL: no such mode, -TENON_EPERM. */
int sig_set(struct shell *s, const char *name);

/* ---- call.c ---- */
int cmd_call(struct shell *s, const struct args *a);
void results_free(struct shell *s);

/* ---- function.c ---- */

/*
 * Find an exported function in domain @only, or in any if it is NULL. Return: 0 with code's module, on which there is a
 * reference now, and address; or 1 after saying why not.
 */
int function_find(struct shell *s, const struct args *a, const char *name, const struct tenon_domain *only,
		  struct process_code *code);

/* ---- device.c ---- */
int cmd_devices(struct shell *s, const struct args *a);
int cmd_cat(struct shell *s, const struct args *a);
int cmd_echo(struct shell *s, const struct args *a);
int cmd_ioctl(struct shell *s, const struct args *a);

/* ---- mount.c, files.c, ls.c: what Linux's file systems have ---- */
int cmd_mount(struct shell *s, const struct args *a);
int cmd_umount(struct shell *s, const struct args *a);
int cmd_losetup(struct shell *s, const struct args *a);
int cmd_df(struct shell *s, const struct args *a);
int cmd_ls(struct shell *s, const struct args *a);
int cmd_cp(struct shell *s, const struct args *a);
int cmd_sha256sum(struct shell *s, const struct args *a);
int cmd_mkdir(struct shell *s, const struct args *a);
int cmd_rm(struct shell *s, const struct args *a);
int cmd_mv(struct shell *s, const struct args *a);
/* Unmount all. Return: whether all is written. */
bool mounts_close(struct shell *s);

/* ---- edit.c: reading lines ---- */

/* Get ready to read from a terminal: history, completion. */
void edit_open(struct shell *s);
void edit_close(void);
/* The next line, to be freed; NULL at the end of the input. From a terminal or not. */
char *edit_line(const char *prompt);
int cmd_history(struct shell *s, const struct args *a);

/* ---- names.c: names that come close ---- */

/* Names of the modules that can be found, sorted. They belong to @s. */
char *const *names_get(struct shell *s, size_t *cnt);
void names_free(struct shell *s);

struct closest {
	const char *wanted;
	char name[TENON_SYMBOL_BYTES]; /* "" if none comes close */
	unsigned int distance;
};

/* Begin to look for what comes closest to @wanted, which stays the caller's; then offer names. */
void closest_begin(struct closest *c, const char *wanted);
void closest_offer(struct closest *c, const char *name);

/* ---- sink.c: printing ---- */

/* From here on what is printed to stdout and stderr can be nothing but text. */
void sink_open(void);
/* Bytes as they are, after all that was printed before; on a terminal they are text as well. */
bool sink_data(const void *bytes, size_t len);

/* ---- say.c: one clear line ---- */

/* Print "COMMAND: TEXT" to standard error, after all that was printed before. Return: 1, the status. */
int say(const struct args *a, const char *fmt, ...) TENON_PRINTF(2, 3);
/* Say what @diag says and what to do about it. @where: the file, or NULL. Return: 1. */
int say_diag(struct shell *s, const struct args *a, const char *where, const struct tenon_diag *diag);
/* For a symbol that nothing exports, in the same line: all others of the module. @where as above. */
void print_missing(struct shell *s, const char *where, const struct tenon_diag *diag);
/* Say how the command is used. Return: 2. */
int say_usage(const struct args *a);

#endif
