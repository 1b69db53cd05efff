#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""plug.py [BUILD-DIR] - from when a USB stick is plugged until its node can be read, beside Debian's kernel with udev on the same
machine, by the guests' clocks, which count instructions and the waits of drivers. Needs what kernel_beside.sh needs, and udev."""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile

OUT = sys.argv[1] if len(sys.argv) > 1 else "build"
DEBIAN = f"{OUT}/debian/amd64"
RULES = ("50-udev-default.rules", "60-block.rules", "80-drivers.rules")
PLUGGED = """sleep 5; echo ready; read go; echo "<5>plugged" >/dev/kmsg
until [ -b /dev/sda ] && dd if=/dev/sda of=/dev/null bs=512 count=1 2>/dev/null; do usleep 1000; done
echo "<5>opened" >/dev/kmsg
dmesg | sed -n "s/.*\\[ *\\([0-9]*\\)\\.\\([0-9]*\\)\\].*\\(plugged\\|opened\\).*/\\3 \\1\\2/p"
"""
INIT = """#!/busybox sh
/busybox --install -s /bin
mount -t devtmpfs dev /dev; mount -t proc proc /proc; mount -t sysfs sys /sys; mkdir -p /run
/lib/systemd/systemd-udevd --daemon
udevadm trigger --type=subsystems --action=add; udevadm trigger --type=devices --action=add; udevadm settle
. /commands
poweroff -f
"""


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def pack(directory):
    names = run("find", directory, "-mindepth", "1", "-printf", "%P\\n")
    return subprocess.run(["cpio", "--quiet", "-o", "-H", "newc"], cwd=directory, input=names.encode(), check=True,
                          capture_output=True).stdout


def put(source, directory):
    os.makedirs(directory, exist_ok=True)
    shutil.copy(os.path.realpath(source), f"{directory}/{os.path.basename(source)}")


def add_udev(tree):
    udevadm = shutil.which("udevadm")
    put(udevadm, f"{tree}/bin")
    put(udevadm, f"{tree}/lib/systemd")
    os.rename(f"{tree}/lib/systemd/udevadm", f"{tree}/lib/systemd/systemd-udevd")
    for word in run("ldd", udevadm).split():
        if word.startswith("/"):
            put(word, tree + os.path.dirname(word))
    for rules in RULES:
        put(f"/lib/udev/rules.d/{rules}", f"{tree}/lib/udev/rules.d")


def add_modules(tree, release):
    """What a stick takes, and what that takes, with depmod's indexes."""
    wanted, done = ["xhci_pci", "usb_storage", "sd_mod"], set()
    files = {os.path.basename(path)[:-3].replace("-", "_"): path
             for path in run("find", f"{DEBIAN}/lib/modules/{release}/kernel", "-name", "*.ko").split()}
    while wanted:
        name = wanted.pop()
        if name in done:
            continue
        done.add(name)
        put(files[name], f"{tree}/lib/modules/{release}/kernel")
        wanted += [word.replace("-", "_") for word in run("/sbin/modinfo", "-F", "depends", files[name]).strip().split(",") if word]
    for name in "modules.builtin", "modules.order", "modules.builtin.modinfo":
        put(f"{DEBIAN}/lib/modules/{release}/{name}", f"{tree}/lib/modules/{release}")
    run("/sbin/depmod", "-b", tree, release)


def debians_archive(tree, release):
    os.mkdir(tree)
    for name in "dev", "proc", "sys", "bin":
        os.mkdir(f"{tree}/{name}")
    put(f"{OUT}/debian/programs/bin/busybox", tree)
    add_udev(tree)
    add_modules(tree, release)
    for name, text in ("commands", PLUGGED), ("init", INIT):
        with open(f"{tree}/{name}", "w", encoding="ascii") as f:
            f.write(text)
        os.chmod(f"{tree}/{name}", 0o755)
    return pack(tree)


class Machine:
    """QEMU, whose monitor speaks its machine protocol on a socket."""

    def __init__(self, work, kernel, archive, words):
        with open(f"{work}/initrd", "wb") as f:
            f.write(archive)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"{work}/monitor")
        listener.listen(1)
        self.qemu = subprocess.Popen(
            ["timeout", "-k", "5", "600", "qemu-system-x86_64", "-accel", "tcg", "-icount", "shift=0,sleep=off", "-cpu",
             "max,erms=off,fsrm=off", "-M", "q35", "-m", "256M", "-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio",
             "-qmp", f"unix:{work}/monitor", "-device", "qemu-xhci,id=xhci", "-kernel", kernel, "-initrd", f"{work}/initrd",
             "-append", words], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.file = listener.accept()[0].makefile("rw")
        self.file.readline()  # the greeting
        listener.close()
        os.unlink(f"{work}/monitor")
        self.do("qmp_capabilities")

    def do(self, command, **arguments):
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        answer = json.loads(self.file.readline())
        while "event" in answer:
            answer = json.loads(self.file.readline())
        if "error" in answer:
            sys.exit(f"plug: {answer['error']['desc']}")

    def lines(self):
        for line in self.qemu.stdout:
            yield line.decode(errors="replace").strip()


def microseconds(work, kernel, archive, words):
    """From plugged to read. The machine stands still while the stick is plugged, so that the guest learns of it when it is let go on."""
    m = Machine(work, kernel, archive, words)
    said, seen = {}, []
    for line in m.lines():
        seen.append(line)
        if line == "ready":
            m.do("stop")
            m.do("blockdev-add", driver="raw", **{"node-name": "stick", "file": {"driver": "file", "filename": f"{work}/stick"}})
            m.do("device_add", driver="usb-storage", id="plugged", drive="stick", bus="xhci.0")
            m.qemu.stdin.write(b"\n")
            m.qemu.stdin.flush()
            m.do("cont")
        word, _, number = line.partition(" ")
        if number.isdigit():
            said[word] = int(number)
    m.qemu.wait()
    if "plugged" not in said or "opened" not in said:
        sys.exit("plug: the guest did not say it:\n" + "\n".join(seen[-20:]))
    return said["opened"] - said["plugged"]


def main():
    if not shutil.which("udevadm"):
        print("plug: skipped: there is no udev here to compare with", file=sys.stderr)
        return
    with open(f"{DEBIAN}/release", encoding="ascii") as f:
        release = f.read().strip()
    with tempfile.TemporaryDirectory() as work:
        with open(f"{work}/stick", "wb") as f:
            f.truncate(8 << 20)
        os.mkdir(f"{work}/ours")
        with open(f"{work}/ours/commands", "w", encoding="ascii") as f:
            f.write(PLUGGED)
        with open(f"{OUT}/image/initrd", "rb") as f:
            ours = microseconds(work, f"{OUT}/kernel/release/tenon", f.read() + pack(f"{work}/ours"),
                                "panic init=/sbin/run-commands")
        theirs = microseconds(work, f"{DEBIAN}/boot/vmlinuz-{release}", debians_archive(f"{work}/debian", release),
                              "console=ttyS0 quiet panic=-1 usb-storage.delay_use=0")
    print(f"plug.node_readable.permille_of_debian {ours * 1000 // theirs} - ok  # {ours} us of virtual time; "
          f"Debian's kernel with udev {theirs} us, without the second that its usb-storage waits by default")


main()
