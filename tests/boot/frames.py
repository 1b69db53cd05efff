#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Frames that nobody should send: damaged ones, and storms of them, at a guest whose network card is wired to this program."""
import os
import random
import socket
import struct
import sys
import tempfile
import threading

sys.path.insert(0, "tests/boot")
import guest  # noqa: E402  (after the path is set)

FRAMES = int(os.environ.get("FRAMES", "2000"))
BATCH = 32  # frames that find room in the guest's queue, however slow it is
HEADER_BYTES = 14
GUEST_MAC, OWN_MAC = b"\x52\x54\0\x12\x34\x56", b"\x52\x54\0\0\0\x09"
GUEST_IP, OWN_IP = bytes([10, 1, 1, 1]), bytes([10, 1, 1, 2])
ISOLATED = "virtio_net.isolated=nic tcpip.isolated=ip packet.isolated=frames"


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xffff)
    return 0xffff - (total + (total >> 16) & 0xffff)


def ethernet(kind, payload):
    return GUEST_MAC + OWN_MAC + struct.pack("!H", kind) + payload


def arp(operation):
    return ethernet(0x806, struct.pack("!HHBBH", 1, 0x800, 6, 4, operation) + OWN_MAC + OWN_IP + GUEST_MAC + GUEST_IP)


def ip(protocol, payload, fragment=0):
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), random.getrandbits(16), fragment, 64, protocol, 0)
    head += OWN_IP + GUEST_IP
    return ethernet(0x800, head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload)


def with_sum(protocol, segment, at):
    pseudo = OWN_IP + GUEST_IP + struct.pack("!BBH", 0, protocol, len(segment))
    return segment[:at] + struct.pack("!H", checksum(pseudo + segment)) + segment[at + 2:]


def icmp():
    body = struct.pack("!BBHHH", random.choice((0, 3, 4, 5, 8, 11, 13)), 0, 0, 1, 2) + os.urandom(random.randrange(64))
    return ip(1, body[:2] + struct.pack("!H", checksum(body)) + body[4:])


def udp():
    body = os.urandom(random.randrange(64))
    return ip(17, with_sum(17, struct.pack("!HHHH", 1024, random.choice((7, 68, 999)), 8 + len(body), 0) + body, 6))


def tcp():
    options = os.urandom(4 * random.randrange(10))
    head = struct.pack("!HHIIBBHHH", random.randrange(1024, 65536), 80, random.getrandbits(32), random.getrandbits(32),
                       (5 + len(options) // 4) << 4, random.choice((2, 16, 18, 4, 1, 17, 24)), 4096, 0, 0)
    return ip(6, with_sum(6, head + options + os.urandom(random.randrange(64)), 16))


def fragment():
    return ip(17, os.urandom(8 * random.randrange(1, 64)), random.getrandbits(14))


def damaged(frame):
    """As it is, or with some bytes changed, or cut, or longer than it says."""
    frame, how = bytearray(frame), random.randrange(4)
    if how == 1:
        for _ in range(random.randrange(1, 4)):
            frame[random.randrange(12, len(frame))] = random.getrandbits(8)
    elif how == 2:
        del frame[random.randrange(1, len(frame)):]  # QEMU stops at an empty one
    elif how == 3:
        frame += os.urandom(random.randrange(1, 1400))
    return bytes(frame)


class Wire:
    """The other end of the guest's card: answers ARP and pings, and counts the answers to its own pings."""

    def __init__(self, path):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(1)
        self.answered, self.sending = threading.Event(), threading.Lock()

    def start(self):
        self.wire = self.listener.accept()[0]
        threading.Thread(target=self.read, daemon=True).start()

    def take(self, size):
        data = b""
        while len(data) < size:
            more = self.wire.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def read(self):
        try:
            while True:
                frame = self.take(struct.unpack("!I", self.take(4))[0])
                if frame[12:14] == b"\x08\x06" and frame[20:22] == b"\0\1" and frame[38:42] == OWN_IP:
                    self.send(arp(2))
                elif frame[12:14] == b"\x08\0" and frame[23] == 1 and frame[34] == 0 and frame[38:42] == b"last":
                    self.answered.set()
        except (EOFError, OSError):
            pass

    def send(self, frame):
        with self.sending:
            self.wire.sendall(struct.pack("!I", len(frame)) + frame)

    def is_answered(self):
        """Does the guest answer a ping, in the end?"""
        body = struct.pack("!BBH", 8, 0, 0) + b"last"
        ping = ip(1, body[:2] + struct.pack("!H", checksum(body)) + body[4:])
        self.answered.clear()
        for _ in range(guest.LIMIT):
            self.send(ping)
            if self.answered.wait(1):
                return True
        return False


def storm(words, seed):
    random.seed(seed)
    with tempfile.TemporaryDirectory() as directory:
        wire = Wire(directory + "/wire")
        c = guest.Console(*guest.IOMMU, "-netdev", f"stream,id=n,server=off,addr.type=unix,addr.path={directory}/wire",
                          "-device", "virtio-net-pci,disable-legacy=on,iommu_platform=on,romfile=,netdev=n", words=words)
        wire.start()
        c.wait(guest.PROMPT)
        for command in (b"dmesg -n 1", b"ifconfig eth0 10.1.1.1; ifconfig lo 127.0.0.1", b"mkdir /www; echo file >/www/file",
                        b"httpd -p 80 -h /www"):
            c.run(command)  # each fits into one line of the screen
        guest.ok("the guest answers", wire.is_answered())
        makers = (lambda: arp(random.randrange(4)), icmp, udp, tcp, fragment, lambda: os.urandom(random.randrange(14, 200)))
        answered, short_cnt = True, 0
        for at in range(FRAMES):
            frame = damaged(random.choice(makers)())
            short_cnt += len(frame) < HEADER_BYTES
            wire.send(frame)
            if at % BATCH == 0:
                answered = answered and wire.is_answered()
        guest.ok(f"... and after {FRAMES} damaged frames", answered and wire.is_answered())
        dropped = c.run(b"sed -n 's/.*eth0: *[0-9]* *[0-9]* 0 \\([0-9]*\\) .*/\\1/p' /proc/net/dev")
        guest.is_equal("... of which only those without a whole header were dropped", dropped, str(short_cnt))
        for _ in range(FRAMES):
            wire.send(tcp())
        guest.ok(f"... and after {FRAMES} segments out of nowhere", wire.is_answered())
        # Connections that nobody completes keep others out until they are 3 s old.
        c.run(b"until wget -q -O /tmp/file http://127.0.0.1/file 2>/dev/null; do :; done")
        guest.is_equal("programs are served as before", c.run(b"cat /tmp/file"), "file")
        guest.is_equal("no domain has died", c.run(b"cut -d' ' -f2 /proc/domains | grep -vc alive"), "0")
        guest.power_off(c)


storm("", 1)
storm(ISOLATED, 2)
guest.tap.done()
