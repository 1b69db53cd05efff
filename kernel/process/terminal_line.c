// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The line discipline. POSIX 11.1 (General Terminal Interface) says what it does; where that leaves a choice it does as
 * Linux does.
 */
#include "kernel/process/signal.h"
#include "kernel/process/terminal.h"
#include "tenon/runtime.h"

enum terminal_mark { PLAIN, ENDS_LINE, END_OF_FILE };

#define AT(position) ((position) % TERMINAL_INPUT_BYTES)
#define TAB_COLUMNS 8

/* ---- output ------------------------------------------------------------------------------------------------------ */

static bool is_control(uint8_t c)
{
	return c < 32 || c == 127;
}

/* The second and further bytes of a character in UTF-8 take no column of their own. */
static bool continues(const struct terminal *t, uint8_t c)
{
	return (t->modes.in & IN_UTF8) && (c & 0xc0) == 0x80;
}

static void put(struct terminal *t, const char *bytes, size_t len)
{
	t->output(t, bytes, len);
}

static void put_processed(struct terminal *t, char c)
{
	uint32_t out = t->modes.out;
	unsigned blanks = TAB_COLUMNS - t->column % TAB_COLUMNS;

	if (c == '\r' && (out & OUT_CR_TO_NL))
		c = '\n';
	switch (c) {
	case '\n':
		if (out & OUT_NL_TO_CRNL) {
			t->column = 0;
			put(t, "\r\n", 2);
			return;
		}
		break;
	case '\r':
		t->column = 0;
		break;
	case '\t':
		t->column += blanks;
		if ((out & OUT_EXPAND_TABS) == OUT_EXPAND_TABS) {
			put(t, "        ", blanks);
			return;
		}
		break;
	case '\b':
		t->column -= t->column > 0;
		break;
	default:
		t->column += !is_control((uint8_t)c) && !continues(t, (uint8_t)c);
	}
	put(t, &c, 1);
}

void line_write(struct terminal *t, const char *bytes, size_t len)
{
	size_t plain;

	if (!(t->modes.out & OUT_PROCESS)) {
		put(t, bytes, len);
		return;
	}
	while (len) {
		for (plain = 0; plain < len && !is_control((uint8_t)bytes[plain]); plain++)
			t->column += !continues(t, (uint8_t)bytes[plain]);
		if (plain)
			put(t, bytes, plain);
		else
			put_processed(t, bytes[plain++]);
		bytes += plain;
		len -= plain;
	}
}

/* ---- echo -------------------------------------------------------------------------------------------------------- */

static bool shown_as_two(const struct terminal *t, uint8_t c)
{
	return (t->modes.local & LOCAL_ECHO_CONTROL) && is_control(c) && c != '\t' && c != '\n';
}

static void echo(struct terminal *t, uint8_t c)
{
	char text[2] = { '^', (char)(c ^ 0x40) };

	if (!(t->modes.local & LOCAL_ECHO) && !(c == '\n' && (t->modes.local & LOCAL_ECHO_NL)))
		return;
	if (shown_as_two(t, c))
		line_write(t, text, 2);
	else
		line_write(t, (const char *)&c, 1);
}

/* The column behind what is being edited up to @end. */
static unsigned edited_column(const struct terminal *t, unsigned end)
{
	unsigned column = t->line_column, i;

	for (i = t->ready; i != end; i++) {
		uint8_t c = t->input[AT(i)];

		if (c == '\t')
			column += TAB_COLUMNS - column % TAB_COLUMNS;
		else if (is_control(c))
			column += shown_as_two(t, c) ? 2 : 0;
		else
			column += !continues(t, c);
	}
	return column;
}

/* The line was cut at t->typed: make the screen follow. */
static void echo_erased(struct terminal *t)
{
	unsigned column = edited_column(t, t->typed);

	if (!(t->modes.local & LOCAL_ECHO))
		return;
	while (t->column > column) {
		put(t, "\b \b", 3);
		t->column--;
	}
}

/* ---- editing ----------------------------------------------------------------------------------------------------- */

static void erase_character(struct terminal *t)
{
	if (t->typed == t->ready)
		return;
	while (--t->typed != t->ready && continues(t, t->input[AT(t->typed)]))
		;
	if (t->modes.local & LOCAL_ECHO_ERASE)
		echo_erased(t);
	else
		echo(t, t->modes.cc[CC_ERASE]);
}

static bool blank_before(const struct terminal *t)
{
	uint8_t c = t->input[AT(t->typed - 1)];

	return c == ' ' || c == '\t';
}

static void erase_word(struct terminal *t)
{
	while (t->typed != t->ready && blank_before(t))
		t->typed--;
	while (t->typed != t->ready && !blank_before(t))
		t->typed--;
	echo_erased(t);
}

static void erase_line(struct terminal *t)
{
	t->typed = t->ready;
	if ((t->modes.local & LOCAL_ECHO_KILL_ERASE) && (t->modes.local & LOCAL_ECHO_ERASE)) {
		echo_erased(t);
		return;
	}
	echo(t, t->modes.cc[CC_KILL]);
	if (t->modes.local & LOCAL_ECHO_KILL)
		echo(t, '\n');
	t->line_column = t->column;
}

/* The line again, on a new one. */
static void reprint(struct terminal *t)
{
	unsigned i;

	echo(t, t->modes.cc[CC_REPRINT]);
	echo(t, '\n');
	t->line_column = t->column;
	for (i = t->ready; i != t->typed; i++)
		echo(t, t->input[AT(i)]);
}

/* Put a byte behind what was typed. The last place is kept for what ends a line. */
static bool append(struct terminal *t, uint8_t c, enum terminal_mark mark)
{
	unsigned limit = TERMINAL_INPUT_BYTES - ((t->modes.local & LOCAL_LINES) && mark == PLAIN);

	if (t->typed - t->taken >= limit)
		return false;
	t->input[AT(t->typed)] = c;
	t->mark[AT(t->typed)] = (uint8_t)mark;
	t->typed++;
	return true;
}

static void end_line(struct terminal *t, uint8_t c, enum terminal_mark mark)
{
	if (!append(t, c, mark))
		return;
	t->ready = t->typed;
	t->line_column = t->column;
	wait_wake_all(&t->readers);
}

/* ---- what is typed ----------------------------------------------------------------------------------------------- */

static bool is(const struct terminal *t, uint8_t c, unsigned function)
{
	return c && t->modes.cc[function] == c;
}

static int signal_of(const struct terminal *t, uint8_t c)
{
	if (!(t->modes.local & LOCAL_SIGNALS))
		return 0;
	return is(t, c, CC_INTR)    ? SIGNAL_INT :
	       is(t, c, CC_QUIT)    ? SIGNAL_QUIT :
	       is(t, c, CC_SUSPEND) ? SIGNAL_TSTP :
				      0;
}

/* Is it a command to the editor? Does it, then. */
static bool edit(struct terminal *t, uint8_t c)
{
	bool extended = t->modes.local & LOCAL_EXTENDED;

	if (is(t, c, CC_ERASE))
		erase_character(t);
	else if (is(t, c, CC_KILL))
		erase_line(t);
	else if (extended && is(t, c, CC_WORD_ERASE))
		erase_word(t);
	else if (extended && is(t, c, CC_REPRINT))
		reprint(t);
	else if (is(t, c, CC_EOF))
		end_line(t, 0, END_OF_FILE);
	else
		return false;
	return true;
}

static void type_in_line(struct terminal *t, uint8_t c)
{
	if (edit(t, c))
		return;
	if (c == '\n' || is(t, c, CC_EOL) || ((t->modes.local & LOCAL_EXTENDED) && is(t, c, CC_EOL2))) {
		echo(t, c);
		end_line(t, c, ENDS_LINE);
	} else if (append(t, c, PLAIN)) {
		echo(t, c);
	} else {
		put(t, "\a", 1);
	}
}

static void type_raw(struct terminal *t, uint8_t c)
{
	if (!append(t, c, PLAIN))
		return;
	echo(t, c);
	t->ready = t->typed;
	wait_wake_all(&t->readers);
}

static void type_plain(struct terminal *t, uint8_t c, bool literal)
{
	if (!(t->modes.local & LOCAL_LINES))
		type_raw(t, c);
	else if (!literal)
		type_in_line(t, c);
	else if (append(t, c, PLAIN))
		echo(t, c);
}

static void set_stopped(struct terminal *t, bool stopped)
{
	t->stopped = stopped;
	if (!stopped)
		wait_wake_all(&t->writers);
}

int line_type(struct terminal *t, uint8_t c)
{
	uint32_t in = t->modes.in;
	bool literal = t->literal;
	int signo;

	t->literal = false;
	if (in & IN_STRIP)
		c &= 0x7f;
	if (literal) {
		type_plain(t, c, true);
		return 0;
	}
	if ((in & IN_STOP) && (is(t, c, CC_STOP) || is(t, c, CC_START))) {
		set_stopped(t, is(t, c, CC_STOP));
		return 0;
	}
	if (t->stopped && (in & IN_STOP) && (in & IN_STOP_ANY))
		set_stopped(t, false);
	signo = signal_of(t, c);
	if (signo) {
		if (!(t->modes.local & LOCAL_NO_FLUSH))
			line_flush(t);
		set_stopped(t, false);
		echo(t, c);
		t->line_column = t->column;
		return signo;
	}
	if (c == '\r' && (in & IN_IGNORE_CR))
		return 0;
	if (c == '\r' && (in & IN_CR_TO_NL))
		c = '\n';
	else if (c == '\n' && (in & IN_NL_TO_CR))
		c = '\r';
	if ((t->modes.local & LOCAL_EXTENDED) && (t->modes.local & LOCAL_LINES) && is(t, c, CC_LITERAL)) {
		t->literal = true;
		if (t->modes.local & LOCAL_ECHO)
			put(t, "^\b", 2);
		return 0;
	}
	if ((t->modes.local & LOCAL_LINES) && t->typed == t->ready)
		t->line_column = t->column;
	type_plain(t, c, false);
	return 0;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

bool line_ready(const struct terminal *t)
{
	return t->ready != t->taken;
}

unsigned line_readable(const struct terminal *t)
{
	unsigned cnt = 0, i;

	for (i = t->taken; i != t->ready; i++)
		cnt += t->mark[AT(i)] != END_OF_FILE;
	return cnt;
}

size_t line_read(struct terminal *t, char *buf, size_t size, bool *end)
{
	bool lines = t->modes.local & LOCAL_LINES;
	size_t cnt = 0;
	uint8_t mark;

	*end = false;
	while (t->taken != t->ready && !*end) {
		mark = t->mark[AT(t->taken)];
		if (mark == END_OF_FILE && !lines) { /* typed before lines were switched off */
			t->taken++;
			continue;
		}
		if (mark != END_OF_FILE && cnt == size)
			break;
		if (mark != END_OF_FILE)
			buf[cnt++] = (char)t->input[AT(t->taken)];
		t->taken++;
		*end = lines && mark != PLAIN;
	}
	return cnt;
}

void line_flush(struct terminal *t)
{
	t->taken = t->ready = t->typed;
	t->literal = false;
}

void line_modes_changed(struct terminal *t)
{
	if (!(t->modes.local & LOCAL_LINES)) {
		t->ready = t->typed;
		if (line_ready(t))
			wait_wake_all(&t->readers);
	}
	if (t->stopped && !(t->modes.in & IN_STOP))
		set_stopped(t, false);
}
