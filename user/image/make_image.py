#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""make_image.py PROGRAMS OUT FILES... - write the archive that the kernel unpacks into its root.

PROGRAMS is where setup/debian-programs unpacked Debian's packages, each of
FILES a directory with our own files of the image. The archive (cpio, "newc")
depends on their contents and on nothing else: names are sorted, times are 0, owners are root.
"""
import os
import stat
import subprocess
import sys

LIBRARIES = "lib/x86_64-linux-gnu usr/lib/x86_64-linux-gnu".split()
NEEDED = "libc.so.6 libcrypto.so.3 liblzma.so.5 libzstd.so.1".split()
LOADER = "lib64/ld-linux-x86-64.so.2"
KMOD = "depmod insmod lsmod modinfo modprobe rmmod".split()
EMPTY = "dev proc sys tmp run root mnt var var/run etc home usr usr/bin usr/sbin lib/modules".split()


def find_library(programs, name):
    for directory in LIBRARIES:
        path = os.path.join(programs, directory, name)
        if os.path.exists(path):
            return os.path.realpath(path)
    sys.exit(f"make_image: there is no {name} in {programs}")


def read(path):
    with open(path, "rb") as f:
        return f.read()


class Image:
    def __init__(self):
        self.members = {}  # name -> (mode, contents)

    def directory(self, name, mode=0o755):
        if name:
            self.directory(os.path.dirname(name))
            self.members.setdefault(name, (stat.S_IFDIR | mode, b""))

    def file(self, name, contents, mode):
        self.directory(os.path.dirname(name))
        self.members[name] = (stat.S_IFREG | mode, contents)

    def link(self, name, target):
        self.directory(os.path.dirname(name))
        self.members[name] = (stat.S_IFLNK | 0o777, target.encode())

    def archive(self):
        out = []
        for number, name in enumerate(sorted(self.members), 1):
            out.append(member(number, name, *self.members[name]))
        out.append(member(0, "TRAILER!!!", 0, b""))
        return b"".join(out)


def pad(data):
    return data + b"\0" * (-len(data) % 4)


def member(number, name, mode, contents):
    links = 2 if stat.S_ISDIR(mode) else 1
    fields = [number, mode, 0, 0, links, 0, len(contents), 0, 0, 0, 0, len(name) + 1, 0]
    head = "070701" + "".join(f"{field:08x}" for field in fields)
    return pad(head.encode() + name.encode() + b"\0") + pad(contents)


def add_busybox(image, programs):
    busybox = os.path.join(programs, "bin/busybox")
    image.file("bin/busybox", read(busybox), 0o755)
    applets = subprocess.run([busybox, "--list-full"], check=True, capture_output=True, text=True).stdout.split()
    for applet in applets:
        if applet not in ("bin/busybox", "init"):
            image.link(applet, "/bin/busybox")


def add_kmod(image, programs):
    image.file("bin/kmod", read(os.path.join(programs, "bin/kmod")), 0o755)
    image.file(LOADER, read(os.path.realpath(find_library(programs, os.path.basename(LOADER)))), 0o755)
    for name in NEEDED:
        image.file("lib/x86_64-linux-gnu/" + name, read(find_library(programs, name)), 0o644)
    for name in KMOD:
        for directory in ("bin", "usr/bin", "usr/sbin"):
            image.members.pop(f"{directory}/{name}", None)
        image.link("sbin/" + name, "/bin/kmod")


def add_own(image, files):
    for directory, _, names in os.walk(files):
        for name in names:
            path = os.path.join(directory, name)
            if os.path.islink(path):
                image.link(os.path.relpath(path, files), os.readlink(path))
                continue
            mode = 0o755 if os.access(path, os.X_OK) else 0o644
            image.file(os.path.relpath(path, files), read(path), mode)


def main():
    programs, out, *own = sys.argv[1:]
    image = Image()
    for name in EMPTY:
        image.directory(name, 0o1777 if name == "tmp" else 0o755)
    add_busybox(image, programs)
    add_kmod(image, programs)
    for files in own:
        add_own(image, files)
    with open(out + ".part", "wb") as f:
        f.write(image.archive())
    os.replace(out + ".part", out)


main()
