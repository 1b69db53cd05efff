# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Assembly in which each relocation type occurs, as (name, text).

Every object has a section before and one behind its code, 32 bytes each, so that distances of both signs occur.
Targets: labels `before` and `after` there, undefined symbols (out0 ..., 256 KiB away; at_HEX at that very address).
"""

NEAR = ("after", "before", "after+8", "before+24")
ANY = ("after+4", "before", "out0", "out1-64", "out0+0x1000")


def around(code, function=""):
    return f"""	.section .text.before,"ax"
	.balign 16
{function}
before:
	.skip 32
	.text
{code}
	.section .text.after,"ax"
	.balign 16
{function}
after:
	.skip 32
	.data
	.balign 16
datum:
	.skip 32
"""


def patched(kind, words, targets):
    """For each target, a place holding @words (assembler directives) with a relocation of that kind."""
    return "".join(f"1:\t{words}\n\t.reloc 1b, {kind}, {target}\n" for target in targets)


def weak(*code):
    """Uses of a weak symbol that nobody has."""
    return around("\t.weak nobody\n\t.balign 4\n1:" + "".join(f"\t{line}\n" for line in code))


def by_type(prefix, table, **shape):
    """A table of type: (words, targets), as one object for all targets and one for each."""
    for kind, (words, targets) in table.items():
        name = kind.lower()
        yield name, around("\tnop\n" + patched(prefix + kind, words, targets), **shape)
        for i, target in enumerate(targets[:2]):
            yield f"{name}-{i}", around(patched(prefix + kind, words, [target]) + "\tnop\n", **shape)


def x86_64():
    far = ("at_60000010", "at_60000020-8")
    yield from by_type("R_X86_64_", {
        "NONE": (".long 0x55", ("after", "out0")),
        "64": (".quad 0", ANY),
        "PC64": (".quad 0", ANY),
        "PC32": (".long 0", ANY),
        "PLT32": (".long 0", ANY),
        "32": (".long 0", far),
        "32S": (".long 0", ("at_ffffffff80000000", "at_7fffffff", "at_60000000-16")),
    })
    yield "branches", around("\tcall out0\n\tjmp out1\n\tje out2\n\tcall after\n\tcall before+8\n\tjne after+4\n"
                             "\tcall out0")
    yield "addresses", around("\tlea after(%rip), %rax\n\tmov out0(%rip), %eax\n\tmovl $5, before+4(%rip)\n"
                              "\tmovabs $out1, %rcx\n\tmov $at_7ffffff0, %edx\n\tmov $at_ffffffff80000000, %rsi")
    got = ("\tmov out0@GOTPCREL(%rip), %rax\n\tmov out0@GOTPCREL(%rip), %eax\n\tcall *out0@GOTPCREL(%rip)\n"
           "\tpush out0@GOTPCREL(%rip)\n1:\t.long 0\n\t.reloc 1b, R_X86_64_GOTPCREL, out0-4\n")
    yield "got", around(got)
    yield "got-local", around(got.replace("out0", "after"))
    yield "weak", weak("call nobody", "jmp nobody", "lea nobody(%rip), %rax", ".quad nobody", ".long nobody")


def aarch64():
    small, wide = ("at_0", "at_ffff"), ("at_12345678", "at_ffffffff-1")
    negative = ("at_ffffffffffff1234", "at_ffffffffffff0000")
    huge = ("at_123456789abcdef0", "at_ffff800012345678+8")
    table = {
        "NONE": (".inst 0xd503201f", ("after", "out0")),
        "ABS64": (".quad 0", ANY + huge),
        "ABS32": (".word 0", wide),
        "ABS16": (".hword 0, 0", small),
        "PREL64": (".quad 0", ANY + huge),
        "PREL32": (".word 0", ANY),
        "PREL16": (".hword 0, 0", NEAR),
        "MOVW_UABS_G0": (".inst 0xd2800001", small),
        "MOVW_UABS_G0_NC": (".inst 0xf2800001", huge),
        "MOVW_UABS_G1": (".inst 0xd2a00001", wide),
        "MOVW_UABS_G1_NC": (".inst 0xf2a00001", huge),
        "MOVW_UABS_G2": (".inst 0xd2c00001", ("at_123456789abc", "at_ffffffffffff")),
        "MOVW_UABS_G2_NC": (".inst 0xf2c00001", huge),
        "MOVW_UABS_G3": (".inst 0xd2e00001", huge),
        "MOVW_SABS_G0": (".inst 0xd2800001", small + negative),
        "MOVW_SABS_G1": (".inst 0x92a00001", wide + negative + ("at_ffffffff12345678",)),
        "MOVW_SABS_G2": (".inst 0xd2c00001", wide + negative + ("at_ffff800012345678",)),
        "LD_PREL_LO19": (".inst 0x58000001", ANY),
        "ADR_PREL_LO21": (".inst 0x10000001", ANY + ("after+3",)),
        "ADR_PREL_PG_HI21": (".inst 0x90000001", ANY),
        "ADR_PREL_PG_HI21_NC": (".inst 0x90000001", ANY),
        "ADD_ABS_LO12_NC": (".inst 0x91000041", ANY + ("at_fff", "out0+0xfff")),
        "LDST8_ABS_LO12_NC": (".inst 0x39400041", ANY + ("at_fff",)),
        "LDST16_ABS_LO12_NC": (".inst 0x79400041", ANY + ("at_ffe",)),
        "LDST32_ABS_LO12_NC": (".inst 0xb9400041", ANY + ("at_ffc",)),
        "LDST64_ABS_LO12_NC": (".inst 0xf9400041", ("out0", "after+8", "at_ff8")),
        "LDST128_ABS_LO12_NC": (".inst 0x3dc00041", ("out0", "after+16", "at_ff0")),
        "TSTBR14": (".inst 0x36180001", NEAR),
        "CONDBR19": (".inst 0x54000001", ANY),
        "JUMP26": (".inst 0x14000000", ANY),
        "CALL26": (".inst 0x94000000", ANY),
        "MOVW_PREL_G0": (".inst 0xd2800001", NEAR),
        "MOVW_PREL_G0_NC": (".inst 0xf2800001", ANY),
        "MOVW_PREL_G1": (".inst 0xd2a00001", ANY),
        "MOVW_PREL_G1_NC": (".inst 0xf2a00001", ANY),
        "MOVW_PREL_G2": (".inst 0xd2c00001", ANY),
        "MOVW_PREL_G2_NC": (".inst 0xf2c00001", ANY + huge),
        "MOVW_PREL_G3": (".inst 0xd2e00001", ANY + huge),
    }
    yield from by_type("R_AARCH64_", table)
    got = "\tadrp x0, :got:out0\n\tldr x0, [x0, #:got_lo12:out0]\n"
    yield "got", around(got + got + "\tbl out0")
    yield "got-local", around(got.replace("out0", "after"))
    yield "got-literal", around("\tldr x1, :got:out0\n\tldr x2, :got:out0")
    yield "weak", weak("bl nobody", "b nobody", ".xword nobody", "movz x0, #:abs_g0_nc:nobody", "adrp x1, :got:nobody",
                       "ldr x1, [x1, :got_lo12:nobody]")


def riscv64():
    absolute = ("at_12345678", "at_7ffff7ff", "at_fffffffffffff800", "at_ffffffff80000000", "at_800")
    plain = ("after", "before", "out1")  # GNU ld 2.40 adds the addend of a SUB; the specification subtracts it
    table = {
        "NONE": (".4byte 0x55", ("after", "out0")),
        "RELAX": (".4byte 0x00000013", ("after",)),
        "32": (".4byte 0", ("out0", "at_12345678", "after+4", "before-4")),
        "64": (".8byte 0", ANY + ("at_123456789abcdef0",)),
        "BRANCH": (".4byte 0x00b50063", NEAR),
        "JAL": (".4byte 0x000000ef", ANY),
        "RVC_BRANCH": (".2byte 0xc101, 1", NEAR),
        "RVC_JUMP": (".2byte 0xa001, 1", NEAR),
        "CALL": (".4byte 0x00000097, 0x000080e7", ANY),
        "CALL_PLT": (".4byte 0x00000097, 0x000080e7", ANY),
        "HI20": (".4byte 0x00000537", absolute + ("out0", "after")),
        "LO12_I": (".4byte 0x00050513", absolute + ("out0", "after")),
        "LO12_S": (".4byte 0x00b52023", absolute + ("out0", "after")),
        "SET6": (".4byte 0xaaaaaaaa", ("after+5", "out0+63")),
        "SUB6": (".4byte 0xaaaaaaaa", plain),
        "SET8": (".4byte 0xaaaaaaaa", ("after+5", "out0+0xff")),
        "SET16": (".4byte 0xaaaaaaaa", ("after+5", "out0+0xffff")),
        "SET32": (".4byte 0xaaaaaaaa", ("after+5", "out0")),
        "32_PCREL": (".4byte 0xaaaaaaaa", ANY),
    }
    for width in (8, 16, 32, 64):
        table[f"ADD{width}"] = (".8byte 0x1234567812345678", ANY)
        table[f"SUB{width}"] = (".8byte 0x1234567812345678", plain)
    yield from by_type("R_RISCV_", table)
    for i, target in enumerate(ANY + ("datum+8", "before+0x7ff", "after+0x800")):
        yield f"pcrel-{i}", around(f"1:\tauipc a0, %pcrel_hi({target})\n\taddi a1, a0, %pcrel_lo(1b)\n"
                                   f"\tsw a2, %pcrel_lo(1b)(a0)\n\tld a3, %pcrel_lo(1b)(a0)\n"
                                   f"\t.option relax\n2:\tauipc a4, %pcrel_hi({target})\n\tsd a5, %pcrel_lo(2b)(a4)\n"
                                   "\t.option norelax")
    yield "lo-first", around("\tj 2f\n1:\tlw a0, %pcrel_lo(2f)(a1)\n\tret\n2:\tauipc a1, %pcrel_hi(out0+8)\n\tj 1b")
    yield "differences", around("1:\tnop\n2:\n\t.data\n\t.8byte after - before\n\t.4byte after - 1b\n"
                                "\t.4byte out0 - .\n\t.2byte before - after\n\t.byte after - before\n"
                                "\t.byte before - 2b\n\t.text")
    yield "branches", around("\t.option relax\n1:\tbeqz a0, 2f\n\tj 1b\n\tc.bnez a1, 1b\n\tc.j 2f\n\tcall out0\n"
                             "\ttail after\n2:\tjal out1\n\tbge a0, a1, 1b\n\t.option norelax")
    yield "align", around("\tnop\n\tnop\n1:\tnop\n\t.reloc 1b, R_RISCV_ALIGN, 4\n\tnop\n\tnop\n")
    yield "got", around("1:\tauipc a0, %got_pcrel_hi(out0)\n\tld a0, %pcrel_lo(1b)(a0)\n"
                        "2:\tauipc a1, %got_pcrel_hi(out0)\n\tld a1, %pcrel_lo(2b)(a1)\n\tcall out0")
    yield "got-local", around("1:\tauipc a0, %got_pcrel_hi(datum)\n\tld a0, %pcrel_lo(1b)(a0)")
    yield "weak", weak("auipc a0, %pcrel_hi(nobody)", "addi a1, a0, %pcrel_lo(1b)", "sd a2, %pcrel_lo(1b)(a0)", "call nobody",
                       "tail nobody", ".8byte nobody", "2: auipc a3, %pcrel_hi(nobody+0x1234)", "lw a3, %pcrel_lo(2b)(a3)",
                       "3: auipc a4, %got_pcrel_hi(nobody)", "ld a4, %pcrel_lo(3b)(a4)")


def arm():
    function = "\t.thumb_func"

    def lines(template, targets):
        places = "".join(f"\t{template.format(target)}\n" for target in targets)
        return around("\t.syntax unified\n\t.thumb\n\tnop\n" + places, function)

    names = ("after", "before", "out0", "out1", "datum")
    code = ("after", "before", "out0", "out1")
    near = ("after", "before")
    table = {
        "abs32": (".word {0}", names),
        "abs32-addend": (".word {0}+4", names),
        "target1": (".word {0}(TARGET1)", names),
        "target2": (".word {0}(TARGET2)", names),
        "rel32": (".word {0} - .", names),
        "rel32-addend": (".word {0} - . - 8", names),
        "prel31": ("1: .word 0\n\t.reloc 1b, R_ARM_PREL31, {0}", names),
        "prel31-high": ("1: .word 0x80000000\n\t.reloc 1b, R_ARM_PREL31, {0}", names),
        "prel31-addend": ("1: .word 0xfffffff8\n\t.reloc 1b, R_ARM_PREL31, {0}", names),
        "none": ("1: .word 0x55\n\t.reloc 1b, R_ARM_NONE, {0}", names),
        "call": ("bl {0}", code),
        "call-addend": ("1: .inst.w 0xf000f806\n\t.reloc 1b, R_ARM_THM_CALL, {0}", code),
        "call-back": ("1: .inst.w 0xf7fffffa\n\t.reloc 1b, R_ARM_THM_CALL, {0}", code),
        "jump24": ("b.w {0}", code),
        "jump24-addend": ("1: .inst.w 0xf000b806\n\t.reloc 1b, R_ARM_THM_JUMP24, {0}", code),
        "jump19": ("bne.w {0}", code),
        "jump19-le": ("ble.w {0}", code),
        "jump19-addend": ("1: .inst.w 0xf43faffa\n\t.reloc 1b, R_ARM_THM_JUMP19, {0}", near),
        "jump11": ("b.n {0}", near),
        "jump11-addend": ("1: .inst.n 0xe7fa\n\t.reloc 1b, R_ARM_THM_JUMP11, {0}", near),
        "jump8": ("bne.n {0}", near),
        "jump8-addend": ("1: .inst.n 0xd3fa\n\t.reloc 1b, R_ARM_THM_JUMP8, {0}", near),
        "movw": ("movw r1, #:lower16:{0}", names),
        "movt": ("movt r1, #:upper16:{0}", names),
        "mov-pair": ("movw r9, #:lower16:{0}+0x7fe\n\tmovt r9, #:upper16:{0}+0x7fe", ("datum", "out0")),
        "movw-rel": ("movw r1, #:lower16:({0} - .)", names),
        "movt-rel": ("movt r1, #:upper16:({0} - .)", names),
        "movt-rel-addend": ("movt r12, #:upper16:({0} - . - 8)", names),
    }
    for name, (template, targets) in table.items():
        yield name, lines(template, targets)
        yield name + "-one", lines(template, targets[1:2])
    yield "values", lines(".word {0}\n\tmovw r2, #:lower16:{0}\n\tmovt r3, #:upper16:{0}",
                          ("at_0", "at_ffffffff", "at_80000000", "at_7fffffff", "at_12348001"))
    yield "weak", weak(".syntax unified", ".thumb", "bl nobody", "b.w nobody", ".word nobody", "movw r0, #:lower16:nobody", "movt r0, #:upper16:nobody")
    yield "mixed", lines("bl {0}\n\tb.w {0}\n\t.word {0}", code)


SNIPPETS = {"x86_64": x86_64, "aarch64": aarch64, "riscv64": riscv64, "arm": arm}
