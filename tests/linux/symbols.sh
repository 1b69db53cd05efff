#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# linux.ko from outside: what it takes, what it gives, and that nothing in it wants to be patched by a loader.
. tests/tap.sh
ko=$O/modules/x86_64/linux/linux.ko
symvers=$O/modules/x86_64/linux/linux.symvers
kernel=$(echo "$O"/debian/amd64/usr/src/linux-headers-*-amd64/Module.symvers)
if [ ! -f "$ko" ] || [ ! -f "$kernel" ]; then
	echo "1..0 # SKIP linux.ko or the kernel's Module.symvers is not there"
	exit 0
fi

takes_only_interface() {
	cut -f 2 "$O/kpi_symvers" "$O/modules/x86_64/runtime/runtime.symvers" | sort >"$T/allowed"
	nm -u "$ko" | awk '{ print $2 }' | sort >"$T/taken"
	comm -23 "$T/taken" "$T/allowed" | tee "$T/more"
	[ "$(wc -l <"$T/taken")" -gt 20 ] && [ ! -s "$T/more" ]
}

# NAME CHECKSUM-WORD of each entry of a pair of tables, from the object itself: the names by the labels in the table.
exported() { # SUFFIX
	objcopy -O binary --only-section="__kcrctab$1" "$ko" "$T/crc"
	od -An -v -t x4 -w4 "$T/crc" | tr -d ' ' >"$T/crcs"
	index=$(readelf -SW "$ko" | sed -n "s/^ *\[ *\([0-9]*\)\] __ksymtab$1 .*/\1/p")
	readelf -sW "$ko" |
		awk -v table="$index" '$7 == table && $4 != "SECTION" && sub(/^__ksymtab_/, "", $8) { print $2, $8 }' |
		sort | cut -d ' ' -f 2 | paste - "$T/crcs"
}

# Each export of linux.ko has the checksum and the licence class of the kernel's own, unless this point release does not have it
# yet; those that hosts call are Tenon's.
gives_what_linux_gives() {
	exported '' | awk '{ print "0x" $2 "\t" $1 "\tEXPORT_SYMBOL" }' >"$T/given"
	exported _gpl | awk '{ print "0x" $2 "\t" $1 "\tEXPORT_SYMBOL_GPL" }' >>"$T/given"
	awk -F '\t' '{ print $1 "\t" $2 "\t" $4 }' "$kernel" | sort >"$T/linux"
	sort "$T/given" | comm -23 - "$T/linux" | cut -f 2 |
		awk 'NR == FNR { has[$2]; next } $1 in has || /^tenon_/' "$T/linux" - | sort >"$T/own"
	cat "$T/own"
	[ "$(wc -l <"$T/given")" -gt 600 ] && [ "$(echo $(cat "$T/own"))" = \
		"tenon_linux_call tenon_linux_disk_add tenon_linux_disk_remove tenon_linux_disk_serve tenon_linux_file tenon_linux_start tenon_linux_stop tenon_linux_watch" ]
}

# Linux's headers can put entries into tables that Linux's loader works off; native modules have no such loader.
no_patching() {
	readelf -SW "$ko" | sed -n 's/^ *\[ *[0-9]*\] \([^ ]*\).*/\1/p' >"$T/sections"
	tables='\.altinstructions|\.parainstructions|__(jump|bug|ex)_table|\.data\.\.percpu|\.static_call|\.init_array'
	! grep -E "^($tables)" "$T/sections"
}

# More exports, fewer stubs than at the last time that tests/linux/tally was written, or as many. Of another point release
# than it was written with, in a hundred and in ten one more or less.
within_tally() {
	exports=$(wc -l <"$T/given")
	stubs=$(wc -l <"$O/modules/x86_64/linux/library/stubs")
	echo "exports $exports, stubs $stubs"
	awk -v exports="$exports" -v stubs="$stubs" -v release="$(cat "$O/debian/amd64/release")" '
		$1 == "release" { other = $2 != release }
		$1 == "exports" && exports < $2 - other * $2 / 100 { bad = 1 }
		$1 == "stubs" && stubs > $2 + other * $2 / 10 { bad = 1 }
		END { exit bad || NR < 3 }' tests/linux/tally
}

says_gpl() {
	modinfo -F license "$ko" | grep -qx GPL
}

ok "its undefined symbols are interface and runtime functions" takes_only_interface
ok "its exports have the checksums and licence classes of the kernel's own" gives_what_linux_gives
ok "nothing in it wants to be patched when it is loaded" no_patching
ok "its exports are not fewer, its stubs not more than tests/linux/tally says" within_tally
ok "its licence is GPL" says_gpl
tap_done
