// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * attach NUMBER [WORDS] - attach a line discipline to the console, which is raw meanwhile.
 *
 * `attach NUMBER echo COUNT` says "ready", then writes each of COUNT packets back that it reads; it waits with poll(2), and then
 * must not have to wait. `attach NUMBER COMMAND...` runs the command with the console as its standard input and output.
 * Its end, with which the console is as before, is what detaches the discipline.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int echo(int fd, int count)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	static char packet[4096];

	fcntl(fd, F_SETFL, O_NONBLOCK);
	write(fd, "ready", 5);
	while (count--) {
		ssize_t len;
		int waiting = 0;

		if (poll(&p, 1, -1) != 1)
			return 10;
		ioctl(fd, FIONREAD, &waiting);
		len = read(fd, packet, sizeof(packet));
		if (len <= 0)
			return 11; /* poll said that there is something */
		if (len != waiting)
			return 12;
		if (write(fd, packet, (size_t)len) != len)
			return 13;
	}
	return 0;
}

static int run(int fd, char **command)
{
	int status;

	if (!fork()) {
		dup2(fd, 0);
		dup2(fd, 1);
		dup2(fd, 2);
		execvp(command[0], command);
		_exit(127);
	}
	wait(&status);
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	int fd = open("/dev/ttyS0", O_RDWR | O_NOCTTY), number = atoi(argv[1]), is = -1, status = 0;
	struct termios before, raw;

	tcgetattr(fd, &before);
	if (ioctl(fd, TIOCSETD, &number)) {
		printf("%s\n", strerror(errno));
		return 1;
	}
	ioctl(fd, TIOCGETD, &is);
	raw = before;
	cfmakeraw(&raw);
	tcsetattr(fd, TCSANOW, &raw);
	if (argc == 4 && !strcmp(argv[2], "echo"))
		status = echo(fd, atoi(argv[3]));
	else if (argc > 2)
		status = run(fd, argv + 2);
	close(fd);
	fd = open("/dev/ttyS0", O_RDWR | O_NOCTTY);
	tcsetattr(fd, TCSANOW, &before);
	ioctl(fd, TIOCGETD, &number);
	printf("was %d is %d\n", is, number);
	return status;
}
