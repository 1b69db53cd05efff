# SPDX-License-Identifier: GPL-2.0-only
"""A relocatable object that the build changes in place. ELF: System V ABI, "Sections", "Symbol Table", "Relocation"."""
import struct

SECTION = struct.Struct("<IIQQQQIIQQ")
SYMBOL = struct.Struct("<IBBHQQ")
RELA = struct.Struct("<QQq")


class Object:
    def __init__(self, path):
        self.path = path
        with open(path, "rb") as f:
            self.data = bytearray(f.read())
        (shoff,) = struct.unpack_from("<Q", self.data, 0x28)
        count, names = struct.unpack_from("<HH", self.data, 0x3C)
        self.sections = [SECTION.unpack_from(self.data, shoff + i * SECTION.size) for i in range(count)]
        self.names = [self.name_at(self.sections[names], s[0]) for s in self.sections]
        self.symtab = next(s for s in self.sections if s[1] == 2)

    def name_at(self, table, offset):
        start = table[4] + offset
        return self.data[start:self.data.index(0, start)].decode()

    def symbols(self):
        """Where each symbol is in the file."""
        return range(self.symtab[4], self.symtab[4] + self.symtab[5], SYMBOL.size)

    def symbol_name(self, name):
        return self.name_at(self.sections[self.symtab[6]], name)

    def relocations(self, section):
        """Of a section by name: where each is in the file."""
        i = self.names.index(".rela" + section)
        return range(self.sections[i][4], self.sections[i][4] + self.sections[i][5], RELA.size)

    def write(self):
        with open(self.path, "wb") as f:
            f.write(self.data)
