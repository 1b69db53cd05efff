# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""A guest whose time-stamp counter counts instructions, with its console and QEMU's monitor in hand."""
import os
import socket
import subprocess
import sys


class Guest:
    def __init__(self, kernel, initrd, directory, *options):
        path = os.path.join(directory, "monitor")
        self.guest = subprocess.Popen(
            ["timeout", "-k", "5", "600", "qemu-system-x86_64", "-accel", "tcg", "-icount", "shift=0,sleep=off", "-cpu",
             "max,erms=off,fsrm=off", "-M", "q35", "-m", "256M", "-nodefaults", "-display", "none", "-no-reboot",
             "-serial", "stdio", "-monitor", "unix:%s,server,nowait" % path, "-kernel", kernel, "-initrd", initrd,
             "-append", "panic init=/sbin/run-commands", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.text = b""
        self.path = path
        self.monitor = None

    def wait_for(self, mark):
        while mark not in self.text:
            piece = os.read(self.guest.stdout.fileno(), 4096)
            if not piece:
                sys.exit("the guest ended: %s" % self.text.decode(errors="replace"))
            self.text += piece
        self.text = self.text.partition(mark)[2]

    def answer(self):
        text = b""
        while not text.endswith(b"(qemu) "):
            text += self.monitor.recv(65536)
        return text

    def command(self, *commands):
        """What the monitor answers to the last of them."""
        if not self.monitor:
            self.monitor = socket.socket(socket.AF_UNIX)
            self.monitor.connect(self.path)
            self.answer()
        for c in commands:
            self.monitor.sendall(c.encode() + b"\n")
            text = self.answer()
        return text.decode(errors="replace")

    def go_on(self):
        """A line on its console."""
        self.guest.stdin.write(b"\n")
        self.guest.stdin.flush()

    def end(self):
        self.go_on()
        self.guest.stdout.read()
        self.guest.wait()
