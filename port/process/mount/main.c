/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * tenon-mount: mount an image by a Linux module, for an ordinary user. The module is in an isolated domain, whose files FUSE
 * asks for. In the background unless -f is given: then the first process ends when it is mounted, with the status.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/process/mount/mount.h"
#include "port/process/program/standard.h"

#define DIRS_MAX 16

struct options {
	struct vfs_mount_options mount;
	const char *dirs[DIRS_MAX], *target;
	size_t dir_cnt;
	bool foreground, kernel, allow_other;
};

/* What is open while it is mounted. */
struct session {
	struct process_host *h;
	struct tenon_domain *domain;
	struct vfs vfs;
	struct vfs_mount *mount;
	struct fuse *fuse;
};

static const char usage_text[] =
    "usage: tenon-mount [OPTION...] IMAGE DIR\n"
    "Mounts a file system image on a directory by Linux's own module, in a process, for the user who calls it.\n"
    "`fusermount3 -u DIR` unmounts it.\n"
    "\n"
    "  -r               read-only\n"
    "  -t TYPE          the file system, as mount -t says it; otherwise it is recognised\n"
    "  -o OPTIONS       options for the module, as mount -o has them; `ro` is -r\n"
    "  -f               stay in the foreground until it is unmounted, and show the log; the status says whether all "
    "was\n"
    "                   written\n"
    "  --allow-other    other users see it, too (/etc/fuse.conf must allow that)\n"
    "  --in-process     in this process instead of an isolated child: faster, and a fault of the module ends both\n"
    "  --modules DIR    a directory of modules; may be repeated, the first that has a name wins\n"
    "  --help           this text\n";

static int take_options(struct options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{ "modules", required_argument, NULL, 'm' },
		{ "allow-other", no_argument, NULL, 'a' },
		{ "in-process", no_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "rt:o:fh", options, NULL)) >= 0) {
		switch (c) {
		case 'r':
			o->mount.read_only = true;
			break;
		case 't':
			o->mount.type = optarg;
			break;
		case 'o':
			o->mount.read_only |= !strcmp(optarg, "ro");
			o->mount.options = strcmp(optarg, "ro") ? optarg : NULL;
			break;
		case 'f':
			o->foreground = true;
			break;
		case 'a':
			o->allow_other = true;
			break;
		case 'k':
			o->kernel = true;
			break;
		case 'm':
			if (o->dir_cnt == DIRS_MAX) {
				fprintf(stderr, "tenon-mount: more than %d directories of modules\n", DIRS_MAX);
				return 2;
			}
			if (!standard_directory("tenon-mount", "--modules", optarg))
				return 2;
			o->dirs[o->dir_cnt++] = optarg;
			break;
		case 'h':
			fputs(usage_text, stdout);
			return 0;
		default:
			return 2;
		}
	}
	if (argc - optind != 2) {
		fputs("tenon-mount: give an image and a directory; --help says more\n", stderr);
		return 2;
	}
	o->mount.image = argv[optind];
	o->target = argv[optind + 1];
	return -1;
}

/* ---- beginning and end ---- */

static int complain(const char *what, const struct tenon_diag *diag)
{
	char text[512];

	tenon_diag_format(diag, text, sizeof(text));
	fprintf(stderr, "tenon-mount: %s: %s\n", what, text);
	return 1;
}

static int start_linux(struct session *s, const struct options *o)
{
	const struct process_options options = { .module_dirs = o->dirs,
						 .module_dir_cnt = o->dir_cnt,
						 .verbose = o->foreground };
	struct tenon_diag diag = { 0 };
	char why[256];
	int err = process_open(&options, &s->h);

	if (err) {
		fprintf(stderr, "tenon-mount: cannot start: %s\n", strerror(-err));
		return 1;
	}
	if (standard_provide(s->h, &diag))
		return complain("the interface", &diag);
	s->domain = process_kernel(s->h);
	err = o->kernel ? 0 : process_isolate(s->h, "mount", &s->domain);
	if (err) {
		fprintf(stderr, "tenon-mount: no isolated domain: %s\n", strerror(-err));
		return 1;
	}
	if (vfs_open(s->h, s->domain, true, &s->vfs, &diag))
		return complain("linux.ko", &diag);
	if (vfs_mount(&s->vfs, &o->mount, &s->mount, why)) {
		fprintf(stderr, "tenon-mount: %s\n", why);
		return 1;
	}
	return 0;
}

/* Return: status. */
static int stop_linux(struct session *s)
{
	bool left_behind = false;
	int status = 0, err;

	if (s->mount) {
		err = vfs_unmount(s->mount);
		if (err) {
			fprintf(stderr, "tenon-mount: not all may have been written: %s\n", strerror(-err));
			status = 1;
		}
	}
	if (s->vfs.linux_ko)
		vfs_close(&s->vfs);
	if (!s->h)
		return status;
	process_settle(s->h);
	if (!standard_unload_all(s->h, &left_behind) || left_behind) {
		fputs("tenon-mount: a module could not be unloaded, or left something behind\n", stderr);
		return 1;
	}
	if (s->domain != process_kernel(s->h))
		process_domain_close(s->h, s->domain);
	process_close(s->h);
	return status;
}

/* ---- FUSE ---- */

/* What libfuse is told: of a name, a comma begins no option of its own. Return: to be freed; NULL: no memory. */
static char *fuse_options(const struct session *s, const struct options *o)
{
	char *image = realpath(o->mount.image, NULL), *all = NULL, text[PROCESS_PATH_BYTES + 128];
	bool failed;

	snprintf(text, sizeof(text), "fsname=%s", image ? image : o->mount.image);
	failed = fuse_opt_add_opt_escaped(&all, text);
	snprintf(text, sizeof(text), "subtype=tenon.%s", vfs_mount_type(s->mount));
	failed = failed || fuse_opt_add_opt_escaped(&all, text) ||
		 (o->mount.read_only && fuse_opt_add_opt(&all, "ro")) ||
		 (o->allow_other && fuse_opt_add_opt(&all, "allow_other"));
	free(image);
	if (!failed)
		return all;
	free(all);
	return NULL;
}

static int start_fuse(struct session *s, const struct options *o)
{
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	char *options = fuse_options(s, o);
	int err = !options || fuse_opt_add_arg(&args, "tenon-mount") || fuse_opt_add_arg(&args, "-o") ||
		  fuse_opt_add_arg(&args, options);

	free(options);
	s->fuse = err ? NULL : fuse_new(&args, &mount_ops, sizeof(mount_ops), (void *)vfs_mount_vfs(s->mount));
	fuse_opt_free_args(&args);
	if (!s->fuse)
		return 1;
	if (!fuse_mount(s->fuse, o->target))
		return 0;
	fuse_destroy(s->fuse);
	return 1; /* libfuse has said why */
}

static int serve(struct session *s)
{
	struct fuse_session *session = fuse_get_session(s->fuse);
	int err = fuse_set_signal_handlers(session);

	if (!err)
		err = fuse_loop_mt(s->fuse, 0);
	fuse_remove_signal_handlers(session);
	fuse_unmount(s->fuse);
	fuse_destroy(s->fuse);
	return err < 0 ? 1 : 0;
}

/* Where to say that it is mounted: the process that waits for it. -1: nobody does. */
static int waiting = -1;

static void say_mounted(void)
{
	static const char status = 0;

	if (waiting < 0)
		return;
	if (write(waiting, &status, 1) != 1)
		perror("tenon-mount");
	close(waiting);
	if (!freopen("/dev/null", "r", stdin) || !freopen("/dev/null", "w", stdout) ||
	    !freopen("/dev/null", "w", stderr))
		exit(1);
}

static int run(const struct options *o)
{
	struct session s = { 0 };
	int status = start_linux(&s, o);

	if (!status)
		status = start_fuse(&s, o);
	if (!status) {
		say_mounted();
		status = serve(&s);
	}
	return stop_linux(&s) || status;
}

/* In a process of its own, before there are any threads. Return: the status, of the first process when it is mounted. */
static int run_in_background(const struct options *o)
{
	int ends[2];
	char status = 1;
	pid_t child;

	if (pipe(ends) || (child = fork()) < 0) {
		perror("tenon-mount");
		return 1;
	}
	if (!child) {
		close(ends[0]);
		waiting = ends[1];
		setsid();
		return run(o);
	}
	close(ends[1]);
	return read(ends[0], &status, 1) == 1 ? status : 1;
}

int main(int argc, char **argv)
{
	struct options o = { .mount = { .dir = MOUNT_DIR } };
	struct stat st;
	int status = take_options(&o, argc, argv);

	if (status >= 0)
		return status;
	if (stat(o.target, &st) || !S_ISDIR(st.st_mode)) {
		fprintf(stderr, "tenon-mount: %s: there is no such directory\n", o.target);
		return 1;
	}
	if (access("/dev/fuse", R_OK | W_OK)) {
		fprintf(stderr, "tenon-mount: /dev/fuse: %s; the prompt's `mount` does without\n", strerror(errno));
		return 1;
	}
	return o.foreground ? run(&o) : run_in_background(&o);
}
