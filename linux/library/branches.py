#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""branches.py OBJECT: make jumps that follow static keys no-operations, as Linux's objtool does.

The compiler writes each as a jump and marks its entry in its jump table by bit 1 of the key's addend (asm/jump_label.h); a
no-operation is what its key's default wants. To rewrite them took 1,233 calls of the host at each start of linux.ko.
"""
import sys

from object import RELA, SYMBOL, Object

MARK = 2
ENTRY_BYTES = 16  # code and target, 4 bytes each, then the key
KEY_OFFSET = 8
NOPS = {0xEB: bytes((0x66, 0x90)), 0xE9: bytes((0x0F, 0x1F, 0x44, 0x00, 0x00))}  # by the jump's first byte


def main(path):
    o = Object(path)
    code = {}  # entry -> section and offset of its branch
    marked = []
    for at in o.relocations(".linux_jump_table"):
        offset, info, addend = RELA.unpack_from(o.data, at)
        entry, part = divmod(offset, ENTRY_BYTES)
        if part == 0:
            symbol = SYMBOL.unpack_from(o.data, o.symbols()[info >> 32])
            code[entry] = symbol[3], symbol[4] + addend
        elif part == KEY_OFFSET and addend & MARK:
            marked.append(entry)
            RELA.pack_into(o.data, at, offset, info, addend & ~MARK)
    gone = set()
    for section, offset in (code[entry] for entry in marked):
        at = o.sections[section][4] + offset
        nop = NOPS[o.data[at]]
        o.data[at:at + len(nop)] = nop
        gone.add((section, offset + 1))
    for section in {s for s, _ in gone}:
        for at in o.relocations(o.names[section]):  # of jumps to other sections
            offset, _, addend = RELA.unpack_from(o.data, at)
            if (section, offset) in gone:
                RELA.pack_into(o.data, at, offset, 0, addend)
    o.write()


main(sys.argv[1])
