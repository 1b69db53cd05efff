/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Terminals: what is typed becomes lines, echo and signals; what is written gets its carriage returns; job control
 * keeps those in the background away. Numbers and layouts are Linux's (termios(3), ioctl_tty(2)).
 *
 * terminal_line.c is the line discipline: bytes in, bytes out, no processes. terminal.c is the file.
 */
#ifndef KERNEL_PROCESS_TERMINAL_H
#define KERNEL_PROCESS_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/sched/lock.h"
#include "kernel/sched/wait.h"

/* Names of our own beside C's, for host programs. c_iflag, c_oflag, c_lflag: */
enum {
	IN_STRIP = 0000040,
	IN_NL_TO_CR = 0000100,
	IN_IGNORE_CR = 0000200,
	IN_CR_TO_NL = 0000400,
	IN_STOP = 0002000,     /* IXON */
	IN_STOP_ANY = 0004000, /* IXANY */
	IN_UTF8 = 0040000,
	OUT_PROCESS = 0000001,
	OUT_NL_TO_CRNL = 0000004,
	OUT_CR_TO_NL = 0000010,
	OUT_EXPAND_TABS = 0014000,
	LOCAL_SIGNALS = 0000001, /* ISIG */
	LOCAL_LINES = 0000002,   /* ICANON */
	LOCAL_ECHO = 0000010,
	LOCAL_ECHO_ERASE = 0000020,
	LOCAL_ECHO_KILL = 0000040,
	LOCAL_ECHO_NL = 0000100,
	LOCAL_NO_FLUSH = 0000200,
	LOCAL_STOP_OUTPUT = 0000400, /* TOSTOP */
	LOCAL_ECHO_CONTROL = 0001000,
	LOCAL_ECHO_KILL_ERASE = 0004000, /* ECHOKE */
	LOCAL_EXTENDED = 0100000,        /* IEXTEN */
};

/* Indexes of c_cc. 0 there switches the function off. */
enum {
	CC_INTR,
	CC_QUIT,
	CC_ERASE,
	CC_KILL,
	CC_EOF,
	CC_TIME,
	CC_MIN,
	CC_SWITCH,
	CC_START,
	CC_STOP,
	CC_SUSPEND,
	CC_EOL,
	CC_REPRINT,
	CC_DISCARD,
	CC_WORD_ERASE,
	CC_LITERAL,
	CC_EOL2,
	CC_CNT = 19
};

struct terminal_modes { /* Linux's struct termios of the kernel */
	uint32_t in, out, control, local;
	uint8_t line;
	uint8_t cc[CC_CNT];
};

struct terminal_size { /* struct winsize */
	uint16_t rows, columns, x_pixels, y_pixels;
};

enum {
	TERMINAL_GET_MODES = 0x5401,
	TERMINAL_SET_MODES = 0x5402, /* now; +1: when output is out; +2: and input is thrown away */
	TERMINAL_DRAIN = 0x5409,
	TERMINAL_FLOW = 0x540a,
	TERMINAL_FLUSH = 0x540b,
	TERMINAL_MAKE_CONTROLLING = 0x540e,
	TERMINAL_GET_GROUP = 0x540f,
	TERMINAL_SET_GROUP = 0x5410,
	TERMINAL_OUT_QUEUE = 0x5411,
	TERMINAL_GET_SIZE = 0x5413,
	TERMINAL_SET_SIZE = 0x5414,
	TERMINAL_FIONREAD = 0x541b,
	TERMINAL_GIVE_UP = 0x5422,
	TERMINAL_SET_DISCIPLINE = 0x5423,
	TERMINAL_GET_DISCIPLINE = 0x5424,
	TERMINAL_GET_SESSION = 0x5429,
};

#define TERMINAL_INPUT_BYTES 4096 /* typed and not read yet; one is kept for the end of the line */

struct discipline;

struct terminal {
	struct spinlock lock;                                              /* protects all but what never changes */
	void (*output)(struct terminal *t, const char *bytes, size_t len); /* takes them all; called with the lock */
	struct terminal_modes modes;
	struct terminal_size size;

	/* Typed: a ring; counters that only rise. */
	uint8_t input[TERMINAL_INPUT_BYTES];
	uint8_t mark[TERMINAL_INPUT_BYTES]; /* enum terminal_mark of each byte */
	unsigned taken;                     /* read so far */
	unsigned ready;                     /* complete lines end here; without lines all is ready */
	unsigned typed;                     /* typed so far; from ready on the line that is being edited */
	unsigned line_column;               /* where that began */
	bool literal;                       /* the next byte means itself */

	unsigned column; /* of the output */
	bool stopped;    /* by ^S */

	int session, group; /* whose controlling terminal it is, and the one in the foreground; 0: none */
	struct wait_queue readers, writers;

	struct mutex discipline_lock;
	struct discipline *discipline; /* discipline.h; NULL: none */

	/* Never change. */
	uint32_t device;
};

/* In cooked mode, no size, no session. @output as above. */
void terminal_init(struct terminal *t, uint32_t device, void (*output)(struct terminal *, const char *, size_t));

/* What was typed. Any context. */
void terminal_input(struct terminal *t, const char *bytes, size_t len);

/* The device as numbered in /proc/PID/stat; the group in the foreground, -1 if there is none. */
uint32_t terminal_device(const struct terminal *t);
int terminal_foreground(struct terminal *t);

/**
 * terminal_leave - the session has it no longer: its leader ended, or gave it up
 *
 * process_lock is not held, for it sends SIGHUP and SIGCONT to the group in the foreground.
 */
void terminal_leave(struct terminal *t, int session);

/* /dev/console and /dev/ttyS0, which are one terminal on the console, and /dev/tty. Once, after dev_init(). */
void terminal_start(void);

/* ---- the line discipline; the lock is held ----------------------------------------------------------------------- */

/* Take one typed byte. Return: 0, or the signal for the group in the foreground that it stands for. */
int line_type(struct terminal *t, uint8_t c);
/* Write @len bytes. */
void line_write(struct terminal *t, const char *bytes, size_t len);
/* Bytes that a read would get now, of as many lines as there are. */
unsigned line_readable(const struct terminal *t);
/* Take up to @size bytes, of at most one line. *@end: an end of file, or the line's end, was reached. Return: bytes. */
size_t line_read(struct terminal *t, char *buf, size_t size, bool *end);
bool line_ready(const struct terminal *t);
void line_flush(struct terminal *t);
/* Modes changed from or to lines. */
void line_modes_changed(struct terminal *t);

#endif
