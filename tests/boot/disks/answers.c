// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * answers PART DIRECTORY [DEVICE TYPE] - what is asked only by whoever wants to know: calls at the edges of what they allow, a
 * line for each with its answer, which has to be the same on every kernel.
 *
 *    files      in the directory, on a file system that may keep no owners or permissions
 *    mounting   of the device, of that type, which is mounted there
 *    sockets    with lo on
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static char buf[70000];

static void say(const char *what, long answer, int error)
{
	printf("%s = %s\n", what, answer == -1 ? strerrorname_np(error) : "done");
	fflush(stdout);
}

/* Whether it succeeds. */
#define ASK(call)                                                                                                              \
	do {                                                                                                                   \
		long answer_ = (long)(call);                                                                                   \
		say(#call, answer_, errno);                                                                                    \
	} while (0)

static void put(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, mode);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("%s: %s\n", path, strerrorname_np(errno));
	close(fd);
}

static void show(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		printf("%s: %s\n", path, strerrorname_np(errno));
	else
		printf("%s: mode %o, owner %u, group %u, bytes %lld\n", path, st.st_mode, st.st_uid, st.st_gid,
		       (long long)st.st_size);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* What is refused changes nothing, also not what is in memory alone. */
static void attributes(void)
{
	int fd;

	put("file", "text", 0755);
	fd = open("file", O_WRONLY | O_APPEND);
	ASK(fchmod(fd, 04755));
	ASK(fchmod(fd, 0755));
	ASK(fchown(fd, 5, 6));
	ASK(fchown(fd, 0, 0));
	show("file");
	ASK(fchmod(fd, 02777));
	ASK(write(fd, "more", 4));
	ASK(ftruncate(fd, 3));
	ASK(fchmod(fd, 0755));
	show("file");
	close(fd);
}

/* A file that is open only to be named. */
static void names_alone(void)
{
	const struct timespec times[2] = { 0 };
	int fd = open("file", O_PATH), other, number = 0;
	struct stat st;

	ASK(read(fd, buf, 1));
	ASK(write(fd, buf, 1));
	ASK(fchmod(fd, 0700));
	ASK(fchown(fd, 0, 0));
	ASK(ftruncate(fd, 0));
	ASK(fcntl(fd, F_SETFL, O_NONBLOCK));
	ASK(fcntl(fd, F_GETFL));
	ASK(fcntl(fd, F_GETFD));
	ASK(lseek(fd, 0, SEEK_CUR));
	ASK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
	ASK(ioctl(fd, FIONREAD, &number));
	ASK(fsync(fd));
	ASK(flock(fd, LOCK_EX));
	ASK(futimens(fd, times));
	ASK(syscall(SYS_getdents64, fd, buf, 100));
	ASK(fstat(fd, &st));
	other = dup(fd);
	ASK(dup2(other, other));
	ASK(read(other, buf, 1));
	close(other);
	close(fd);
	ASK(dup2(fd, fd));
}

static void removed_directory(void)
{
	int fd;

	mkdir("gone", 0755);
	fd = open("gone", O_RDONLY | O_DIRECTORY);
	ASK(rmdir("gone"));
	ASK(syscall(SYS_getdents64, fd, buf, 1000));
	ASK(openat(fd, "file", O_CREAT | O_RDWR, 0600));
	ASK(mkdirat(fd, "directory", 0700));
	close(fd);
}

static void without_waiting(void)
{
	int end[2], on = 1;

	if (pipe(end))
		return;
	ASK(ioctl(end[0], FIONBIO, &on));
	ASK(read(end[0], buf, 1));
	printf("flags %o\n", fcntl(end[0], F_GETFL));
	on = 0;
	ASK(ioctl(end[0], FIONBIO, &on));
	printf("flags %o\n", fcntl(end[0], F_GETFL));
	ASK(ioctl(end[0], FIONBIO, (void *)8));
	close(end[0]);
	close(end[1]);
}

/* ---- mounting ---------------------------------------------------------------------------------------------------- */

static const char *device, *type;

static int remount(unsigned long flags)
{
	return mount(device, ".", type, MS_REMOUNT | flags, NULL);
}

static int run(const char *path)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		execl(path, path, (char *)NULL);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	errno = WEXITSTATUS(status);
	return errno ? -1 : 0;
}

/* What is still to be written stands in the way of a file system that is to be read only. */
static void read_only(void)
{
	int fd = open("file", O_WRONLY | O_CREAT, 0755), gone;

	ASK(remount(MS_RDONLY));
	ASK(write(fd, "text", 4));
	close(fd);
	put("unnamed", "text", 0755);
	gone = open("unnamed", O_RDONLY);
	unlink("unnamed");
	ASK(remount(MS_RDONLY));
	close(gone);
	fd = open("file", O_RDONLY);
	ASK(remount(MS_RDONLY));
	ASK(open("file", O_WRONLY));
	ASK(open("new", O_WRONLY | O_CREAT, 0755));
	ASK(read(fd, buf, 4));
	close(fd);
	ASK(remount(0));
	ASK(open("new", O_WRONLY | O_CREAT, 0755));
}

static void restricted(void)
{
	struct statfs s;
	void *page;
	int fd;

	put("script", "#!/busybox true\n", 0755);
	mknod("null", S_IFCHR | 0666, makedev(1, 3));
	ASK(remount(MS_NOEXEC));
	ASK(run("./script"));
	ASK(access("script", X_OK));
	ASK(access(".", X_OK));
	fd = open("script", O_RDONLY);
	ASK(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	ASK(mprotect(page, 4096, PROT_READ | PROT_EXEC));
	close(fd);
	ASK(statfs(".", &s));
	printf("flags %lx\n", (long)s.f_flags & (MS_RDONLY | MS_NODEV | MS_NOEXEC));
	ASK(remount(MS_NODEV));
	ASK(access("script", X_OK));
	ASK(open("null", O_WRONLY));
	ASK(open("null", O_PATH));
	ASK(statfs(".", &s));
	printf("flags %lx\n", (long)s.f_flags & (MS_RDONLY | MS_NODEV | MS_NOEXEC));
	ASK(remount(0));
	ASK(open("null", O_WRONLY));
}

/* ---- sockets ----------------------------------------------------------------------------------------------------- */

static const struct timeval soon = { .tv_sec = 5 };

static int new_socket(int kind)
{
	int fd = socket(AF_INET, kind, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof(soon));
	return fd;
}

static struct sockaddr_in at(const char *ip, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	inet_pton(AF_INET, ip, &a.sin_addr);
	return a;
}

static int bound(int fd)
{
	struct sockaddr_in a = at("127.0.0.1", 0);
	socklen_t len = sizeof(a);

	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) || getsockname(fd, (struct sockaddr *)&a, &len))
		printf("bind: %s\n", strerrorname_np(errno));
	return ntohs(a.sin_port);
}

static int go(int fd, const char *ip, int port)
{
	struct sockaddr_in a = at(ip, port);

	return connect(fd, (struct sockaddr *)&a, sizeof(a));
}

static int send_to(int fd, size_t len, const char *ip, int port)
{
	struct sockaddr_in a = at(ip, port);

	return (int)sendto(fd, buf, len, 0, (struct sockaddr *)&a, sizeof(a));
}

static void option(int fd, const char *name, int level, int number, int value)
{
	int is = -1, was = -1, set;
	socklen_t len = sizeof(is);

	getsockopt(fd, level, number, &was, &len);
	set = setsockopt(fd, level, number, &value, sizeof(value));
	printf("%s: was %d, set to %d: %s", name, was, value, set ? strerrorname_np(errno) : "done");
	getsockopt(fd, level, number, &is, &len);
	printf(", is %d\n", is);
}
#define OPTION(level, number, value) option(fd, #number, level, number, value)

static void options(void)
{
	int fd = new_socket(SOCK_STREAM);

	OPTION(SOL_SOCKET, SO_REUSEADDR, 1);
	OPTION(SOL_SOCKET, SO_KEEPALIVE, 1);
	OPTION(SOL_SOCKET, SO_KEEPALIVE, 0);
	OPTION(SOL_SOCKET, SO_BROADCAST, 1);
	OPTION(SOL_SOCKET, SO_PROTOCOL, 1);
	OPTION(SOL_SOCKET, SO_DOMAIN, 1);
	OPTION(SOL_SOCKET, SO_ACCEPTCONN, 1);
	OPTION(IPPROTO_TCP, TCP_NODELAY, 1);
	OPTION(IPPROTO_TCP, TCP_KEEPIDLE, 60);
	OPTION(IPPROTO_TCP, TCP_KEEPIDLE, 0);
	OPTION(IPPROTO_TCP, TCP_KEEPINTVL, 32768);
	OPTION(IPPROTO_TCP, TCP_KEEPCNT, 5);
	OPTION(IPPROTO_TCP, TCP_KEEPCNT, 128);
	OPTION(IPPROTO_IP, IP_TTL, 7);
	OPTION(IPPROTO_IP, IP_TTL, 0);
	OPTION(IPPROTO_IP, IP_TTL, 256);
	OPTION(IPPROTO_IP, IP_TTL, -1);
	close(fd);
}

static void streams(void)
{
	int l = new_socket(SOCK_STREAM), fd = new_socket(SOCK_STREAM), port = bound(l), other = new_socket(SOCK_STREAM);

	ASK(go(fd, "127.0.0.1", port));
	ASK(recv(fd, buf, 1, 0));
	ASK(listen(l, 0));
	ASK(go(l, "127.0.0.1", port));
	ASK(go(fd, "127.0.0.1", port));
	ASK(go(fd, "127.0.0.1", port));
	ASK(accept(l, NULL, NULL));
	ASK(go(other, "0.0.0.0", port));
	ASK(send(other, "text", 4, 0));
	close(other);
	close(fd);
	close(l);
}

static void datagrams(void)
{
	int fd = new_socket(SOCK_DGRAM), other = new_socket(SOCK_DGRAM), port = bound(fd);

	ASK(send_to(other, 10, "127.0.0.1", 0));
	ASK(send_to(other, 65508, "127.0.0.1", port));
	ASK(send_to(other, 65507, "127.0.0.1", port));
	printf("received %zd\n", recv(fd, buf, sizeof(buf), 0));
	ASK(send_to(other, 10, "0.0.0.0", port));
	printf("received %zd\n", recv(fd, buf, sizeof(buf), 0));
	close(fd);
	close(other);
}

int main(int argc, char **argv)
{
	if (argc < 3 || chdir(argv[2]))
		return 2;
	if (argc > 4) {
		device = argv[3];
		type = argv[4];
	}
	if (!strcmp(argv[1], "files")) {
		attributes();
		names_alone();
		removed_directory();
		without_waiting();
	} else if (!strcmp(argv[1], "mounting")) {
		read_only();
		if (!strcmp(type, "ext2"))
			restricted();
	} else if (!strcmp(argv[1], "sockets")) {
		options();
		streams();
		datagrams();
	}
	printf("end of %s in %s\n", argv[1], argv[2]);
	return 0;
}
