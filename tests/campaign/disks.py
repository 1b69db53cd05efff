# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Disks of the campaign's file systems: made, and looked at after a trial by programs that are not ours."""
import os
import shutil
import subprocess

FILES = 6
MIB = 1 << 20
os.environ["PATH"] += ":/usr/sbin:/sbin"
os.environ["MTOOLS_SKIP_CHECK"] = "1"


def contents(seed):
    """As files.c has them."""
    return [bytes((i * 7 + i // 256 + seed + number) & 255 for i in range(3 + number * 9001)) for number in range(FILES)]


CONTENTS = {"kept": contents(0), "synced": contents(100)}


def run(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


class Ext2:
    @staticmethod
    def make(path, tree):
        run("mke2fs", "-q", "-F", "-t", "ext2", "-b", "1024", "-d", tree, path, "6m").check_returncode()

    @staticmethod
    def repair(path):
        return run("e2fsck", "-fy", path).returncode <= 2 and run("e2fsck", "-fn", path).returncode == 0

    @staticmethod
    def read(path, to):
        run("debugfs", "-R", f"rdump / {to}", path)


class Fat:
    @staticmethod
    def make(path, tree):
        with open(path, "wb") as f:
            f.truncate(8 * MIB)
        run("mkfs.fat", "-F", "16", "-s", "1", path).check_returncode()
        run("mcopy", "-s", "-i", path, f"{tree}/kept", "::/").check_returncode()

    @staticmethod
    def repair(path):
        for _ in range(3):  # what one pass changes another may have to look at again
            if run("fsck.fat", "-a", path).returncode == 0:
                return True
        return False

    @staticmethod
    def read(path, to):
        run("mcopy", "-s", "-n", "-i", path, "::/", to)


KINDS = {"ext2": Ext2, "fat": Fat}


def make(module, path):
    """A disk with /kept."""
    tree = f"{path}.tree"
    os.makedirs(f"{tree}/kept")
    for number, data in enumerate(CONTENTS["kept"]):
        with open(f"{tree}/kept/{number}", "wb") as f:
            f.write(data)
    KINDS[module].make(path, tree)


def contents_below(directory):
    """The contents of all files there, whatever their names."""
    found = set()
    for path, _, names in os.walk(directory):
        for name in names:
            if os.path.isfile(f"{path}/{name}") and not os.path.islink(f"{path}/{name}"):
                with open(f"{path}/{name}", "rb") as f:
                    found.add(f.read())
    return found


def has_names(directory, wanted):
    for number, data in enumerate(wanted):
        path = f"{directory}/{number}"
        if not os.path.isfile(path):
            return False
        with open(path, "rb") as f:
            if f.read() != data:
                return False
    return True


def state(module, path, synced):
    """What has become of the disk at @path, which is repaired: "intact"; "renamed", all contents are there, but some are
    where the repair put them (lost+found); "unclean", all are there, but e2fsck or fsck.fat cannot repair the rest; "kept", what
    was there before the trial is not; "synced", what the trial had synced is not, if @synced."""
    to = f"{path}.files"
    shutil.rmtree(to, ignore_errors=True)
    os.mkdir(to)
    repaired = KINDS[module].repair(path)
    KINDS[module].read(path, to)
    wanted = ["kept", "synced"] if synced else ["kept"]
    if all(has_names(f"{to}/{name}", CONTENTS[name]) for name in wanted):
        return "intact" if repaired else "unclean"
    found = contents_below(to)
    lost = [name for name in wanted if not found.issuperset(CONTENTS[name])]
    return lost[0] if lost else "renamed" if repaired else "unclean"
