#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Line disciplines on the console, in the kernel's own domain and in an isolated one. What the host's end of the line gets, and
what it sends, is made here, by the RFCs; the check sequence of HDLC's frames by Python's CRC."""
import binascii
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from guest import BUILD, PROMPT, Console, done, is_equal, ok  # noqa: E402  (after the path is set)

random.seed(1055)


class Slip:
    """RFC 1055."""
    number = 1
    module = "slip"

    @staticmethod
    def frame(packet):
        return b"\xc0" + packet.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"

    # An escape that means nothing, one that nothing follows, a packet that is too long, and nothing at all.
    noise = b"ab\xdbc\xc0" + b"ab\xdb\xc0" + b"x" * 2040 + b"\xc0" + b"\xc0\xc0"


class Hdlc:
    """RFC 1662, with all control characters escaped."""
    number = 13
    module = "n_hdlc"

    @staticmethod
    def fcs(packet):
        def reverse(value, bits):
            return int(format(value, f"0{bits}b")[::-1], 2)
        crc = binascii.crc_hqx(bytes(reverse(c, 8) for c in packet), 0xffff)
        return (reverse(crc, 16) ^ 0xffff).to_bytes(2, "little")

    @classmethod
    def frame(cls, packet):
        out = b"".join(bytes([0x7d, c ^ 0x20]) if c < 0x20 or c in (0x7d, 0x7e) else bytes([c])
                       for c in packet + cls.fcs(packet))
        return b"\x7e" + out + b"\x7e"

    # A wrong check sequence, a frame given up, one that is too long or too short, and nothing at all.
    noise = b"\x7eabcd\x7e" + b"abc\x7d\x7e" + b"x" * 2040 + b"\x7e" + b"a\x7e" + b"\x7e\x7e"


def packets():
    """All bytes, those that are escaped, some of chance, the longest."""
    yield bytes(range(256))
    yield b"\xc0\xdb\xdc\xdd\x7e\x7d\x5e\x5d" * 3
    for _ in range(5):
        yield random.randbytes(random.randrange(1, 600)).replace(b"\x1b[6n", b"")
    yield b"\xc0\x7e" * 1016


def echoes(c, kind, where):
    sent = list(packets())
    c.type(b"/s/attach %d echo %d\r" % (kind.number, len(sent)))
    is_equal(f"{where}: a packet of the guest's", c.wait(kind.frame(b"ready"))[-2:], b"\r\n")
    c.type(kind.noise)
    for i, packet in enumerate(sent):
        frame = kind.frame(packet)
        c.type(frame[:1 + i % 7])  # in two parts: poll does not say that one is there
        c.type(frame[1 + i % 7:])
        is_equal(f"... {len(packet)} bytes come back", c.wait(frame), b"")
    is_equal("... and it is detached", c.wait(PROMPT), b"was %d is 0\r\n" % kind.number)
    is_equal("... nothing went wrong", c.run(b"echo $?"), "0")


def discipline(c, kind, isolated):
    where = f"{kind.module}, {'isolated' if isolated else 'in the kernel'}"
    module = kind.module.encode()
    is_equal(f"{where}: it is not there", c.run(b"lsmod | grep -c ^" + module), "0")
    echoes(c, kind, where)
    is_equal("... it came by its alias", c.run(b"cat /sys/module/" + module + b"/asked_by").split(",")[0],
             f"tty-ldisc-{kind.number}")
    is_equal("... into its domain", c.run(b"grep -c ^line /proc/domains"), "1" if isolated else "0")
    c.type(b"/s/attach %d sh -c 'rmmod %s 2>/dev/null; echo -n $?'\r" % (kind.number, module))
    ok("... it stays while it is attached", c.wait(kind.frame(b"1")) is not None)
    c.wait(PROMPT)
    if isolated:
        c.run(b"/s/attach %d sh -c 'echo line >/proc/domains; sleep 1; echo x 2>/dev/null || exit 7'" % kind.number)
        is_equal("... a program that has it when its domain dies gets errors", c.run(b"echo $?"), "7")
        echoes(c, kind, where + ", anew")
    c.run(b"echo 100 >/sys/module/" + module + b"/idle_ms; while lsmod | grep -q ^" + module + b"; do sleep 0.1; done")
    is_equal("... and it leaves", c.run(b"lsmod | grep -c ^" + module), "0")


def session(initrd, isolated):
    words = "slip.isolated=line n_hdlc.isolated=line" if isolated else ""
    c = Console("-initrd", initrd, words=words)
    c.wait(PROMPT)
    c.run(b"dmesg -n 1; stty cols 500")  # lines that are typed are in one piece
    is_equal("what nobody offers is refused", c.run(b"/s/attach 99"), "Invalid argument")
    for kind in Slip, Hdlc:
        discipline(c, kind, isolated)
    c.begin(b"cat")
    c.type(b"line\r")
    is_equal("the console is as before", c.wait(b"line\r\nline\r\n"), b"")
    c.type(b"\x03")
    c.wait(PROMPT)
    return c


def main():
    with tempfile.TemporaryDirectory() as t:
        os.mkdir(f"{t}/s")
        subprocess.run([os.environ.get("CC", "gcc"), "-O1", "-static", "-w", "-o", f"{t}/s/attach", "tests/boot/attach.c"],
                       check=True)
        files = subprocess.run(["cpio", "--quiet", "-o", "-H", "newc"], input=b"s\ns/attach\n", cwd=t,
                               stdout=subprocess.PIPE, check=True).stdout
        with open(f"{BUILD}/image/initrd", "rb") as image, open(f"{t}/initrd", "wb") as out:
            out.write(image.read() + files)
        c = session(f"{t}/initrd", False)
        c.type(b"poweroff\r")
        c.qemu.wait()
        c = session(f"{t}/initrd", True)
    done(c)


main()
