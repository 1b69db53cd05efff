# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Functions of a module, and which of them anything can come to: a library has more than its user calls."""
import bisect
import collections
import re
import subprocess

REFERENCE = re.compile(r"R_X86_64_\w+\s+(?:\*ABS\*)?([^\s+-]+)([+-]0x[0-9a-f]+)?")
BRANCH = re.compile(r"\t(?:call|j\w+) +([0-9a-f]+) <")


def dump(path, *options):
    return subprocess.run(["objdump", "-w", *options, path], check=True, capture_output=True, text=True).stdout.splitlines()


class Functions:
    """Each is (section, address)."""

    def __init__(self, path):
        self.starts, self.symbols = collections.defaultdict(list), {}
        for line in dump(path, "-t"):
            m = re.match(r"([0-9a-f]+) (.{7}) (\S+)\t[0-9a-f]+ (?:\.hidden )?(\S+)", line)
            if m:
                self.symbols[m[4]] = m[3], int(m[1], 16)
            if m and "F" in m[2]:
                self.starts[m[3]].append(int(m[1], 16))
        for addresses in self.starts.values():
            addresses.sort()
        self.instructions, self.calls, roots = collections.defaultdict(list), collections.defaultdict(set), set()
        self.read_code(path)
        section = None
        for line in dump(path, "-r"):
            if line.startswith("RELOCATION RECORDS FOR"):
                section = line.split("[")[1].rstrip("]:")
            elif section and section not in self.starts and not section.startswith((".debug", ".eh_frame")):
                roots.add(self.target(line, 0))
        roots |= {self.at(*self.symbols[name]) for name in ("init_module", "cleanup_module") if name in self.symbols}
        roots |= {(s, a) for s in self.starts if s != ".text" for a in self.starts[s]}
        self.reached = self.reach(roots - {None})

    def at(self, section, address):
        """The function that has this address, or None."""
        starts = self.starts.get(section, [])
        i = bisect.bisect_right(starts, address) - 1
        return (section, starts[i]) if i >= 0 else None

    def target(self, line, pc_relative):
        m = REFERENCE.search(line)
        if not m or m[1] not in self.symbols:
            return None
        section, address = self.symbols[m[1]]
        if m[1] == section:  # of a section: what is added says where in it
            address += int(m[2] or "0", 16) + pc_relative
        return self.at(section, address)

    def read_code(self, path):
        section = function = None
        for line in dump(path, "-dr"):
            m = re.match(r" *([0-9a-f]+):\t(?!.*R_X86_64)", line)
            if line.startswith("Disassembly of section"):
                section = line.split()[-1].rstrip(":")
            elif m:
                function = self.at(section, int(m[1], 16))
                self.instructions[function].append(int(m[1], 16))
                to = BRANCH.search(line)
                if to:
                    self.calls[function].add(self.at(section, int(to[1], 16)))
            if "R_X86_64" in line:
                self.calls[function].add(self.target(line, 4 if "_PC32" in line or "_PLT32" in line else 0))

    def reach(self, reached):
        todo = list(reached)
        while todo:
            for callee in self.calls[todo.pop()] - reached - {None}:
                reached.add(callee)
                todo.append(callee)
        return reached
