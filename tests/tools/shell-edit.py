#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""The prompt on a terminal: banner, completion, history, interrupt."""
import os
import pty
import select
import signal
import sys
import tempfile
import time

BUILD = os.path.abspath(os.environ.get("O", "build"))
PROMPT = b"tenon> "
count = failed = 0


def ok(passed, name, shown=b""):
    global count, failed
    count += 1
    print(f"{'ok' if passed else 'not ok'} {count} - {name}", flush=True)
    if not passed:
        failed += 1
        print(f"# {shown!r}")


class Terminal:
    """tenon-host on a pseudo-terminal of 80 columns."""

    def __init__(self, home):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(HOME=home, TERM="vt100", COLUMNS="80")
            os.environ.pop("XDG_STATE_HOME", None)
            os.execv(f"{BUILD}/tenon-host", ["tenon-host", "--modules", f"{BUILD}/modules/x86_64"])

    def until(self, *texts, seconds=10):
        """Read until the texts have come, in this order. Return what has come."""
        got, at, end = b"", 0, time.monotonic() + seconds
        while time.monotonic() < end:
            for text in texts:
                found = got.find(text, at)
                if found < 0:
                    break
                at, texts = found + len(text), texts[1:]
            if not texts:
                break
            if select.select([self.fd], [], [], 0.2)[0]:
                try:
                    got += os.read(self.fd, 4096)
                except OSError:
                    break
        return got

    def type(self, line, *texts):
        """Type a line; read until it has been answered, with the texts among it, and a prompt."""
        os.write(self.fd, line)
        return self.until(*texts, PROMPT)

    def end(self):
        os.write(self.fd, b"exit\r")
        self.until(b"\r\n")
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


try:
    for end in pty.openpty():
        os.close(end)
except OSError:
    print("1..0 # SKIP there are no pseudo-terminals here")
    sys.exit(0)

with tempfile.TemporaryDirectory() as home:
    t = Terminal(home)
    shown = t.until(PROMPT)
    ok(b"machine's own kernel is untouched" in shown, "the banner says that this machine's kernel is untouched", shown)
    ok(b"uncontained" in shown, "... and which domain does not contain faults", shown)
    t.type(b"modpr\thell\t\r")
    shown = t.type(b"lsmod\r", b"Used by")
    ok(b"\nhello" in shown, "commands and names of modules are completed", shown)
    t.type(b"rmmod hel\t\r")
    shown = t.type(b"lsmod\r", b"Used by")
    ok(b"\nruntime" in shown and b"\nhello" not in shown, "... and of those loaded", shown)
    t.type(b"echo first line\r", b"\nfirst line")
    shown = t.type(b"\x1b[A\r", b"\nfirst line")
    ok(b"\nfirst line" in shown, "arrow up brings the last line back", shown)
    shown = t.type(b"history\r", b"1  ")
    ok(b"modprobe hello" in shown, "history lists what was typed", shown)
    shown = t.type(b"nonsense\r", b"no such command")
    ok(b"no such command" in shown, "a failure does not end it", shown)
    os.kill(t.pid, signal.SIGINT)
    shown = t.type(b"echo alive\r", b"\nalive")
    ok(b"\nalive" in shown, "nor does an interrupt", shown)
    ok(t.end() == 0, "exit ends it with status 0")

    state = f"{home}/.local/state/tenon_history"
    ok(os.path.exists(state), "the history is kept")
    ok(os.path.exists(state) and os.stat(state).st_mode & 0o077 == 0, "... for nobody else to read")
    t = Terminal(home)
    t.until(PROMPT)
    shown = t.type(b"history\r", b"1  ")
    ok(b"echo first line" in shown, "... and there the next time", shown)
    t.end()

print(f"1..{count}")
sys.exit(failed != 0)
