#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Debian's block drivers that need no hardware make their disks and take them away, with nothing left behind.
. tests/tap.sh
ko=$O/modules/x86_64/linux/linux.ko
modules=$(echo "$O"/debian/amd64/lib/modules/*)
if [ ! -f "$ko" ] || [ ! -d "$modules" ]; then
	echo "1..0 # SKIP linux.ko or Debian's modules are not there"
	exit 0
fi

comes_and_goes() { # MODULE WHAT-IT-LOGS
	printf 'modprobe %s\nrmmod %s\ndmesg\nlsmod\n' "$1" "$1" | timeout -k 5 60 "$O/tenon-host" --modules "$O/modules/x86_64" --modules "$modules" >"$T/out" 2>&1
	cat "$T/out"
	grep -qF "$2" "$T/out" && ! grep -qE "left behind|BUG|not there|^$1 |^(modprobe|rmmod):" "$T/out"
}

ok "brd" comes_and_goes brd "brd: module unloaded"
ok "loop" comes_and_goes loop "loop: module loaded"
ok "null_blk, with requests in queues" comes_and_goes null_blk "disk nullb0 created"
tap_done
