#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# tenon why, why-not, what-if and graph on Debian's kernel: what uses a module, which device it drives, what stops it.
# Not quick: boots a kernel.
. tests/tap.sh
. tests/machine/machine.sh

image e1000 ext4 loop xfrm_user crc7 crct10dif-pclmul
mkdir "$guest/unsigned"
# objcopy leaves the signature out.
objcopy "$(find "$guest/lib" -name crc7.ko)" "$guest/unsigned/crc7.ko"
cat >"$T/script" <<'END'
clean
tells() { # TEXT ARGUMENT...
	_text=$1
	shift
	tenon "$@" >/tmp/out 2>&1
	cat /tmp/out
	grep -qF -- "$_text" /tmp/out
}
card=/sys/bus/pci/devices/0000:00:05.0

ok "a device that has no driver: nothing is in the way" tells "(e1000): nothing is in the way" why-not $card
ok "why, of a driver that is not loaded: its device" tells "0000:00:05.0, which has no driver; pci:v00008086d0000100Esv" why e1000
echo 'blacklist e1000' >/etc/modprobe.d/a.conf
ok "a blacklisted driver" tells "stopped: e1000 is blacklisted" why-not $card
ok "... says where" grep -qF "[/etc/modprobe.d/a.conf:1]" /tmp/out
rm /etc/modprobe.d/a.conf
ok "what-if modprobe" tells "1. load e1000" what-if modprobe "$(cat $card/modalias)"
ok "... loads nothing" gone e1000
today=$(date -u +%Y-%m-%d)
modprobe "$(cat $card/modalias)"
ok "why, of a driver that is loaded: its device" tells "0000:00:05.0, driver e1000; pci:v00008086d0000100Esv" why e1000
ok "... since when" grep -qE "since ($today|$(date -u +%Y-%m-%d))T" /tmp/out
interface=$(ls $card/net)
ok "why-not, of what has its driver" tells "the device has a driver: e1000, of module e1000" why-not "/sys/class/net/$interface"
echo 0000:00:05.0 >$card/driver/unbind
ok "why-not, of what lost it" tells "its driver did not take the device" why-not $card
echo other >$card/driver_override
ok "why-not, of what is kept for another driver" tells "only the driver 'other'" why-not $card
echo >$card/driver_override
echo 0 >/sys/bus/pci/drivers_autoprobe
ok "why-not, of a bus that gives no drivers" tells "drivers_autoprobe is 0" why-not $card
echo 1 >/sys/bus/pci/drivers_autoprobe

modprobe loop
exec 9</dev/loop7
ok "why, of what a process has open" tells "process $$ (init), which has /dev/loop7 open" why loop
exec 9<&-
dd if=/dev/zero of=/tmp/disk bs=1M count=8 2>/dev/null
mke2fs -F /tmp/disk >/dev/null 2>&1
modprobe ext4
mount -t ext2 -o loop /tmp/disk /mnt
ok "why, of what is mounted" tells "the file system on /mnt (/dev/loop0)" why ext4
ok "what-if rmmod of what is in use" tells "Module ext4 is in use; " what-if rmmod ext4
ok "what-if rmmod of what another uses" tells "Module jbd2 is in use by: ext4" what-if rmmod jbd2
ok "graph of what is loaded" tells '"ext4" -> "jbd2";' graph
umount /mnt
tenon what-if modprobe -r ext4 | sed -n 's/.* unload \([a-z0-9_]*\).*/\1/p' | sort >/tmp/planned
cut -d ' ' -f 1 /proc/modules | sort >/tmp/before
modprobe -r ext4
cut -d ' ' -f 1 /proc/modules | sort >/tmp/after
grep -vxFf /tmp/after /tmp/before >/tmp/went
ok "what-if modprobe -r says what modprobe -r does" cmp /tmp/planned /tmp/went
grep -q . /tmp/went || echo "not ok - nothing went" >&3
modprobe crct10dif-pclmul
ok "the kernel's own blacklist" tells "the kernel was started with module_blacklist=" why-not xfrm_user
ok "JSON of all that is loaded" sh -c '[ $(lsmod --json | grep -c "\"name\": ") -eq $(grep -c . /proc/modules) ]'

ok "nothing keeps crc7 away" tells "crc7 (crc7): nothing is in the way" why-not crc7
mount -t securityfs none /sys/kernel/security
ok "nothing keeps an unsigned file away" tells "nothing is in the way" why-not /unsigned/crc7.ko
echo integrity >/sys/kernel/security/lockdown
ok "... but lockdown does" tells "stopped: crc7: " why-not /unsigned/crc7.ko
ok "... and says so" grep -qF "[/sys/kernel/security/lockdown:1]" /tmp/out
ok "... as the kernel does" fails_with 1 "lock" insmod /unsigned/crc7.ko
echo 1 >/proc/sys/kernel/modules_disabled
ok "loading is switched off" tells "stopped: loading was switched off" why-not crc7
ok "... says the kernel" fails_with 1 "modules_disabled" modprobe crc7
END
boot 'module_blacklist=xfrm_user' -netdev hubport,hubid=0,id=n -device e1000,netdev=n,addr=5 <"$T/script"
tap_done
