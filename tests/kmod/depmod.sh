#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# depmod writes what Debian's depmod writes, byte for byte, also from damaged and packed modules; what fails leaves the
# old files as they were.
. tests/tap.sh
. tests/kmod/tree.sh

indexes='dep dep.bin alias alias.bin softdep symbols symbols.bin builtin.bin builtin.alias.bin devname'

# same NAME TREE TREE: that index is the same in both.
same() {
	cmp "$2/modules.$1" "$3/modules.$1"
}

compare() { # WHAT ROOT ROOT RELEASE
	for _i in $indexes; do
		ok "$1: modules.$_i" same "$_i" "$2/lib/modules/$4" "$3/lib/modules/$4"
	done
}

tree "$T/ours"
tree "$T/theirs"
/sbin/depmod -b "$T/theirs" "$release"
ok "Debian's tree" "$tools/depmod" -b "$T/ours" "$release"
compare "Debian's tree" "$T/ours" "$T/theirs" "$release"

# The comparison can fail.
differs() {
	! same "$@"
}
mkdir "$T/other"
sed 's/ext4/ext5/' "$T/theirs/lib/modules/$release/modules.dep" >"$T/other/modules.dep"
ok "a difference is found" differs dep "$T/other" "$T/ours/lib/modules/$release"

/sbin/depmod -n -b "$T/theirs" "$release" | sort >"$T/shown.theirs"
"$tools/depmod" -n -b "$T/ours" "$release" | sort >"$T/shown.ours"
ok "depmod -n" cmp "$T/shown.theirs" "$T/shown.ours"
mkdir -p "$T/elsewhere/lib/modules/$release"
ok "another output directory" "$tools/depmod" -b "$T/ours" -o "$T/elsewhere" "$release"
ok "... has the same" same dep.bin "$T/elsewhere/lib/modules/$release" "$T/theirs/lib/modules/$release"

echo old >"$T/elsewhere/lib/modules/$release/modules.dep"
cp -al "$T/ours/lib/modules/$release/kernel" "$T/elsewhere/lib/modules/$release/"
ok "depmod -A without a newer module" "$tools/depmod" -A -b "$T/elsewhere" "$release"
ok "... does nothing" grep -qx old "$T/elsewhere/lib/modules/$release/modules.dep"
cp "$debian/kernel/lib/crc16.ko" "$T/elsewhere/lib/modules/$release/kernel/newer.ko"
cp "$debian/modules.order" "$debian"/modules.builtin* "$T/elsewhere/lib/modules/$release/"
ok "depmod -A with one" "$tools/depmod" -A -b "$T/elsewhere" "$release"
ok "... runs" grep -q '^kernel/newer.ko:' "$T/elsewhere/lib/modules/$release/modules.dep"

# A small tree: packed modules, damaged ones, ones that are links, no lists of order and built-in modules.
small=6.1.0-small
for root in mine his; do
	k=$T/$root/lib/modules/$small/kernel
	mkdir -p "$k/a" "$k/b"
	cp "$debian/kernel/fs/jbd2/jbd2.ko" "$k/a/"
	zstd -q "$debian/kernel/fs/ext4/ext4.ko" -o "$k/a/ext4.ko.zst"
	xz -c "$debian/kernel/fs/mbcache.ko" >"$k/b/mbcache.ko.xz"
	ln -s "$debian/kernel/lib/crc16.ko" "$k/b/crc16.ko"
	find "$k" -name '*.ko*' | sed "s,.*/$small/,," | sed 's/\.ko\..*/.ko/' | sort >"$k/../modules.order"
done
/sbin/depmod -b "$T/his" $small 2>/dev/null
ok "packed modules and links" "$tools/depmod" -b "$T/mine" $small
compare "packed" "$T/mine" "$T/his" $small

gzip -c "$debian/kernel/lib/crc16.ko" >"$T/mine/lib/modules/$small/kernel/a/gz16.ko.gz"
ok "gz is read too" sh -c "'$tools/depmod' -n -b '$T/mine' $small | grep -q 'alias symbol:crc16 gz16'"

for root in mine his; do
	k=$T/$root/lib/modules/$small/kernel
	rm -f "$k/a/gz16.ko.gz"
	head -c 5000 "$debian/kernel/fs/ext4/ext4.ko" >"$k/cut.ko"
	echo hello >"$k/text.ko"
	: >"$k/empty.ko"
	(cat "$k/../modules.order" && printf 'kernel/cut.ko\nkernel/text.ko\nkernel/empty.ko\n') >"$T/order"
	mv "$T/order" "$k/../modules.order"
done
/sbin/depmod -b "$T/his" $small 2>/dev/null
ok "damaged modules" "$tools/depmod" -b "$T/mine" $small
compare "damaged" "$T/mine" "$T/his" $small
"$tools/depmod" -b "$T/mine" $small 2>"$T/said"
for file in cut text empty; do
	ok "... and says so of $file.ko" \
		grep -q "depmod: ERROR: failed to load symbols from .*/kernel/$file.ko: " "$T/said"
done

# Modules damaged at every 97th byte are a diagnosis or a module, never a crash.
mkdir -p "$T/bytes/lib/modules/$small"
python3 - "$debian/kernel/lib/crc16.ko" "$T/bytes/lib/modules/$small" <<'END'
import sys
data = open(sys.argv[1], "rb").read()
for at in list(range(0, 64)) + list(range(64, len(data), 97)):
    bad = bytearray(data)
    bad[at] ^= 0xff
    open("%s/m%d.ko" % (sys.argv[2], at), "wb").write(bad)
END
ok "modules with a damaged byte" "$tools/depmod" -b "$T/bytes" $small

# modules.weakdep, which Debian's depmod does not know.
mkdir -p "$T/weak/lib/modules/$small"
as -o "$T/weak/lib/modules/$small/weak-one.ko" - <<'END'
	.section .modinfo, "a"
	.asciz "weakdep=first second"
	.asciz "softdep=pre: third"
	.asciz "weakdep=fourth"
END
"$tools/depmod" -A -b "$T/weak" $small 2>/dev/null
printf '# Weak dependencies extracted from modules themselves.\nweakdep weak_one first second\nweakdep weak_one fourth\n' >"$T/weakdep"
ok "weak dependencies" cmp "$T/weakdep" "$T/weak/lib/modules/$small/modules.weakdep"
ok "... without one there is no such file" [ ! -e "$T/ours/lib/modules/$release/modules.weakdep" ]
cp "$debian/kernel/lib/crc16.ko" "$T/weak/lib/modules/$small/weak-one.ko"
"$tools/depmod" -A -b "$T/weak" $small 2>/dev/null
ok "... but for an old one, which is then empty" cmp /dev/null "$T/weak/lib/modules/$small/modules.weakdep"

# All or nothing.
mkdir -p "$T/circle/lib/modules/$small"
cat >"$T/circle.s" <<'END'
	.section .modinfo, "a"
	.asciz "license=GPL"
	.section __ksymtab_strings, "a"
	.asciz NAME
	.section __ksymtab, "a"
	.long 0
	.text
	.global THIS
THIS:	.quad OTHER
END
circle() { # THIS OTHER
	sed "s/NAME/\"$1\"/; s/THIS/$1/g; s/OTHER/$2/" "$T/circle.s" | as -o "$T/circle/lib/modules/$small/$1.ko" -
}
circle one two
circle two three
circle three one
circle user one
cycles() { # COMMAND...: what is said of cycles, without the order of the lines
	"$@" 2>&1 >/dev/null | grep -E 'Cycle detected|in dependency cycles' | sed 's/^depmod: //' | sort
}
# What is outside of cycles has its line, what is in one has none.
indexed() { # NAME...
	cut -d: -f1 "$T/circle/lib/modules/$small/modules.dep" | sort | tr '\n' ' ' >"$T/out"
	cat "$T/out"
	[ "$(cat "$T/out")" = "$(printf '%s.ko ' "$@")" ]
}
as_kmod() {
	cycles /sbin/depmod -b "$T/circle" $small >"$T/cycles.theirs"
	cycles "$tools/depmod" -b "$T/circle" $small >"$T/cycles.ours"
	diff "$T/cycles.theirs" "$T/cycles.ours"
}
cp "$debian/kernel/lib/crc16.ko" "$T/circle/lib/modules/$small/"
ok "modules that need each other, as kmod" as_kmod
ok "... the whole cycle is told" grep -qE '(one -> two -> three -> one|two -> three -> one -> two|three -> one -> two -> three)$' "$T/cycles.ours"
ok "... it fails" fails_with 'Found 3 modules in dependency cycles!' "$tools/depmod" -b "$T/circle" $small
ok "... and all others are indexed" indexed crc16 user
rm "$T/circle/lib/modules/$small/modules.dep"
ok "... also with -A" fails_with 'Found 3 modules in dependency cycles!' "$tools/depmod" -A -b "$T/circle" $small
ok "... again" fails_with 'Found 3 modules in dependency cycles!' "$tools/depmod" -A -b "$T/circle" $small
ok "... as well" indexed crc16 user
sed 's/NAME/"self"/; s/THIS/other/g; s/OTHER/self/' "$T/circle.s" | as -o "$T/circle/lib/modules/$small/self.ko" -
ok "a module that needs itself" fails_with 'Cycle detected: self -> self' "$tools/depmod" -b "$T/circle" $small
ok "... costs no other its place" indexed crc16 user
rm "$T/circle/lib/modules/$small/self.ko"
circle both one
sed "s/NAME/\"four\"/; s/THIS/four/g; s/OTHER/one\\n.quad both/" "$T/circle.s" |
	as -o "$T/circle/lib/modules/$small/four.ko" -
circle both four
sed "s/NAME/\"one\"/; s/THIS/one/g; s/OTHER/two\\n.quad two_b/" "$T/circle.s" |
	as -o "$T/circle/lib/modules/$small/one.ko" -
circle two_b three
ok "cycles that share modules" fails_with "Found 6 modules in dependency cycles!" "$tools/depmod" -b "$T/circle" $small
ok "... are each told" [ "$(grep -c 'Cycle detected' "$T/out")" -eq 3 ]
python3 - "$T/circle.s" "$T/circle/lib/modules/$small" <<'END'
import subprocess, sys
text = open(sys.argv[1]).read()
for i in range(12):
    others = "\\n.quad ".join("m%d" % k for k in range(12) if k != i).replace("\\n", "\n")
    source = text.replace("NAME", '"m%d"' % i).replace("THIS", "m%d" % i).replace("OTHER", others)
    subprocess.run(["as", "-o", "%s/m%d.ko" % (sys.argv[2], i), "-"], input=source, text=True, check=True)
END
ok "cycles without number come to an end" fails_with "There are more cycles, which are not shown." \
	"$tools/depmod" -b "$T/circle" $small
left=$T/left/lib/modules/$small
mkdir -p "$left"
ln -s /nowhere "$left/dangling.ko"
ln -s circle.ko "$left/circle.ko"
mkfifo "$left/fifo.ko"
ln -s /nowhere "$left/README"
cp "$debian/kernel/lib/crc16.ko" "$left/"
touch -d 2400-01-01 "$left/crc16.ko"
echo "external * /nonexistent" >"$T/left.conf"
for option in "" -A; do
	rm -f "$left"/modules.*
	ok "modules that are left out $option" "$tools/depmod" $option -b "$T/left" -C "$T/left.conf" $small
	"$tools/depmod" $option -b "$T/left" -C "$T/left.conf" $small 2>"$T/said"
	ok "... are told, and a directory that is not there" [ "$(grep -c ': ERROR: ' "$T/said")" -eq 4 ]
	ok "... the rest is there, be it of another century" grep -qx 'crc16.ko:' "$left/modules.dep"
done
ok "no tree" fails_with "depmod: ERROR: could not open directory $T/mine/lib/modules/9.9.9: No such file" \
	"$tools/depmod" -b "$T/mine" 9.9.9
limited() {
	(ulimit -f 1 && trap '' XFSZ && "$tools/depmod" -b "$T/ours" "$release") 2>"$T/said"
}
cp "$T/ours/lib/modules/$release/modules.alias" "$T/alias.before"
limited
ok "a disk that is full is an error" [ $? -eq 1 ]
ok "... that is told" grep -q 'depmod: ERROR: could not write modules.alias: File too large' "$T/said"
ok "... and leaves the old file" cmp "$T/ours/lib/modules/$release/modules.alias" "$T/alias.before"
ok "... and nothing else" [ -z "$(find "$T/ours" -name '.modules*')" ]
ok "an option that does not exist" fails_with "invalid option" "$tools/depmod" -Z
tap_done
