#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""root.py DIR PACKAGE... - a Debian system in a directory, for chroot: these and all essential packages with what they need,
as they are installed here, with dpkg's record of them. Nothing is downloaded."""
import os
import re
import shutil
import subprocess
import sys

root, wanted = sys.argv[1], sys.argv[2:]
ADMIN = "/var/lib/dpkg"


def stanzas():
    """What dpkg knows of the installed packages: {name: (fields, text)}, and who provides what."""
    packages, provided = {}, {}
    with open(f"{ADMIN}/status", encoding="utf-8", errors="replace") as f:
        for text in f.read().split("\n\n"):
            fields = dict(re.findall(r"^([A-Za-z-]+): *(.*)$", text, re.M))
            if fields.get("Status") != "install ok installed" or fields["Package"] in packages:
                continue
            packages[fields["Package"]] = fields, text
            for item in fields.get("Provides", "").split(","):
                if item.strip():
                    provided.setdefault(item.split()[0], fields["Package"])
    return packages, provided


def closure(packages, provided):
    needed, todo = set(), wanted + [name for name, (fields, _) in packages.items() if fields.get("Essential") == "yes"]
    while todo:
        name = todo.pop()
        if name in needed:
            continue
        if name not in packages:
            sys.exit(f"root.py: {name} is not installed; setup/install test does it")
        needed.add(name)
        fields = packages[name][0]
        for group in ",".join((fields.get("Pre-Depends", ""), fields.get("Depends", ""))).split(","):
            choices = [re.split(r"[ :(]", c.strip())[0] for c in group.split("|")]
            found = [provided.get(c, c) if c not in packages else c for c in choices if c in packages or c in provided]
            todo += found[:1]
    return needed


def copy(path):
    """A file, link or directory of this system. Directories' links (/bin) come with what lies in them."""
    to = root + path
    if os.path.lexists(to) or not os.path.lexists(path):
        return
    parent = os.path.dirname(path)
    if parent != path:
        copy(parent)
    if os.path.islink(path):
        os.symlink(os.readlink(path), to)
        if os.path.isdir(path):
            copy(os.path.realpath(path))
    elif os.path.isdir(path):
        os.mkdir(to)
        shutil.copystat(path, to)
    elif os.path.isfile(path):
        shutil.copy2(path, to)


def main():
    packages, provided = stanzas()
    needed = closure(packages, provided)
    os.makedirs(root, exist_ok=True)
    for directory in ("/bin", "/sbin", "/lib", "/lib64", "/usr", "/etc", "/var", "/dev", "/proc", "/sys", "/tmp", "/run", "/boot",
                      f"{ADMIN}/info", f"{ADMIN}/updates", f"{ADMIN}/triggers", "/var/tmp", "/var/log", "/var/cache",
                      "/etc/alternatives", "/etc/ld.so.conf.d"):
        copy(directory)
    infos = os.listdir(f"{ADMIN}/info")
    for name in sorted(needed):
        for info in infos:
            if re.match(re.escape(name) + r"(:[a-z0-9]+)?\.[a-z0-9]+$", info):
                copy(f"{ADMIN}/info/{info}")
        out = subprocess.run(["dpkg-query", "-L", name], capture_output=True, text=True, check=True).stdout
        for path in out.splitlines():
            if path.startswith("/") and not path.startswith("/usr/share/locale"):
                copy(path)
    for path in [f"/etc/alternatives/{n}" for n in os.listdir("/etc/alternatives")] + [
            "/etc/passwd", "/etc/group", "/etc/ld.so.conf", f"{ADMIN}/info/format", f"{ADMIN}/arch", "/usr/bin/awk", "/etc/ld.so.cache",
            "/usr/bin/which"]:
        copy(path)
    with open(f"{root}{ADMIN}/status", "w", encoding="utf-8") as f:
        f.write("\n\n".join(packages[name][1].strip("\n") for name in sorted(needed)) + "\n")
    for name in "diversions", "statoverride", "available":
        open(f"{root}{ADMIN}/{name}", "w", encoding="utf-8").close()
    os.mknod(f"{root}/dev/null", 0o20666, os.makedev(1, 3))
    os.chmod(f"{root}/dev/null", 0o666)
    os.chmod(f"{root}/tmp", 0o1777)


main()
