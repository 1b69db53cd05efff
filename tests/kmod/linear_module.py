#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""linear_module.py CASE N TREE - write TREE/kernel/x.ko, a module whose size grows with N, and TREE/build/Module.symvers.

CASE is a function below. Names that meet in one bucket, or in a table whose hash has no key, are made of pairs of
blocks that leave the hash in the same state: 2^k names of k pairs.
"""
import os
import struct
import sys

SYMBOL_BYTES = 511
# Blocks that user/lib/depmod/order.c, which has the order of kmod, makes the same of in names of 96 bytes.
ORDER_PAIRS = [
    (b"0gsenz65", b"cm4nau7t"), (b"9p1uhzoc", b"y7bibwvx"), (b"7eyzyv7j", b"hjfqb065"),
    (b"twybw26g", b"ao3jsy7l"), (b"ypvsagqa", b"gque2j1m"), (b"snvz36t3", b"dv3rfhu9"),
    (b"55tocbb0", b"6skiabzk"), (b"wc45ryoj", b"w0lh8yqo"), (b"ozv8sai5", b"wzxom9im"),
    (b"3rmtkq9e", b"i4raria4"), (b"32xyhhda", b"32zyjxda"), (b"sggc6qtz", b"3hcmzztl"),
]


class Module:
    def __init__(self):
        self.info = [b"license=GPL", b"name=x", b"vermagic=1.0 SMP modversions "]
        self.versions = []
        self.strings = bytearray(b"\0")
        self.symbols = [bytes(24)]
        self.symvers = []

    def string(self, name):
        at = len(self.strings)
        self.strings += name + b"\0"
        return at

    def undefined(self, name_at, weak=False):
        self.symbols.append(struct.pack("<IBBHQQ", name_at, 0x20 if weak else 0x10, 0, 0, 0, 0))

    def absolute(self, name_at):
        self.symbols.append(struct.pack("<IBBHQQ", name_at, 0x10, 0, 0xfff1, 1, 0))

    def exported(self, name, space=b""):
        self.symvers.append(b"0x00000001\t%s\tvmlinux\tEXPORT_SYMBOL\t%s\n" % (name, space))

    def file(self):
        names, headers, data = bytearray(b"\0"), [bytes(64)], bytearray(64)

        def section(name, kind, flags, content, link=0, info=0, align=8, entry=0):
            data.extend(bytes(-len(data) % 8))
            headers.append(struct.pack("<IIQQQQIIQQ", len(names), kind, flags, 0, len(data), len(content), link, info,
                                       align, entry))
            names.extend(name + b"\0")
            data.extend(content)

        section(b".text", 1, 6, b"\xc3")
        section(b".modinfo", 1, 2, b"\0".join(self.info) + b"\0", align=1)
        section(b"__versions", 1, 2, b"".join(struct.pack("<Q56s", 1, v) for v in self.versions))
        section(b"__kcrctab", 1, 2, bytes(4))
        section(b".symtab", 2, 0, b"".join(self.symbols), link=6, info=1, entry=24)
        section(b".strtab", 3, 0, self.strings, align=1)
        section(b".shstrtab", 3, 0, bytes(names) + b".shstrtab\0", align=1)
        data.extend(bytes(-len(data) % 8))
        struct.pack_into("<16sHHIQQQIHHHHHH", data, 0, b"\x7fELF\2\1\1", 1, 62, 1, 0, 0, len(data), 0, 64, 0, 0, 64,
                         len(headers), len(headers) - 1)
        return bytes(data) + b"".join(headers)


def combined(pairs, number):
    return b"".join(pair[number >> i & 1] for i, pair in enumerate(pairs))


def equal_versions(m, n):
    m.versions = [b"same"] * n


def many_versions(m, n):
    m.versions = [b"version_%d" % i for i in range(n)]


def weak_sharing(m, n, name_bytes=SYMBOL_BYTES):
    at = m.string(b"w" * name_bytes)
    for _ in range(n):
        m.undefined(at, weak=True)


def weak_sharing_longer(m, n):
    weak_sharing(m, n, n * 20)


def exports_sharing(m, n, name_bytes=SYMBOL_BYTES):
    at = m.string(b"__crc_" + b"e" * (name_bytes - 6))
    for _ in range(n):
        m.absolute(at)


def exports_sharing_longer(m, n):
    exports_sharing(m, n, n * 20)


def exports_in_one_bucket(m, n):
    for i in range(n):
        m.absolute(m.string(b"__crc_" + combined(ORDER_PAIRS, i)))


def imports_meeting(m, n):
    """A multiplication by an odd number carries the highest bit through; what is XORed in cannot hide that."""
    pairs = [(b"a" * 16, b"a" * 7 + b"\xe1" + b"aaa\xe1aaa\xe1")] * 12
    for i in range(n):
        m.undefined(m.string(combined(pairs, i)), weak=True)


def namespaces(m, n):
    m.info += [b"import_ns=SPACE_%d" % i for i in range(n)] + [b"import_ns=LAST"]
    for i in range(n):
        name = b"spaced_%d" % i
        m.undefined(m.string(name))
        m.versions.append(name)
        m.exported(name, b"LAST")


def equal_aliases(m, n):
    m.info += [b"alias=same:*"] * n


def aliases_in_each_other(m, n):
    m.info += [b"alias=" + b"a" * (i % 1000) for i in range(n)]


def many_parameters(m, n):
    m.info += [b"%s=parameter_%d:int" % (key, i) for key in (b"parm", b"parmtype") for i in range(n)]


def dependencies(m, n):
    m.info.append(b"depends=" + b"absent," * n)


def main():
    case, n, tree = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    m = Module()
    globals()[case](m, n)
    for name in ("kernel", "build"):
        os.makedirs(os.path.join(tree, name), exist_ok=True)
    with open(os.path.join(tree, "kernel", "x.ko"), "wb") as f:
        f.write(m.file())
    with open(os.path.join(tree, "build", "Module.symvers"), "wb") as f:
        f.write(b"".join(m.symvers))


main()
