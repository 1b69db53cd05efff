#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""A network card that Debian's e1000 serves leaves its slot while it carries packets, and comes back."""
import glob
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from guest import BUILD, IOMMU, Console, Monitor, is_equal, ok, power_off, tap  # noqa: E402  (after the path is set)

LINUX_KO = f"{BUILD}/modules/x86_64/linux/linux.ko"
CARD = {"driver": "e1000", "netdev": "net0", "bus": "slot1", "id": "card", "romfile": ""}
LEASE = b"udhcpc -i eth0 -n -q 2>&1 | grep -c 'lease of 10.0.2.15 obtained' || dmesg"
PING = b"ping -c 1 10.0.2.2 | grep -c '1 packets received'"


def make_initrd(work):
    """The image with linux.ko and Debian's module."""
    with open("kernel/release.h", encoding="ascii") as f:
        release = next(line.split('"')[1] for line in f if "define KERNEL_RELEASE \"" in line)
    subprocess.run(["user/image/make_linux", BUILD, release, f"{BUILD}/image/tree/files", "e1000"], check=True,
                   env=os.environ | {"OUT": f"{work}/linux"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(f"{work}/initrd", "wb") as to:
        for name in (f"{BUILD}/image/initrd", f"{work}/linux.cpio"):
            with open(name, "rb") as f:
                to.write(f.read())


def until(c, command, text):
    while c.run(command) != text:
        c.run(b"sleep 0.1")


def plug(work, where):
    m = Monitor(f"{work}/monitor")
    c = Console(*IOMMU, "-m", "256M", "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off",
                "-initrd", f"{work}/initrd", "-device", "pcie-root-port,id=slot1,chassis=1,slot=1", "-netdev", "user,id=net0",
                "-device", ",".join([CARD["driver"]] + [f"{k}={v}" for k, v in CARD.items() if k != "driver"]),
                "-qmp", f"unix:{work}/monitor", words=where)
    m.accept()
    c.wait(b"/ # ")
    c.run(b"dmesg -n 1")
    is_equal(f"{where or 'kernel'}: a card has an address", c.run(LEASE), "1")
    c.run(b"(ping 10.0.2.2 >/dev/null 2>&1 & echo $! >/tmp/ping)")  # the shell says nothing of its end
    m.do("device_del", id="card")
    m.wait_deleted("card")
    ok("... leaves while a program pings", True)
    until(c, b"ls /sys/class/net", "")
    is_equal("... its driver stays", c.run(b"lsmod | cut -d' ' -f1 | grep -E '^(e1000|linux)'"), "e1000\nlinux")
    c.run(b"while kill $(cat /tmp/ping) 2>/dev/null; do sleep 0.1; done")
    m.do("device_add", **CARD)
    until(c, b"ls /sys/class/net", "eth0")
    is_equal("... and serves one that comes", c.run(LEASE), "1")
    is_equal("... which carries packets", c.run(PING), "1")
    is_equal("they unload", c.run(b"ifconfig eth0 down; rmmod e1000 && rmmod linux; echo $?"), "0")
    is_equal("... and leave nothing", c.run(b"dmesg | grep -cE 'left behind|BUG'"), "0")
    power_off(c)
    m.close()


def main():
    if not glob.glob(LINUX_KO):
        print("1..0 # SKIP linux.ko is not there")
        return
    with tempfile.TemporaryDirectory() as work:
        make_initrd(work)
        for where in ("", "linux.isolated=nic e1000.isolated=nic"):
            plug(work, where)
    tap.done()


main()
