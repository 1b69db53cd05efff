#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""PCI, whose functions a module finds: what /sys says of each is what QEMU says; who has the module, and who may not."""
import sys
import tempfile

sys.dont_write_bytecode = True

from guest import IOMMU, SETTLE, Console, Monitor, done, is_equal, ok, power_off  # noqa: E402  (after the path is set)

IO, MEMORY, PREFETCH, WIDE = 0x100, 0x200, 0x2000, 0x100000  # Linux's flags of resources
BARS = 6
# For each function its directory, which is where its parent's is, ids, class and resources, a line. Commands are shorter than a
# line: the shell breaks longer ones.
LIST = (b"dmesg -n 1; k=/lib/modules/*/kernel; p=/sys/bus/pci/devices",
        b"v() { cat vendor device class resource; }",
        b"s() { cd -P $1; echo ${PWD#/sys/devices/} $(v); }",
        b"list() { for d in $p/*; do s $d; done; cd /; }")


def resources(function):
    """As lines of Linux's file `resource`: what has no address is left out."""
    lines = [(0, 0, 0)] * BARS
    for r in function["regions"]:
        if r["bar"] >= BARS or not 0 < r["address"] < 1 << 63:
            continue
        flags = IO if r["type"] == "io" else MEMORY | (PREFETCH if r["prefetch"] else 0) | (WIDE if r["mem_type_64"] else 0)
        lines[r["bar"]] = (r["address"], r["address"] + r["size"] - 1, flags)
    return " ".join(f"0x{a:016x} 0x{b:016x} 0x{c:016x}" for a, b, c in lines)


def tree(functions, above):
    """A line for each function of QEMU's answer, and for those behind it."""
    for f in functions:
        name = f"{above}/0000:{f['bus']:02x}:{f['slot']:02x}.{f['function']:x}"
        yield (f"{name} 0x{f['id']['vendor']:04x} 0x{f['id']['device']:04x}", f["class_info"]["class"], resources(f))
        yield from tree(f.get("pci_bridge", {}).get("devices", []), name)


def seen(c):
    """The same of what the guest says; QEMU names no interface of a class."""
    for line in c.run(b"list").split("\n"):
        path, vendor, device, number, rest = line.split(" ", 4)
        yield f"{path} {vendor} {device}", int(number, 16) >> 8, rest


def expected(m):
    return sorted(tree(m.do("query-pci")["return"][0]["devices"], "pci0000:00"))


def is_same(name, c, m):
    got, want = sorted(seen(c)), expected(m)
    ok(name, got == want and len(got) > 3, f"{got}\n{want}")


def begin(work, *options, words=""):
    m = Monitor(f"{work}/monitor")
    c = Console(*options, "-qmp", f"unix:{work}/monitor", words=words)
    m.accept()
    c.wait(b"/ # ")
    for line in LIST:
        c.run(line)
    return c, m


def found(work):
    """Behind a bridge, in a slot, on the root; with an IOMMU, which is no function."""
    c, m = begin(work, *IOMMU, "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off",
                 "-device", "pcie-root-port,id=slot1,chassis=1,slot=1,addr=4", "-device", "pcie-root-port,id=slot2,chassis=2,slot=2,addr=5",
                 "-device", "pcie-pci-bridge,id=bridge,bus=slot2", "-device", "pci-bridge,id=deep,bus=bridge,chassis_nr=3,addr=1",
                 "-device", "edu,bus=deep,addr=2", "-device", "virtio-rng-pci,addr=6,multifunction=on",
                 "-device", "e1000e,romfile=,addr=6.1", "-device", "virtio-net-pci,romfile=,addr=6.7")
    c.run(SETTLE)
    is_same("the functions are those that QEMU has, with their ids, classes, places and resources", c, m)
    is_equal("the module came once, for a bridge of the machine's", c.run(b"cat /sys/module/pci/asked_by; lsmod | grep -c ^pci"),
             "platform:pci-host, for kernel (0)\n1")
    is_equal("... it has as many users as there are functions", c.run(b"cat /sys/module/pci/refcnt"), str(len(expected(m))))
    is_equal("... and cannot be unloaded", c.run(b"rmmod pci 2>&1; lsmod | grep -c ^pci"),
             "rmmod: can't unload module 'pci': Resource temporarily unavailable\n1")
    c.run(b"echo 100 >/sys/module/pci/idle_ms; sleep 1")
    is_equal("... nor leaves when it is idle", c.run(b"lsmod | grep -c ^pci"), "1")
    for where in (b"", b" isolated=1"):
        told = c.run(b"insmod $k/pci/pci.ko 2>&1" + where)
        ok("another that would say what is there is refused", "File exists" in told, told)
    m.do("device_add", driver="e1000e", bus="slot1", id="late", romfile="")
    while "0000:01:00.0" not in c.run(b"ls /sys/bus/pci/devices"):
        c.run(b"sleep 0.1")
    is_same("one that comes is there, at addresses that QEMU has too", c, m)
    m.do("device_del", id="late")
    m.wait_deleted("late")
    while "0000:01:00.0" in c.run(b"ls /sys/bus/pci/devices"):
        c.run(b"sleep 0.1")
    is_same("... and leaves", c, m)
    is_equal("... as a user of the module, too", c.run(b"cat /sys/module/pci/refcnt"), str(len(expected(m))))
    power_off(c)
    m.close()


def drive(c, where):
    c.run(b"dmesg -c >/dev/null; modprobe runtime")
    c.run(b"insmod $k/faulty/config.ko " + where)
    return c.run(b"rmmod config; dmesg | grep -o 'config: [ci].*\|config: the.*'")


def without_module(work):
    """Nobody else has the machine's bridges then."""
    c, m = begin(work, "-M", "q35", words="modprobe.blacklist=pci")
    c.run(SETTLE)
    is_equal("without the module there are no functions", c.run(b"ls /sys/bus/pci/devices; ls /sys/bus/platform/devices"), "pci0000:00")
    told = drive(c, b"isolated=1")
    is_equal("no isolated domain has configuration space", told, "config: configuration space: -13\nconfig: its interrupt: -19")
    told = drive(c, b"")
    is_equal("... the kernel's own has", told, "config: configuration space: 0\nconfig: the first function is 29c08086\n"
             "config: its interrupt: -19")
    c.run(b"modprobe pci")
    is_same("loaded later it finds the same", c, m)
    power_off(c)
    m.close()


def no_bridge(work):
    """A machine without configuration space in memory."""
    c, m = begin(work, "-M", "pc")
    c.run(SETTLE)
    is_equal("where there is no bridge the module does not come", c.run(b"lsmod | grep -c ^pci; ls $p"), "0")
    c.run(b"f='/^(MemFree|KernelStack|KernelTables):/ { k += $2 } END { print k }'")
    free = b'awk "$f" /proc/meminfo'
    turn = b"modprobe pci && lsmod | grep -c '^pci .* 0' && rmmod pci || echo no"
    c.run(turn)
    before = int(c.run(free))
    is_equal("... loads nevertheless, and leaves", c.run(turn), "1")
    for _ in range(20):
        if int(c.run(free)) >= before:
            break
        c.run(b"sleep 0.2")
    ok("... and nothing of it stays", int(c.run(free)) >= before)
    done(c)


with tempfile.TemporaryDirectory() as directory:
    found(directory)
    without_module(directory)
    no_bridge(directory)
