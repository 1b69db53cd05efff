#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The prompt and ./run on modules of Debian's kernel.
# Not quick: needs the kernel's packages.
. tests/tap.sh
DEBIAN=$(echo "$O"/debian/amd64/lib/modules/*)

host() {
	"$O/tenon-host" --modules "$O/modules/x86_64" --modules "$DEBIAN" "$@"
}

# says TEXT COMMAND...: the command succeeds and TEXT is among what it prints.
says() {
	_text=$1
	shift
	"$@" >"$T/got" 2>&1 && grep -qF -- "$_text" "$T/got" && return
	cat "$T/got"
	return 1
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

# Another kernel's module is refused, whatever it is bound to.
cp "$DEBIAN/kernel/lib/crc7.ko" "$T/crc7.ko"
sed -i 's/vermagic=6\./vermagic=5./' "$T/crc7.ko"
ok "a module of another kernel version is refused" fails_with 'this kernel version' host -c "insmod $T/crc7.ko"
ok "... a misspelt name is not" fails_with 'did you mean lz4_compress?' host -c 'modprobe lz4_compres'
tap_done
