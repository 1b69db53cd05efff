# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""What must hold in all definitions together. Fills in the references between them."""

import re

from .model import ARGS_MAX, Callback, DefError, Enum, Function, Ops, Struct

LIMIT_MAX = 1 << 30
SIZES = {  # bytes on a 32-bit and on a 64-bit CPU
    "bool": (1, 1), "u8": (1, 1), "u16": (2, 2), "u32": (4, 4), "int": (4, 4), "uint": (4, 4), "u64": (8, 8),
    "long": (4, 8), "ulong": (4, 8), "size_t": (4, 8), "pointer": (4, 8), "handle": (4, 8),
}


def check(files, errnos):
    """errnos: the names that include/tenon/errno.h defines, without prefix."""
    Checker(files, errnos).run()


class Checker:
    def __init__(self, files, errnos):
        self.files = files
        self.errnos = errnos
        self.names = {}
        self.constants = {}

    def run(self):
        decls = [d for f in self.files for d in f.decls]
        for decl in decls:
            self.declare(decl, decl.name)
            if isinstance(decl, Enum):
                self.enum(decl)
        for decl in decls:
            if isinstance(decl, Struct):
                self.struct(decl)
        for file in self.files:
            for decl in file.decls:
                if isinstance(decl, Function):
                    decl.file = file
                if isinstance(decl, (Function, Callback)):
                    self.function(decl)
                elif isinstance(decl, Ops):
                    self.ops(decl)
        self.checksums([d for d in decls if isinstance(d, Function)])

    def declare(self, decl, name):
        if name in self.names:
            other = self.names[name].where
            raise DefError(decl.where, "'%s' is defined already, at %s:%d" % (name, other[0], other[1]))
        if not name.lower().startswith("tenon_"):
            raise DefError(decl.where, "'%s' does not begin with tenon_" % name)
        self.names[name] = decl

    def enum(self, decl):
        for name, number, _ in decl.values:
            if name != decl.name:
                self.declare(decl, name)
            self.constants[name] = int(number, 0)

    # ---- structures ----

    def struct(self, struct):
        first = struct.members[0] if struct.members else None
        if not first or (first.type, first.name, first.cnt) != ("u32", "size", None):
            raise DefError(struct.where, "the first member of struct %s must be 'u32 size'" % struct.name)
        self.unique([(m.name, m.where) for m in struct.members], "struct %s" % struct.name)
        for m in struct.members:
            if m.cnt is not None:
                m.cnt = self.limit(m.cnt, m)
        for wide in (0, 1):
            self.no_holes(struct, wide)

    def no_holes(self, struct, wide):
        """Padding would carry whatever the stack held into another domain."""
        bits, offset, align = (32, 64)[wide], 0, 1
        for m in struct.members:
            size = SIZES[m.type][wide]
            if offset % size:
                raise DefError(m.where, "struct %s has a hole before '%s' on %d-bit CPUs" % (struct.name, m.name, bits))
            offset += size * (m.cnt or 1)
            align = max(align, size)
        if offset % align:
            raise DefError(struct.where, "struct %s has a hole at its end on %d-bit CPUs" % (struct.name, bits))

    # ---- functions ----

    def ops(self, ops):
        if not ops.members:
            raise DefError(ops.where, "ops %s has no callbacks" % ops.name)
        self.unique([(m.name, m.where) for m in ops.members], "ops %s" % ops.name)
        for member in ops.members:
            if member.doc.name != member.name:
                raise DefError(member.doc.where, "the comment describes '%s', the callback is '%s'" % (
                    member.doc.name, member.name))
            self.function(member)

    def function(self, func):
        if len(func.args) > ARGS_MAX:
            raise DefError(func.where, "%s has %d arguments, at most %d are possible" % (
                func.name, len(func.args), ARGS_MAX))
        self.unique([(a.name, a.where) for a in func.args], func.name)
        for i, arg in enumerate(func.args):
            self.arg(func, i, arg)
        self.doc(func)

    def arg(self, func, i, arg):
        if isinstance(func, Callback) and arg.kind in ("self", "ops", "code"):
            raise DefError(arg.where, "a callback cannot take '%s'" % arg.kind)
        if arg.kind == "self" and i:
            raise DefError(arg.where, "'self' must be the first argument")
        if arg.kind.startswith(("out", "inout")) and func.ret not in ("int", "long", "handle"):
            raise DefError(arg.where, "%s has an out argument and must return int, long or a handle: "
                           "a negative value says that nothing was put out" % func.name)
        if arg.kind in ("in", "out", "inout"):
            arg.ref = self.find(arg, Struct, "structure")
        elif arg.kind == "ops":
            arg.ref = self.find(arg, Ops, "callback table")
        elif arg.kind == "code":
            arg.ref = self.find(arg, Callback, "callback")
        elif arg.kind.endswith("bytes"):
            self.length(func, arg)
        if arg.kind == "string" or arg.kind.endswith("bytes"):
            self.limit(arg.limit, arg)

    def find(self, arg, kind, what):
        decl = self.names.get(arg.type)
        if not isinstance(decl, kind):
            raise DefError(arg.where, "'%s' is not a %s" % (arg.type, what))
        return decl

    def length(self, func, arg):
        lens = [a for a in func.args if a.name == arg.len_name]
        if not lens or lens[0].kind != "value" or lens[0].type != "size_t":
            raise DefError(arg.where, "the length of '%s', '%s', is not a size_t argument of %s" % (
                arg.name, arg.len_name, func.name))

    def limit(self, limit, of):
        """The number that a limit or an array's length is."""
        number = limit if isinstance(limit, int) else self.constants.get(limit)
        if number is None:
            raise DefError(of.where, "'%s' is not a constant" % limit)
        if not 0 < number <= LIMIT_MAX:
            raise DefError(of.where, "the limit of '%s' must be between 1 and %d" % (of.name, LIMIT_MAX))
        return number

    def doc(self, func):
        doc = func.doc
        names = [a.name for a in func.args if a.kind != "self"]
        for name in names:
            if name not in doc.args:
                raise DefError(func.where, "%s: argument '%s' is not described" % (func.name, name))
        for name in doc.args:
            if name not in names:
                raise DefError(doc.where, "%s: '@%s' is described but is not an argument" % (func.name, name))
        if (func.ret == "void") == bool(doc.returns):
            raise DefError(doc.where, "%s: %s" % (func.name, "'Return:' is described but nothing is returned"
                                                  if doc.returns else "'Return:' is missing"))
        for name, _ in doc.errors:
            if name not in self.errnos:
                raise DefError(doc.where, "%s: -%s is not in tenon/errno.h" % (func.name, name))
        if any(a.kind == "self" for a in func.args) and not doc.owner:
            raise DefError(doc.where, "%s takes 'self': 'Owner:' must say what the module comes to own" % func.name)

    # ---- all ----

    def unique(self, names, what):
        seen = set()
        for name, where in names:
            if name in seen:
                raise DefError(where, "'%s' is twice in %s" % (name, what))
            seen.add(name)

    def checksums(self, functions):
        for f in functions:
            if f.crc() == 0:
                raise DefError(f.where, "the checksum of %s is 0, which means 'not versioned': rename it" % f.name)


def read_errnos(path):
    with open(path, encoding="utf-8") as f:
        return set(re.findall(r"^\s*TENON_(E\w+) =", f.read(), re.MULTILINE))
