#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# modpost and the module build: what a .ko consists of, checksums of types, and every error that modpost must find.
# Answers come from readelf, Debian's modinfo and Python's CRC-32.
. tests/tap.sh

build() { # DIRECTORY [ARCH]
	make -s M="$1" ARCH="${2:-x86_64}" O="$O" modules
}

# Two modules, lower and upper: upper calls lower.
mkdir "$T/pair"
cat >"$T/pair/Kbuild" <<'END'
obj-m := lower.o upper.o
upper-objs := one.o two.o
END
cat >"$T/pair/lower.c" <<'END'
#include "tenon/device_id.h"
#include "tenon/module.h"
__asm__(".local __ksymtab_lower_only"); /* so that the symbols' order is not the table's */
struct shape { struct shape *next; int kind : 3; unsigned sides : 5; const char name[8]; union { long l; char c; } u; };
struct secret;
int lower_area(struct shape *s, const struct secret *hidden, int (*visit)(void *, ...));
int lower_area(struct shape *s, const struct secret *hidden, int (*visit)(void *, ...)) { return visit(s, hidden); }
uint32_t lower_first(bool on, char c, uint64_t big);
uint32_t lower_first(bool on, char c, uint64_t big) { return on + (uint32_t)c + (uint32_t)big; }
enum colour { RED, BLUE = -7 } lower_colour;
EXPORT_SYMBOL(lower_first);
EXPORT_SYMBOL_NS_GPL(lower_area, SHAPES);
EXPORT_SYMBOL_GPL(lower_colour);
EXPORT_SYMBOL_FOR_MODULES(lower_only, "other,up-per,upper");
void lower_only(void);
void lower_only(void) {}
static const struct pci_device_id pci[] = {
	{ PCI_DEVICE(0x8086, 0x100e) }, { PCI_DEVICE_CLASS(0x020305, 0xff00ff) }, {}
};
MODULE_DEVICE_TABLE(pci, pci);
static const struct usb_device_id usb[] = { { USB_DEVICE(0x46d, 0xc077) }, { USB_INTERFACE_INFO(8, 6, 0x50) }, {} };
MODULE_DEVICE_TABLE(usb, usb);
static const struct platform_device_id platform[] = { { PLATFORM_DEVICE("tenon-clock") }, {} };
MODULE_DEVICE_TABLE(platform, platform);
static const struct bus_device_id toys[] = { { .alias = "toy:ball*" }, { .alias = "toy:x" }, {} };
MODULE_DEVICE_TABLE(bus, toys);
MODULE_LICENSE("GPL");
END
cat >"$T/pair/one.c" <<'END'
#include "tenon/module.h"
int two(void);
uint32_t lower_first(bool on, char c, uint64_t big);
void lower_only(void);
static int upper_init(void) { lower_only(); return two() + (int)lower_first(true, 'x', 3); }
module_init(upper_init);
MODULE_LICENSE("GPL");
END
cat >"$T/pair/two.c" <<'END'
#include "tenon/module.h"
extern int lower_colour;
int two(void);
int two(void) { return lower_colour + tenon_log(TENON_LEVEL_INFO, "", 0); }
MODULE_IMPORT_NS(SHAPES);
END

# tables FILE.ko SYMVERS: versions and checksums agree with the symvers and the relocations that readelf shows.
cat >"$T/tables.py" <<'END'
import re, struct, subprocess, sys, zlib
ko, symvers, kpi = sys.argv[1:4]
known = {}
for path in (symvers, kpi):
    for line in open(path):
        crc, name, module, text = line.rstrip("\n").split("\t")[:4]
        assert path == kpi or int(crc, 16) == zlib.crc32(text.encode()), "checksum of " + name
        known[name] = int(crc, 16), text
def readelf(*args):
    return subprocess.run(["readelf", "-W", *args, ko], capture_output=True, text=True, check=True).stdout
sections = re.findall(r"^ *\[ *\d+\] (\S+) +\S+ +\S+ (\S+) (\S+)", readelf("-S"), re.M)
data = open(ko, "rb").read()
place = {name: data[int(off, 16):int(off, 16) + int(size, 16)] for name, off, size in sections}
word = 8 if data[4] == 2 else 4
versions = place.get("__versions", b"")
got = {}
for at in range(0, len(versions), 64):
    crc = int.from_bytes(versions[at:at + word], "little")
    got[versions[at + word:at + 64].rstrip(b"\0").decode()] = crc
undefined = set(re.findall(r" UND (\S+)$", readelf("-s"), re.M)) - {"__this_module"}
assert set(got) == undefined, (got, undefined)
assert list(got) == sorted(got), "versions are not sorted"
for name, crc in got.items():
    assert known[name][0] == crc, "version of " + name
for suffix in "", "_gpl":
    table = place.get("__ksymtab" + suffix, b"")
    crcs = place.get("__kcrctab" + suffix, b"")
    assert len(table) // 12 * 4 == len(crcs), "lengths of the export tables"
    part = re.search(r"section '\.rela?__ksymtab%s'.*?\n\n" % suffix, readelf("-r") + "\n\n", re.S)
    for line in part.group(0).splitlines() if part else ():
        m = re.match(r"([0-9a-f]+) +\S+ +\S+ +[0-9a-f]+ +(\w+)", line)
        if m and m.group(2) in known and int(m.group(1), 16) % 12 == 0:
            at = int(m.group(1), 16) // 12 * 4
            crc = struct.unpack("<I", crcs[at:at + 4])[0]
            assert crc == known[m.group(2)][0], "checksum of " + m.group(2)
            print("checked", m.group(2))
texts = place[".tenon.types"].split(b"\0")[:-1]
for name, text in zip(texts[::2], texts[1::2]):
    assert known[name.decode()][1] == text.decode(), "type text of %s" % name
assert set(texts[::2]) >= {n.encode() for n in undefined}
assert len(place[".gnu.linkonce.this_module"]) == (80 if word == 8 else 72)
assert len(place[".note.gnu.build-id"]) == 36
END

for arch in x86_64 aarch64 riscv64 arm; do
	ok "$arch: the pair builds" build "$T/pair" $arch
	out=$T/pair/.tenon/$arch
	cat "$out"/*.symvers >"$T/all.symvers"
	for ko in lower upper; do
		ok "$arch: tables of $ko.ko" python3 "$T/tables.py" "$T/pair/$ko.ko" "$T/all.symvers" "$O/kpi_symvers"
	done
	ok "$arch: version magic" [ "$(/sbin/modinfo -F vermagic "$T/pair/upper.ko")" = "tenon-1 $arch" ]
	ok "$arch: init is referred to, exit is not there" sh -c "readelf -rW '$T/pair/upper.ko' |
		awk '/linkonce.this_module/{f=1;next} /^Relocation/{f=0} f' | grep -q 'init_module' &&
		! readelf -rW '$T/pair/upper.ko' | grep -q cleanup_module"
done

upper=$T/pair/.tenon/x86_64/upper.ko
lower=$T/pair/.tenon/x86_64/lower.ko
ok "dependency by modinfo" [ "$(/sbin/modinfo -F depends "$upper")" = lower ]
ok "no dependency by modinfo" [ -z "$(/sbin/modinfo -F depends "$lower")" ]
ok "name by modinfo" [ "$(/sbin/modinfo -F name "$upper")" = upper ]
/sbin/modinfo -F alias "$lower" | sort >"$T/aliases"
cat >"$T/want" <<'END'
pci:v*d*sv*sd*bc02sc*i05
pci:v00008086d0000100Esv*sd*bc*sc*i*
platform:tenon-clock
toy:ball*
toy:x
usb:v*p*d*dc*dsc*dp*ic08isc06ip50in*
usb:v046DpC077d*dc*dsc*dp*ic*isc*ip*in*
END
ok "aliases, as Linux writes them" diff "$T/want" "$T/aliases"

type_of() { # SYMVERS NAME
	awk -F '\t' -v n="$2" '$2 == n { print $4 }' "$1"
}
out=$T/pair/.tenon
ok "type of a function" [ "$(type_of "$out/x86_64/lower.symvers" lower_first)" = "u32(bool,char,u64)" ]
ok "type of a variable" [ "$(type_of "$out/arm/lower.symvers" lower_colour)" = "enum colour{RED=0;BLUE=-7;}:1" ]
shape="struct shape{0 struct shape* next;8.0:3 s32 kind;8.3:5 u32 sides;9 char const[8] const name;\
24 union{0 s64 l;0 char c;}:8 u;}:32"
ok "type with a cycle, bit fields, an unknown structure" \
	[ "$(type_of "$out/x86_64/lower.symvers" lower_area)" = "s32($shape*,struct secret const*,s32(void*,...)*)" ]

# crc NAME < C declarations: the checksum of frob, which takes a struct box.
mkdir "$T/crc"
printf 'obj-m := m.o\nccflags-y := -w\n' >"$T/crc/Kbuild"
crc() {
	{
		echo '#include "tenon/module.h"'
		cat
		echo 'int frob(PARAMETERS) { return 0; }'
		echo 'EXPORT_SYMBOL(frob); MODULE_LICENSE("GPL");'
	} >"$T/crc/m.c"
	rm -rf "$T/crc/.tenon"
	build "$T/crc" >"$T/crc.log" 2>&1 && cut -f1 "$T/crc/.tenon/x86_64/m.symvers"
}
base=$(crc <<'END'
struct lid { int weight; };
struct box { unsigned long volume; struct lid *lid; };
#define PARAMETERS const struct box *box
END
)
ok "there is a checksum" [ "${#base}" -eq 10 ]
same() { [ "$(crc)" = "$base" ] && [ -n "$base" ]; }
differs() { other=$(crc) && [ "${#other}" -eq 10 ] && [ "$other" != "$base" ]; }
ok "a parameter's own qualifier, typedefs and order do not count" same <<'END'
struct lid; struct unrelated { int x; };
typedef uint64_t volume_t;
typedef struct box { volume_t volume; struct lid *lid; } box_t;
struct lid { signed int weight; };
#define PARAMETERS const box_t *const box
END
ok "a parameter's name does not count" same <<'END'
struct lid { int weight; };
struct box { unsigned long volume; struct lid *lid; };
#define PARAMETERS const struct box *container
END
ok "a member's type counts, however deep" differs <<'END'
struct lid { unsigned weight; };
struct box { unsigned long volume; struct lid *lid; };
#define PARAMETERS const struct box *box
END
ok "a member's name counts" differs <<'END'
struct lid { int mass; };
struct box { unsigned long volume; struct lid *lid; };
#define PARAMETERS const struct box *box
END
ok "a member's offset counts" differs <<'END'
struct lid { int weight; };
struct box { unsigned long volume; struct lid *lid __attribute__((aligned(16))); };
#define PARAMETERS const struct box *box
END
ok "const behind a pointer counts" differs <<'END'
struct lid { int weight; };
struct box { unsigned long volume; struct lid *lid; };
#define PARAMETERS struct box *box
END
ok "another parameter counts" differs <<'END'
struct lid { int weight; };
struct box { unsigned long volume; struct lid *lid; };
#define PARAMETERS const struct box *box, int more
END

# A directory as it is written for Linux, with a Makefile whose targets have the same names as ours.
mkdir "$T/linux"
printf 'obj-m := m.o\nall modules clean:\n\tmake -C "%s" O="%s" M=$(CURDIR) $@\n' "$PWD" "$O" >"$T/linux/Makefile"
printf '#include "tenon/module.h"\nMODULE_LICENSE("GPL");\n' >"$T/linux/m.c"
ok "a Makefile that calls ours" make -C "$T/linux" modules
ok "... makes the module beside its sources" /sbin/modinfo "$T/linux/m.ko"
: >"$T/linux/Makefile"
ok "a Makefile that says nothing" \
	sh -c "! make -s O='$O' M='$T/linux' modules >'$T/log' 2>&1 && grep 'says obj-m' '$T/log'"

# refused NAME TEXT [KBUILD LINE]: the module m, read from standard input, does not build, and TEXT says why.
mkdir "$T/bad"
refused() {
	{
		echo '#include "tenon/module.h"'
		cat
	} >"$T/bad/m.c"
	printf 'obj-m := m.o\nKBUILD_EXTRA_SYMBOLS := %s\n%s\n' "$out/x86_64/lower.symvers" "${3:-}" >"$T/bad/Kbuild"
	rm -rf "$T/bad/.tenon" "$T/bad"/*.ko
	ok "$1" sh -c "! make -s M='$T/bad' O='$O' modules >'$T/log' 2>&1 &&
		grep -F '$2' '$T/log' && [ ! -e '$T/bad/m.ko' ]"
}
refused "undefined symbol" 'm.part.o: undefined symbol nowhere' <<'END'
void nowhere(void);
static int m_init(void) { nowhere(); return 0; }
module_init(m_init);
MODULE_LICENSE("GPL");
END
refused "no licence" 'no MODULE_LICENSE' <<'END'
int x;
END
refused "proprietary use of a GPL symbol" "symbol lower_colour of lower is for GPL-compatible modules" <<'END'
extern int lower_colour;
static int m_init(void) { return lower_colour; }
module_init(m_init);
MODULE_LICENSE("Proprietary");
END
refused "namespace not imported" 'uses symbol lower_area from namespace SHAPES; add MODULE_IMPORT_NS(SHAPES)' <<'END'
int lower_area(void *, void *, void *);
static int m_init(void) { return lower_area(NULL, NULL, NULL); }
module_init(m_init);
MODULE_LICENSE("GPL");
END
refused "symbol for named modules only" 'symbol lower_only of lower is only for modules other,up-per,upper' <<'END'
void lower_only(void);
static int m_init(void) { lower_only(); return 0; }
module_init(m_init);
MODULE_LICENSE("GPL");
END
printf '#include "tenon/module.h"\nextern int given;\nEXPORT_SYMBOL_GPL(given);\n' >"$T/bad/again.c"
refused "one name exported twice" 'exports given twice' 'm-objs := m.o again.o' <<'END'
int given;
EXPORT_SYMBOL(given);
MODULE_LICENSE("GPL");
END
refused "a name that another module exports" 'exports lower_first, which lower exports already' <<'END'
int lower_first;
EXPORT_SYMBOL(lower_first);
MODULE_LICENSE("GPL");
END
refused "a name that the interface exports" 'exports tenon_log, which interface exports already' <<'END'
int tenon_log(int level, const void *text, size_t len);
int tenon_log(int level, const void *text, size_t len) { return text && level == (int)len; }
EXPORT_SYMBOL(tenon_log);
MODULE_LICENSE("GPL");
END
refused "an export that is static" 'exports hidden, which is not a global symbol' <<'END'
__attribute__((used)) static int hidden;
EXPORT_SYMBOL(hidden);
MODULE_LICENSE("GPL");
END
refused "an export without type information" 'no type information for export bare; build with -g' <<'END'
__asm__(".globl bare\nbare: .long 0\n");
EXPORT_SYMBOL(bare);
MODULE_LICENSE("GPL");
END
refused "a name too long for a version entry" 'is longer than the 55 bytes a version entry holds' <<'END'
int a2345678901234567890123456789012345678901234567890123456;
EXPORT_SYMBOL(a2345678901234567890123456789012345678901234567890123456);
MODULE_LICENSE("GPL");
END
refused "a device table without end" 'must end with an entry of zeros' <<'END'
#include "tenon/device_id.h"
static const struct pci_device_id ids[] = { { PCI_DEVICE(1, 2) } };
MODULE_DEVICE_TABLE(pci, ids);
MODULE_LICENSE("GPL");
END
for alias in 'toy:[ab]' 'toy:a?' 'toy:a b' ball; do
	refused "an alias that modprobe and the kernel would read differently: $alias" 'is not a bus' <<END
#include "tenon/device_id.h"
static const struct bus_device_id ids[] = { { .alias = "$alias" }, {} };
MODULE_DEVICE_TABLE(bus, ids);
MODULE_LICENSE("GPL");
END
done
refused "an alias without its end" 'is not a bus' <<'END'
#include "tenon/device_id.h"
static const struct bus_device_id ids[] = {
	{ .alias = "toy:56789012345678901234567890123456789012345678901234567890123456789012345678901" }, {} };
MODULE_DEVICE_TABLE(bus, ids);
MODULE_LICENSE("GPL");
END
refused "a file that is not a symvers file" 'm.c:1: not a line of the form' 'm-symvers := m.c' <<'END'
MODULE_LICENSE("GPL");
END

echo 'int x;' >"$T/x.c"
gcc -c -m64 -o "$T/x.o" "$T/x.c"
ok "a file that is no object" fails_with "cannot be opened" "$O/modpost/modpost" -n x -o "$T/x.s" "$T/nothing.o"
ok "a text instead of an object" fails_with "not a relocatable object" "$O/modpost/modpost" -n x -o "$T/x.s" "$T/x.c"
ok "a program instead of an object" \
	fails_with "not a relocatable object" "$O/modpost/modpost" -n x -o "$T/x.s" /bin/true
head -c 300 "$T/x.o" >"$T/cut.o"
ok "an object cut off" fails_with "cut.o" "$O/modpost/modpost" -n x -o "$T/x.s" "$T/cut.o"
mkfifo "$T/pipe"
ok "a pipe instead of an object, which is not waited for" \
	fails_with "cannot be opened" timeout -k 5 60 "$O/modpost/modpost" -n x -o "$T/x.s" "$T/pipe"
ok "... of what others export" fails_with "not a regular file" timeout -k 5 60 "$O/modpost/modpost" -n x -i "$T/pipe" -o "$T/x.s" "$T/x.o"
ok "... of a module" fails_with "not a regular file" timeout -k 5 60 "$O/modpost/modpost" --strip-signature "$T/pipe"
ok "an invalid name" fails_with "may contain letters" "$O/modpost/modpost" -n ../x -o "$T/x.s" "$T/x.o"
ok "a name too long" fails_with "is longer than 55" "$O/modpost/modpost" -n "$(printf %056d 0)" -o "$T/x.s" "$T/x.o"
tap_done
