# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""config_compare.py files|cmdline MODPROBE WORK-DIR SEED COUNT - print what two programs make of one configuration.

COUNT configurations are made at random; `modprobe -c` of kmod and ours must print the same of them. Where ours differs
on purpose the generator stays away or what kmod printed is mended; config.sh tests these places by themselves:
  - kmod's -c leaves out the blank before "post:", mixes up parts that take turns, and does not know a marker behind
    more than one blank;
  - ours makes '-' to '_' and knows quotes in modprobe.blacklist, and leaves out empty names of the command line;
  - ours takes a carriage return at the end of a line and a '\\' at the end of a file away;
  - weakdep, forbid and allow are unknown to kmod 30.
"""
import os
import random
import re
import subprocess
import sys

NAMES = ["ext4", "snd-hda", "snd_hda", "pci:v*d*", "a[-b]c-d", "x*", "?-y", "net-pf-10", "q[", "q]", "k[[x]]", "mod.ko",
         "\u00e4-b", "#x", "a\\-b", "-", "_-_", "'q'", '"q"']
BLANKS = [" ", " ", " ", "  ", "\t", " \t "]
WORDS = ["a=1", "b=\"x y\"", "c='1'", "\\\\", "\\", "\\n", "d=-5", "$CMDLINE_OPTS", "/bin/true;",
         "pre:", "post:", "#", "&&"]
PIECES = ["a", "snd-hda", "b_c", "modprobe", ".", ".", ".", "=", "=", "1", "-x", ",", "k[-]", "z["]  # of a command line


def name(r):
    return r.choice(NAMES)


def rest(r):
    return "".join(r.choice(WORDS) + r.choice(BLANKS) for _ in range(r.randrange(4)))


def softdep(r):
    parts = []
    markers = [r.choice(["pre:", "post:", "x"]) for _ in range(r.randrange(1, 4))]
    for marker in sorted(markers, reverse=r.random() < 0.5):
        parts += [marker] + [r.choice(["a-b", "c_d", "platform:e"]) for _ in range(r.randrange(4))]
    return " ".join(parts)


def line(r):
    word = r.choice(["alias", "blacklist", "options", "install", "remove", "softdep"])
    blank = [r.choice(BLANKS) for _ in range(4)]
    kind = r.randrange(30)
    if kind == 0:
        return "# " + rest(r).rstrip("\\")
    if kind == 1:
        return r.choice(["", " ", "\t\t", "foo bar", "include x", "config", word, word + blank[0], word + " \\"])
    if kind == 2:
        return word + blank[0] + name(r) + r.choice(["", " "])
    start = r.choice(["", "", "", " ", "\t"]) + word + blank[0] + name(r)
    if word == "blacklist":
        return start + r.choice(["", blank[1], blank[1] + name(r)])
    if word == "alias":
        return start + blank[1] + name(r) + r.choice(["", blank[2], blank[2] + name(r)])
    if word == "softdep":
        return start + " " + softdep(r)
    return start + blank[1] + rest(r)


def conf(r):
    text = "\n".join(line(r) for _ in range(r.randrange(60)))
    if r.randrange(3) == 0:  # lines go on anywhere but in the blanks before a marker
        text = re.sub(r"(?<=[a-z=])(?=[a-z=])", lambda m: "\\\n" if r.randrange(20) == 0 else "", text)
    return text.rstrip("\\") + r.choice(["", "\n"])


def make_files(r, directory):
    paths = []
    for d in "one", "two":
        os.makedirs("%s/%s" % (directory, d))
        for f in r.sample(["a.conf", "b.conf", "10-x.conf", "9-x.conf", "Z.conf", ".h.conf", "n.cnf", "c.conf~"], 4):
            with open("%s/%s/%s" % (directory, d, f), "w") as out:
                out.write(conf(r))
        paths.append("%s/%s" % (directory, d))
    paths.append(paths[0] + "/" + r.choice(os.listdir(paths[0])))
    r.shuffle(paths)
    return [x for p in paths for x in ("-C", p)]


def make_cmdline(r):
    words = []
    for _ in range(r.randrange(1, 25)):
        text = "".join(r.choice(PIECES) for _ in range(r.randrange(1, 9)))
        if r.randrange(4) == 0:
            text = r.choice(["mod.x", "a-b.x", "mod.y-z"]) + r.choice(["=", ""]) + r.choice(["", "1", "a.b=c"])
        if r.randrange(4) == 0:
            at, end = sorted(r.randrange(len(text) + 1) for _ in range(2))
            text = text[:at] + '"' + text[at:end] + r.choice(["", " ", " u.v=w ", "\t"]) + '"' + text[end:]
        if r.randrange(6) == 0:
            names = [r.choice(["a", "snd_x", "b.c", "e=f"]) for _ in range(r.randrange(1, 4))]
            text = "modprobe.blacklist=" + ",".join(names)
        elif text.startswith("modprobe.blacklist"):
            continue
        words.append(text)
    return "".join(w + r.choice([" ", "  ", "\t", "\n"]) for w in words) + r.choice(["", '"', 'a.b="x'])


def mended(text, cmdline):
    lines = []
    for l in text.split("\n"):
        if not l or l.startswith("# End of config"):
            break
        if l.startswith("softdep "):
            l = re.sub(r"(?<=[^ ])post: ", " post: ", l)
        if cmdline and re.match(r"(options  |blacklist $|options \S+ (=.*)?$)", l):
            continue
        lines.append(l)
    return lines


def show(program, tree, arguments):
    run = subprocess.run([program, "-c", "-d", tree, "-S", "0"] + arguments, capture_output=True)
    return run.returncode, run.stdout.decode("utf-8", "surrogateescape"), run.stderr.decode("utf-8", "surrogateescape")


def main():
    what, ours, work, seed, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
    total = 0
    os.makedirs(work + "/lib/modules/0", exist_ok=True)
    for i in range(count):
        r = random.Random(seed + i)
        if what == "cmdline":
            text = make_cmdline(r)
            with open(work + "/cmdline", "w") as out:
                out.write(text)
            arguments = ["-C", "/dev/null"]
        else:
            text = ""
            arguments = make_files(r, "%s/%d" % (work, i))
        status, his, his_errors = show("/sbin/modprobe", work, arguments)
        mine_status, mine, mine_errors = show(ours, work, arguments)
        his, mine = mended(his, what == "cmdline"), mended(mine, what == "cmdline")
        total += len(his)
        assert "AddressSanitizer" not in mine_errors and "runtime error" not in mine_errors, mine_errors
        bad = [e.count("ignoring bad line") + e.count("is deprecated") for e in (his_errors, mine_errors)]
        if what == "files" and bad[0] != bad[1]:
            sys.exit("%d: %s: %d bad lines, ours %d\n%s\n%s" % (seed + i, arguments, *bad, his_errors, mine_errors))
        if his != mine or status != mine_status:
            diff = [(a, b) for a, b in zip(his + [None] * len(mine), mine + [None] * len(his)) if a != b][:3]
            sys.exit("%d: %s %r: kmod, ours: %r" % (seed + i, arguments, text, diff))
    if total < count:
        sys.exit("only %d entries in %d configurations" % (total, count))
    print(total, "entries are the same")


main()
