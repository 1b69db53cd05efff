#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""stubs.py HEADERS LINUX-KO - write assembler for what Debian's kernel exports and linux.ko does not.

A function says its name, once, and returns 0; data is zero. Which is which, the headers tell: what they name and never
put before a parenthesis is data. HEADERS is linux-headers-<abi>-amd64, the common ones lie beside it.
"""
import os
import re
import subprocess
import sys

DATA_BYTES = 8192
# Per-CPU variables are offsets in a CPU's window (linux/x86/percpu.h). None that is missing is used in earnest.
PERCPU = 0xD000

MACROS = """
	.macro function name
	.text
	.globl \\name
	.type \\name, %function
\\name:	lea 1f(%rip), %rdi
	lea 2f(%rip), %rsi
	jmp stub_called
	.pushsection .rodata.str, "a"
1:	.asciz "\\name"
	.popsection
	.pushsection .bss
2:	.byte 0
	.popsection
	.endm

	.macro data name
	.bss
	.balign 64
	.globl \\name
	.type \\name, %object
\\name:	.skip {DATA_BYTES}
	.endm

	.macro percpu name
	.globl \\name
	.set \\name, {PERCPU}
	.endm

	.macro export name, space, suffix=
	.pushsection __ksymtab_strings, "aMS", %progbits, 1
__kstrtab_\\name:
	.asciz "\\name"
__kstrtabns_\\name:
	.asciz "linux:\\space"
	.popsection
	.pushsection __ksymtab\\suffix, "a", %progbits
	.balign 4
__ksymtab_\\name:
	.long \\name - ., __kstrtab_\\name - ., __kstrtabns_\\name - .
	.popsection
	.endm

	.text
stub_called:	# the stack is aligned to 8 bytes only
	push %rbp
	mov %rsp, %rbp
	and $-16, %rsp
	call linux_stub_called
	leave
	ret
	.section .note.GNU-stack, "", %progbits
"""


def read_headers(directory):
    """All words, those that a parenthesis follows, and the per-CPU variables."""
    words, called, percpu = set(), set(), set()
    for top in (directory, re.sub("-amd64$", "-common", directory)):
        for path, _, files in os.walk(top):
            for file in files:
                if not file.endswith(".h"):
                    continue
                with open(os.path.join(path, file), encoding="utf-8", errors="replace") as f:
                    text = f.read()
                words.update(re.findall(r"\w+", text))
                called.update(re.findall(r"(\w+)\)?\s*\(", text))
                percpu.update(re.findall(r"DECLARE_PER_CPU\w*\([^;]*?(\w+)(?:\[\w*\])?\)", text))
    return words - called, percpu


def main(headers, ko):
    data, percpu = read_headers(headers)
    out = subprocess.run(["nm", "-p", ko], capture_output=True, text=True, check=True).stdout
    have = {line.split()[-1][len("__ksymtab_"):] for line in out.splitlines() if " __ksymtab_" in line}
    print(MACROS.replace("{DATA_BYTES}", str(DATA_BYTES)).replace("{PERCPU}", str(PERCPU)))
    with open(os.path.join(headers, "Module.symvers"), encoding="ascii") as f:
        for line in f:
            _, name, owner, export, space = line.rstrip("\n").split("\t")
            if owner != "vmlinux" or name in have:
                continue
            kind = "percpu" if name in percpu else "data" if name in data and not name.startswith("__SCT__") else "function"
            print(f'\t{kind} {name}\n\texport {name}, "{space}"' + (", _gpl" if export.endswith("_GPL") else ""))


if __name__ == "__main__":
    main(*sys.argv[1:])
