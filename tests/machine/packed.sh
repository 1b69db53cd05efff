#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# A newer kernel, which unpacks .xz modules by itself: it is left to do so, and where it cannot, we do.
# Not quick: boots a kernel.
. tests/tap.sh
. tests/machine/machine.sh
[ -e "$backports/release" ] || skip_all "Debian's newer kernel is not there; ./test downloads it"
release=$(cat "$backports/release")
debian=$backports/lib/modules/$release
kernel=$backports/boot/vmlinuz-$release

image loop dummy tun vsock-loopback crc7 crc-itu-t ts_bm
# The kernel has no zstd and gzip, and of xz only what has a CRC-32 or none.
for pack in "dummy zstd zst" "crc7 gzip gz" "crc-itu-t xz xz"; do
	set -- $pack
	ko=$(find "$guest/lib" -name "$1.ko.xz")
	unxz "$ko"
	"$2" -c "${ko%.xz}" >"$T/packed"
	rm "${ko%.xz}"
	mv "$T/packed" "${ko%.xz}.$3"
done
ts_bm=$(find "$guest/lib" -name ts_bm.ko.xz)
head -c 1000 "$ts_bm" >"$T/cut"
mv "$T/cut" "$ts_bm"
"$static/depmod" -b "$guest" "$release" 2>"$T/depmod.err"
ok "depmod warns of a file that is cut" grep ts_bm "$T/depmod.err"

cat >"$T/script" <<'END'
trace=/sys/kernel/tracing
mount -t tracefs tracefs $trace
echo 1 >$trace/events/syscalls/sys_enter_finit_module/enable
echo 1 >$trace/events/syscalls/sys_exit_finit_module/enable
echo 1 >$trace/events/syscalls/sys_enter_init_module/enable

# by_kernel CNT FAILED BY_US MODULE: loading it makes CNT calls that have the kernel unpack, FAILED of which fail, and
# BY_US with what we have unpacked.
by_kernel() {
	clean
	echo >$trace/trace
	modprobe "$4" || return
	cat $trace/trace
	[ "$(grep -c 'sys_finit_module(.*flags: 4' $trace/trace)" -eq "$1" ] &&
		[ "$(grep -c 'sys_finit_module -> 0xf' $trace/trace)" -eq "$2" ] &&
		[ "$(grep -c ' sys_init_module(' $trace/trace)" -eq "$3" ] && loaded "$4"
}

ok "the kernel can unpack xz" grep -x xz /sys/module/compression
ok "it does" by_kernel 1 0 0 loop
ok "with dependencies" by_kernel 3 0 0 vsock_loopback
ok "zst is unpacked by us" by_kernel 0 0 1 dummy
ok "gz too" by_kernel 0 0 1 crc7
ok "xz with a checksum that the kernel does not know: it refuses, and we unpack" by_kernel 1 1 1 crc_itu_t
clean
ok "a file that is cut is refused" fails_with 1 "ts_bm" insmod "$(find /lib/modules -name 'ts_bm*')"
ok "... and not loaded" gone ts_bm

clean
# Debian's kmod unpacks and alters it, which makes the signature wrong.
ok "force, of a packed module" sh -c 'modprobe -f tun && grep "^tun .*(FE)" /proc/modules'

# Debian's kmod always unpacks by itself.
same "modules, parameters, in use" "loop.max_part=15" <<'EOF'
try modprobe vsock_loopback
try modprobe loop max_part=15
parameter loop max_part
exec 9</dev/loop0
try rmmod loop
exec 9<&-
try modprobe tun
try modprobe -r tun loop
EOF
END
boot '' <"$T/script"
tap_done
