#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# What we do and kmod does not, on Debian's kernel: all or nothing, loading at the same time, parameters checked, who
# uses a module.
# Not quick: boots a kernel.
. tests/tap.sh
. tests/machine/machine.sh

image appletalk loop ext4 vxlan btrfs bridge dummy tun can
cat >"$T/script" <<'END'
clean
none_loaded() {
	! grep . /proc/modules
}
says() { # TEXT COMMAND...
	_text=$1
	shift
	"$@" >/tmp/out 2>&1
	cat /tmp/out
	grep -qF -- "$_text" /tmp/out
}
breaks() { # MODULE: its file is altered in the middle of what is signed
	_ko=$(find /lib/modules -name "$1.ko")
	cp "$_ko" /whole.ko
	printf '\125\125\125\125' | dd of="$_ko" bs=1 seek=2000 conv=notrunc
}
mends() {
	cp /whole.ko "$_ko"
}

breaks appletalk
ok "modprobe leaves what it has loaded when the last fails" fails_with 1 "appletalk" modprobe appletalk
ok "... psnap" loaded psnap
clean
ok "all or nothing" fails_with 1 "appletalk" modprobe --all-or-nothing appletalk
ok "... nothing is left" none_loaded
ok "tenon load is so by itself" fails_with 1 "appletalk" tenon load appletalk
ok "... nothing is left" none_loaded
modprobe llc
ok "what was there before" fails_with 1 "appletalk" tenon load dummy loop appletalk
ok "... is left" loaded llc
ok "... nothing else" sh -c '[ "$(wc -l </proc/modules)" -eq 1 ]'
mends
clean

ok "four at the same time" tenon load --threads=4 ext4 btrfs vxlan bridge appletalk can
for module in ext4 btrfs vxlan bridge appletalk can; do
	ok "... $module is loaded" grep "^$module .* Live" /proc/modules
done
ok "tenon unload takes them all out" tenon unload ext4 btrfs vxlan bridge appletalk can
ok "... with all that they needed" sh -c '! grep -E "jbd2|raid6|xor|llc|psnap|udp_tunnel" /proc/modules'
clean

ok "F-35 parameters that there are not, and wrong ones, are all told" \
	fails_with 1 "max_lop" tenon load loop max_lop=3 max_part=many
ok "F-35 ... the second too" grep max_part /tmp/out
ok "F-35 ... before anything is loaded" none_loaded
ok "those in order are set" tenon load loop max_loop=3 max_part=7
ok "... all of them" sh -c 'cd /sys/module/loop/parameters && cat max_loop max_part | xargs | grep "^3 7$"'

exec 9</dev/loop0
ok "rmmod names the process that has a device open" says "/dev/loop0 is open in process $$ (init)" rmmod loop
ok "... so does modprobe -r" says "/dev/loop0 is open in process $$ (init)" modprobe -r loop
ok "tenon unload leaves what is in use" fails_with 1 "loop" tenon unload loop
exec 9<&-
ok "tenon unload" tenon unload loop
modprobe appletalk
ok "rmmod names the module that uses it" says "in use by: appletalk" rmmod psnap
echo 'forbid can' >/etc/modprobe.d/a.conf
ok "insmod of what is forbidden, by its path" fails_with 1 "a.conf:1" insmod "$(find /lib/modules -name can.ko)"
ok "... it is not loaded" gone can
clean
END
boot '' -smp 2 <"$T/script"
tap_done
