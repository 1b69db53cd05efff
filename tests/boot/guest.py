# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""A guest with a person at its console, for tests in Python: types, waits until the answer stands on the screen, types on."""
import os
import subprocess
import sys

sys.path.insert(0, "tests")
import tap  # noqa: E402  (after the path is set)

BUILD = os.environ.get("O", "build")
LIMIT = 240  # seconds without the answer: only ends what hangs
PROMPT = b"/ # "


class Console:
    """A guest with a shell on its console. @options: more of QEMU's."""

    def __init__(self, *options):
        command = ["timeout", "-k", "5", str(LIMIT), "qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", "128M",
                   "-smp", "2", "-display", "none", "-monitor", "none", "-nodefaults", "-no-reboot", "-serial", "stdio",
                   "-kernel", f"{BUILD}/kernel/debug/tenon", "-initrd", f"{BUILD}/image/initrd", "-append", "panic", *options]
        self.qemu = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.seen = b""

    def wait(self, text):
        """Read until @text comes. Return: what came before it, None: it never came."""
        while text not in self.seen:
            more = os.read(self.qemu.stdout.fileno(), 65536)
            if not more:
                return None
            self.seen = (self.seen + more).replace(b"\x1b[6n", b"")  # ash asks where the cursor is
        before, _, self.seen = self.seen.partition(text)
        return before

    def type(self, text):
        self.qemu.stdin.write(text)

    def run(self, command, end=PROMPT):
        """Type a line, and return the lines that it printed before the next prompt."""
        self.type(command + b"\r")
        if self.wait(command + b"\r\n") is None:
            return None
        out = self.wait(end)
        return None if out is None else out.replace(b"\r\n", b"\n").decode().strip()


    def begin(self, command):
        """Start what will read the console, and wait until it has it: what is typed before is the shell's."""
        self.type(b"sh -c 'echo beg\"\"in; exec " + command + b"'\r")
        self.wait(b"begin\r\n")


def ok(name, good, shown=""):
    tap.ok(good, name, shown)


def is_equal(name, got, expected):
    ok(name, got == expected, got)


def done(c):
    """Switch the guest off, and end the test."""
    c.type(b"poweroff\r")
    ok("poweroff", c.qemu.wait() == 0)
    tap.done()
