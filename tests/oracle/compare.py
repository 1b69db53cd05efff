#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Compare objects that the core linked with what GNU ld or lld makes of them, byte for byte.

    compare.py [--linker ld|lld] [--jobs N] [--types HEADER] LIST...

Each LIST is a text file of lines "OBJECT PREFIX": a relocatable file, and where its dump is. Prints TAP: for each LIST
and linker one line, and one that says that single flipped bits in the dumps were noticed.

A dump is the image after all relocations and before anything else is patched, in two files. PREFIX.img holds bytes,
PREFIX.map says what they are, one fact a line, numbers in decimal or 0x-hexadecimal:

    machine NAME                      of the table in core/arch: x86_64, aarch64, riscv64, arm
    section NAME ADDRESS SIZE OFFSET  a loaded section: run address, bytes, place in PREFIX.img (- if NOBITS)
    got ADDRESS SIZE OFFSET           GOT entries, if there are any
    symbol NAME ADDRESS               what an undefined symbol was bound to; Arm: bit 0 set for a Thumb function

The linker gets these addresses in a script. It works on a copy of the object in which SHF_MERGE and SHF_STRINGS are
cleared, because it would merge strings, and Arm's exception index is plain data, because it would edit it. Sections
that are not in the map are thrown away. All branches must reach: stubs of a linker look different from ours. With
--types, every R_ name that HEADER defines must occur in some object.
"""
import argparse
import concurrent.futures
import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib

LD = {
    "x86_64": ["ld", "-m", "elf_x86_64"],
    "aarch64": ["aarch64-linux-gnu-ld"],
    "riscv64": ["riscv64-linux-gnu-ld"],
    "arm": ["arm-none-eabi-ld"],
}
LLD_EMULATION = {"x86_64": "elf_x86_64", "aarch64": "aarch64linux", "riscv64": "elf64lriscv", "arm": "armelf"}
# Bytes that the linker reserves at the start of its GOT.
GOT_HEADER = {("aarch64", "ld"): 8, ("riscv64", "ld"): 8, ("riscv64", "lld"): 8}
# Linkers need these to know the kind of code, or drop and rewrite them.
KEPT = (".ARM.attributes", ".riscv.attributes")
REWRITTEN = (".note.gnu.build-id", ".note.gnu.property")

SHT_NULL, SHT_SYMTAB, SHT_STRTAB, SHT_RELA, SHT_NOBITS, SHT_REL, SHT_GROUP, SHT_SYMTAB_SHNDX = 0, 2, 3, 4, 8, 9, 17, 18
NOT_INPUT = (SHT_NULL, SHT_SYMTAB, SHT_STRTAB, SHT_RELA, SHT_REL, SHT_GROUP, SHT_SYMTAB_SHNDX)
SHT_PROGBITS, SHT_ARM_EXIDX = 1, 0x70000001
SHF_MERGE_STRINGS, SHF_LINK_ORDER = 0x30, 0x80


class Elf:
    """Section headers of a little-endian ELF file: (name, type, flags, addr, offset, size), and where each one is."""

    def __init__(self, data):
        self.data = data
        self.is64 = data[4] == 2
        shoff = struct.unpack_from("<Q", data, 40)[0] if self.is64 else struct.unpack_from("<I", data, 32)[0]
        entsize, count, names = struct.unpack_from("<HHH", data, 58 if self.is64 else 46)
        if not count or names == 0xFFFF:  # more sections than the header can say
            size, link = struct.unpack_from("<32xQI" if self.is64 else "<20xII", data, shoff)
            count, names = count or size, link if names == 0xFFFF else names
        layout = "<IIQQQQ" if self.is64 else "<IIIIII"
        self.headers = [shoff + i * entsize for i in range(count)]
        raw = [struct.unpack_from(layout, data, header) for header in self.headers]
        start = raw[names][4]
        self.sections = [(self.string(start + name), *rest) for name, *rest in raw]

    def string(self, at):
        return self.data[at:self.data.index(b"\0", at)].decode("latin-1")

    def relocation_types(self):
        types = set()
        for _, kind, _, _, offset, size in self.sections:
            if kind not in (SHT_RELA, SHT_REL):
                continue
            entry = {(True, SHT_RELA): "<8xI12x", (False, SHT_REL): "<4xI"}[self.is64, kind]
            words = struct.iter_unpack(entry, self.data[offset:offset + size])
            types.update(word & (0xFFFFFFFF if self.is64 else 0xFF) for word, in words)
        return types


class Dump:
    def __init__(self, prefix):
        self.sections, self.symbols, self.got = [], [], None
        with open(prefix + ".img", "rb") as f:
            self.image = bytearray(f.read())
        with open(prefix + ".map", encoding="latin-1") as f:
            for line in f:
                word, *rest = line.split()
                if word == "machine":
                    self.machine = rest[0]
                elif word == "symbol" and rest[0] != "_GLOBAL_OFFSET_TABLE_":  # linkers define it
                    self.symbols.append((rest[0], int(rest[1], 0)))
                elif word == "section":
                    offset = None if rest[3] == "-" else int(rest[3], 0)
                    self.sections.append((rest[0], int(rest[1], 0), int(rest[2], 0), offset))
                elif word == "got":
                    self.got = tuple(int(number, 0) for number in rest)


def quoted(name):
    return name if re.fullmatch(r"[A-Za-z_.][\w.$]*", name) else f'"{name}"'


def write_script(path, dump, elf, linker):
    loaded = {name for name, *_ in dump.sections}
    lines = [f"{quoted(name)} = {address:#x};" for name, address in dump.symbols if dump.machine != "arm"]
    lines.append("SECTIONS {")
    lines += [f"{quoted(name)} {address:#x} : {{ *({quoted(name)}) }}" for name, address, _, _ in dump.sections]
    if dump.got:
        address = dump.got[0] - GOT_HEADER.get((dump.machine, linker), 0)
        lines.append(f".got {address:#x} : {{ *(.got) *(.got.plt) }}")
    lines += [f"{name} 0 : {{ *({name}) }}" for name in KEPT]
    dropped = {name for name, kind, *_ in elf.sections if kind not in NOT_INPUT} - loaded - set(KEPT)
    if dropped:
        lines.append("/DISCARD/ : { " + " ".join(f"*({quoted(name)})" for name in sorted(dropped)) + " }")
    lines.append("}")
    with open(path, "w", encoding="latin-1") as f:
        f.write("\n".join(lines) + "\n")


def thumb_symbols(directory, dump):
    """Arm: symbols of a script have no type, and the linker would take functions for Arm code."""
    source, made = os.path.join(directory, "symbols.s"), os.path.join(directory, "symbols.o")
    with open(source, "w", encoding="latin-1") as f:
        f.write(".syntax unified\n.thumb\n")
        for name, address in dump.symbols:
            kind = "function" if address & 1 else "object"
            f.write(f".global {name}\n.type {name}, %{kind}\n{name} = {address:#x}\n")
    subprocess.run(["arm-none-eabi-as", "-mcpu=cortex-m4", "-o", made, source], check=True)
    return made


def tamed(elf, machine):
    """The object without what makes a linker change contents."""
    data = bytearray(elf.data)
    for header, (_, kind, flags, *_) in zip(elf.headers, elf.sections):
        flags &= ~SHF_MERGE_STRINGS
        if machine == "arm" and kind == SHT_ARM_EXIDX:
            struct.pack_into("<I", data, header + 4, SHT_PROGBITS)
            flags &= ~SHF_LINK_ORDER
        struct.pack_into("<Q" if elf.is64 else "<I", data, header + 8, flags)
    return data


def run_linker(directory, elf, dump, linker):
    copy, script, linked = (os.path.join(directory, name) for name in ("in.o", "script", "out"))
    with open(copy, "wb") as f:
        f.write(tamed(elf, dump.machine))
    write_script(script, dump, elf, linker)
    command = LD[dump.machine] + ["--no-warn-rwx-segments"]
    if linker == "lld":
        command = ["ld.lld", "-m", LLD_EMULATION[dump.machine], "-O0", "-z", "norelro", "--no-rosegment", "--threads=1"]
        command.append("--target2=rel")
    command += ["-static", "-nostdlib", "--no-relax", "-N", "--build-id=none", "-e", "0"]
    command += ["-T", script, "-o", linked, copy]
    if dump.machine == "arm":
        command.append(thumb_symbols(directory, dump))
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise ValueError("the linker failed: " + done.stdout.decode("latin-1").strip())
    with open(linked, "rb") as f:
        return Elf(f.read())


def pieces(dump, linked, linker):
    """Pairs to compare: name, offset in the image, the linker's bytes."""
    theirs = {name: rest for name, *rest in linked.sections}
    if dump.got:
        address, size, at = dump.got
        header = GOT_HEADER.get((dump.machine, linker), 0)
        _, _, addr, offset, _ = theirs[".got"]
        if addr + header != address:
            raise ValueError(f".got at {addr:#x}")
        yield ".got", at, linked.data[offset + header:offset + header + size]
    for name, address, size, at in dump.sections:
        if not size or name in REWRITTEN:
            continue
        kind, _, addr, offset, their_size = theirs[name]
        if (addr, their_size) != (address, size):
            raise ValueError(f"{name}: {their_size} bytes at {addr:#x}, expected {size} at {address:#x}")
        if at is not None:
            yield name, at, bytes(size) if kind == SHT_NOBITS else linked.data[offset:offset + size]


def first_difference(dump, parts):
    for name, at, theirs in parts:
        ours = dump.image[at:at + len(theirs)]
        if ours != theirs:
            where = next(i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b)
            ours, theirs = (some[where:where + 8].hex() for some in (ours, theirs))
            return f"{name}+{where:#x}: ours {ours}, the linker's {theirs}"
    return None


def flip_is_noticed(dump, parts, seed):
    """Flip one bit of the sections; which one depends on the object's name only."""
    parts = [part for part in parts if part[2]]
    if not parts:
        return True
    _, at, theirs = parts[seed % len(parts)]
    dump.image[at + seed % len(theirs)] ^= 1 << seed % 8
    return first_difference(dump, parts) is not None


def compare(job, linker):
    """Returns the object's name, an error or None, sections and bytes compared, whether a flipped bit was noticed."""
    path, prefix = job
    try:
        with open(path, "rb") as f:
            elf = Elf(f.read())
        dump = Dump(prefix)
        with tempfile.TemporaryDirectory() as directory:
            linked = run_linker(directory, elf, dump, linker)
        parts = list(pieces(dump, linked, linker))
        error = first_difference(dump, parts)
        noticed = flip_is_noticed(dump, parts, zlib.crc32(os.path.basename(path).encode()))
        return path, error, len(parts), sum(len(part[2]) for part in parts), noticed, elf.relocation_types()
    except (OSError, ValueError, KeyError, struct.error, subprocess.CalledProcessError) as e:
        return path, f"{type(e).__name__}: {e}", 0, 0, True, set()


class Tap:
    count = failed = 0

    def ok(self, good, text):
        self.count += 1
        self.failed += not good
        print(f"{'' if good else 'not '}ok {self.count} - {text}", flush=True)


def check_list(tap, path, linker, jobs, header):
    name = os.path.splitext(os.path.basename(path))[0]
    with open(path, encoding="latin-1") as f:
        work = [tuple(line.split()) for line in f if line.strip()]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        results = list(pool.map(lambda job: compare(job, linker), work))
    wrong = [(path, error) for path, error, *_ in results if error]
    for path, error in wrong[:20]:
        print(f"# {os.path.basename(path)}: {error}")
    sections, size = (sum(r[i] for r in results) for i in (2, 3))
    linker_name = "GNU ld" if linker == "ld" else "lld"
    tap.ok(work and size and not wrong, f"{name}: {len(work) - len(wrong)} of {len(work)} objects equal to "
           f"{linker_name}'s ({sections} sections, {size} bytes)")
    noticed = sum(r[4] for r in results)
    tap.ok(noticed == len(work), f"{name}: {noticed} of {len(work)} flipped bits noticed")
    if header:
        with open(header, encoding="utf-8") as f:
            types = {int(number): kind for kind, number in re.findall(r"^\s(R_\w+) = (\d+),", f.read(), re.M)}
        seen = set().union(*(r[5] for r in results))
        missing = sorted(kind for number, kind in types.items() if number not in seen)
        tap.ok(types and not missing, f"{name}: {len(types) - len(missing)} of {len(types)} relocation types occur"
               + (f"; not {', '.join(missing)}" if missing else ""))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--linker", choices=("ld", "lld"), default="ld")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--types", help="header whose relocation types must all occur")
    parser.add_argument("lists", nargs="+")
    args = parser.parse_args()
    tap = Tap()
    for path in args.lists:
        check_list(tap, path, args.linker, args.jobs, args.types)
    print(f"1..{tap.count}")
    return tap.failed != 0


if __name__ == "__main__":
    sys.exit(main())
