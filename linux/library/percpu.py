#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""percpu.py OBJECT OFFSET: make the symbols of .linux_percpu what Linux makes of them, offsets in a CPU's own memory.

Linux links that section at address 0 and copies it for each CPU; an object cannot say that, so its symbols become
absolute, counted from OFFSET in the window. Those that begin with linux_percpu_template stay: they are where the copy is
made from. ELF: System V ABI, "Symbol Table".
"""
import struct
import sys

SHN_ABS = 0xFFF1
STT_SECTION = 3
SECTION = struct.Struct("<IIQQQQIIQQ")
SYMBOL = struct.Struct("<IBBHQQ")


def name_at(data, table, offset):
    start = table[4] + offset
    return data[start:data.index(0, start)].decode()


def main(path, base):
    with open(path, "rb") as f:
        data = bytearray(f.read())
    (shoff,) = struct.unpack_from("<Q", data, 0x28)
    count, names = struct.unpack_from("<HH", data, 0x3C)
    sections = [SECTION.unpack_from(data, shoff + i * SECTION.size) for i in range(count)]
    index = [i for i, s in enumerate(sections) if name_at(data, sections[names], s[0]) == ".linux_percpu"]
    symtab = next(s for s in sections if s[1] == 2)
    for at in range(symtab[4], symtab[4] + symtab[5], SYMBOL.size):
        name, info, other, section, value, size = SYMBOL.unpack_from(data, at)
        if section not in index or name_at(data, sections[symtab[6]], name).startswith("linux_percpu_template"):
            continue
        if info & 15 == STT_SECTION:
            info &= ~15
        SYMBOL.pack_into(data, at, name, info, other, SHN_ABS, value + base, size)
    with open(path, "wb") as f:
        f.write(data)


main(sys.argv[1], int(sys.argv[2], 0))
