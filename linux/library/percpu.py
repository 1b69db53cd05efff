#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""percpu.py OBJECT OFFSET: make the symbols of .linux_percpu what Linux makes of them, offsets in a CPU's own memory.

Linux links that section at address 0 and copies it for each CPU; an object cannot say that, so its symbols become
absolute, counted from OFFSET in the window. Those that begin with linux_percpu_template stay: they are where the copy is
made from.
"""
import sys

from object import SYMBOL, Object

SHN_ABS = 0xFFF1
STT_SECTION = 3


def main(path, base):
    o = Object(path)
    index = [i for i, name in enumerate(o.names) if name == ".linux_percpu"]
    for at in o.symbols():
        name, info, other, section, value, size = SYMBOL.unpack_from(o.data, at)
        if section not in index or o.symbol_name(name).startswith("linux_percpu_template"):
            continue
        if info & 15 == STT_SECTION:
            info &= ~15
        SYMBOL.pack_into(o.data, at, name, info, other, SHN_ABS, value + base, size)
    o.write()


main(sys.argv[1], int(sys.argv[2], 0))
