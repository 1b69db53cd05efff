# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""A guest with a person at its console, for tests in Python: types, waits until the answer stands on the screen, types on."""
import json
import os
import socket
import subprocess
import sys

sys.path.insert(0, "tests")
import tap  # noqa: E402  (after the path is set)

BUILD = os.environ.get("O", "build")
LIMIT = 900  # seconds without the answer: only ends what hangs
PROMPT = b"/ # "
SETTLE = b"cat /dev/none 2>/dev/null"  # waits until what the boot has found has its modules
# A call into a domain may take as long as it does on a machine that is busy with something else. Of a word the first counts.
PATIENCE = "domain_compute_ms=30000 domain_wait_ms=300000"
IOMMU = ("-M", "q35,kernel-irqchip=split", "-device", "intel-iommu,intremap=on")


class Console:
    """A guest with a shell on its console. @options: more of QEMU's, @words: of the kernel's command line."""

    def __init__(self, *options, words="", limit=LIMIT):
        # One thread: see kernel/vm.
        command = ["timeout", "-k", "5", str(limit), "qemu-system-x86_64", "-accel", "tcg,thread=single", "-cpu", "max",
                   "-m", "128M", "-smp", "2", "-display", "none", "-monitor", "none", "-nodefaults", "-no-reboot", "-serial", "stdio",
                   "-kernel", f"{BUILD}/kernel/debug/tenon", "-initrd", f"{BUILD}/image/initrd", "-append", f"panic {words} {PATIENCE}",
                   *options]
        self.qemu = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.seen = b""
        Console.last = self

    def wait(self, text):
        """Read until @text comes. Return: what came before it, None: it never came."""
        while text not in self.seen:
            more = os.read(self.qemu.stdout.fileno(), 65536)
            if not more:
                return None
            self.seen = (self.seen + more).replace(b"\x1b[6n", b"")  # ash asks where the cursor is
        before, _, self.seen = self.seen.partition(text)
        return before

    def has_ended(self):
        """QEMU did so: its guest may have said why."""
        while more := os.read(self.qemu.stdout.fileno(), 65536):
            self.seen += more
        sys.exit("QEMU has ended: " + self.seen.decode(errors="replace"))

    def type(self, text):
        try:
            self.qemu.stdin.write(text)
        except BrokenPipeError:
            self.has_ended()

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


class Monitor:
    """QEMU's machine protocol, on one end of a pair of sockets whose other end QEMU has."""

    def __init__(self, path):
        self.path = path
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(1)
        self.events = []

    def accept(self):
        self.file = self.listener.accept()[0].makefile("rw")
        self.read()  # the greeting
        self.do("qmp_capabilities")

    def read(self):
        line = self.file.readline()
        if not line:
            Console.last.has_ended()
        return json.loads(line)

    def do(self, command, **arguments):
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            answer = self.read()
            if "return" in answer or "error" in answer:
                return answer
            self.events.append(answer)

    def close(self):
        self.listener.close()
        os.unlink(self.path)

    def wait_deleted(self, name):
        """Until the guest has let go of the device."""
        while not any(e["event"] == "DEVICE_DELETED" and e["data"].get("device") == name for e in self.events):
            self.events.append(self.read())


def ok(name, good, shown=""):
    tap.ok(good, name, shown)


def is_equal(name, got, expected):
    ok(name, got == expected, got)


def power_off(c):
    c.type(b"poweroff\r")
    ok("poweroff", c.qemu.wait() == 0)


def done(c):
    """Switch the guest off, and end the test."""
    power_off(c)
    tap.done()
