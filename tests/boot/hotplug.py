#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Disks that come to slots and leave them while the machine runs: by the slot's attention button, as QEMU presses it."""
import hashlib
import os
import sys
import tempfile

sys.dont_write_bytecode = True

from guest import IOMMU, Console, Monitor, done, is_equal, ok, power_off  # noqa: E402  (after the path is set)

MIB = 1 << 20


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
    is_equal("F-23: the other disk is still being read", c.run(b"kill $copy; echo $?").split("\n")[0], "0")
    c.run(b"wait")


def comes(c, m, path, digest, options):
    m.do("blockdev-add", driver="raw", **{"node-name": "late", "file": {"driver": "file", "filename": path}})
    m.do("device_add", driver="virtio-blk-pci", drive="late", bus="slot1", id="late", **options)
    until(c, b"ls /dev/vda 2>&1", "/dev/vda")
    is_equal("one that comes is there, and has what is on it", c.run(b"md5sum </dev/vda"), f"{digest}  -")


def last(c, m):
    """The module goes when nobody uses it, and all devices have gone."""
    c.run(b"echo 100 >/sys/module/module/parameters/idle_ms")
    m.do("device_del", id="late")
    m.wait_deleted("late")
    c.run(b"cat /dev/vda /dev/vda >/dev/null; sleep 1")
    is_equal("F-23: with one device left its driver stays", c.run(b"lsmod | grep -c ^virtio_blk; ls /dev/vdb"), "1\n/dev/vdb")
    m.do("device_del", id="second")
    m.wait_deleted("second")
    until(c, b"ls /sys/class/block", "")
    until(c, b"lsmod | grep -c ^virtio_blk", "0")
    ok("... and leaves after the last", True)


def plug(where, machine=("-M", "q35"), disk=""):
    """With the driver in a domain that @where, a word of the kernel's command line, asks for."""
    with tempfile.TemporaryDirectory() as work:
        data = [os.urandom(MIB) for _ in range(3)]
        options = []
        for i, name in enumerate(("first", "second", "third")):
            with open(f"{work}/{name}", "wb") as f:
                f.write(data[i])
        for i, name in enumerate(("first", "second")):
            options += ["-device", f"pcie-root-port,id=slot{i + 1},chassis={i + 1},slot={i + 1}",
                        "-drive", f"if=none,format=raw,id=d{i},file={work}/{name}",
                        "-device", f"virtio-blk-pci,drive=d{i},bus=slot{i + 1},id={name}{disk}"]
        m = Monitor(f"{work}/monitor")
        c = Console(*machine, "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off", *options,
                    "-qmp", f"unix:{work}/monitor", words=where)
        m.accept()
        c.wait(b"/ # ")
        is_equal("two disks", c.run(b"cat /dev/vda /dev/vdb | md5sum"),
                 hashlib.md5(data[0] + data[1]).hexdigest() + "  -")
        busy(c, m)
        comes(c, m, f"{work}/third", hashlib.md5(data[2]).hexdigest(), {"iommu_platform": True} if disk else {})
        is_equal("drivers whose DMA is uncontained", c.run(b"dmesg | grep -c uncontained"), "0" if disk else "3")
        last(c, m)
        return c


power_off(plug(""))
done(plug("virtio_blk.isolated=1", IOMMU, ",iommu_platform=on"))
