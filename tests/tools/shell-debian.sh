#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The prompt and ./run on modules of Debian's kernel.
# Not quick: needs the kernel's packages.
. tests/tap.sh
DEBIAN=$(echo "$O"/debian/amd64/lib/modules/*)

host() {
	"$O/tenon-host" --modules "$DEBIAN" --modules "$O/modules/x86_64" "$@"
}

# As kmod's modinfo prints them, 40 files from everywhere in the tree.
find "$DEBIAN" -name '*.ko' | sort | awk 'NR % 100 == 7' >"$T/files"
while read -r ko; do
	/sbin/modinfo "$ko" >"$T/kmod"
	host -c "modinfo $ko" >"$T/ours"
	cmp -s "$T/kmod" "$T/ours" || echo "$ko"
done <"$T/files" >"$T/differ"
ok "modinfo prints what kmod's does for $(wc -l <"$T/files") modules" test -s "$T/files" -a ! -s "$T/differ"

ok "./run passes commands on and is quiet" sh -c "O='$O' ./run -c 'modprobe lz4_compress; lsmod; rmmod lz4_compress' 2>'$T/err' |
	grep -q '^lz4_compress ' && [ ! -s '$T/err' ]"
ok "... and their status" sh -c "! O='$O' ./run -c 'rmmod nothing' 2>/dev/null"
ok "... also without setup" says Module env O="$O" ./run --no-setup -c lsmod
ok "... and with another tree" says 'did you mean' sh -c "O='$O' ./run --modules '$T' -c 'modprobe helo' 2>&1 || :"

# Check values of published catalogues of CRCs: the CRC of "123456789" is 0x75 (CRC-7/MMC, here one bit to the left),
# 0xbb3d (CRC-16/ARC), 0x31c3 (CRC-16/XMODEM, ITU-T with start value 0).
ok "crc7" says '(0xea)' host -c 'modprobe crc7; call crc7_be 0 "123456789" 9'
ok "crc16" says '(0xbb3d)' host -c 'modprobe crc16; call crc16 0 "123456789" 9'
ok "crc-itu-t" says '31c3)' host -c 'modprobe crc-itu-t; call crc_itu_t 0 "123456789" 9'
text=$(printf 'abcd%.0s' $(seq 60))
ok "lz4 packs, and unpacks what it has packed" says '@4 = 240 (0xf0)' host -c "modprobe lz4_compress
	call LZ4_compress_default \"$text\" buf:300 240 300 buf:16416
	call LZ4_decompress_safe @2 buf:240 $(host -c "modprobe lz4_compress; call LZ4_compress_default \"$text\" buf:300 240 300 buf:16416" |
	awk '$1 == "@1" { print $3 }') 240"

# A tree that depmod has seen: Linux's modules find theirs by alias. The answers are those of kmod.
RELEASE=$(basename "$DEBIAN")
TREE=$T/base/lib/modules/$RELEASE
mkdir -p "$T/base/lib/modules"
cp -al "$DEBIAN" "$TREE" 2>"$T/err" || cp -a "$DEBIAN" "$TREE"
/sbin/depmod -b "$T/base" "$RELEASE"

tree() {
	"$O/tenon-host" --modules "$TREE" --modules "$O/modules/x86_64" "$@"
}

# loads WORD: what kmod would load for it is what is loaded, but for the module that needs a CPU's own interface.
loads() {
	/sbin/modprobe -C /dev/null -d "$T/base" -S "$RELEASE" --show-depends "$1" |
		sed -n 's,^insmod .*/\([^/]*\)\.ko.*,\1,p' | tr - _ | grep -vx crc32c_intel | sort >"$T/want"
	tree -c "modprobe $1; lsmod" | awk 'NR > 1 && $1 != "linux" && $1 != "runtime" { print $1 }' | sort >"$T/got"
	[ -s "$T/want" ] && diff "$T/want" "$T/got"
}
for word in crc16 crypto-crc32c crypto-lz4 libcrc32c crypto-xxhash64-generic; do
	ok "$word loads what kmod would" loads "$word"
done
ok "a module's init asks for an algorithm, which is an alias" says crc32c_generic \
	tree -c "insmod $TREE/kernel/lib/libcrc32c.ko; lsmod"
ok "... isolated" says crc32c_generic tree -c "insmod --isolated $TREE/kernel/lib/libcrc32c.ko; lsmod"
ok "without indexes it is not known" fails_with 'init failed with error -2' \
	host -c "insmod $DEBIAN/kernel/lib/libcrc32c.ko"

# missing COMMAND: it names each symbol of drm that linux.ko does not export, as nm lists both.
nm -u "$DEBIAN/kernel/drivers/gpu/drm/drm.ko" | awk '$1 == "U" { print $2 }' | sort >"$T/imports"
nm "$O/modules/x86_64/linux/linux.ko" | sed -n 's/.* __ksymtab_//p' | sort >"$T/exports"
comm -23 "$T/imports" "$T/exports" >"$T/want"
missing() {
	host -c "$1" 2>&1 | sed 's/.*unknown symbol //; s/ (needed by[^)]*); also unknown: /, /; s/; .*//' | tr -d ' ' | tr , '\n' |
		sort >"$T/got"
	[ "$(wc -l <"$T/want")" -gt 5 ] && diff "$T/want" "$T/got"
}
ok "all symbols that nothing exports are named" missing "insmod $DEBIAN/kernel/drivers/gpu/drm/drm.ko"
ok "... also of a module that is needed" missing 'modprobe drm_kms_helper'
unknown() { # SYMBOL COMMAND
	host -c "$2" 2>&1 | grep -q "unknown.*[ :]$1[,; ]"
}
ok "what a dependency exports is missing if that is not loaded" unknown crc32c "insmod $DEBIAN/kernel/fs/xfs/xfs.ko"
ok "... and not if it is" not unknown crc32c 'modprobe xfs'

# Another kernel's module is refused, whatever it is bound to.
cp "$DEBIAN/kernel/lib/crc7.ko" "$T/crc7.ko"
sed -i 's/vermagic=6\./vermagic=5./' "$T/crc7.ko"
ok "a module of another kernel version is refused" fails_with 'this kernel version' host -c "insmod $T/crc7.ko"
ok "... a misspelt name is not" fails_with 'did you mean lz4_compress?' host -c 'modprobe lz4_compres'
tap_done
