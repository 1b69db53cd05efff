#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Modules written in the usual way and built by Linux's own build system do on linux.ko what they assert.
. tests/tap.sh
ko=$O/modules/x86_64/linux/linux.ko
headers=$(realpath "$O"/debian/amd64/usr/src/linux-headers-*-amd64)
if [ ! -f "$ko" ] || [ ! -d "$headers" ]; then
	echo "1..0 # SKIP linux.ko or the kernel's headers are not there"
	exit 0
fi

# The headers are not where their makefile would look for the common ones, so that one is named.
build() {
	mkdir -p "$T/modules" && cp tests/linux/modules/* "$T/modules" &&
		make -C "$headers" -f "${headers%-amd64}-common/Makefile" ARCH=x86 KERNELRELEASE="${headers##*linux-headers-}" \
			M="$T/modules" modules >"$T/log" 2>&1 || { cat "$T/log"; return 1; }
}

# Each line that the module's source asserts comes once, as ok, and none as not ok.
passes() { # HOW MODULE
	sed -n 's/.*check(.*, "\(.*\)");$/ok - \1/p' "tests/linux/modules/$2.c" | sort >"$T/want"
	printf 'insmod %s %s\n' "$1" "$O/modules/x86_64/runtime/runtime.ko" "$1" "$ko" "$1" "$T/modules/$2.ko" >"$T/commands"
	printf 'dmesg\nrmmod %s\nrmmod linux\nrmmod runtime\nlsmod\n' "$2" >>"$T/commands"
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
for source in tests/linux/modules/test_*.c; do
	name=$(basename "$source" .c)
	ok "$name, in the kernel's domain" passes '' "$name"
	ok "$name, isolated" passes --isolated "$name"
done
tap_done
