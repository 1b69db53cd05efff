#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""A driver whose device writes to memory that is not its own, with an IOMMU and without. What has changed in memory the
host sees, not the guest."""
import os
import re
import sys
import tempfile

sys.dont_write_bytecode = True

from guest import IOMMU, SETTLE, Console, Monitor, is_equal, ok, power_off, tap  # noqa: E402  (after the path is set)

PAGE = 4096
BYTES = 2048  # that the device writes
KERNEL = 0x200000  # where its image begins, PAGES of which are text
TEXT_PAGES = 16
UNUSED = 0x50000  # low memory, which the kernel leaves alone once other CPUs run
VECTOR = 0x31  # that nobody uses
# What raises it: to an IOMMU entry 0x80 of its table (VT-d 3.0, 5.1.5.2), without one CPU 1 and the word that is
# written. The form that is only the latter (bit 4 is 0) hardware refuses, but QEMU 7.2 lets it through.
MESSAGE = 0xfee01010
WITHOUT = ["-M", "q35"]


class Guest:
    """One with the device, in whose memory can be looked."""

    def __init__(self, work, options, words=""):
        self.work = work
        self.monitor = Monitor(f"{work}/monitor")
        self.console = Console(*options, "-device", "edu,addr=5,dma_mask=0xffffffff", "-qmp", f"unix:{work}/monitor",
                               words=words)
        self.monitor.accept()
        self.console.wait(b"/ # ")
        self.console.run(SETTLE)
        self.console.run(b"dmesg -n 1; ln -s /lib/modules/*/kernel/faulty /f")

    def memory(self, start, size):
        self.monitor.do("pmemsave", val=start, size=size, filename=f"{self.work}/memory")
        with open(f"{self.work}/memory", "rb") as f:
            return f.read()

    def load(self, words):
        """The lines of the kernel's log that came of it."""
        self.console.run(b"dmesg -c >/dev/null")
        self.console.run(b"insmod /f/dma.ko " + words.encode())
        return self.console.run(b"dmesg")

    def unload(self):
        self.console.run(b"rmmod dma")

    def end(self):
        power_off(self.console)
        self.monitor.close()


def changed(before, after):
    return sum(a != b for a, b in zip(before, after))


def contained(work, where):
    g = Guest(work, IOMMU)
    name = where or "kernel"
    before = g.memory(KERNEL, TEXT_PAGES * PAGE)
    log = g.load(f"{where} target={KERNEL:#x}")
    ok(f"{name}, IOMMU: the device writes where it may", "2048 of 2048 bytes came" in log, log)
    ok("... and was told to write to the kernel", f"write {BYTES} bytes to {KERNEL:#x}" in log, log)
    is_equal("... of which 0 bytes have changed", changed(before, g.memory(KERNEL, TEXT_PAGES * PAGE)), 0)
    ok("... the log says which device tried, and where", f"00:05.0 was refused to write {KERNEL:#x}" in log, log)
    ok("... and its DMA is not called uncontained", "uncontained" not in log, log)
    g.unload()
    log = g.load(f"{where} target={MESSAGE:#x} bytes=4 data={VECTOR:#x}")
    ok("an interrupt that it was not given does not come", "was told to write 4" in log and "nobody asked" not in log, log)
    g.unload()
    log = g.load(f"{where} target={UNUSED:#x}")
    ok("the next driver of the device is served", "2048 of 2048 bytes came" in log, log)
    g.unload()
    log = g.load(f"{where} keep=1")
    ok("what a driver keeps of a device that it gave back is taken from it", "registers -9, memory -9" in log, log)
    g.unload()
    g.end()


def ended(work):
    """Its domain dies while the device is about to write."""
    g = Guest(work, IOMMU)
    log = g.load("isolated=1 die=1")
    at = int(re.search(r"the device is to write to (0x[0-9a-f]+)", log).group(1), 16)
    g.console.run(b"sleep 1")
    ok("a domain ends: nothing is written to what was its memory", b"A" * 64 not in g.memory(at, PAGE))
    g.console.run(b"until ! grep -q ^isolated /proc/domains; do sleep 0.1; done")
    ok("... and the driver is served anew", "2048 of 2048 bytes came" in g.load("isolated=1"))
    g.unload()
    g.end()


def uncontained(work):
    g = Guest(work, WITHOUT)
    log = g.load(f"isolated=1 target={UNUSED:#x}")
    ok("without IOMMU: the log says DMA uncontained", "DMA uncontained" in log, log)
    is_equal("... which is true: the device wrote there", g.memory(UNUSED, BYTES), b"A" * BYTES)
    g.unload()
    log = g.load(f"isolated=1 target={MESSAGE:#x} bytes=4 data={VECTOR:#x}")
    ok("... and raised an interrupt", f"interrupt {VECTOR:#x}, which nobody asked for" in log, log)
    g.unload()
    g.end()


def refused(work):
    """By a word of the command line, where it would be uncontained."""
    g = Guest(work, WITHOUT, "dma_contained")
    log = g.load("isolated=1")
    ok("uncontained DMA of isolated drivers is refused where that is asked for", "error 1" in log and "came" not in log, log)
    g.unload()
    ok("... of the kernel's own domain it is not", "2048 of 2048 bytes came" in g.load(""))
    g.unload()
    g.end()


def main():
    with tempfile.TemporaryDirectory() as work:
        for where in ("", "isolated=1"):
            contained(work, where)
        ended(work)
        uncontained(work)
        refused(work)
    tap.done()


main()
