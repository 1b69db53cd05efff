# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Documentation comments, in kernel-doc's form."""

import re

from .lex import comment_lines
from .model import Doc, DefError

HEAD = re.compile(r"^(\w+) - (.+)$")
ITEM = re.compile(r"^(@\w+|-E\w+|Return|Owner): ?(.*)$")


def parse_doc(token):
    """
    name - summary, then @argument:, Return:, -EERROR: and Owner: items; the lines that follow an item up to the next
    item or an empty line belong to it. All else is paragraphs of text.
    """
    doc = Doc(token.where)
    lines = comment_lines(token.text)
    head = HEAD.match(lines[0]) if lines else None
    if not head:
        raise DefError(token.where, "a documentation comment begins with 'name - summary'")
    doc.name = head.group(1)
    key, words = "summary", [head.group(2)]
    for line in lines[1:] + [""]:
        item = ITEM.match(line)
        if line and not item:
            words.append(line.strip())
            continue
        put(doc, key, " ".join(words).strip(), token.where)
        key, words = (item.group(1), [item.group(2)]) if item else ("text", [])
    return doc


def put(doc, key, text, where):
    if key == "text":
        if text:
            doc.text.append(text)
        return
    if not text:
        raise DefError(where, "%s: '%s' says nothing" % (doc.name, key))
    if key == "summary":
        doc.summary = text
    elif key == "Return":
        doc.returns = text
    elif key == "Owner":
        doc.owner = text
    elif key[0] == "@":
        if key[1:] in doc.args:
            raise DefError(where, "%s: argument '%s' is described twice" % (doc.name, key[1:]))
        doc.args[key[1:]] = text
    else:
        doc.errors.append((key[1:], text))
