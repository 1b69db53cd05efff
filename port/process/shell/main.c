/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* tenon-host: modules in an ordinary process, from a prompt or from `-c`. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port/process/program/debug.h"
#include "port/process/shell/shell.h"

#define LIST_MAX 64 /* directories, certificates, paths of configuration */

struct options {
	const char *commands; /* NULL: from standard input */
	const char *sig;
	const char *dirs[LIST_MAX], *certificates[LIST_MAX];
	const char *config[LIST_MAX + 1]; /* ended by NULL */
	const char *disks[LIST_MAX];
	size_t dir_cnt, certificate_cnt, config_cnt, disk_cnt;
	bool gdb, debugged; /* start gdb; gdb has started this */
};

static const char usage_text[] =
    "usage: tenon-host [OPTION...]\n"
    "Loads kernel modules into this process, or into child processes of it; the machine's own kernel is untouched.\n"
    "\n"
    "  -c COMMANDS      run these, separated by ';'; stop at the first that fails and exit with its status\n"
    "  --modules DIR    a directory of modules; may be repeated, the first that has a name wins\n"
    "  --config PATH    configuration as in modprobe.d, a file or directory; may be repeated (this machine's is not "
    "read)\n"
    "  --keys CERT...   certificates (PEM or DER) of keys that modules may be signed with\n"
    "  --disk FILE      a virtio disk over a file, for drivers of native modules such as virtio_blk; may be repeated\n"
    "  --gdb            in gdb, which knows the modules of the kernel's domain: 'break FUNCTION', 'run'\n"
    "  --sig MODE       off (default), audit, or enforce: refuse modules without a good signature\n"
    "  --help           this text\n"
    "  --version        the version\n"
    "\n"
    "Without -c commands are read from standard input; `help` lists them.\n";

/* ---- options ---- */

static bool add(const char **list, size_t *cnt, const char *item)
{
	if (*cnt == LIST_MAX) {
		fprintf(
		    stderr,
		    "tenon-host: more than %d directories, certificates, disks or paths of configuration; name fewer\n",
		    LIST_MAX);
		return false;
	}
	list[(*cnt)++] = item;
	return true;
}

static bool is_readable(const char *path)
{
	if (!access(path, R_OK))
		return true;
	fprintf(stderr, "tenon-host: --config %s: %s\n", path, strerror(errno));
	return false;
}

/* Return: -1 to go on, or the status to end with. */
static int take_options(struct options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{ "modules", required_argument, NULL, 'm' }, { "keys", required_argument, NULL, 'k' },
		{ "config", required_argument, NULL, 'f' },  { "disk", required_argument, NULL, 'd' },
		{ "gdb", no_argument, NULL, 'g' },           { DEBUG_INSIDE + 2, no_argument, NULL, 'i' },
		{ "sig", required_argument, NULL, 's' },     { "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },       { 0 },
	};
	bool good = true;
	int c;

	while (good && (c = getopt_long(argc, argv, "c:h", options, NULL)) >= 0) {
		switch (c) {
		case 'c':
			o->commands = optarg;
			break;
		case 'm':
			good =
			    standard_directory("tenon-host", "--modules", optarg) && add(o->dirs, &o->dir_cnt, optarg);
			break;
		case 'k':
			good = add(o->certificates, &o->certificate_cnt, optarg);
			while (good && optind < argc && argv[optind][0] != '-')
				good = add(o->certificates, &o->certificate_cnt, argv[optind++]);
			break;
		case 'f':
			good = is_readable(optarg) && add(o->config, &o->config_cnt, optarg);
			break;
		case 'd':
			good = add(o->disks, &o->disk_cnt, optarg);
			break;
		case 'g':
			o->gdb = true;
			break;
		case 'i':
			o->debugged = true;
			break;
		case 's':
			o->sig = optarg;
			break;
		case 'h':
			fputs(usage_text, stdout);
			return 0;
		case 'v':
			puts("tenon-host " NATIVE_VERMAGIC);
			return 0;
		default:
			good = false;
		}
	}
	if (good && optind < argc) {
		fprintf(stderr, "tenon-host: unexpected '%s'; give commands with -c\n", argv[optind]);
		good = false;
	}
	return good ? -1 : 2;
}

/* ---- the host ---- */

/* For the signal handler, which has no context; of the program, of which no module sees anything. */
static struct process_host *interrupted_host;
static volatile sig_atomic_t busy, interrupts; /* a command runs; interrupts since it began */

/*
 * The first interrupt is for what waits in the core. A module in the kernel's domain cannot be stopped: the second ends
 * all.
 */
static void on_interrupt(int sig)
{
	process_interrupt(interrupted_host);
	if (busy && ++interrupts > 1) {
		signal(sig, SIG_DFL);
		raise(sig);
	}
}

static int add_disk(const char *path)
{
	int err = process_disk_add(path);

	if (err == -TENON_EBUSY)
		fprintf(stderr, "tenon-host: --disk %s: another program uses it\n", path);
	else if (err == -TENON_EINVAL)
		fprintf(stderr, "tenon-host: --disk %s: it is no image: it has less than 512 bytes\n", path);
	else if (err)
		fprintf(stderr, "tenon-host: --disk %s: %s\n", path, strerror(-err));
	return err;
}

static int open_host(struct shell *s, const struct options *o)
{
	const struct process_options options = {
		.module_dirs = o->dirs,
		.module_dir_cnt = o->dir_cnt,
		.config = o->config_cnt ? o->config : NULL,
		.certificates = o->certificates,
		.certificate_cnt = o->certificate_cnt,
		.linked = o->debugged ? load_debugged : NULL,
		.linked_arg = s,
	};
	struct tenon_diag diag = { 0 };
	char text[512];
	int err = process_open(&options, &s->h);

	if (err) {
		fprintf(stderr, "tenon-host: cannot start: %s%s\n", strerror(-err),
			err == -TENON_EINVAL ? "; are the files given with --keys certificates?" : "");
		return 1;
	}
	for (size_t i = 0; i < o->disk_cnt; i++)
		if (add_disk(o->disks[i]))
			return 1;
	s->core = process_core(s->h);
	s->dirs = o->dirs;
	s->dir_cnt = o->dir_cnt;
	s->domains[s->domain_cnt++] = process_kernel(s->h);
	if (standard_provide(s->h, &diag)) {
		tenon_diag_format(&diag, text, sizeof(text));
		fprintf(stderr, "tenon-host: cannot provide the interface: %s\n", text);
		return 1;
	}
	if (o->sig && sig_set(s, o->sig)) {
		fprintf(stderr, "tenon-host: --sig %s: the modes are off, audit and enforce\n", o->sig);
		return 2;
	}
	return 0;
}

/*
 * A module that cannot be unloaded keeps the host open until the process ends, which takes it all along. Return: status: 1
 * if something mounted could not be written.
 */
static int close_host(struct shell *s)
{
	int status;

	if (!s->h)
		return 0;
	status = !mounts_close(s);
	results_free(s);
	names_free(s);
	process_settle(s->h);
	if (!standard_unload_all(s->h, NULL))
		return status;
	domains_close(s);
	signal(SIGINT, SIG_DFL);
	process_close(s->h);
	return status;
}

/* ---- running commands ---- */

/* All commands of a text. Return: the status of the last one, or with @stop of the first that failed. */
static int run_text(struct shell *s, const char *text, bool stop)
{
	const char *why;
	struct args a;
	int status = 0, more;

	while (!s->leaving && (more = args_next(&text, &a, &why))) {
		if (more < 0) {
			fprintf(stderr, "tenon-host: %s: %s\n", why, text);
			return 2;
		}
		interrupts = 0;
		busy = 1;
		status = command_run(s, &a);
		busy = 0;
		args_free(&a);
		if (status && stop)
			break;
	}
	return status;
}

static int run_input(struct shell *s)
{
	bool terminal = isatty(STDIN_FILENO);
	int status = 0;
	char *line;

	if (terminal) {
		puts("Tenon process host. Modules run in this ordinary process; this machine's own kernel is "
		     "untouched.\n"
		     "In the domain kernel faults are uncontained; `modprobe --isolated` contains them. `help` lists "
		     "commands.");
		edit_open(s);
	}
	while (!s->leaving && (line = edit_line("tenon> "))) {
		status = run_text(s, line, false);
		free(line);
	}
	if (terminal)
		edit_close();
	if (terminal && !s->leaving)
		putchar('\n');
	return status;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct shell s = { 0 };
	int status, closed;

	sink_open();
	status = take_options(&o, argc, argv);
	if (status >= 0)
		return fflush(stdout) ? 1 : status;
	if (o.gdb) {
		debug_start(argv);
		return 2;
	}
	status = open_host(&s, &o);
	if (!status) {
		interrupted_host = s.h;
		signal(SIGINT, on_interrupt);
		status = o.commands ? run_text(&s, o.commands, true) : run_input(&s);
	}
	closed = close_host(&s);
	fflush(stdout);
	return status ? status : closed;
}
