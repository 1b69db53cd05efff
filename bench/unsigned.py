#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""unsigned.py FILE... - take the signature off modules, in place (Documentation/admin-guide/module-signing.rst of Linux)."""
import struct
import sys

MARK = b"~Module signature appended~\n"
DESCRIPTION_BYTES = 12  # in front of the mark; its last four are the length of what is in front of it

for path in sys.argv[1:]:
    with open(path, "rb") as f:
        data = f.read()
    if data.endswith(MARK):
        end = len(data) - len(MARK)
        size, = struct.unpack(">I", data[end - 4:end])
        with open(path, "wb") as f:
            f.write(data[:end - DESCRIPTION_BYTES - size])
