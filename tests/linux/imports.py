#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""imports.py - count Debian's modules whose imports linux.ko and other such modules all export, as nm reads the files.

With names as arguments: print what each of these modules lacks instead. LINUX_KERNEL=NAME takes another kernel of setup/debian-kernel's, whose
linux.ko `make linux LINUX_KERNEL=NAME` has built.
"""
import glob
import os
import subprocess
import sys

BUILD = os.environ.get("O", "build")
KERNEL = os.environ.get("LINUX_KERNEL", "amd64")
PLACE = BUILD if KERNEL == "amd64" else f"{BUILD}/linux/{KERNEL}"
LINUX = f"{PLACE}/modules/x86_64/linux/linux.ko"
BATCH = 200  # files in one call of nm


def read(files):
    """The names that each file exports, and those that it lacks."""
    tables = {}
    for first in range(0, len(files), BATCH):
        out = subprocess.run(["nm", "-A", "-p", *files[first:first + BATCH]], capture_output=True, text=True, check=True)
        for line in out.stdout.splitlines():
            file, rest = line.split(":", 1)
            exports, lacks = tables.setdefault(file, (set(), set()))
            kind, name = rest.split()[-2:]
            if kind == "U":
                lacks.add(name)
            elif name.startswith("__ksymtab_"):
                exports.add(name[len("__ksymtab_"):])
    return tables


def missing(tables, given):
    """What each file lacks for good: by the names themselves, or because the file that exports them lacks something."""
    owner = {name: file for file, (exports, _) in tables.items() for name in exports}
    lacking = {file: {n for n in lacks if n not in given and n not in owner} for file, (_, lacks) in tables.items()}
    users = {}
    for file, (_, lacks) in tables.items():
        for name in lacks - given:
            users.setdefault(owner.get(name), []).append((file, name))
    todo = [file for file, names in lacking.items() if names]
    while todo:
        for user, name in users.get(todo.pop(), []):
            if not lacking[user]:
                todo.append(user)
            lacking[user].add(name)
    return lacking


def main(names):
    files = sorted(glob.glob(f"{BUILD}/debian/{KERNEL}/lib/modules/*/**/*.ko", recursive=True))
    if not files or not os.path.exists(LINUX):
        print("1..0 # SKIP linux.ko or Debian's modules are not there")
        return 0
    given = read([LINUX])[LINUX][0]
    lacking = missing(read(files), given)
    if names:
        for file in files:
            if os.path.basename(file)[:-len(".ko")] in names:
                print(os.path.basename(file), *sorted(lacking[file]))
        return 0
    real = sum(not lacks for lacks in lacking.values())
    with open("tests/linux/tally", encoding="ascii") as f:
        tally = dict(line.split() for line in f if not line.startswith("#"))
    prefix = "" if KERNEL == "amd64" else f"{KERNEL}."
    with open(f"{BUILD}/debian/{KERNEL}/release", encoding="ascii") as f:
        other = f.read().strip() != tally[f"{prefix}release"]
    real_then = int(tally[f"{prefix}real"])
    least = real_then - other * real_then // 100  # another point release has other modules
    print(f"# of {len(files)} modules, {real} import only what is there; tests/linux/tally has {least}")
    print(f"{'ok' if real >= least else 'not ok'} 1 - not fewer modules than before import only what is there")
    print("1..1")
    return real < least


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
