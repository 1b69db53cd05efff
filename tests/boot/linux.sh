#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Linux's own modules on our kernel, over linux.ko: Debian's files as they are, and modules written in the usual way, which
# assert what they do. In both kinds of domain; all that they had comes back.
. tests/tap.sh
. tests/linux/usual_build.sh
. tests/boot/vm.sh

guest() { # COMMANDS OPTION...
	_commands=$1
	shift
	(cd "$T" && find modules -maxdepth 1 -type d -o -name 'test_*.ko' | cpio --quiet -o -H newc) | cat "$O/image/linux.cpio" - >"$T/archive"
	O=$O timeout -k 5 600 kernel/vm --debug --machine microvm --archive "$T/archive" --append "$patience" "$@" -c "$_commands" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	return $_status
}

# Each line that the module's source asserts comes once, as ok, and none as not ok.
passes() {
	wants "$1" >"$T/want"
	sed -n "s/^\[[^]]*\] $1: \(\(not \)\{0,1\}ok - .*\)/\1/p" "$T/out" | sort >"$T/got"
	[ -s "$T/want" ] && diff "$T/want" "$T/got"
}

has() {
	grep -qxF "$1" "$T/out"
}

ok "modules are built against the distribution's headers" build
names=$(cd tests/linux/modules && echo test_*.c | sed 's/\.c//g')
for where in "" isolated=1; do
	for cpus in 1 4; do
		kind="${where:-kernel}, $cpus CPUs"
		ok "Debian's modules come and go: $kind" guest "
			$(cat tests/boot/memory.functions)
			memory() { sleep 1; free_kb; }
			come_and_go() {
				cd /lib/modules/*/kernel/debian
				insmod crc7.ko $where && insmod crc16.ko $where && insmod lz4_compress.ko $where
				for i in $names; do insmod /modules/\$i.ko $where; dmesg -c; rmmod \$i; done
				lsmod | sed 1d | awk '{ print \$1, \$3 }' | sort | xargs echo now
				rmmod crc7 && rmmod crc16 && rmmod lz4_compress && rmmod linux
				sleep 1; dmesg -c | grep -E 'left behind|BUG'
			}
			come_and_go >/dev/null; before=\$(memory); come_and_go
			lost=\$((before - \$(memory))); [ \$lost -le 64 ] && echo 'nothing is lost' || echo \"\$lost kB are lost\"
			lsmod | sed 1d | cut -d' ' -f1 | xargs echo left" --cpus $cpus
		ok "... and are what they should be meanwhile: $kind" has "now crc16 0 crc7 0 linux 3 lz4_compress 0 runtime 1"
		for name in $names; do
			ok "$name: $kind" passes "$name"
		done
		ok "... nothing is left behind: $kind" sh -c "! grep -E 'left behind|BUG' $T/out"
		ok "... nor any memory in use: $kind" has "nothing is lost"
		ok "... nor a module but what the kernel's domain had: $kind" has "$([ "$where" ] && echo left || echo "left runtime")"
	done
done

ok "modprobe finds them, and takes them out" guest 'modprobe crc16 && grep -c ^crc16 /proc/modules && modprobe -r crc16
	! grep ^crc16 /proc/modules'
ok "without linux.ko they are refused, with a reason" guest 'rm /lib/modules/*/kernel/linux.ko
	insmod /lib/modules/*/kernel/debian/crc7.ko 2>/dev/null || echo refused; dmesg | grep "linux"'
ok "... which names it" grep -q "crc7.*linux" "$T/out"
tap_done
