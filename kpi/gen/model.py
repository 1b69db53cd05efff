# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""What a definition file says, and the canonical text that an interface's checksum is made of."""

import zlib
from dataclasses import dataclass, field

# Name in a definition file -> C type. Each fits a register, but u64 takes two on a 32-bit CPU.
VALUES = {
    "bool": "bool", "int": "int", "uint": "unsigned int", "long": "long", "ulong": "unsigned long",
    "u32": "uint32_t", "u64": "uint64_t", "size_t": "size_t",
}
# Only as members of structures.
SMALL = {"u8": "uint8_t", "u16": "uint16_t"}
RETURNS = {
    "void": "void", "int": "int", "long": "long", "u64": "uint64_t", "pointer": "void *", "handle": "tenon_handle",
}
CONTEXTS = ("thread", "any")
ARGS_MAX = 6


class DefError(Exception):
    """A mistake in a definition file."""

    def __init__(self, where, text):
        super().__init__("%s:%d: %s" % (where[0], where[1], text))


@dataclass
class Doc:
    """A documentation comment, taken apart."""
    where: tuple
    name: str = ""
    summary: str = ""
    args: dict = field(default_factory=dict)
    text: list = field(default_factory=list)    # paragraphs
    returns: str = ""
    errors: list = field(default_factory=list)  # (errno name, text)
    owner: str = ""


@dataclass
class Arg:
    kind: str    # value self handle string in out inout in_bytes out_bytes ops code pointer
    name: str
    where: tuple
    type: str = ""      # value: key of VALUES; handle: kind; in, out, inout, ops, code: name of the definition
    limit: object = 0   # string, bytes: a number or the name of a constant
    len_name: str = ""  # bytes: the argument with the length
    ref: object = None  # the definition that type names


@dataclass
class Func:
    """A function, a callback, or one callback of a table."""
    context: str
    ret: str
    ret_handle: str
    name: str
    args: list
    doc: Doc
    where: tuple

    def len_index(self, arg):
        return [a.name for a in self.args].index(arg.len_name)

    def signature(self, name):
        ret = "handle(%s)" % self.ret_handle if self.ret == "handle" else self.ret
        return "%s %s %s(%s)" % (self.context, ret, name, ", ".join(self.arg_text(a) for a in self.args))

    def arg_text(self, arg):
        if arg.kind == "value":
            return arg.type
        if arg.kind == "handle":
            return "handle(%s)" % arg.type
        if arg.kind in ("in_bytes", "out_bytes"):
            return "%s bytes[$%d]" % (arg.kind.split("_")[0], self.len_index(arg))
        if arg.ref:
            return "%s %s" % (arg.kind, arg.ref.canonical())
        return arg.kind


@dataclass
class Function(Func):
    file: object = None

    def canonical(self):
        """Everything a caller depends on: no names of arguments or structures, no limits, no comments."""
        return self.signature(self.name)

    def crc(self):
        return zlib.crc32(self.canonical().encode())


@dataclass
class Callback(Func):
    def canonical(self):
        return "{%s}" % self.signature("")

    def calls(self):
        return [self]


@dataclass
class Ops:
    """A table of callbacks."""
    name: str
    members: list
    doc: Doc
    where: tuple

    def canonical(self):
        return "{%s}" % "; ".join(m.signature(m.name) for m in self.members)

    def calls(self):
        return self.members


@dataclass
class Member:
    type: str
    handle: str
    name: str
    cnt: object  # elements, or the name of a constant (until checked); None: no array
    text: str
    where: tuple


@dataclass
class Struct:
    name: str
    members: list
    doc: Doc
    where: tuple

    def canonical(self):
        return "{%s}" % "; ".join(
            ("handle(%s)" % m.handle if m.type == "handle" else m.type) + " " + m.name + ("[%d]" % m.cnt if m.cnt else "")
            for m in self.members)


@dataclass
class Enum:
    name: str     # "" for a lone constant
    values: list  # (name, number as written, text)
    doc: Doc
    where: tuple


@dataclass
class File:
    path: str
    name: str   # "log" of kpi/log.def
    intro: str
    decls: list
