/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The table of commands, and `help`. */
#include <stdio.h>
#include <string.h>

#include "port/process/shell/shell.h"

static int cmd_help(struct shell *s, const struct args *a);

static int cmd_exit(struct shell *s, const struct args *a)
{
	(void)a;
	s->leaving = true;
	return 0;
}

const struct command commands[] = {
	{ "insmod", "[--isolated | --domain NAME] FILE [PARAMETER=VALUE...]",
	  "load a module file; its dependencies must be loaded already", cmd_insmod, COMPLETES_FILE },
	{ "modprobe", "[--isolated | --domain NAME] NAME [PARAMETER=VALUE...]",
	  "find a module by name or alias; load it and its dependencies", cmd_modprobe, COMPLETES_MODULE },
	{ "rmmod", "NAME...", "unload modules", cmd_rmmod, COMPLETES_LOADED },
	{ "lsmod", "[-v]", "list modules; -v: with domain, state and taints", cmd_lsmod, COMPLETES_NOTHING },
	{ "modinfo", "[-F FIELD | -p] NAME|FILE...", "show a module's information; -p: its parameters", cmd_modinfo,
	  COMPLETES_MODULE },
	{ "dmesg", "[-C]", "show the log; -C: clear it", cmd_dmesg, COMPLETES_NOTHING },
	{ "call", "[--domain NAME] FUNCTION [ARGUMENT...]",
	  "call an exported function; arguments: number, \"text\", buf:BYTES, @N (result or buffer N)", cmd_call,
	  COMPLETES_NOTHING },
	{ "devices", "", "the character and block devices that modules offer", cmd_devices, COMPLETES_NOTHING },
	{ "cat", "/dev/NAME|FILE", "read a device, or a file of what is mounted", cmd_cat, COMPLETES_NOTHING },
	{ "echo", "TEXT... [> /dev/NAME|FILE]", "write a line, to a device or file", cmd_echo, COMPLETES_NOTHING },
	{ "ioctl", "/dev/NAME COMMAND [NUMBER | \"TEXT\"]...", "control a device; numbers are passed as 32 bits each",
	  cmd_ioctl, COMPLETES_NOTHING },
	{ "mount", "[-r] [-t TYPE] [-o OPTIONS] [--domain NAME] IMAGE|/dev/NAME|none DIR",
	  "mount a file system by Linux's module, -r: read-only; alone: list what is mounted", cmd_mount,
	  COMPLETES_FILE },
	{ "umount", "DIR...", "write what is in memory, and unmount", cmd_umount, COMPLETES_NOTHING },
	{ "losetup", "/dev/loopN FILE | -d /dev/loopN", "show a mounted file as a disk by Linux's module; -d: no more",
	  cmd_losetup, COMPLETES_NOTHING },
	{ "df", "", "how full the mounted file systems are", cmd_df, COMPLETES_NOTHING },
	{ "ls", "[-l] PATH...", "names in mounted file systems; -l: with their attributes, times in UTC", cmd_ls,
	  COMPLETES_NOTHING },
	{ "cp", "FROM TO", "copy a file; what is not below a mount is a file of this machine", cmd_cp, COMPLETES_FILE },
	{ "sha256sum", "PATH...", "hashes of mounted files; of a directory: of all files below it", cmd_sha256sum,
	  COMPLETES_NOTHING },
	{ "mkdir", "DIR...", "make directories", cmd_mkdir, COMPLETES_NOTHING },
	{ "rm", "PATH...", "remove mounted files, and directories that are empty", cmd_rm, COMPLETES_NOTHING },
	{ "mv", "FROM TO", "rename a mounted file or directory", cmd_mv, COMPLETES_NOTHING },
	{ "exports", "[PATTERN]", "exported symbols, with address, checksum and provider", cmd_exports,
	  COMPLETES_NOTHING },
	{ "imports", "NAME", "what a module was bound to", cmd_imports, COMPLETES_LOADED },
	{ "map", "[DOMAIN]", "module memory by block and region, with how much is used", cmd_map, COMPLETES_NOTHING },
	{ "refs", "NAME", "who uses a module, what it uses, what it owns", cmd_refs, COMPLETES_LOADED },
	{ "domains", "", "the kernel's domain and the isolated ones", cmd_domains, COMPLETES_NOTHING },
	{ "kill", "DOMAIN...", "end an isolated domain, with all modules in it, whatever holds them", cmd_kill,
	  COMPLETES_NOTHING },
	{ "sig", "[off | audit | enforce]", "show or set signature checking; enforce is final", cmd_sig,
	  COMPLETES_NOTHING },
	{ "disable", "", "refuse every later load and unload; cannot be undone", cmd_disable, COMPLETES_NOTHING },
	{ "stats", "", "counters of the core and of the process host", cmd_stats, COMPLETES_NOTHING },
	{ "history", "", "lines typed before", cmd_history, COMPLETES_NOTHING },
	{ "help", "[COMMAND]", "this list, or more about a command", cmd_help, COMPLETES_COMMAND },
	{ "exit", "", "unload everything and leave", cmd_exit, COMPLETES_NOTHING },
	{ 0 },
};

const struct command *command_find(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

static int cmd_help(struct shell *s, const struct args *a)
{
	const struct command *c;

	(void)s;
	if (a->cnt > 2)
		return say_usage(a);
	if (a->cnt == 2) {
		c = command_find(a->word[1]);
		if (!c)
			return say(a, "there is no command '%s'; `help` lists them", a->word[1]);
		printf("usage: %s %s\n%s\n", c->name, c->usage, c->help);
		return 0;
	}
	for (c = commands; c->name; c++)
		printf("  %-9s %s\n", c->name, c->help);
	printf("`help COMMAND` shows its arguments. Commands are separated by ';' or a new line.\n");
	return 0;
}

static int unknown(const char *name)
{
	struct closest c;

	closest_begin(&c, name);
	for (const struct command *known = commands; known->name; known++)
		closest_offer(&c, known->name);
	if (c.name[0])
		fprintf(stderr, "%s: no such command; did you mean %s?\n", name, c.name);
	else
		fprintf(stderr, "%s: no such command; `help` lists them\n", name);
	return 127;
}

int command_run(struct shell *s, const struct args *a)
{
	const struct command *c = command_find(a->word[0]);
	int status;

	domains_bury(s);
	status = c ? c->run(s, a) : unknown(a->word[0]);
	fflush(stdout);
	return status;
}
