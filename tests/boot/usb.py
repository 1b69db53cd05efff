#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""USB, with sticks that come and go while the machine runs: what is on them, who serves them, and what is left of them."""
import hashlib
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from guest import IOMMU, LIMIT, Console, Monitor, done, is_equal, ok, power_off  # noqa: E402  (after the path is set)

MIB = 1 << 20
CYCLES = int(os.environ.get("CYCLES", "6"))
MODULES = ("usbcore", "xhci", "usb_storage")
ISOLATED = MODULES[:2]  # drivers are loaded into the domain of the bus
GONE = "ls: /dev/sda: No such file or directory"


def digest(path):
    with open(path, "rb") as f:
        return hashlib.md5(f.read()).hexdigest()


def stick_with_ext2(path):
    """A partition of ext2 with a file in it. Return: the file's digest."""
    data = os.urandom(300000)
    part = f"{path}.part"
    with open(f"{path}.file", "wb") as f:
        f.write(data)
    with open(part, "wb") as f:
        f.truncate(7 * MIB)
    subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext2", part], check=True)
    subprocess.run(["/sbin/debugfs", "-w", "-R", f"write {path}.file file", part], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(path, "wb") as f:  # one entry of a master boot record: type 0x83, from sector 2048 on
        f.write(bytes(446) + bytes([0, 0, 0, 0, 0x83, 0, 0, 0]) + (2048).to_bytes(4, "little") +
                (7 * 2048).to_bytes(4, "little") + bytes(48) + b"\x55\xaa")
        f.seek(MIB)
        with open(part, "rb") as p:
            f.write(p.read())
    return hashlib.md5(data).hexdigest()


class Machine:
    """A guest with a controller at a slot of its own. @where: words of the command line, which say who is isolated."""

    def __init__(self, work, where):
        self.work = work
        self.monitor = Monitor(f"{work}/monitor")
        self.console = Console(*IOMMU, "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off",
                               "-device", "pcie-root-port,id=slot1,chassis=1,slot=1", "-device", "qemu-xhci,id=xhci,bus=slot1",
                               "-qmp", f"unix:{work}/monitor", words=where, limit=LIMIT + 10 * CYCLES)
        self.monitor.accept()
        self.console.wait(b"/ # ")
        self.run("dmesg -n 1; echo 100 >/sys/module/module/parameters/idle_ms")

    def run(self, command):
        assert len(command) < 76, command  # the shell breaks longer lines
        return self.console.run(command.encode())

    def until(self, command, text):
        """Run a command again until it prints @text."""
        while self.run(command) != text:
            self.run("sleep 0.1")

    def plug(self, name, port=None):
        """The image of that name as a stick."""
        self.monitor.do("blockdev-add", driver="raw",
                        **{"node-name": name, "file": {"driver": "file", "filename": f"{self.work}/{name}"}})
        more = {"port": port} if port else {}
        answer = self.monitor.do("device_add", driver="usb-storage", drive=name, bus="xhci.0", id=f"usb-{name}", **more)
        assert "return" in answer, answer

    def pull(self, name):
        self.monitor.do("device_del", id=f"usb-{name}")
        self.forget(name)

    def forget(self, name):
        """What QEMU has of an image whose stick is gone."""
        self.monitor.wait_deleted(f"usb-{name}")
        self.monitor.events.clear()
        self.monitor.do("blockdev-del", **{"node-name": name})

    def copy(self):
        """Begin to read the stick again and again, until that fails."""
        self.run("rm -f /tmp/ended")
        self.run("c='while cat /dev/sda; do :; done; echo ended >/tmp/ended'")
        self.run("(sh -c \"$c\" >/dev/null 2>&1 &)")  # the shell says nothing of its end

    def make(self, name, size=MIB):
        with open(f"{self.work}/{name}", "wb") as f:
            f.write(os.urandom(size))
        return f"{self.work}/{name}"


def comes(m):
    """Modules come by the aliases of what is there, and what is read and written is what is on the stick."""
    path = m.make("first", 2 * MIB)
    m.until("lsmod | grep -c ^usb_storage", "0")
    m.plug("first")
    m.until("ls /dev/sda 2>&1", "/dev/sda")
    is_equal("a stick has what its image has", m.run("md5sum </dev/sda"), f"{digest(path)}  -")
    is_equal("... its driver came by the alias of its interface",
             m.run("readlink /sys/bus/usb/devices/*/driver"), "../../../../../bus/usb/drivers/usb-storage")
    m.run("head -c 2097152 /dev/urandom >/tmp/new")
    m.run("cat /tmp/new >/dev/sda; sync /dev/sda")
    is_equal("... and what is written to it is in its image", m.run("md5sum </tmp/new"), f"{digest(path)}  -")
    m.run("rm /tmp/new")


def leaves(m):
    """Pulled in the middle of a copy, with a file open."""
    m.run("exec 3</dev/sda; head -c 512 <&3 | wc -c")
    m.copy()
    m.pull("first")
    m.until("ls /dev/sda 2>&1", GONE)
    m.until("cat /tmp/ended", "ended")
    ok("a copy of one that is pulled ends", True)
    ok("... a file of it that is open answers with an error", "No such device" in m.run("cat <&3"))
    m.run("exec 3<&-")
    m.until("lsmod | grep -c ^usb_storage", "0")
    is_equal("... and the driver leaves when it has been idle", m.run("ls /sys/bus/usb/devices /sys/class/block"),
             "/sys/bus/usb/devices:\n\n/sys/class/block:")


def mounted(m):
    """A file system in a partition: read, written, checked by a program that is not ours; then pulled while it is mounted."""
    kept = stick_with_ext2(f"{m.work}/disk")
    m.plug("disk")
    m.until("ls /dev/sda1 2>&1", "/dev/sda1")
    m.run("mkdir -p /mnt; mount /dev/sda1 /mnt")
    is_equal("a file on a stick", m.run("md5sum </mnt/file"), f"{kept}  -")
    m.run("cat /mnt/file /mnt/file >/mnt/more; mkdir /mnt/d; umount /mnt")
    with open(f"{m.work}/disk", "rb") as f, open(f"{m.work}/part", "wb") as part:
        f.seek(MIB)
        part.write(f.read())
    check = subprocess.run(["/sbin/e2fsck", "-fn", f"{m.work}/part"], capture_output=True, text=True)
    ok("... what was written passes e2fsck", check.returncode == 0, check.stdout)
    subprocess.run(["/sbin/debugfs", "-R", f"dump more {m.work}/more", f"{m.work}/part"], stderr=subprocess.DEVNULL)
    with open(f"{m.work}/disk.file", "rb") as f:
        ok("... and is what was written", hashlib.md5(f.read() * 2).hexdigest() == digest(f"{m.work}/more"))
    m.run("mount /dev/sda1 /mnt; exec 3</mnt/more")
    m.pull("disk")
    m.until("ls /dev/sda 2>&1", GONE)
    m.run("exec 3<&-; umount /mnt")
    is_equal("one that is pulled while it is mounted can be unmounted", m.run("grep -c /mnt /proc/mounts"), "0")
    m.until("lsmod | grep -c -e ^usb_storage -e ^ext2", "0")


def again(m):
    """Many times: what is free in the end is what was free after two."""
    m.run("s='/^(MemFree|KernelStack|KernelTables):/{kb+=$2}END{print kb}'")
    m.run("four() { for i in 1 2 3 4; do awk \"$s\" /proc/meminfo; done; }")

    def cycle():
        m.plug("first")
        m.until("ls /dev/sda 2>&1", "/dev/sda")
        m.pull("first")
        m.until("ls /dev/sda 2>&1", GONE)
        m.until("lsmod | grep -c ^usb_storage", "0")

    cycle()
    cycle()
    m.run("before=$(four | sort -n | tail -n 1)")
    for _ in range(CYCLES):
        cycle()
    m.run('until [ "$(four | sort -n | tail -n 1)" -ge "$before" ]; do :; done')
    ok(f"{CYCLES} sticks that come and go leave nothing behind", True)


def eight(m):
    """Eight at once, behind a hub, which then goes with all of them."""
    names = [f"hub{i}" for i in range(8)]
    wanted = sorted(digest(m.make(name)) for name in names)
    m.monitor.do("device_add", driver="usb-hub", bus="xhci.0", port="1", id="usb-hub")
    for i, name in enumerate(names):
        m.plug(name, f"1.{i + 1}")
    m.until("ls /dev/sd? 2>&1 | wc -l", "8")
    got = m.run("for d in /dev/sd?; do md5sum <$d; done")
    is_equal("eight sticks at a hub", sorted(line.split()[0] for line in got.split("\n")), wanted)
    m.run("cat /dev/sd? >/dev/null 2>&1 &")
    m.monitor.do("device_del", id="usb-hub")
    m.monitor.wait_deleted("usb-hub")
    m.until("ls /dev/sd? 2>&1", "ls: /dev/sd?: No such file or directory")
    m.run("wait")
    is_equal("... and nothing is left when the hub is pulled", m.run("ls /sys/bus/usb/devices"), "")


def controller(m):
    """The controller is taken out, with a stick that is being read."""
    m.plug("first")
    m.until("ls /dev/sda 2>&1", "/dev/sda")
    m.copy()
    m.monitor.do("device_del", id="xhci")  # QEMU keeps this one: it says no DEVICE_DELETED of it
    m.until("ls /dev/sda 2>&1", GONE)
    m.until("cat /tmp/ended", "ended")
    m.until(f"lsmod | grep -c -e ^usb -e ^xhci", "0")
    is_equal("with its controller all goes", m.run("ls /sys/bus/usb 2>&1"), "ls: /sys/bus/usb: No such file or directory")
    while "error" in m.monitor.do("device_add", driver="qemu-xhci", id="xhci", bus="slot1"):
        m.run("sleep 0.1")  # until the slot is off
    m.monitor.do("blockdev-del", **{"node-name": "first"})
    m.plug("first")
    m.until("ls /dev/sda 2>&1", "/dev/sda")
    is_equal("... and comes with another", m.run("md5sum </dev/sda"), f"{digest(m.work + '/first')}  -")


def dies(m):
    """Their domain dies in the middle of a copy of the stick that is there: they are loaded anew, and it is there again."""
    m.copy()
    m.run("d=$(sed -n 's/^\\(usb[^ ]*\\) alive.*/\\1/p' /proc/domains)")
    m.run("echo $d >/proc/domains")
    m.until("cat /tmp/ended", "ended")
    m.until("ls /dev/sda 2>&1", "/dev/sda")
    is_equal("a stick whose drivers have died is there again", m.run("md5sum </dev/sda"), f"{digest(m.work + '/first')}  -")


EVENTS = "| hexdump -v -e '12/2 \"%d \" \"\\n\"' | cut -d' ' -f9-11"


def people(m):
    """A keyboard and a mouse: what is done there is read as events; then they are pulled while they are open."""
    m.monitor.do("device_add", driver="usb-kbd", bus="xhci.0", id="keyboard")
    m.until("ls /dev/input 2>&1", "event0")
    m.monitor.do("device_add", driver="usb-mouse", bus="xhci.0", id="mouse")
    m.until("ls /dev/input | wc -l", "2")
    m.run("exec 4</dev/input/event0 5</dev/input/event1")
    is_equal("nothing is there to be read", m.run("read -t 1 x <&4; echo $?"), "1")
    m.monitor.do("send-key", keys=[{"type": "qcode", "data": "shift"}, {"type": "qcode", "data": "q"}])
    is_equal("keys of a keyboard", m.run(f"head -c 192 <&4 {EVENTS}").split("\n"),
             ["1 42 1", "0 0 0", "1 16 1", "0 0 0", "1 16 0", "0 0 0", "1 42 0", "0 0 0"])
    m.monitor.do("input-send-event", events=[{"type": "rel", "data": {"axis": "x", "value": 5}},
                                             {"type": "rel", "data": {"axis": "y", "value": -3}},
                                             {"type": "btn", "data": {"button": "left", "down": True}}])
    is_equal("a mouse", m.run(f"head -c 96 <&5 {EVENTS}").split("\n"), ["1 272 1", "2 0 5", "2 1 -3", "0 0 0"])
    for name in ("keyboard", "mouse"):
        m.monitor.do("device_del", id=name)
    gone = "cat: read error: No such device"
    is_equal("one that is pulled while it is open", m.run("cat <&4 2>&1 >/dev/null; cat <&5 2>&1 >/dev/null").split("\n"), [gone, gone])
    m.until("ls /dev/input", "")
    m.until("lsmod | grep -c ^usb_hid", "0")
    m.run("exec 4<&- 5<&-")


def usb(where):
    with tempfile.TemporaryDirectory() as work:
        words = [f"{module}.isolated={where}" for module in ISOLATED] + [f"{module}.restart=3" for module in MODULES]
        m = Machine(work, " ".join(words) if where else "")
        comes(m)
        is_equal("domains with a driver of USB", m.run("cut -d' ' -f1,2 /proc/domains"), f"{where} alive" if where else "")
        leaves(m)
        mounted(m)
        people(m)
        eight(m)
        again(m)
        controller(m)
        if where:
            dies(m)
        return m.console


power_off(usb(""))
done(usb("usb"))
