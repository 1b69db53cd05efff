#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""modprobe_compare.py OURS ROOT RELEASE DIRECTORY SEED COUNT - our modprobe and Debian's, asked the same at random.

Compared are output, status, and messages, in any order (ours plans all words first), without the place in libkmod's
source that kmod puts before some. The configurations at random leave out what is different on purpose: more than one
softdep of a module, and install commands of modules that have softdeps.
"""
import os
import random
import re
import subprocess
import sys

ours, root, release, directory, seed, count = sys.argv[1:7]
tree = "%s/lib/modules/%s" % (root, release)
random.seed(int(seed))


def lines(name):
    with open(tree + "/" + name) as f:
        return [line.split() for line in f if not line.startswith("#")]


modules = [re.sub(r"\.ko:$", "", os.path.basename(line[0])).replace("-", "_") for line in lines("modules.dep")]
builtin = [re.sub(r"\.ko$", "", os.path.basename(line[0])).replace("-", "_") for line in lines("modules.builtin")]
aliases = [line[1] for line in lines("modules.alias")]
has_softdep = {line[1].replace("-", "_") for line in lines("modules.softdep")}
symbols = [line[1] for line in lines("modules.symbols")]
pool = ["ext4", "btrfs", "vfat", "nfs", "xfs", "crc32c_generic"] + random.sample(modules, 25)
new_names = ["alias%d" % i for i in range(8)]


def concrete(pattern):
    """A word that a pattern matches."""
    pattern = re.sub(r"\[([^]]).*?\]", r"\1", pattern)
    return pattern.replace("*", random.choice(["", "7", "a-b_c"])).replace("?", "x")


def word():
    kind = random.randrange(12)
    if kind < 5:
        return random.choice(pool)
    if kind < 7:
        return random.choice(new_names)
    if kind == 7:
        return concrete(random.choice(aliases))
    if kind == 8:
        return random.choice(builtin)
    if kind == 9:
        return random.choice(symbols)
    if kind == 10:
        return random.choice(["nothing", "no-thing", "", "a[b", "a]", "a/b", "-x-y", "alias[0-9]", "ext4.ko"])
    return random.choice(pool).replace("_", "-")


def config():
    softdeps = set(has_softdep)
    out = []
    for _ in range(random.randrange(14)):
        kind, name = random.randrange(7), random.choice(pool + new_names[:2])
        if kind == 0:
            out.append("alias %s %s" % (random.choice(new_names + ["al*", "alias[0-4]"]), word() or "ext4"))
        elif kind == 1:
            out.append("options %s %s" % (random.choice([name, random.choice(new_names)]),
                                          random.choice(["a=1", 'b="x y"', "c", "d=4  e=5 "])))
        elif kind == 2:
            out.append("blacklist " + name)
        elif kind == 3 and name not in softdeps:
            softdeps.add(name)
            out.append("softdep %s pre: %s post: %s" % (name, " ".join(random.sample(pool, random.randrange(3))),
                                                        " ".join(random.sample(pool, random.randrange(2)))))
        elif kind == 4:
            out.append("install %s %s" % (name, random.choice(["true", "exit 3", "echo $CMDLINE_OPTS here"])))
        elif kind == 5:
            out.append("remove %s true" % random.choice(pool + new_names))
        else:
            out.append(random.choice(["# nothing", "", "options %s \\\n  z=9" % name]))
    installed = {line.split()[1] for line in out if line.startswith("install")}
    return [line for line in out if not (line.startswith("softdep") and line.split()[1] in installed)
            and not (line.startswith("install") and line.split()[1] in softdeps)]


def arguments():
    args = []
    for option, share in (("-b", 4), ("-i", 8), ("-q", 9), ("--first-time", 9), ("-v", 6)):
        if random.randrange(share) == 0:
            args.append(option)
    args += random.choice([["-D"], ["-D"], ["-n", "-v"], ["-R"], ["-n"]])
    if random.randrange(4) == 0:
        return args + ["-a", "--"] + [word() for _ in range(random.randrange(1, 5))]
    return args + ["--", word()] + random.choice([[], [], ["p=1"], ["p=x y", "q", 'r="a b"']])


def normal(text):
    """Without what is said of the configuration, which config.sh compares."""
    text = re.sub(r"(?m)^(libkmod: |.*/a\.conf:\d|.*INFO: \.\./libkmod/libkmod\.c).*\n", "", text)
    text = re.sub(r"\.\./libkmod/\S+ \w+\(\) ", "", text)
    return sorted(re.sub(r"(?m)^\S*/modprobe:", "modprobe:", text).splitlines())


def run(tool, args):
    run = subprocess.run([tool, "-d", root, "-S", release, "-C", directory] + args, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    return run.returncode, run.stdout, normal(run.stderr)


printed = 0
os.makedirs(directory, exist_ok=True)
for _ in range(int(count)):
    text = "\n".join(config()) + "\n"
    with open(directory + "/a.conf", "w") as f:
        f.write(text)
    for _ in range(6):
        args = arguments()
        theirs, mine = run("/sbin/modprobe", args), run(ours, args)
        printed += theirs[1].count("\n")
        if theirs != mine:
            sys.exit("%s\n%s\nkmod:\n%s\nours:\n%s" % (text, args, theirs, mine))
print(printed, "lines are the same")
sys.exit(printed < 2 * int(count))
