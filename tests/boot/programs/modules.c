// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * init_module, finit_module and delete_module: errors as Linux's manual page has them, files that are damaged, loads from
 * several processes at once. What was there before is there afterwards.
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tests/boot/programs/modules.h"

enum { FUZZED = 600, ROUNDS = 10, AT_ONCE = 4 };

static char *file; /* hello.ko */
static size_t bytes;

static char *read_whole(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	char *data;

	if (fd < 0 || fstat(fd, &st))
		return NULL;
	data = malloc((size_t)st.st_size);
	*len = (size_t)read(fd, data, (size_t)st.st_size);
	close(fd);
	return data;
}

/* All of /proc/modules but the reference counts. */
static void list(char *text, size_t size)
{
	FILE *f = fopen("/proc/modules", "r");
	char line[256], name[64];

	text[0] = '\0';
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63s", name) == 1)
			snprintf(text + strlen(text), size - strlen(text), "%s ", name);
	if (f)
		fclose(f);
}

static bool listed(const char *expected)
{
	char text[512];

	list(text, sizeof(text));
	if (!strcmp(text, expected))
		return true;
	diag("modules: %s", text);
	return false;
}

/* ---- errors ------------------------------------------------------------------------------------------------------ */

static void errors_of_init(void)
{
	char long_text[8192];

	memset(long_text, 'x', sizeof(long_text));
	long_text[sizeof(long_text) - 1] = '\0';
	ok(init_module(file, 10, "") == -ENOEXEC, "init_module: a file shorter than a header is ENOEXEC");
	ok(init_module((void *)8, bytes, "") == -EFAULT, "... memory that is not the program's EFAULT");
	ok(init_module(file, bytes, (void *)8) == -EFAULT, "... parameters too");
	ok(init_module(file, 1ul << 40, "") == -ENOMEM, "... a file larger than memory ENOMEM");
	ok(init_module(file, bytes, long_text) == -E2BIG, "... parameters without end E2BIG");
	ok(init_module(file, bytes, "nothing=1") == -EINVAL, "... a parameter that there is not EINVAL");
	ok(init_module(long_text, sizeof(long_text), "") == -ENOEXEC, "... what is no module ENOEXEC");
	ok(init_module(file, bytes, "") == 0 && init_module(file, bytes, "") == -EEXIST, "... a second time EEXIST");
	ok(delete_module("hello", O_NONBLOCK) == 0, "and it can be unloaded");
}

static void errors_of_finit(void)
{
	int writable = open(TREE "examples/hello.ko", O_WRONLY), dir = open("/", O_RDONLY);
	int empty = open("/tmp/empty", O_CREAT | O_RDWR, 0600), fds[2];

	ok(finit_module(-1, "", 0) == -EBADF, "finit_module: no file is EBADF");
	ok(finit_module(writable, "", 0) == -EBADF, "... one not opened to read too");
	ok(!pipe(fds) && finit_module(fds[0], "", 0) == -EINVAL, "... a pipe EINVAL");
	ok(finit_module(dir, "", 0) == -EINVAL, "... a directory");
	ok(finit_module(empty, "", 0) == -EINVAL, "... an empty file");
	ok(load_file(TREE "examples/hello.ko", "", 8) == -EINVAL, "... a flag that there is not");
	ok(load_file(TREE "examples/hello.ko", "", 4) == -EINVAL, "... one that says packed and is not EINVAL");
	ok(load_file("/refused/wrong-vermagic.ko", "", 0) == -EINVAL ||
	       load_file("/refused/wrong-vermagic.ko", "", 0) == -ENOEXEC,
	   "... another version magic is refused");
	ok(load_file("/refused/missing-symbol.ko", "", 0) == -ENOENT, "... an unknown symbol ENOENT");
	ok(load_file(TREE "examples/export-b.ko", "", 0) == -ENOENT, "... what needs a module that is not loaded, too");
	ok(load_file(TREE "faulty/init-fails.ko", "", 0) < 0, "... an init that fails gives its error");
	close(writable), close(dir), close(empty), close(fds[0]), close(fds[1]);
}

/* Its exit takes longer than an unload with O_NONBLOCK looks on. One is first, and the other one told so. */
static bool unload_by_two(void)
{
	int status, err = load_file(TREE "examples/toybus.ko", "", 0) ? 0 : ENOENT;

	for (int i = 0; i < 8 && err == ENOENT; i++) { /* ENOENT: the other one came when it had gone */
		pid_t pid;

		if (load_file(TREE "faulty/dawdle.ko", "exit_ms=3000", 0))
			return false;
		pid = fork();
		if (!pid)
			_exit((int)-delete_module("dawdle", O_NONBLOCK));
		err = (int)-delete_module("dawdle", O_NONBLOCK);
		if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || (err && WEXITSTATUS(status)))
			return false;
		err += WEXITSTATUS(status);
	}
	return err == EBUSY && !delete_module("toybus", O_NONBLOCK);
}

static void errors_of_delete(void)
{
	char long_name[100];

	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	ok(delete_module("nothing", O_NONBLOCK) == -ENOENT, "delete_module: what is not there is ENOENT");
	ok(delete_module("", O_NONBLOCK) == -ENOENT, "... no name");
	ok(delete_module(long_name, O_NONBLOCK) == -ENOENT, "... a name longer than any");
	ok(delete_module((void *)8, O_NONBLOCK) == -EFAULT, "... memory that is not the program's EFAULT");
	ok(!load_file(TREE "examples/export-a.ko", "", 0) && !load_file(TREE "examples/export-b.ko", "", 0) &&
	       delete_module("export_a", O_NONBLOCK) == -EWOULDBLOCK,
	   "... one that another needs EWOULDBLOCK");
	ok(delete_module("export_a", O_NONBLOCK | O_TRUNC) == -EWOULDBLOCK, "... by force as well");
	ok(!delete_module("export_b", O_NONBLOCK) && !delete_module("export_a", O_NONBLOCK), "... and then it goes");
	ok(unload_by_two(), "... one that another process unloads EBUSY");
}

static void not_root(void)
{
	if (setuid(1000) || init_module(file, bytes, "") != -EPERM ||
	    load_file(TREE "examples/hello.ko", "", 0) != -EPERM || delete_module("hello", O_NONBLOCK) != -EPERM)
		_exit(1);
}

/* ---- damaged files ----------------------------------------------------------------------------------------------- */

static uint64_t draw(uint64_t *state)
{
	/* xorshift64 (Marsaglia 2003) */
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/*
 * Numbers in headers and tables are changed, not the code: a file whose code is damaged and that is loaded runs it, in the
 * kernel's own domain. Whatever loads must go again.
 */
static void fuzz(uint64_t seed, unsigned cnt)
{
	char *copy = malloc(bytes);
	uint64_t shoff, state = seed;

	memcpy(&shoff, file + 40, sizeof(shoff));
	for (unsigned i = 0; i < cnt; i++) {
		size_t len = bytes;

		memcpy(copy, file, bytes);
		for (unsigned n = 1 + (unsigned)(draw(&state) % 4); n; n--) {
			/* The file's header, or one of a section. */
			size_t at = draw(&state) % 3 ? shoff + draw(&state) % (bytes - shoff) : draw(&state) % 64;

			copy[at] = draw(&state) % 4 ? (char)(copy[at] ^ 1 << draw(&state) % 8) : (char)draw(&state);
		}
		if (draw(&state) % 8 == 0)
			len = 64 + draw(&state) % (bytes - 64);
		if (!init_module(copy, len, ""))
			delete_module("hello", O_NONBLOCK);
	}
	free(copy);
}

static void fuzz_some(void)
{
	fuzz(88172645463325252ull, FUZZED / 4 * times());
}

/* ---- at once ----------------------------------------------------------------------------------------------------- */

static bool brief; /* ROUNDS are enough, also in a long run */

static bool more_rounds(unsigned done)
{
	return brief ? done < ROUNDS : more(done, ROUNDS);
}

/* Whoever loads it unloads it; the others are told that it is there, or that it is going. */
static void storm(void)
{
	static const char *const names[] = { "hello", "params", "export-a", "timer" };
	static const char *const modules[] = { "hello", "params", "export_a", "timer" };
	char path[128];

	for (unsigned i = 0; more_rounds(i); i++) {
		unsigned n = ((unsigned)getpid() + i) % 4;
		long err;

		snprintf(path, sizeof(path), TREE "examples/%s.ko", names[n]);
		err = load_file(path, "", 0);
		if (err && err != -EEXIST && err != -EBUSY)
			_exit(1);
		err = delete_module(modules[n], O_NONBLOCK);
		if (err && err != -ENOENT && err != -EBUSY && err != -EWOULDBLOCK)
			_exit(2);
	}
}

static void storms(void)
{
	pid_t pid[AT_ONCE];
	int status, bad = 0;

	for (int i = 0; i < AT_ONCE; i++) {
		pid[i] = fork();
		if (!pid[i]) {
			storm();
			_exit(0);
		}
	}
	for (int i = 0; i < AT_ONCE; i++)
		bad |= waitpid(pid[i], &status, 0) != pid[i] || status;
	if (bad)
		_exit(1);
}

/* ---- calling what is unloaded ------------------------------------------------------------------------------------ */

static volatile int *stop; /* shared by all */

static void call_device(void)
{
	char data[16];
	int fd;

	while (!*stop) {
		/* Looked at first: to open what is not there would ask for it. */
		fd = access("/dev/upper", F_OK) ? -1 : open("/dev/upper", O_RDONLY);
		if (fd < 0) {
			sched_yield();
			continue;
		}
		if (read(fd, data, sizeof(data)) < 0 && errno != ENODEV)
			_exit(1);
		close(fd);
	}
}

/*
 * Each unload waits for those who are inside, or says that it is used; nobody comes into what has gone, whose text traps.
 */
static void unload_under_calls(void)
{
	pid_t pid[AT_ONCE];
	int status;

	*stop = 0;
	for (int i = 0; i < AT_ONCE; i++) {
		pid[i] = fork();
		if (!pid[i]) {
			call_device();
			_exit(0);
		}
	}
	for (unsigned i = 0; more_rounds(i); i++) {
		long err;

		if (load_file(TREE "examples/chardev.ko", "", 0))
			_exit(1);
		while ((err = delete_module("chardev", O_NONBLOCK)) == -EWOULDBLOCK)
			sched_yield();
		if (err)
			_exit(2);
	}
	*stop = 1;
	for (int i = 0; i < AT_ONCE; i++)
		if (waitpid(pid[i], &status, 0) != pid[i] || status)
			_exit(3);
}

int main(void)
{
	guest_begin();
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	stop = mmap(NULL, sizeof(*stop), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	file = read_whole(TREE "examples/hello.ko", &bytes);
	ok(file && !init_module(file, bytes, ""), "init_module loads a file");
	ok(listed("hello runtime "), "... and the base that it needs");
	ok(!delete_module("hello", O_NONBLOCK) && listed("runtime "), "delete_module unloads it");
	errors_of_init();
	errors_of_finit();
	errors_of_delete();
	ok(exited(in_child(not_root), 0), "who is not root may do none of that");
	ok(exited(in_child(fuzz_some), 0), "damaged files are refused, or load and go");
	ok(listed("runtime "), "... and nothing of them is left");
	ok(leaves_nothing(fuzz_some), "... no memory either");
	ok(exited(in_child(storms), 0), "%d processes load and unload at once", AT_ONCE);
	ok(listed("runtime "), "... and nothing is left");
	brief = true;
	ok(leaves_nothing(storms), "... no memory either");
	brief = false;
	ok(exited(in_child(unload_under_calls), 0), "F-15: a device's module is unloaded while %d processes use it",
	   AT_ONCE);
	ok(listed("runtime "), "... and it has gone");
	brief = true;
	ok(leaves_nothing(unload_under_calls), "... with its memory");
	ok(!delete_module("runtime", O_NONBLOCK) && listed(""), "the base goes last");
	guest_end();
}
