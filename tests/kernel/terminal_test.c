// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The line discipline and job control, against what POSIX 11.1 says and Linux's terminals do. */
#include <string.h>

#include "kernel/process/signal.h"
#include "kernel/process/terminal.h"
#include "kernel/process/terminal_ioctl.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/io.h"
#include "tenon/errno.h"

#include "tests/kernel/host.h"
#include "tests/tap.h"

static struct terminal t;
static struct file file = { .ops = &terminal_ops, .data = &t, .readable = true, .writable = true };
static char screen[65536];
static size_t shown;

static void output(struct terminal *terminal, const char *bytes, size_t len)
{
	(void)terminal;
	memcpy(screen + shown, bytes, len);
	shown += len;
	screen[shown] = '\0';
}

static void begin(void)
{
	terminal_init(&t, 0x440, output);
	shown = 0;
	screen[0] = '\0';
	atomic_store(&file.flags, OPEN_READ_WRITE | OPEN_NONBLOCK);
}

static void type(const char *text)
{
	terminal_input(&t, text, strlen(text));
}

/* Read up to @size bytes. Return: the result; what was read is in `got`. */
static char got[8192];

static long read_some(size_t size)
{
	struct io_segment segment;
	struct io io;
	long len;

	io_kernel(&io, &segment, got, size);
	len = terminal_ops.read(&file, &io, 0);
	got[len > 0 ? len : 0] = '\0';
	return len;
}

static bool reads(const char *text)
{
	return read_some(sizeof(got) - 1) == (long)strlen(text) && !strcmp(got, text);
}

static bool shows(const char *text)
{
	bool same = !strcmp(screen, text);

	shown = 0;
	screen[0] = '\0';
	return same;
}

static void set_local(uint32_t off, uint32_t on)
{
	struct terminal_modes m = t.modes;

	m.local = (m.local & ~off) | on;
	terminal_ioctl(&file, TERMINAL_SET_MODES, (uintptr_t)&m);
}

static void lines(void)
{
	begin();
	type("one");
	ok(read_some(100) == -TENON_EAGAIN, "half a line is not read");
	type("\rtwo\n");
	ok(shows("one\r\ntwo\r\n"), "echo, and a carriage return ends a line");
	ok(reads("one\n") && reads("two\n"), "one line a read");
	type("long\n");
	ok(read_some(2) == 2 && !strcmp(got, "lo") && reads("ng\n"), "a line in parts");
	type("x\004");
	ok(reads("x"), "end of file behind something");
	type("\004after\n");
	ok(read_some(10) == 0 && reads("after\n"), "end of file at the beginning of a line reads nothing, once");
	type("\026\004\n");
	ok(reads("\004\n"), "a literal end of file");
}

static void editing(void)
{
	begin();
	type("abc\177\177x\n");
	ok(reads("ax\n") && shows("abc\b \b\b \bx\r\n"), "erase");
	type("a\303\244\177b\n");
	ok(reads("ab\n") && shows("a\303\244\b \bb\r\n"), "... of a character of two bytes");
	type("a\t\177b\n");
	ok(reads("ab\n") && shows("a\t\b \b\b \b\b \b\b \b\b \b\b \b\b \bb\r\n"), "... of a tab, seven columns wide");
	type("\001\177b\n");
	ok(reads("b\n") && shows("^A\b \b\b \bb\r\n"), "... of a control character");
	type("one two  \027x\n");
	ok(reads("one x\n"), "erase a word");
	shows("");
	type("gone\025x\n");
	ok(reads("x\n") && shows("gone\b \b\b \b\b \b\b \bx\r\n"), "erase the line");
	type("\177\177x\n");
	ok(reads("x\n"), "nothing is erased beyond the beginning of the line");
	shows("");
	type("ab\022c\n");
	ok(shows("ab^R\r\nabc\r\n") && reads("abc\n"), "reprint");
}

static void limits(void)
{
	int i;

	begin();
	for (i = 0; i < 5000; i++)
		type("y");
	type("\n");
	ok(read_some(8191) == 4096 && got[4095] == '\n', "a line of 4095 bytes and its end; more is not taken");
	type("next\n");
	ok(reads("next\n"), "... and the next line is whole");
	for (i = 0; i < 3000; i++)
		type("a\n");
	for (i = 0; reads("a\n"); i++)
		;
	ok(i == 2048, "as many short lines as there is room for");
}

static void raw(void)
{
	struct terminal_modes m;

	begin();
	type("half");
	set_local(LOCAL_LINES | LOCAL_ECHO, 0);
	ok(reads("half"), "what was typed can be read when lines are switched off");
	shows("");
	type("\177\004\r");
	ok(reads("\177\004\n") && shows(""), "bytes as they are, without echo");
	atomic_store(&file.flags, OPEN_READ_WRITE);
	m = t.modes;
	m.cc[CC_MIN] = 0;
	terminal_ioctl(&file, TERMINAL_SET_MODES, (uintptr_t)&m);
	ok(read_some(10) == 0, "MIN 0: nothing there, nothing read");
	m.cc[CC_TIME] = 1;
	terminal_ioctl(&file, TERMINAL_SET_MODES, (uintptr_t)&m);
	ok(read_some(10) == 0, "... with TIME after a while");
	type("abc");
	ok(reads("abc"), "... and at once what is there");
	m.cc[CC_MIN] = 5;
	terminal_ioctl(&file, TERMINAL_SET_MODES, (uintptr_t)&m);
	type("ab");
	ok(reads("ab"), "MIN 5 with TIME: what came before the pause");
	type("ab");
	ok(read_some(2) == 2, "MIN above what is asked for waits for no more than that");
}

static void writing(void)
{
	struct terminal_modes m;

	begin();
	line_write(&t, "a\nb\tc\n", 6);
	ok(shows("a\r\nb\tc\r\n"), "newlines get a carriage return");
	m = t.modes;
	m.out |= OUT_EXPAND_TABS;
	terminal_ioctl(&file, TERMINAL_SET_MODES, (uintptr_t)&m);
	line_write(&t, "b\tc\n", 4);
	ok(shows("b       c\r\n"), "tabs as blanks");
	m.out = 0;
	terminal_ioctl(&file, TERMINAL_SET_MODES, (uintptr_t)&m);
	line_write(&t, "a\n", 2);
	ok(shows("a\n"), "as they are");
	type("\023");
	ok(t.stopped && !(terminal_ops.poll(&file, NULL) & POLL_OUT), "^S stops output");
	type("\021");
	ok(!t.stopped && (terminal_ops.poll(&file, NULL) & POLL_OUT), "^Q goes on");
}

static void signals(void)
{
	struct host_process *p = host_process();
	int32_t group;
	int whose;

	begin();
	*p = (struct host_process){ .pid = 7, .group = 7, .session = 7 };
	type("x\003");
	ok(host_signal(&whose) == 0, "nobody has it: no signal");
	ok(terminal_ioctl(&file, TERMINAL_GET_GROUP, (uintptr_t)&group) == -TENON_ENOTTY,
	   "it is not one's terminal yet");
	ok(!terminal_ioctl(&file, TERMINAL_MAKE_CONTROLLING, 0) && p->terminal == &t, "a session's leader takes it");
	ok(!terminal_ioctl(&file, TERMINAL_GET_GROUP, (uintptr_t)&group) && group == 7,
	   "its group is in the foreground");
	shows("");
	type("lost\003");
	ok(host_signal(&whose) == SIGNAL_INT && whose == 7 && shows("lost^C"), "^C");
	type("x\n");
	ok(reads("x\n"), "... and what was typed before is thrown away");
	type("\034");
	ok(host_signal(&whose) == SIGNAL_QUIT, "^\\");
	type("\032");
	ok(host_signal(&whose) == SIGNAL_TSTP, "^Z");
	p->group = 8;
	type("x\n");
	ok(read_some(9) == -TENON_EINTR && host_signal(&whose) == SIGNAL_TTIN && whose == 8,
	   "the background is stopped at reading");
	p->signals_ineffective = true;
	ok(read_some(9) == -TENON_EIO, "... or gets EIO if it ignores that");
	p->signals_ineffective = false;
	p->orphaned = true;
	ok(read_some(9) == -TENON_EIO, "... or if nobody could continue it");
	p->orphaned = false;
	group = 8;
	ok(terminal_ioctl(&file, TERMINAL_SET_GROUP, (uintptr_t)&group) == -TENON_EINTR &&
	       host_signal(&whose) == SIGNAL_TTOU,
	   "... and at taking the foreground");
	p->signals_ineffective = true;
	ok(!terminal_ioctl(&file, TERMINAL_SET_GROUP, (uintptr_t)&group) && terminal_foreground(&t) == 8,
	   "... which a shell does with the signal ignored");
	group = 99;
	ok(terminal_ioctl(&file, TERMINAL_SET_GROUP, (uintptr_t)&group) == -TENON_ESRCH, "no such group");
	ok(reads("x\n"), "the new foreground reads");
	terminal_leave(&t, 7);
	ok(host_signal(&whose) == SIGNAL_CONT && whose == 8 && terminal_foreground(&t) == -1, "the session leaves");
}

static void asking(void)
{
	struct terminal_size size = { 24, 80, 0, 0 }, back;
	int32_t cnt;

	begin();
	ok(!terminal_ioctl(&file, TERMINAL_SET_SIZE, (uintptr_t)&size) &&
	       !terminal_ioctl(&file, TERMINAL_GET_SIZE, (uintptr_t)&back) && !memcmp(&size, &back, sizeof(size)),
	   "its size");
	type("abc\nde\004f");
	ok(!terminal_ioctl(&file, TERMINAL_FIONREAD, (uintptr_t)&cnt) && cnt == 6,
	   "how much can be read: without the end of file");
	ok(!terminal_ioctl(&file, TERMINAL_FLUSH, 0) && read_some(9) == -TENON_EAGAIN, "throwing input away");
	ok(terminal_ioctl(&file, TERMINAL_GET_MODES, 8) == -TENON_EFAULT, "a wild address");
	ok(terminal_ioctl(&file, 0x5600, 0) == -TENON_ENOTTY, "what a terminal does not know");
}

int main(void)
{
	lines();
	editing();
	limits();
	raw();
	writing();
	signals();
	asking();
	return tap_done();
}
