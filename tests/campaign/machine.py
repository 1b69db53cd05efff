# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Machines of the campaign: QEMU with what a module needs, booted, or begun where another was when its state was saved."""
import json
import os
import re
import select
import signal
import socket
import subprocess
import tempfile
import time

import disks

BUILD = os.path.realpath(os.environ.get("O", "build"))
DEVICE_AT = 0x100000000  # beyond the memory that the kernel knows of
IOMMU = ["-M", "kernel-irqchip=split", "-device", "intel-iommu,intremap=on"]
CARD = ["-netdev", "user,id=net", "-device", "virtio-net-pci,disable-legacy=on,romfile=,netdev=net"]
VIRTIO_KIND = {"virtio_net": 1, "virtio_blk": 2}
BLACKLIST = {"xhci": ["xhci", "usbcore", "usb_storage", "usb_hid"], "usb_storage": ["xhci", "usbcore", "usb_storage", "usb_hid"]}


def drive(name, path):
    return ["-drive", f"if=none,format=raw,cache=unsafe,id={name},file={path}"]


class Setup:
    """What a module's machines are made of: files in a directory of their own, and QEMU's options."""

    def __init__(self, module, good, where):
        self.module, self.where = module, where
        self.directory = tempfile.TemporaryDirectory(prefix="campaign")
        self.path = self.directory.name
        self.words, self.options, self.disks = "", [], []
        self.files(good)
        self.machine()

    def files(self, good):
        """The image's files and the trials'."""
        tree = f"{self.path}/tree"
        os.makedirs(f"{tree}/trials")
        os.makedirs(f"{tree}/etc/modprobe.d")
        with open(f"{tree}/trials/how", "w", encoding="ascii") as f:
            f.write(f"{self.module} {self.where}\n")
        with open(f"{tree}/etc/modprobe.d/campaign.conf", "w", encoding="ascii") as f:
            f.writelines(f"blacklist {name}\n" for name in BLACKLIST.get(self.module, [self.module]))
        for name, source in ("start", f"{BUILD}/tests/campaign/trials"), ("good", good):
            subprocess.run(["cp", source, f"{tree}/trials/{name}"], check=True)
        archive = subprocess.run("find . | cpio --quiet -o -H newc", shell=True, cwd=tree, check=True, capture_output=True).stdout
        with open(f"{self.path}/initrd", "wb") as f, open(f"{BUILD}/image/initrd", "rb") as image:
            f.write(image.read() + archive)

    def machine(self):
        module = self.module
        if module == "tcpip":
            self.options = CARD
        elif module in disks.KINDS:
            disks.make(module, f"{self.path}/disk")
            for name in "harmed", "spare":
                self.disks.append(f"{self.path}/{name}")
                self.options += drive(name, f"{self.path}/{name}") + ["-device", f"virtio-blk-pci,disable-legacy=on,drive={name}"]
        elif module in ("xhci", "usb_storage"):
            self.blank()
            self.options = [*IOMMU, "-device", "qemu-xhci,id=xhci", *drive("disk", f"{self.path}/disk"),
                            "-device", "usb-storage,bus=xhci.0,drive=disk"]
        elif module in VIRTIO_KIND:
            self.virtio()

    def blank(self):
        with open(f"{self.path}/disk", "wb") as f:
            f.truncate(disks.MIB)

    def virtio(self):
        """A device behind an IOMMU, and one that is only memory, so that its driver comes to registers that are simply there."""
        device = f"{self.path}/device"
        with open(device, "wb") as f:
            subprocess.run(["python3", "tests/campaign/device.py", str(VIRTIO_KIND[self.module])], stdout=f, check=True)
        self.words = f"virtio_mmio.device=4096@{DEVICE_AT:#x}:20"
        self.options = ["-m", "256M,slots=1,maxmem=1G", "-object", "memory-backend-ram,id=beyond,size=128M",
                        "-device", "pc-dimm,memdev=beyond", "-device", f"loader,file={device},addr={DEVICE_AT:#x},force-raw=on", *IOMMU]
        if self.module == "virtio_blk":
            self.blank()
            self.options += [*drive("disk", f"{self.path}/disk"),
                             "-device", "virtio-blk-pci,disable-legacy=on,iommu_platform=on,drive=disk"]
        else:
            self.options += [*CARD[:-1], CARD[-1] + ",iommu_platform=on"]

    def fresh_disks(self):
        for path in self.disks:
            subprocess.run(["cp", "--sparse=always", f"{self.path}/disk", f"{path}.new"], check=True)
            with open(f"{path}.new", "rb") as new, open(path, "r+b" if os.path.exists(path) else "wb") as f:
                f.write(new.read())  # the same file: a machine may have it open

    def disk_state(self, synced):
        copy = f"{self.path}/looked-at"
        subprocess.run(["cp", "--sparse=always", self.disks[0], copy], check=True)
        return disks.state(self.module, copy, synced)


class Machine:
    """A running QEMU, whose console is read and written."""

    def __init__(self, setup, words, *more):
        setup.fresh_disks()
        self.setup, self.log, self.rest, self.status = setup, [], b"", None
        self.errors = open(f"{setup.path}/errors", "w+b")
        self.qemu = subprocess.Popen(
            ["qemu-system-x86_64", "-accel", "tcg,thread=single", "-cpu", "max", "-M", "q35", "-smp", "2", "-m", "256M", "-nodefaults",
             "-display", "none", "-no-reboot", "-serial", "stdio", "-d", "cpu_reset", "-D", f"{setup.path}/resets",
             "-kernel", f"{BUILD}/kernel/release/tenon", "-initrd", f"{setup.path}/initrd",
             "-append", f"{words} {setup.words} panic init=/trials/start", *setup.options, *more],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, bufsize=0)

    def say(self, line):
        try:
            self.qemu.stdin.write(line.encode() + b"\n")
        except BrokenPipeError:
            pass  # wait() sees it

    def wait(self, begin, seconds):
        """Read lines until one that begins so. Return: it; None: the machine has ended, or nothing came for so long."""
        until = time.monotonic() + seconds
        while True:
            *lines, self.rest = self.rest.split(b"\n")
            for i, line in enumerate(lines):
                self.log.append(line.decode(errors="replace").strip("\r"))
                if self.log[-1].startswith(begin):
                    self.rest = b"\n".join([*lines[i + 1:], self.rest])
                    return self.log[-1]
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.qemu.stdout], [], [], left)[0]:
                return None
            more = os.read(self.qemu.stdout.fileno(), 65536)
            if not more:
                return None
            self.rest += more

    def end(self):
        try:
            self.status = self.qemu.wait(1)
        except subprocess.TimeoutExpired:
            self.qemu.kill()
            self.qemu.wait()
        self.qemu.stdin.close()
        self.qemu.stdout.close()

    def death(self):
        """Of one that does not answer: "dead" and what is known of it, or "emulator" and the assertion with which QEMU has ended itself."""
        self.end()
        self.errors.seek(0)
        errors = self.errors.read().decode(errors="replace")
        asserted = re.search("Assertion .* failed|^ERROR:.*", errors, re.M)
        if self.status == -signal.SIGABRT and asserted:
            return f"emulator {asserted[0]}"
        panic = [line for line in self.log if "Kernel panic" in line]
        with open(f"{self.setup.path}/resets", encoding="ascii", errors="replace") as f:
            triple = "Triple fault" in f.read()
        silent = "triple fault" if triple else "no answer" if self.status is None else f"QEMU's status {self.status} {errors}"
        return f"dead {panic[0] if panic else silent}"


def boot(setup, words, *more):
    """Return: a machine that waits for trials."""
    m = Machine(setup, words, *more)
    if not m.wait("ready", 240):
        raise RuntimeError(f"{setup.module}: the guest does not start: {m.death()}")
    setup.fresh_disks()  # the module without faults has used one
    return m


def save(setup, words):
    """Have the state of a machine that waits for trials in setup.path/state."""
    m = boot(setup, words, "-qmp", f"unix:{setup.path}/monitor,server=on,wait=off")
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(f"{setup.path}/monitor")
        monitor = s.makefile("rw")

        def do(command, **arguments):
            monitor.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
            monitor.flush()
            while True:
                answer = json.loads(monitor.readline())
                if "return" in answer or "error" in answer:
                    return answer["return"]

        monitor.readline()
        do("qmp_capabilities")
        do("migrate-set-parameters", **{"max-bandwidth": 1 << 40})
        do("migrate", uri=f"exec:cat >{setup.path}/state")
        while do("query-migrate")["status"] != "completed":
            time.sleep(0.1)
        do("quit")
    m.end()


def resume(setup, words):
    m = Machine(setup, words, "-incoming", f"exec:cat {setup.path}/state")
    for _ in range(600):  # what comes before the state has been read is lost
        m.say("\nhello")
        if m.wait("hello", 0.1):
            return m
    raise RuntimeError(f"{setup.module}: the saved machine does not go on: {m.death()}")
