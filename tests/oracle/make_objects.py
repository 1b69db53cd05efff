#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Make the objects of the relocation oracle: make_objects.py CPU OUT DUMP_OBJECT

For each relocation type some assembly in which it occurs, and C files compiled in many ways. Each object is linked by
DUMP_OBJECT; OUT/CPU.list names the objects and the dumps, as compare.py reads them. OUT/CPU-lld.list is a part of it
for lld, which is slow, and lacks or does otherwise a few things (version 14).
"""
import concurrent.futures
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import snippets  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
C_FILES = ("switch", "tables", "sections", "memory", "calls", "optional")
OPTIONAL = tuple(f"optional-{i}" for i in range(8))
C_FLAGS = "-ffreestanding -fno-stack-protector -fno-common -Wall -Werror -c".split()
NO_UNWIND = "-fno-asynchronous-unwind-tables -fno-unwind-tables"

# Where sections are placed; several places, where the code model allows it.
BASES = {
    "x86_64": ("0xffffffffc0000000", "0x60000000"),
    "aarch64": ("0xffff800001000000", "0x60000000"),
    "riscv64": ("0x60000000",),
    "arm": ("0x20000000",),
}
# What absolute relocations of other objects cannot have, but the pairs of weak symbols are about.
WEAK_BASES = {"riscv64": ("0xffffffc000000000",)}

# Compiler, flags of all, and the ways that every C file is compiled.
RISCV = "-march=rv64imac -mabi=lp64 -fno-pic"
CLANG_RISCV = "clang --target=riscv64-linux-gnu -march=rv64imac -mabi=lp64 -fno-pic"
ARM_GCC = "arm-none-eabi-gcc -mthumb -mfloat-abi=soft"
CLANG_ARM = "clang --target=thumbv7em-none-eabi -mcpu=cortex-m4 -mfloat-abi=soft"
COMPILERS = {
    "x86_64": (
        f"gcc -fno-pic -mcmodel=kernel -mno-red-zone -mgeneral-regs-only {NO_UNWIND} -O0",
        f"gcc -fno-pic -mcmodel=kernel -mno-red-zone -mgeneral-regs-only {NO_UNWIND} -O2",
        f"gcc -fno-pic -mcmodel=large -mgeneral-regs-only {NO_UNWIND} -Os",
        f"clang -fno-pic -mcmodel=kernel -mno-red-zone -mgeneral-regs-only {NO_UNWIND} -O2",
    ),
    "aarch64": (
        f"aarch64-linux-gnu-gcc -fno-pic -mgeneral-regs-only {NO_UNWIND} -O0",
        f"aarch64-linux-gnu-gcc -fno-pic -mgeneral-regs-only {NO_UNWIND} -O2",
        f"aarch64-linux-gnu-gcc -fno-pic -mgeneral-regs-only {NO_UNWIND} -mcmodel=large -O2",
        "aarch64-linux-gnu-gcc -fno-pic -mgeneral-regs-only -mcmodel=tiny -Os",
        f"clang --target=aarch64-linux-gnu -fno-pic -mgeneral-regs-only {NO_UNWIND} -O2",
    ),
    "riscv64": (
        f"riscv64-linux-gnu-gcc {RISCV} {NO_UNWIND} -mno-relax -mcmodel=medany -O0",
        f"riscv64-linux-gnu-gcc {RISCV} {NO_UNWIND} -mno-relax -mcmodel=medany -O2",
        f"riscv64-linux-gnu-gcc {RISCV} {NO_UNWIND} -mrelax -mcmodel=medany -Os",
        f"riscv64-linux-gnu-gcc {RISCV} -funwind-tables -mrelax -mcmodel=medlow -O1",
        f"riscv64-linux-gnu-gcc {RISCV} {NO_UNWIND} -mno-relax -mcmodel=medlow -O2",
        f"riscv64-linux-gnu-gcc -march=rv64ima -mabi=lp64 -fno-pic {NO_UNWIND} -mno-relax -mcmodel=medany -O2",
        f"{CLANG_RISCV} {NO_UNWIND} -mno-relax -mcmodel=medany -O2",
    ),
    "arm": (
        f"{ARM_GCC} -mcpu=cortex-m4 -O0",
        f"{ARM_GCC} -mcpu=cortex-m4 -O2",
        f"{ARM_GCC} -mcpu=cortex-m4 -Os -ffunction-sections -fdata-sections",
        f"{ARM_GCC} -mcpu=cortex-m4 -O2 -mslow-flash-data",
        f"{ARM_GCC} -mcpu=cortex-m7 -O2 -mlong-calls",
        f"{ARM_GCC} -mcpu=cortex-m0 -Os",
        f"{ARM_GCC} -mcpu=cortex-m33 -O1 -funwind-tables",
        f"{CLANG_ARM} {NO_UNWIND} -O2",
    ),
}
GOT_COMPILERS = {
    "x86_64": f"gcc {NO_UNWIND} -fPIC -O2",
    "aarch64": f"aarch64-linux-gnu-gcc {NO_UNWIND} -fPIC -O2",
    "riscv64": f"riscv64-linux-gnu-gcc {RISCV} {NO_UNWIND} -mno-relax -fPIC -O2",
}
ASSEMBLERS = {
    "x86_64": "gcc -c",
    "aarch64": "aarch64-linux-gnu-gcc -c",
    "riscv64": f"riscv64-linux-gnu-gcc {RISCV} -mno-relax -c",
    "arm": f"{ARM_GCC} -mcpu=cortex-m4 -c",
}
# lld has answers of its own for what nobody has ("weak", and optional.c).
NOT_FOR_LLD = {
    "x86_64": ("weak", *OPTIONAL),
    "aarch64": ("weak", *OPTIONAL, "got-literal", "calls-3", "movw_prel_g3"),  # R_AARCH64_GOT_LD_PREL19; it does not choose movn
    "riscv64": ("weak", *OPTIONAL, "align"),
    "arm": ("weak", *OPTIONAL, *(f"{name}-{i}" for name in C_FILES for i in (6, 7))),  # it makes .ARM.exidx itself
}
OBJCOPY = {"riscv64": "riscv64-linux-gnu-objcopy", "aarch64": "aarch64-linux-gnu-objcopy"}


def run(command):
    subprocess.run(command, check=True)


def make(cpu, directory, dump_object, name, command, source):
    """One object, and a dump of it for each base: lines of the list, and whether they are for lld too."""
    made = os.path.join(directory, name + ".o")
    run(command + ["-o", made, source])
    if cpu in OBJCOPY:  # linkers edit frames by the section's name
        run([OBJCOPY[cpu], "--rename-section", ".eh_frame=.frames", made])
    lines = []
    bases = BASES[cpu] + (WEAK_BASES.get(cpu, ()) if name == "weak" else ())
    for i, base in enumerate(bases):
        prefix = os.path.join(directory, f"{name}.{i}")
        run([dump_object, made, base, prefix])
        lines.append(f"{made} {prefix}\n")
    in_c = source.endswith(".c")
    return lines, name not in NOT_FOR_LLD.get(cpu, ()) and (in_c or not name[-1].isdigit() or "-" not in name)


def jobs_of(cpu, directory):
    for name, text in snippets.SNIPPETS[cpu]():
        source = os.path.join(directory, name + ".s")
        with open(source, "w", encoding="ascii") as f:
            f.write(text)
        yield name, ASSEMBLERS[cpu].split(), source
    for i, compiler in enumerate(COMPILERS[cpu]):
        for name in C_FILES:
            yield f"{name}-{i}", compiler.split() + C_FLAGS, os.path.join(HERE, "c", name + ".c")
    if cpu in GOT_COMPILERS:
        yield "got-c", GOT_COMPILERS[cpu].split() + C_FLAGS, os.path.join(HERE, "c", "got.c")


def main():
    cpu, out, dump_object = sys.argv[1:]
    directory = os.path.join(out, cpu)
    os.makedirs(directory, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        made = list(pool.map(lambda job: make(cpu, directory, dump_object, *job), jobs_of(cpu, directory)))
    with open(os.path.join(out, cpu + "-lld.list"), "w", encoding="utf-8") as f:
        f.writelines(line for lines, for_lld in made if for_lld for line in lines)
    with open(os.path.join(out, cpu + ".list"), "w", encoding="utf-8") as f:
        f.writelines(line for lines, _ in made for line in lines)


if __name__ == "__main__":
    main()
