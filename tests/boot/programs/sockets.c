// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Sockets between programs, unix(7), as Linux has them: the same program runs on Linux, too, and must say the same there.
 * The family's module comes with the first socket, and goes after the last one.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "tests/boot/programs/guest.h"

#define BIG (1 << 20)

static char directory[] = "/tmp/sockets.XXXXXX";

static socklen_t address(struct sockaddr_un *a, const char *name)
{
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	if (name[0] == '@') { /* not a file's */
		size_t len =
		    (size_t)snprintf(a->sun_path + 1, sizeof(a->sun_path) - 1, "%s.%s", name + 1, directory + 5);

		return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + len);
	}
	snprintf(a->sun_path, sizeof(a->sun_path), "%.20s/%s", directory, name);
	return sizeof(*a);
}

static int bound(int type, const char *name)
{
	struct sockaddr_un a;
	socklen_t len = address(&a, name);
	int fd = socket(AF_UNIX, type, 0);

	if (fd >= 0 && !bind(fd, (struct sockaddr *)&a, len))
		return fd;
	diag("%s: errno %d", name, errno);
	close(fd);
	return -1;
}

static int connect_to(int fd, const char *name)
{
	struct sockaddr_un a;
	socklen_t len = address(&a, name);

	return connect(fd, (struct sockaddr *)&a, len) ? -errno : 0;
}

/* What a failed call left in errno; 0: it did not fail. */
static int error_of(long result)
{
	return result < 0 ? errno : 0;
}

static bool readable(int fd, short events, short expected)
{
	struct pollfd p = { .fd = fd, .events = events };

	if (poll(&p, 1, 0) >= 0 && p.revents == expected)
		return true;
	diag("poll: 0x%x and not 0x%x", p.revents, expected);
	return false;
}

static bool says(int fd, const char *expected)
{
	char text[64] = "";
	ssize_t got = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	if (got == (ssize_t)strlen(expected) && !strcmp(text, expected))
		return true;
	diag("got %zd bytes, errno %d: %s", got, errno, text);
	return false;
}

static void pairs(void)
{
	char text[8];
	int s[2];

	ok(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s), "a pair");
	ok(fcntl(s[0], F_GETFD) == FD_CLOEXEC && error_of(socketpair(AF_UNIX, 99, 0, s)) == EINVAL &&
	       error_of(socket(AF_UNIX, SOCK_RDM, 0)) == ESOCKTNOSUPPORT &&
	       error_of(socket(43, SOCK_STREAM, 0)) == EAFNOSUPPORT,
	   "its flags are as wanted; what there is not is refused");
	ok(readable(s[0], POLLIN | POLLOUT, POLLOUT) && send(s[0], "abc", 3, 0) == 3 && write(s[0], "def", 3) == 3 &&
	       readable(s[1], POLLIN | POLLOUT, POLLIN | POLLOUT),
	   "what is sent can be read");
	ok(recv(s[1], text, 2, MSG_PEEK) == 2 && !memcmp(text, "ab", 2) && says(s[1], "abcdef"),
	   "a stream has no borders, and what was only looked at stays");
	ok(error_of(recv(s[1], text, 1, MSG_DONTWAIT)) == EAGAIN && !fcntl(s[1], F_SETFL, O_NONBLOCK) &&
	       error_of(read(s[1], text, 1)) == EAGAIN,
	   "nothing is waited for by who does not want to");
	ok(write(s[0], "x", 1) == 1 && !shutdown(s[0], SHUT_WR) && says(s[1], "x") && !read(s[1], text, 1) &&
	       readable(s[1], POLLIN | POLLOUT | POLLRDHUP, POLLIN | POLLOUT | POLLRDHUP),
	   "one direction ends after what was sent");
	signal(SIGPIPE, SIG_IGN);
	ok(error_of(write(s[0], "y", 1)) == EPIPE && write(s[1], "z", 1) == 1 && says(s[0], "z"),
	   "... and the other goes on");
	close(s[1]);
	ok(readable(s[0], POLLIN, POLLIN | POLLHUP) && !read(s[0], text, 1), "the end of one is the end for the other");
	close(s[0]);
}

static void broken_pipe(void)
{
	int s[2];

	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	signal(SIGPIPE, SIG_DFL);
	close(s[1]);
	send(s[0], "x", 1, MSG_NOSIGNAL);
	send(s[0], "x", 1, 0);
}

/* As many bytes as never fit at once, from one process to another. */
static void much(void)
{
	static char out[BIG], in[BIG];
	ssize_t got, done = 0;
	int s[2];

	for (size_t i = 0; i < BIG; i++)
		out[i] = (char)(i * 2654435761u >> 24);
	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	if (!fork()) {
		close(s[1]);
		_exit(write(s[0], out, BIG) == BIG ? 0 : 1);
	}
	close(s[0]);
	while (done < BIG && (got = recv(s[1], in + done, (size_t)(BIG - done) < 7777 ? (size_t)(BIG - done) : 7777,
					 MSG_WAITALL)) > 0)
		done += got;
	ok(done == BIG && !memcmp(out, in, BIG) && !read(s[1], in, 1), "a mebibyte arrives as it was sent");
	wait(NULL);
	close(s[1]);
}

static void connections(void)
{
	struct sockaddr_un a;
	socklen_t len = sizeof(a);
	struct ucred peer;
	struct stat st;
	int l = bound(SOCK_STREAM, "stream"), c = socket(AF_UNIX, SOCK_STREAM, 0), s, third, err = -1;
	char path[64];

	snprintf(path, sizeof(path), "%s/stream", directory);
	ok(l >= 0 && !stat(path, &st) && S_ISSOCK(st.st_mode), "a name is a file");
	ok(error_of(open(path, O_RDWR)) == ENXIO, "... which cannot be opened");
	address(&a, "stream");
	third = socket(AF_UNIX, SOCK_STREAM, 0);
	ok(error_of(bind(third, (struct sockaddr *)&a, sizeof(a))) == EADDRINUSE, "... and is there once");
	ok(connect_to(c, "stream") == -ECONNREFUSED && error_of(accept(l, NULL, NULL)) == EINVAL, "nobody listens");
	ok(connect_to(c, "nothing") == -ENOENT, "there is no such name");
	ok(!listen(l, 0) && !connect_to(c, "stream") && write(c, "early", 5) == 5, "who connects need not wait");
	ok(!fcntl(third, F_SETFL, O_NONBLOCK) && connect_to(third, "stream") == -EAGAIN, "... until too many do");
	ok(readable(l, POLLIN, POLLIN), "who listens sees it");
	s = accept4(l, (struct sockaddr *)&a, &len, SOCK_NONBLOCK);
	ok(s >= 0 && len == sizeof(sa_family_t) && a.sun_family == AF_UNIX && says(s, "early"), "a connection");
	ok(!connect_to(third, "stream"), "... makes room for the next");
	len = sizeof(peer);
	ok(!getsockopt(c, SOL_SOCKET, SO_PEERCRED, &peer, &len) && peer.uid == getuid() && peer.pid == getpid(),
	   "the other end's process is known");
	len = sizeof(a);
	ok(!getpeername(c, (struct sockaddr *)&a, &len) && strstr(a.sun_path, "/stream") &&
	       len == offsetof(struct sockaddr_un, sun_path) + strlen(a.sun_path) + 1,
	   "... and its name");
	len = sizeof(err);
	ok(!getsockopt(c, SOL_SOCKET, SO_ERROR, &err, &len) && !err &&
	       !getsockopt(l, SOL_SOCKET, SO_ACCEPTCONN, &err, &len) && err == 1 &&
	       !getsockopt(l, SOL_SOCKET, SO_TYPE, &err, &len) && err == SOCK_STREAM &&
	       error_of(setsockopt(l, SOL_SOCKET, 9999, &err, len)) == ENOPROTOOPT,
	   "options");
	close(l);
	ok(error_of(recv(third, path, 1, 0)) == ECONNRESET, "a connection that nobody took ends");
	close(third);
	close(c);
	ok(!read(s, path, 1), "one that was taken, too");
	close(s);
	ok(connect_to(c = socket(AF_UNIX, SOCK_STREAM, 0), "stream") == -ECONNREFUSED,
	   "the file stays, without anybody");
	close(c);
	l = bound(SOCK_STREAM, "@hidden");
	ok(l >= 0 && !listen(l, 1) && !connect_to(c = socket(AF_UNIX, SOCK_STREAM, 0), "@hidden") &&
	       (s = accept(l, NULL, NULL)) >= 0,
	   "names that are no files");
	close(l), close(c), close(s);
	ok(connect_to(c = socket(AF_UNIX, SOCK_STREAM, 0), "@hidden") == -ECONNREFUSED, "... go with their socket");
	close(c);
}

/* In time order: only who waits goes on. */
static void waiting(void)
{
	struct timeval soon = { .tv_usec = 1000 };
	char text[8];
	int l = bound(SOCK_STREAM, "late"), c;

	listen(l, 5);
	if (!fork()) {
		c = socket(AF_UNIX, SOCK_STREAM, 0);
		usleep(20000);
		connect_to(c, "late");
		usleep(20000);
		_exit(write(c, "late", 4) != 4);
	}
	c = accept(l, NULL, NULL);
	ok(c >= 0 && read(c, text, sizeof(text)) == 4 && !memcmp(text, "late", 4),
	   "what is not there yet is waited for");
	wait(NULL);
	close(c);
	setsockopt(l, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
	ok(error_of(accept(l, NULL, NULL)) == EAGAIN, "... for as long as was said");
	close(l);
}

static void datagrams(void)
{
	struct sockaddr_un a, from;
	socklen_t len, name = address(&a, "@to");
	int to = bound(SOCK_DGRAM, "@to"), c = bound(SOCK_DGRAM, "from"), cnt = 0;
	char text[8] = "";

	ok(error_of(send(c, "x", 1, 0)) == ENOTCONN && error_of(listen(c, 1)) == EOPNOTSUPP,
	   "datagrams: without an address");
	ok(sendto(c, "first", 5, 0, (struct sockaddr *)&a, name) == 5 &&
	       sendto(c, "", 0, 0, (struct sockaddr *)&a, name) == 0 &&
	       sendto(c, "third", 5, 0, (struct sockaddr *)&a, name) == 5,
	   "... with one");
	len = sizeof(from);
	ok(recvfrom(to, text, 3, MSG_TRUNC, (struct sockaddr *)&from, &len) == 5 && !strcmp(text, "fir") &&
	       strstr(from.sun_path, "/from"),
	   "they are whole, and say where they come from");
	ok(says(to, "") && says(to, "third"), "... also an empty one, in order");
	ok(!connect_to(c, "@to") && send(c, "x", 1, 0) == 1 && says(to, "x"), "or always to the same");
	while (send(c, "full", 4, MSG_DONTWAIT) == 4)
		cnt++;
	ok(errno == EAGAIN && cnt > 4 && readable(c, POLLOUT, 0), "until there is no room");
	while (recv(to, text, sizeof(text), MSG_DONTWAIT) == 4)
		cnt--;
	ok(!cnt && readable(c, POLLOUT, POLLOUT), "... and then there is");
	close(to);
	ok(error_of(send(c, "x", 1, 0)) == ECONNREFUSED, "nobody is there any more");
	close(c);
}

/* ---- descriptors ------------------------------------------------------------------------------------------------- */

static ssize_t send_fds(int s, const int *fd, size_t cnt, const char *text)
{
	union {
		char bytes[CMSG_SPACE(20 * sizeof(int))];
		struct cmsghdr align;
	} control = { .bytes = "" };
	struct iovec io = { (void *)(uintptr_t)text, strlen(text) };
	struct msghdr m = { .msg_iov = &io,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = CMSG_SPACE(cnt * sizeof(int)) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(cnt * sizeof(int));
	memcpy(CMSG_DATA(c), fd, cnt * sizeof(int));
	return sendmsg(s, &m, 0);
}

/* Return: bytes; @cnt: in: room for descriptors, out: how many came. */
static ssize_t receive_fds(int s, int *fd, size_t *cnt, int *flags)
{
	union {
		char bytes[CMSG_SPACE(20 * sizeof(int))];
		struct cmsghdr align;
	} control;
	char text[64];
	struct iovec io = { text, sizeof(text) };
	struct msghdr m = { .msg_iov = &io,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = *cnt ? CMSG_LEN(*cnt * sizeof(int)) : 0 };
	ssize_t got = recvmsg(s, &m, MSG_DONTWAIT);
	struct cmsghdr *c = got < 0 ? NULL : CMSG_FIRSTHDR(&m);

	*cnt = c ? (c->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;
	if (c)
		memcpy(fd, CMSG_DATA(c), *cnt * sizeof(int));
	*flags = m.msg_flags;
	return got;
}

static void descriptors(void)
{
	int s[2], p[2], fd[20], flags = 0, bad = 999;
	size_t cnt = 2;
	char text[8] = "";

	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	ok(!pipe(p) && send_fds(s[0], p, 2, "two") == 3, "descriptors are sent");
	close(p[0]);
	ok(receive_fds(s[1], fd, &cnt, &flags) == 3 && cnt == 2 && fd[0] != p[1], "... and come with other numbers");
	ok(write(fd[1], "through", 7) == 7 && read(fd[0], text, 7) == 7 && !strcmp(text, "through"),
	   "... of the same files");
	close(fd[0]);
	close(fd[1]);
	ok(error_of(send_fds(s[0], &bad, 1, "x")) == EBADF, "what is none is refused");
	ok(send(s[0], "a", 1, 0) == 1 && send_fds(s[0], p + 1, 1, "b") == 1 && send(s[0], "c", 1, 0) == 1,
	   "between other bytes");
	cnt = 2;
	ok(receive_fds(s[1], fd, &cnt, &flags) == 2 && cnt == 1 && says(s[1], "c"), "... a read ends where they were");
	close(fd[0]);
	cnt = 0;
	ok(send_fds(s[0], p + 1, 1, "d") == 1 && receive_fds(s[1], fd, &cnt, &flags) == 1 && !cnt && flags & MSG_CTRUNC,
	   "... and nobody who has no room gets them");
	close(p[1]);
	ok(!pipe(p) && send_fds(s[0], p + 1, 1, "lost") == 4, "one is on its way");
	close(p[1]);
	close(s[1]);
	close(s[0]);
	ok(!read(p[0], text, 1), "what nobody receives is closed");
	close(p[0]);
}

static void everything(void)
{
	int s[2];

	for (int i = 0; i < 20; i++) {
		socketpair(AF_UNIX, i & 1 ? SOCK_STREAM : SOCK_DGRAM, 0, s);
		send_fds(s[0], s + (i & 1 ? 0 : 1), 0, "x");
		send(s[0], "left behind", 11, 0);
		if (fork() == 0)
			_exit(0);
		wait(NULL);
		close(s[0]);
	}
}

int main(void)
{
	bool guest = getpid() == 1;

	setvbuf(stdout, NULL, _IONBF, 0);
	if (guest) {
		guest_begin();
		mkdir("/tmp", 0777);
		mount("sysfs", "/sys", "sysfs", 0, NULL);
	}
	ok(mkdtemp(directory) != NULL, "a directory");
	if (guest)
		ok(access("/sys/module/unix", F_OK), "no module is there before it is needed");
	pairs();
	ok(killed(in_child(broken_pipe), SIGPIPE), "a signal says so, unless it is not wanted");
	much();
	connections();
	waiting();
	datagrams();
	descriptors();
	if (guest) {
		ok(leaves_nothing(everything), "nothing is left behind");
		guest_end();
	}
	tap_done();
	return 0;
}
