# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""device.py KIND - registers of a virtio device that is only memory (virtio 1.2, 4.2.2): it keeps what is written and does
nothing. KIND: 1, a network card; 2, a disk (5)"""
import struct
import sys

REGISTERS = {
    0x00: 0x74726976,  # magic
    0x04: 2,           # version
    0x08: int(sys.argv[1]),
    0x10: 1,           # features, the same in both halves: of the upper one, version 1.0
    0x34: 16,          # entries of a queue
    0x100: 2048,       # sectors of a disk
}
page = bytearray(4096)
for at, value in REGISTERS.items():
    struct.pack_into("<I", page, at, value)
sys.stdout.buffer.write(page)
