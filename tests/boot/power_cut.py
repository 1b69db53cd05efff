#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""power_cut.py [CUTS] - what was synced is on an ext2 disk whenever the power fails.

QEMU records what tests/boot/disks/synced.c has written (blklogwrites). For CUTS places in the record, or all that matter, a
disk is made that has everything up to the last flush before it, and of what came later a random part, block by block. There
e2fsck -fy must repair whatever is wrong, and afterwards all is there that the steps before had synced.
"""
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, "tests/boot")
from guest import BUILD, ok  # noqa: E402
import tap  # noqa: E402

STEPS = 60
BLOCK = 1024
FS_BYTES = 8 << 20   # the file system; the numbers of steps come after it
FILE_MAX = 60000     # of synced.c
LIMIT = 600          # seconds, only to give up
FLUSH, SECTOR = 1, 512


def run(*command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more)


def record(directory, domain):
    """Boot the guest. Return: the disk before, and the path of the record; None: it did not come to the end."""
    disk, log = f"{directory}/disk", f"{directory}/log"
    run("mke2fs", "-q", "-F", "-t", "ext2", "-b", str(BLOCK), disk, f"{FS_BYTES // 1024}k")
    os.truncate(disk, FS_BYTES + (1 << 20))
    with open(disk, "rb") as f:
        before = f.read()
    open(log, "wb").close()
    shutil.copy(f"{BUILD}/tests/boot/disks/synced", f"{directory}/synced")
    with open(f"{directory}/commands", "w", encoding="ascii") as f:
        f.write(f"dmesg -n 1\nmount /dev/vda /mnt && /synced {STEPS} {FS_BYTES} && umount /mnt && echo gone\n")
    archive = run("cpio", "--quiet", "-o", "-H", "newc", input=b"synced\ncommands\n", cwd=directory).stdout
    with open(f"{directory}/initrd", "wb") as f, open(f"{BUILD}/image/initrd", "rb") as image:
        f.write(image.read() + archive)
    out = run("timeout", "-k", "5", str(LIMIT), "qemu-system-x86_64", "-accel", "tcg,thread=single", "-cpu", "max", "-M", "q35",
              "-m", "256M", "-smp", "2", "-nodefaults", "-display", "none", "-monitor", "none", "-no-reboot", "-serial", "stdio",
              "-kernel", f"{BUILD}/kernel/debug/tenon", "-initrd", f"{directory}/initrd",
              "-append", f"panic init=/sbin/run-commands {domain}",
              "-blockdev", f"driver=file,node-name=file,filename={disk}", "-blockdev", f"driver=file,node-name=log,filename={log}",
              "-blockdev", "driver=blklogwrites,node-name=disk,file=file,log=log,log-sector-size=512",
              "-device", "virtio-blk-pci,disable-legacy=on,drive=disk", stdin=subprocess.DEVNULL).stdout
    return (before, log) if b"gone" in out.split() else (None, out)


def entries(log):
    """Of the record: (offset on the disk, data), or None for a flush."""
    with open(log, "rb") as f:
        _, _, count, sector_bytes = struct.unpack("<QQQI", f.read(28))
        f.seek(sector_bytes)
        for _ in range(count):
            sector, sectors, flags, _ = struct.unpack("<QQQQ", f.read(sector_bytes)[:32])
            if sectors:
                yield sector * SECTOR, f.read(sectors * SECTOR)
            if flags & FLUSH:
                yield None


def contents(number, version):
    return bytes((number * 131 + version * 13 + i * 7) & 255 for i in range(number * 7919 % FILE_MAX + 1))


def expected(step):
    """Names and (number, version) of what is synced once @step is done, but for what the next step changes."""
    files = {}
    for n in range(step + 1):
        if n % 5 == 3:
            files[f"f{n - 1}"] = n - 1, n
        elif n % 5 == 4:
            files[f"f{n - 3}"] = None
        else:
            files[f"f{n}"] = n, n
    following = step + 1
    files.pop(f"f{following - 1}" if following % 5 == 3 else f"f{following - 3}" if following % 5 == 4 else "", None)
    return files


def parts(log):
    """(offset, block) of each write, and of each write that has been split."""
    for entry in log:
        if entry is None or entry[0] >= FS_BYTES:
            yield entry
        else:
            for at in range(0, len(entry[1]), BLOCK):
                yield entry[0] + at, entry[1][at:at + BLOCK]


def write(disk, entry):
    disk[entry[0]:entry[0] + len(entry[1])] = entry[1]


def wrong(directory, disk, step):
    """What is not as it should be on a disk whose last step was @step; None: nothing."""
    path, files = f"{directory}/cut", f"{directory}/files"
    with open(path, "wb") as f:
        f.write(disk[:FS_BYTES])
    repaired = run("e2fsck", "-fy", path)
    if repaired.returncode > 2 or run("e2fsck", "-fn", path).returncode:
        return repaired.stdout
    shutil.rmtree(files, ignore_errors=True)
    os.mkdir(files)
    run("debugfs", "-R", f"rdump /s {files}", path)
    for name, what in expected(step).items():
        try:
            with open(f"{files}/s/{name}", "rb") as f:
                got = f.read()
        except FileNotFoundError:
            got = None
        if got != (what and contents(*what)):
            return f"after step {step} {name} is not as synced: {got and len(got)} bytes\n".encode() + repaired.stdout
    return None


def cuts(before, log, chosen, rng):
    """For each chosen place: a disk, and the last step that was done."""
    stable, later, step = bytearray(before), [], -1
    for at, entry in enumerate(log):
        if entry is None:
            for one in later:
                write(stable, one)
            later = []
        elif entry[0] >= FS_BYTES:
            step = struct.unpack_from("<I", entry[1], 8)[0]
        else:
            later.append(entry)
        if at in chosen:
            disk = bytearray(stable)
            some = rng.random()
            for one in later:
                if rng.random() < some:
                    write(disk, one)
            yield at, disk, step


def check(directory, domain, cnt):
    before, log = record(directory, domain)
    ok(f"{domain or 'kernel'}: {STEPS} steps", before, "" if before else log.decode(errors="replace"))
    if not before:
        return
    log = list(parts(entries(log)))
    flushes = sum(1 for entry in log if entry is None)
    ok("... each of them flushes the disk", flushes >= STEPS, f"{flushes} flushes")
    rng = random.Random(1)
    chosen = set(range(len(log)) if not cnt else rng.sample(range(len(log)), min(cnt, len(log))))
    bad = []
    for at, disk, step in cuts(before, log, chosen, rng):
        what = wrong(directory, disk, step)
        if what:
            bad.append(f"cut at {at} of {len(log)}: ".encode() + what)
    ok(f"... {len(chosen)} power cuts: it is repaired, and what was synced is there", not bad, b"\n".join(bad[:3]).decode(errors="replace"))


def main():
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    cnt = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    for domain in "", "ext2.isolated=fs":
        with tempfile.TemporaryDirectory() as directory:
            check(directory, domain, cnt)
    tap.done()


main()
