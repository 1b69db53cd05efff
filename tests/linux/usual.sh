#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Modules written in the usual way and built by Linux's own build system do on linux.ko what they assert.
. tests/tap.sh
. tests/linux/usual_build.sh

# What test_debian calls.
debian=$(find "$O/debian/$kernel/lib/modules" -name 'crc7.ko*' -o -name 'crc16.ko*' -o -name 'lz4_compress.ko*')

# Each line that the module's source asserts comes once, as ok, and none as not ok.
passes() { # HOW MODULE
	wants "$2" >"$T/want"
	printf 'insmod %s %s\n' "$1" "$O/modules/x86_64/runtime/runtime.ko" "$1" "$ko" >"$T/commands"
	for file in $debian "$T/modules/$2.ko"; do echo "insmod $1 $file"; done >>"$T/commands"
	printf 'dmesg\nrmmod %s\n' "$2" >>"$T/commands"
	for file in $debian; do basename "$file" | sed 's/\.ko.*//; s/^/rmmod /' >>"$T/commands"; done
	printf 'rmmod linux\nrmmod runtime\nlsmod\n' >>"$T/commands"
	timeout 60 "$O/tenon-host" <"$T/commands" >"$T/out" 2>&1
	sed -n "s/^\[[^]]*\] [a-z0-9_]*: \(\(not \)\{0,1\}ok - .*\)/\1/p" "$T/out" | sort >"$T/got"
	# After the log, nothing is to be said but the heading of a list without modules.
	if [ -s "$T/want" ] && cmp -s "$T/want" "$T/got" && ! grep -qE 'left behind|BUG|^(insmod|rmmod):' "$T/out"; then
		return 0
	fi
	cat "$T/out"
	diff "$T/want" "$T/got"
	return 1
}

ok "modules are built against the distribution's headers" build
for file in "$T"/modules/test_*.ko; do
	name=$(basename "$file" .ko)
	ok "$name, in the kernel's domain" passes '' "$name"
	ok "$name, isolated" passes --isolated "$name"
done
tap_done
