#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""The prompt on a terminal: banner, completion, history, interrupt."""
import os
import signal
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, "tests")
from tap import done, ok  # noqa: E402  (after the path is set)
from terminal import Terminal, available  # noqa: E402

BUILD = os.path.abspath(os.environ.get("O", "build"))
PROMPT = b"tenon> "


class Prompt(Terminal):
    """tenon-host on a terminal of 80 columns."""

    def __init__(self, home):
        super().__init__([f"{BUILD}/tenon-host", "--modules", f"{BUILD}/modules/x86_64"], HOME=home, TERM="vt100",
                         COLUMNS="80", XDG_STATE_HOME=None)

    def run(self, line, *answers):
        """Type a line; read until it has been answered, with the answers among it, and a prompt."""
        return self.type(line, *answers, PROMPT)

    def end(self):
        self.type(b"exit\r", b"\r\n")
        return self.wait()


if not available():
    print("1..0 # SKIP there are no pseudo-terminals here")
    sys.exit(0)

with tempfile.TemporaryDirectory() as home:
    t = Prompt(home)
    shown = t.until(PROMPT)
    ok(b"machine's own kernel is untouched" in shown, "the banner says that this machine's kernel is untouched", shown)
    ok(b"uncontained" in shown, "... and which domain does not contain faults", shown)
    t.run(b"modpr\thell\t\r")
    shown = t.run(b"lsmod\r", b"Used by")
    ok(b"\nhello" in shown, "commands and names of modules are completed", shown)
    t.run(b"rmmod hel\t\r")
    shown = t.run(b"lsmod\r", b"Used by")
    ok(b"\nruntime" in shown and b"\nhello" not in shown, "... and of those loaded", shown)
    t.run(b"echo first line\r", b"\nfirst line")
    shown = t.run(b"\x1b[A\r", b"\nfirst line")
    ok(b"\nfirst line" in shown, "arrow up brings the last line back", shown)
    shown = t.run(b"history\r", b"1  ")
    ok(b"modprobe hello" in shown, "history lists what was typed", shown)
    shown = t.run(b"nonsense\r", b"no such command")
    ok(b"no such command" in shown, "a failure does not end it", shown)
    os.kill(t.pid, signal.SIGINT)
    shown = t.run(b"echo alive\r", b"\nalive")
    ok(b"\nalive" in shown, "nor does an interrupt", shown)
    ok(t.end() == 0, "exit ends it with status 0")

    state = f"{home}/.local/state/tenon_history"
    ok(os.path.exists(state), "the history is kept")
    ok(os.path.exists(state) and os.stat(state).st_mode & 0o077 == 0, "... for nobody else to read")
    t = Prompt(home)
    t.until(PROMPT)
    shown = t.run(b"history\r", b"1  ")
    ok(b"echo first line" in shown, "... and there the next time", shown)
    t.end()

done()
