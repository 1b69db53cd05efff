// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Packed files through finit_module: another module unpacks them, which comes by itself, in either kind of domain, and which
 * nothing that it is given makes fail for others.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/boot/programs/modules.h"

#define PACKED 4 /* MODULE_INIT_COMPRESSED_FILE */
#define UNPACKER "unpack_gzip"

enum { LOOKS = 30000, CUTS = 12 };

static const char *where;

/* Return: whether the shell's command succeeds. */
static bool run(const char *command)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return !status;
}

static bool is_loaded(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return !access(path, F_OK);
}

static bool leaves(const char *name)
{
	for (int i = 0; i < LOOKS && is_loaded(name); i++)
		usleep(10000);
	return !is_loaded(name);
}

/* Every prefix of some lengths is refused, and so is each of these with a byte changed after its header. */
static void damaged(void)
{
	struct stat st;
	unsigned refused = 0, changed = 0;
	unsigned char byte;
	int fd;

	stat("/hello.gz", &st);
	for (unsigned i = 0; i < CUTS; i++) {
		off_t at = 20 + (st.st_size - 20) * i / CUTS;

		run("cp /hello.gz /cut.gz && cp /hello.gz /changed.gz");
		truncate("/cut.gz", at);
		refused += load_file("/cut.gz", "", PACKED) == -EINVAL;
		fd = open("/changed.gz", O_RDWR);
		if (pread(fd, &byte, 1, at) == 1) {
			byte ^= 0x55;
			pwrite(fd, &byte, 1, at);
		}
		close(fd);
		changed += load_file("/changed.gz", "", PACKED) == -EINVAL;
	}
	ok(refused == CUTS, "%s: what is cut off is -EINVAL (%u of %u)", where, refused, CUTS);
	ok(changed == CUTS, "%s: what was changed is -EINVAL (%u of %u)", where, changed, CUTS);
}

static void packed(void)
{
	ok(!load_file("/hello.gz", "", PACKED) && is_loaded("hello"), "%s: a packed file is loaded", where);
	ok(is_loaded(UNPACKER) && domain_is_there("unpackers") == !strcmp(where, "isolated"),
	   "%s: ... unpacked by a module, which came for it", where);
	ok(load_file("/hello.gz", "", PACKED) == -EEXIST, "%s: ... once", where);
	ok(!delete_module("hello", O_NONBLOCK), "%s: ... and goes", where);
	ok(!load_file("/tcpip.gz", "", PACKED) && !delete_module("tcpip", O_NONBLOCK), "%s: a large one is, too",
	   where);
	damaged();
	ok(load_file("/bomb.gz", "", PACKED) == -EFBIG, "%s: what becomes too large is -EFBIG", where);
	ok(load_file("/zeros.gz", "", PACKED) == -ENOEXEC, "%s: what is no module is -ENOEXEC", where);
	ok(!load_file("/hello.gz", "", PACKED) && !delete_module("hello", O_NONBLOCK),
	   "%s: after all that the next one is loaded", where);
	ok(leaves(UNPACKER) && (strcmp(where, "isolated") || domain_is_gone("unpackers")),
	   "%s: the unpacker leaves when it is idle", where);
}

int main(void)
{
	guest_begin();
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	ok(run("gzip -c " TREE "examples/hello.ko >/hello.gz && gzip -c " TREE "tcpip/tcpip.ko >/tcpip.gz &&"
	       "dd if=/dev/zero bs=1M count=17 | gzip >/bomb.gz && dd if=/dev/zero bs=1M count=3 | gzip >/zeros.gz"),
	   "files are packed");
	ok(load_file(TREE "examples/hello.ko", "", PACKED) == -EINVAL, "one that is not packed is none that is");
	where = "kernel";
	packed();
	ok(run("mkdir -p /etc/modprobe.d && echo options " UNPACKER " isolated=unpackers >/etc/modprobe.d/unpack.conf"),
	   "the unpacker shall be isolated");
	where = "isolated";
	packed();
	ok(run("echo blacklist " UNPACKER " >/etc/modprobe.d/unpack.conf && echo install " UNPACKER
	       " /bin/false >>/etc/modprobe.d/unpack.conf"),
	   "there is none");
	ok(load_file("/hello.gz", "", PACKED) == -EOPNOTSUPP, "then programs unpack it themselves");
	guest_end();
}
