# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""check_alter.py MODULE OUT WHAT [ARGUMENT]... - copy a module of x86-64 with one thing changed.

crc SYMBOL: one bit of the checksum that it expects; print it, as it is then
extend CRCS NAMES: nothing in OUT; its checksums and the names of these, as __version_ext_crcs and _names have them
rename SYMBOL NAME: a symbol that it needs (as long a name), in all tables
text OLD NEW: bytes, of the same length
machine NUMBER: the CPU in the ELF header
cut BYTES: keep so many
sign MESSAGE: with that signature message in place of its own
unsign, marker, message: no signature; a length in its trailer that is too large; a message that is none
"""
import struct
import sys

MARKER = b"~Module signature appended~\n"


def section(data, name):
    shoff, = struct.unpack_from("<Q", data, 40)
    count, strings = struct.unpack_from("<HH", data, 60)
    headers = [struct.unpack_from("<IIQQQQ", data, shoff + 64 * i) for i in range(count)]
    for h in headers:
        at = headers[strings][4] + h[0]
        if data[at:data.index(0, at)] == name:
            return h[4], h[5]
    raise SystemExit("no section %r" % name)


def version(data, symbol):
    start, size = section(data, b"__versions")
    for at in range(start, start + size, 64):
        if data[at + 8:at + 64].split(b"\0")[0] == symbol:
            return at
    raise SystemExit("no version of %r" % symbol)


def once(data, old, new):
    assert len(old) == len(new) and old in data, (old, new)
    return data.replace(old, new)


def main():
    source, out, what = sys.argv[1:4]
    arguments = [a.encode() for a in sys.argv[4:]]
    data = bytearray(open(source, "rb").read())
    signature_bytes = 40 + struct.unpack(">I", data[-32:-28])[0] if data.endswith(MARKER) else 0
    if what == "crc":
        at = version(data, arguments[0])
        data[at] ^= 0x10
        print("0x%08x" % struct.unpack_from("<I", data, at))
    elif what == "extend":
        start, size = section(data, b"__versions")
        with open(arguments[0], "wb") as crcs, open(arguments[1], "wb") as names:
            for at in range(start, start + size, 64):
                crcs.write(data[at:at + 4])
                names.write(data[at + 8:at + 64].split(b"\0")[0] + b"\0")
    elif what == "rename":
        data = once(data, b"\0" + arguments[0] + b"\0", b"\0" + arguments[1] + b"\0")
    elif what == "text":
        data = once(data, arguments[0], arguments[1])
    elif what == "machine":
        struct.pack_into("<H", data, 18, int(arguments[0]))
    elif what == "cut":
        data = data[:int(arguments[0])]
    elif what == "unsign":
        data = data[:len(data) - signature_bytes]
    elif what == "sign":
        message = open(arguments[0], "rb").read()
        data = data[:len(data) - signature_bytes] + message + struct.pack(">8xI", len(message)) + MARKER
        data[len(data) - 38] = 2
    elif what == "marker":
        struct.pack_into(">I", data, len(data) - 32, 1 << 30)
    elif what == "message":
        data[len(data) - signature_bytes] ^= 0xff
    else:
        raise SystemExit(__doc__)
    open(out, "wb").write(data)


main()
