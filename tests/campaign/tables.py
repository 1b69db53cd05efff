# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""What came of a campaign's trials, as the tables of docs/containment.md"""
import collections
import os

import reach


LOST_KIB = 64


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", errors="replace") as f:
        return [line.split() for line in f if line.strip()]


def outcome(fields):
    """Of a line `trial NUMBER LOADED USED DIED AFTER OTHER MEMORY BASE`, or `trial NUMBER dead ...`: the classes of docs/containment.md."""
    if fields[2] == "emulator":
        return "Q"
    if fields[2] == "dead":
        return "K1"
    loaded, used, died, after, other, memory, base = fields[2:9]
    if other != "served":
        return "K2"
    if int(memory) > LOST_KIB or base != "clean":
        return "K3"
    if after != "served":
        return "M2"
    if used == "stuck":
        return "M4"
    if died == "died":
        return "M1"
    return "M5" if loaded == "0" and used == "right" else "M3"


def functions(directory, module):
    """How many functions of the module anything can come to, and how many of them the workload executes something of."""
    found = reach.Functions(f"{directory}/{module}.ko")
    executed = {tuple(line) for line in lines(f"{directory}/{module}.executed")}
    ran = [f for f in found.reached if any((f[0], str(i)) in executed for i in found.instructions[f])]
    return len(found.reached), len(ran)


def row(*fields):
    print("| " + " | ".join(str(f) for f in fields) + " |")


CLASSES = "K1", "K2", "K3", "Q", "M1", "M2", "M3", "M4", "M5"


def show_isolated(directory, modules):
    print("Isolated\n")
    row("module", "functions, executed", "trials", "faults", "executed", "manifested", *CLASSES)
    row(*["---"] * 15)
    for m in modules:
        found = collections.Counter(outcome(f) for f in lines(f"{directory}/{m}.isolated"))
        executed = {tuple(line) for line in lines(f"{directory}/{m}.executed")}
        faults = [(f[2], f[3]) in executed for f in lines(f"{directory}/{m}.faults")]
        row(m, "{}, {}".format(*functions(directory, m)), found.total(), len(faults), sum(faults), found.total() - found["M5"],
            *(found[c] for c in CLASSES))


def show_controls(directory, modules):
    print("\nIn the kernel's own domain\n")
    row("module", "trials", "kernel dead", "share", "Q", "module gone or wrong", "no effect")
    row(*["---"] * 7)
    for m in modules:
        found = collections.Counter(outcome(f) for f in lines(f"{directory}/{m}.control"))
        dead = found["K1"] + found["K2"]
        row(m, found.total(), dead, f"{100 * dead / max(1, found.total()):.0f} %", found["Q"],
            found.total() - dead - found["Q"] - found["M5"], found["M5"])


def show_disks(directory, modules):
    """What was synced, after e2fsck or fsck.fat."""
    print("\nDisks after the trials\n")
    row("module, domain", "trials", "intact", "in lost+found", "rest not repaired", "share", "lost: of before the trial",
        "lost: synced in the trial")
    row(*["---"] * 8)
    for m in modules:
        for where in "isolated", "kernel":
            found = collections.Counter(f[1] for f in lines(f"{directory}/{m}.{where}.disks"))
            if found:
                whole = found["intact"] + found["renamed"] + found["unclean"]
                row(f"{m}, {where}", found.total(), found["intact"], found["renamed"], found["unclean"],
                    f"{100 * whole / found.total():.1f} %", found["kept"], found["synced"])


def show(directory, modules):
    show_isolated(directory, modules)
    show_controls(directory, modules)
    show_disks(directory, modules)
