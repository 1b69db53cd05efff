# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""The grammar of definition files; kpi/README.md explains it."""

import os

from .doc import parse_doc
from .lex import comment_lines, tokens
from .model import (CONTEXTS, RETURNS, SMALL, VALUES, Arg, Callback, DefError, Enum, File, Function, Member, Ops, Struct)


def parse_file(path):
    with open(path, encoding="utf-8") as f:
        return Parser(path, f.read()).file()


def shown(names):
    return ", ".join(sorted(names))


class Parser:
    def __init__(self, path, text):
        self.path = path
        self.tokens = tokens(path, text)
        self.pos = 0

    # ---- tokens ----

    def peek(self):
        return self.tokens[self.pos]

    def next(self):
        token = self.peek()
        self.pos += token.kind != "end"
        return token

    def fail(self, token, want):
        raise DefError(token.where, "expected %s, found '%s'" % (want, token.text.split("\n")[0]))

    def want(self, text):
        token = self.peek()
        if token.text != text:
            self.fail(token, "'%s'" % text)
        return self.next()

    def take(self, text):
        if self.peek().text == text:
            return self.next()
        return None

    def name(self, what):
        if self.peek().kind != "name":
            self.fail(self.peek(), what)
        return self.next().text

    def number(self):
        if self.peek().kind != "number":
            self.fail(self.peek(), "a number")
        return self.next().text

    def trailing_comment(self):
        if self.peek().kind == "comment":
            return " ".join(line.strip() for line in comment_lines(self.next().text))
        return ""

    def skip_comments(self):
        while self.peek().kind == "comment":
            self.next()

    # ---- declarations ----

    def file(self):
        if "SPDX-License-Identifier" not in self.peek().text:
            raise DefError(self.peek().where, "the first line is a comment with SPDX-License-Identifier")
        self.next()
        if self.peek().kind != "comment":
            self.fail(self.peek(), "a comment (/* ... */) that says what this file is about")
        intro = "\n".join(comment_lines(self.next().text))
        decls = []
        self.skip_comments()
        while self.peek().kind != "end":
            decls.append(self.decl())
            self.skip_comments()
        return File(self.path, os.path.splitext(os.path.basename(self.path))[0], intro, decls)

    def decl(self):
        if self.peek().kind != "doc":
            self.fail(self.peek(), "a documentation comment (/** name - summary ... */)")
        doc = parse_doc(self.next())
        parsers = {"const": self.const, "enum": self.enum, "struct": self.struct, "ops": self.ops, "callback": self.callback}
        token = self.peek()
        decl = parsers[self.next().text](doc) if token.text in parsers else self.function(Function, doc)
        if decl.name != doc.name:
            raise DefError(doc.where, "the comment describes '%s', the definition is of '%s'" % (doc.name, decl.name))
        return decl

    def const(self, doc):
        where = self.peek().where
        name = self.name("a constant's name")
        self.want("=")
        value = self.number()
        self.want(";")
        decl = Enum("", [(name, value, "")], doc, where)
        decl.name = name
        return decl

    def enum(self, doc):
        where = self.peek().where
        name, values = self.name("an enum's name"), []
        self.want("{")
        while not self.take("}"):
            value = self.name("a constant's name")
            self.want("=")
            number = self.number()
            if not self.take(",") and self.peek().kind != "comment" and self.peek().text != "}":
                self.fail(self.peek(), "',' or '}'")
            values.append((value, number, self.trailing_comment()))
        self.want(";")
        return Enum(name, values, doc, where)

    def struct(self, doc):
        where = self.peek().where
        name, members = self.name("a structure's name"), []
        self.want("{")
        while not self.take("}"):
            members.append(self.member())
        self.want(";")
        return Struct(name, members, doc, where)

    def member(self):
        token = self.peek()
        type_ = self.name("a member's type")
        if type_ not in VALUES and type_ not in SMALL and type_ not in ("pointer", "handle"):
            raise DefError(token.where, "'%s' is not a type of a member: %s" % (
                type_, shown([*VALUES, *SMALL, "pointer", "handle"])))
        handle = self.handle_kind() if type_ == "handle" else ""
        name, cnt = self.name("a member's name"), None
        if self.take("["):
            cnt = self.limit()
        self.want(";")
        return Member(type_, handle, name, cnt, self.trailing_comment(), token.where)

    def ops(self, doc):
        where = self.peek().where
        name, members = self.name("a callback table's name"), []
        self.want("{")
        while not self.take("}"):
            if self.peek().kind != "doc":
                self.fail(self.peek(), "a documentation comment for the callback")
            members.append(self.function(Callback, parse_doc(self.next())))
        self.want(";")
        return Ops(name, members, doc, where)

    def callback(self, doc):
        return self.function(Callback, doc)

    def function(self, kind, doc):
        token = self.peek()
        context = self.name("'thread' or 'any'")
        if context not in CONTEXTS:
            raise DefError(token.where, "a function begins with its context, 'thread' or 'any', not '%s'" % context)
        ret_token = self.peek()
        ret = self.name("a return type")
        if ret not in RETURNS:
            raise DefError(ret_token.where, "'%s' is not a return type: %s" % (ret, shown(RETURNS)))
        handle = self.handle_kind() if ret == "handle" else ""
        where = self.peek().where
        name = self.name("a function's name")
        self.want("(")
        args = []
        if self.peek().text == "void" and self.tokens[self.pos + 1].text == ")":
            self.next()
        else:
            args.append(self.arg())
            while self.take(","):
                args.append(self.arg())
        self.want(")")
        self.want(";")
        return kind(context, ret, handle, name, args, doc, where)

    # ---- arguments ----

    def handle_kind(self):
        self.want("(")
        kind = self.name("what the handle is of, as in handle(timer)")
        self.want(")")
        return kind

    def arg(self):
        token = self.peek()
        kind = self.name("an argument")
        if kind == "self":
            return Arg("self", "self", token.where)
        if kind in VALUES:
            return Arg("value", self.name("an argument's name"), token.where, type=kind)
        if kind == "pointer":
            return Arg(kind, self.name("an argument's name"), token.where)
        if kind == "handle":
            type_ = self.handle_kind()
            return Arg(kind, self.name("an argument's name"), token.where, type=type_)
        if kind == "string":
            name = self.name("an argument's name")
            self.want("[")
            return Arg(kind, name, token.where, limit=self.limit())
        if kind in ("ops", "code"):
            type_ = self.name("the name of a callback")
            return Arg(kind, self.name("an argument's name"), token.where, type=type_)
        if kind in ("in", "out", "inout"):
            return self.memory_arg(kind, token.where)
        raise DefError(token.where, "'%s' is not a kind or type of an argument: %s" % (
            kind, shown([*VALUES, "self", "handle", "string", "in", "out", "inout", "ops", "code", "pointer"])))

    def memory_arg(self, kind, where):
        if self.take("struct"):
            type_ = self.name("a structure's name")
            return Arg(kind, self.name("an argument's name"), where, type=type_)
        if kind == "inout" or not self.take("bytes"):
            self.fail(self.peek(), "'struct'" if kind == "inout" else "'struct' or 'bytes'")
        name = self.name("an argument's name")
        self.want("[")
        len_name = self.name("the argument that is the length")
        self.want("<=")
        return Arg(kind + "_bytes", name, where, len_name=len_name, limit=self.limit())

    def limit(self):
        """A number or a constant's name, and the bracket after it."""
        limit = self.name("a limit") if self.peek().kind == "name" else int(self.number(), 0)
        self.want("]")
        return limit
