# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Faults in the instructions of a module. Its name and the number of a trial determine them.

The kinds are those of the injectors that descend from Ng's and Chen's for Rio (1996), used for Nooks and MINIX 3, in
their form for x86-64. Instructions are drawn evenly from all to which a kind applies, and what applies to none is drawn
again, so that there are always FAULTS faults.
"""
import random
import re
import struct
import subprocess

PREFIXES = {0x66, 0x67, 0x26, 0x36, 0x2E, 0x3E, 0x64, 0x65, 0xF0, 0xF2, 0xF3}
ARGUMENTS = r"%(?:[re]?(?:di|si|dx|cx)|dil|sil|dl|cl|r[89][dwb]?)"
OFF_BY_ONE = {2: 6, 6: 2, 3: 7, 7: 3, 0xC: 0xE, 0xE: 0xC, 0xD: 0xF, 0xF: 0xD}  # condition codes: below, above, less, greater
R_X86_64_64, R_X86_64_NONE = 1, 0
RELA = struct.Struct("<QQq")
SECTION = struct.Struct("<IIQQQQIIQQ")


class Module:
    """A relocatable file: its executable sections, where their relocated bytes are, and their instructions."""

    def __init__(self, path):
        with open(path, "rb") as f:
            self.bytes = f.read()
        shoff, = struct.unpack_from("<Q", self.bytes, 0x28)
        shnum, shstrndx = struct.unpack_from("<HH", self.bytes, 0x3C)
        headers = [SECTION.unpack_from(self.bytes, shoff + i * SECTION.size) for i in range(shnum)]
        names = headers[shstrndx][4]
        self.start, self.slots = {}, {}
        by_index = {}
        for i, h in enumerate(headers):
            name = self.bytes[names + h[0]:].split(b"\0", 1)[0].decode()
            if h[2] & 4:  # SHF_EXECINSTR
                self.start[name] = h[4]
                self.slots[name] = {}
                by_index[i] = name
        for h in headers:
            if h[1] == 4 and h[7] in by_index:  # SHT_RELA of one of them
                self.read_slots(h, self.slots[by_index[h[7]]])
        self.instructions = list(self.disassemble(path))

    def read_slots(self, header, slots):
        """Of each relocated byte: where its relocation is in the file."""
        for at in range(header[4], header[4] + header[5], RELA.size):
            offset, info, _ = RELA.unpack_from(self.bytes, at)
            for i in range(8 if info & 0xFFFFFFFF == R_X86_64_64 else 4):
                slots[offset + i] = at

    def disassemble(self, path):
        out = subprocess.run(["objdump", "-dw", path], check=True, capture_output=True, text=True).stdout
        section, index = None, 0
        for line in out.splitlines():
            if line.startswith("Disassembly of section"):
                section = line.split()[-1].rstrip(":")
            elif re.match(r"[0-9a-f]+ <", line):
                index = 0
            else:
                m = re.match(r" *([0-9a-f]+):\t([0-9a-f ]+?) *\t(.*)", line)
                if m and section in self.start and not re.match(r"(data16 |cs |)*(nop|xchg +%ax,%ax|int3)", m[3]):
                    yield Instruction(section, int(m[1], 16), bytes.fromhex(m[2]), m[3], index)
                    index += 1


class Instruction:
    def __init__(self, section, offset, code, text, index):
        self.section, self.offset, self.code, self.text, self.index = section, offset, code, text, index
        at = 0
        while code[at] in PREFIXES:
            at += 1
        if code[at] & 0xF0 == 0x40:  # REX
            at += 1
        self.opcode = at
        if code[at] == 0x0F:
            at += 2 if code[at + 1] in (0x38, 0x3A) else 1
        self.arguments = at + 1  # ModRM, SIB, displacement, immediate

    def condition(self):
        """Where the condition of a conditional jump is; None: it is another instruction."""
        code, at = self.code, self.opcode
        if code[at] & 0xF0 == 0x70:
            return at
        if code[at] == 0x0F and code[at + 1] & 0xF0 == 0x80:
            return at + 1
        return None


def flip(module, i, bits, rng):
    """One of @bits of the instruction, none that the loader overwrites. Return: the new bytes, or None."""
    slots = module.slots[i.section]
    free = [b for b in bits if i.offset + b // 8 not in slots]
    if not free:
        return None
    bit = rng.choice(free)
    new = bytearray(i.code)
    new[bit // 8] ^= 1 << bit % 8
    return bytes(new)


def nops(i):
    return b"\x90" * len(i.code)


def text(module, i, rng):
    return flip(module, i, range(8 * len(i.code)), rng)


def source_destination(module, i, rng):
    return flip(module, i, range(8 * i.arguments, 8 * len(i.code)), rng)


def pointer(module, i, rng):
    m = re.search(r"\((%\w+)[,)]", i.text)
    if not m or m[1] in ("%rsp", "%rip") or i.text.startswith("lea") or i.arguments == len(i.code):  # string instructions
        return None
    first = 8 * i.arguments
    return flip(module, i, [*range(first, first + 4), *range(first + 8, 8 * len(i.code))], rng)


def initialisation(_module, i, _rng):
    xor = re.match(r"xor +(%\w+),(%\w+)$", i.text)
    if re.match(r"mov[bwlq]? +\$0x[0-9a-f]+,(-?0x[0-9a-f]+)?\(%rsp\)", i.text) or re.match(r"mov[bwlq] +\$0x0,.*\(%", i.text):
        return nops(i)
    return nops(i) if xor and xor[1] == xor[2] else None


def branch(_module, i, _rng):
    return nops(i) if i.condition() is not None else None


def invert(_module, i, _rng):
    at = i.condition()
    return None if at is None else i.code[:at] + bytes([i.code[at] ^ 1]) + i.code[at + 1:]


def interface(_module, i, _rng):
    return nops(i) if i.index < 12 and re.match(r"mov +" + ARGUMENTS + r",%\w+$", i.text) else None


def off_by_one(_module, i, _rng):
    at = i.condition()
    other = None if at is None else OFF_BY_ONE.get(i.code[at] & 15)
    return None if other is None else i.code[:at] + bytes([i.code[at] & 0xF0 | other]) + i.code[at + 1:]


KINDS = {
    "TEXT": text,
    "NOP": lambda _module, i, _rng: nops(i),
    "SRC-DST": source_destination,
    "PTR": pointer,
    "INIT": initialisation,
    "BRANCH": branch,
    "INVERT": invert,
    "INTERFACE": interface,
    "OFF-BY-ONE": off_by_one,
}


def draw(module, rng, taken):
    """A kind, and one of the instructions that it applies to and that have no fault yet. Return: kind, instruction, bytes."""
    while True:
        kind = rng.choice(list(KINDS))
        rest = [i for i in module.instructions if i not in taken]
        rng.shuffle(rest)
        for i in rest:
            new = KINDS[kind](module, i, rng)
            if new is not None:
                return kind, i, new


def inject(module, faults, rng):
    """Return: the file's bytes with @faults, and a description of each."""
    out, done, taken = bytearray(module.bytes), [], set()
    for _ in range(faults):
        kind, i, new = draw(module, rng, taken)
        taken.add(i)
        at = module.start[i.section] + i.offset
        out[at:at + len(new)] = new
        if new == nops(i):  # then what the loader would write there must stay out
            for slot in {module.slots[i.section].get(i.offset + k) for k in range(len(new))} - {None}:
                offset, info, addend = RELA.unpack_from(out, slot)
                RELA.pack_into(out, slot, offset, info & ~0xFFFFFFFF | R_X86_64_NONE, addend)
        done.append((kind, i, new))
    return out, done


def trial(module, name, number, faults):
    """Return: what differs in the file of a trial, as (offset, bytes), and a description of each fault: kind, instruction, bytes."""
    out, done = inject(module, faults, random.Random(f"{name} {number}"))
    differ, begin = [], None
    for at, (old, new) in enumerate(zip(module.bytes + b"\0", out + b"\0")):
        if old == new and begin is not None:
            differ.append((begin, bytes(out[begin:at])))
            begin = None
        elif old != new and begin is None:
            begin = at
    return differ, done
