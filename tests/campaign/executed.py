# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""executed.py MODULE.ko LOG - which instructions of a module were executed: lines "SECTION OFFSET"

LOG is QEMU's of -d in_asm. Where a section was loaded is found by its code: the address at which most of the instructions
that were executed are those of the section at the same distances. Only instructions that are there a few times are asked.
"""
import collections
import re
import subprocess
import sys

RARE = 8


def sections(path):
    """Of each executable section: offset and bytes of its instructions, without bytes that are relocated (zeros there)."""
    out = subprocess.run(["objdump", "-dw", path], check=True, capture_output=True, text=True).stdout
    found, section = {}, None
    for line in out.splitlines():
        if line.startswith("Disassembly of section"):
            section = line.split()[-1].rstrip(":")
            found[section] = {}
        m = re.match(r" *([0-9a-f]+):\t([0-9a-f ]+?) *\t(.*)", line)
        if m:
            found[section][int(m[1], 16)] = bytes.fromhex(m[2])
    return found


def seen(path):
    """Address and bytes of what was executed."""
    found = {}
    with open(path, encoding="ascii", errors="replace") as f:
        for line in f:
            m = re.match(r"0x([0-9a-f]+): +((?:[0-9a-f]{2} )+)", line)
            if m:
                found[int(m[1], 16)] = bytes.fromhex(m[2])
    return found


def main():
    code, executed = sections(sys.argv[1]), seen(sys.argv[2])
    for section, instructions in code.items():
        places = collections.defaultdict(list)
        for offset, own in instructions.items():
            places[own].append(offset)
        rare = {own: offsets for own, offsets in places.items() if len(own) > 1 and len(offsets) <= RARE}
        votes = collections.Counter(address - offset for address, insn in executed.items() for offset in rare.get(insn, []))
        if not votes:
            continue
        base = votes.most_common(1)[0][0]
        for offset, own in instructions.items():
            if len(executed.get(base + offset, b"")) == len(own) or base + offset in executed:
                print(section, offset)


main()
