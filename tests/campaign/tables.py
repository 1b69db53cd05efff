# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""tables.py DIRECTORY MODULE... - what came of the trials in DIRECTORY, as the tables of docs/containment.md"""
import collections
import os
import re
import subprocess
import sys


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", errors="replace") as f:
        return [line.split() for line in f if line.strip()]


def outcome(fields):
    """Of a line `trial NUMBER LOADED USED DIED AFTER OTHER`: the classes of docs/containment.md."""
    loaded, used, died, after, other = fields[2:7]
    if other != "served":
        return "K2"
    if after != "served":
        return "M2"
    if used == "stuck":
        return "M4"
    if died == "died":
        return "M1"
    return "M5" if loaded == "0" and used == "right" else "M3"


def functions(directory, module):
    """How many functions the module has, and how many of them the workload executes something of."""
    out = subprocess.run(["objdump", "-d", f"{directory}/{module}.ko"], check=True, capture_output=True, text=True).stdout
    executed = {tuple(line) for line in lines(f"{directory}/{module}.executed")}
    found, section, name = {}, None, None
    for line in out.splitlines():
        start = re.match(r"([0-9a-f]+) <.+>:", line)
        insn = re.match(r" *([0-9a-f]+):\t", line)
        if line.startswith("Disassembly"):
            section = line.split()[-1].rstrip(":")
        elif start:
            name = section, start[1]  # where it begins: files of a module have functions of one name
            found[name] = False
        elif insn:
            found[name] |= (section, str(int(insn[1], 16))) in executed
    return len(found), sum(found.values())


def row(*fields):
    print("| " + " | ".join(str(f) for f in fields) + " |")


def main():
    directory, modules = sys.argv[1], sys.argv[2:]
    print("Isolated\n")
    row("module", "functions, executed", "trials", "faults", "executed", "manifested", "K1", "K2", "K3", "M1", "M2", "M3", "M4", "M5")
    row(*["---"] * 14)
    for m in modules:
        isolated = lines(f"{directory}/{m}.isolated")
        trials = {f[1]: outcome(f) for f in isolated if f[0] == "trial" and len(f) == 7}
        found = collections.Counter(trials.values())
        faults = [f for f in lines(f"{directory}/{m}.faults") if f[0] in trials]
        dead = sum(f[0] == "dead" for f in isolated)
        leaks = sum(f[0] == "memory" and int(f[1]) > 64 for f in isolated)
        all_, ran = functions(directory, m)
        row(m, f"{all_}, {ran}", len(trials) + dead, len(faults), sum(f[6] == "executed" for f in faults),
            len(trials) - found["M5"] + dead, dead, found["K2"], leaks, *(found[c] for c in ("M1", "M2", "M3", "M4", "M5")))
    print("\nIn the kernel's own domain\n")
    row("module", "trials", "kernel dead", "share", "module gone or wrong", "no effect")
    row(*["---"] * 6)
    for m in modules:
        control = lines(f"{directory}/{m}.control")
        dead = sum(f[2] == "dead" or outcome(f) == "K2" for f in control)
        none = sum(f[2] != "dead" and outcome(f) == "M5" for f in control)
        row(m, len(control), dead, f"{100 * dead / max(1, len(control)):.0f} %", len(control) - dead - none, none)


main()
