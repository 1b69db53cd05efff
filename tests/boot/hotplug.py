#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Disks that come to slots and leave them while the machine runs: by the slot's attention button, as QEMU presses it."""
import hashlib
import json
import os
import socket
import sys
import tempfile

sys.dont_write_bytecode = True

from guest import Console, done, is_equal, ok  # noqa: E402  (after the path is set)

MIB = 1 << 20


class Monitor:
    """QEMU's machine protocol, on one end of a pair of sockets whose other end QEMU has."""

    def __init__(self, path):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(1)
        self.events = []

    def accept(self):
        self.file = self.listener.accept()[0].makefile("rw")
        self.read()  # the greeting
        self.do("qmp_capabilities")

    def read(self):
        return json.loads(self.file.readline())

    def do(self, command, **arguments):
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            answer = self.read()
            if "return" in answer or "error" in answer:
                return answer
            self.events.append(answer)

    def wait_deleted(self, name):
        """Until the guest has let go of the device."""
        while not any(e["event"] == "DEVICE_DELETED" and e["data"].get("device") == name for e in self.events):
            self.events.append(self.read())


def until(c, command, text):
    """Run a command again until it prints @text. Commands are shorter than a line: the shell breaks longer ones."""
    while c.run(command) != text:
        c.run(b"sleep 0.1")


def removed(c, m):
    m.do("device_del", id="first")
    m.wait_deleted("first")
    ok("a disk whose button is pressed leaves", True)
    until(c, b"ls /dev/vda 2>&1", "ls: /dev/vda: No such file or directory")
    is_equal("... its node, and what /sys had of it", c.run(b"ls /sys/class/block /sys/bus/pci/drivers/virtio_blk"),
             "/sys/bus/pci/drivers/virtio_blk:\n0000:02:00.0\n\n/sys/class/block:\nvdb")


def busy(c, m):
    """The one that leaves is being read from, the other copies on."""
    c.run(b"exec 3</dev/vda; head -c 512 <&3 | wc -c")
    c.run(b"while cat /dev/vdb; do :; done >/dev/null & copy=$!")
    removed(c, m)
    ok("a file of it that is open answers with an error", "No such device" in c.run(b"cat <&3"))
    is_equal("... and is closed like any other", c.run(b"exec 3<&-; echo $?"), "0")
    is_equal("the other disk is still being read", c.run(b"kill $copy; echo $?").split("\n")[0], "0")
    c.run(b"wait")


def comes(c, m, path, digest):
    m.do("blockdev-add", driver="raw", **{"node-name": "late", "file": {"driver": "file", "filename": path}})
    m.do("device_add", driver="virtio-blk-pci", drive="late", bus="slot1", id="late")
    until(c, b"ls /dev/vda 2>&1", "/dev/vda")
    is_equal("one that comes is there, and has what is on it", c.run(b"md5sum </dev/vda"), f"{digest}  -")


def last(c, m):
    """The module goes when nobody uses it, also after all devices have gone."""
    m.do("device_del", id="late")
    m.wait_deleted("late")
    m.do("device_del", id="second")
    m.wait_deleted("second")
    until(c, b"ls /sys/class/block", "")
    c.run(b"echo 100 >/sys/module/module/parameters/idle_ms")
    until(c, b"lsmod | grep -c virtio_blk", "0")
    ok("without devices the module leaves when idle", True)


def main():
    with tempfile.TemporaryDirectory() as work:
        data = [os.urandom(MIB) for _ in range(3)]
        options = []
        for i, name in enumerate(("first", "second", "third")):
            with open(f"{work}/{name}", "wb") as f:
                f.write(data[i])
        for i, name in enumerate(("first", "second")):
            options += ["-device", f"pcie-root-port,id=slot{i + 1},chassis={i + 1},slot={i + 1}",
                        "-drive", f"if=none,format=raw,id=d{i},file={work}/{name}",
                        "-device", f"virtio-blk-pci,drive=d{i},bus=slot{i + 1},id={name}"]
        m = Monitor(f"{work}/monitor")
        c = Console("-M", "q35", "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off", *options,
                    "-qmp", f"unix:{work}/monitor")
        m.accept()
        c.wait(b"/ # ")
        is_equal("two disks", c.run(b"cat /dev/vda /dev/vdb | md5sum"),
                 hashlib.md5(data[0] + data[1]).hexdigest() + "  -")
        busy(c, m)
        comes(c, m, f"{work}/third", hashlib.md5(data[2]).hexdigest())
        last(c, m)
        done(c)


main()
