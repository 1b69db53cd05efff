#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Debian's drivers of network cards, unmodified and over linux.ko, carry what our kernel's TCP/IP sends and receives: loaded by
# their card's alias, in the kernel's own domain and in an isolated one, where a fault costs a moment.
. tests/tap.sh
. tests/linux/usual_build.sh
. tests/boot/transfer.sh
bugs="bug_null bug_wild_write bug_endless"
drivers="e1000 ne2k-pci 8390 pcnet32 8139cp mii tulip"
release=$(sed -n 's/^#define KERNEL_RELEASE "\(.*\)"$/\1/p' kernel/release.h)

pack() {
	OUT=$T/linux user/image/make_linux "$O" "$release" "$O/image/tree/files" $drivers "$T"/modules/bug_*.ko
}

says() {
	grep -qxF "$1" "$T/out" || { cat "$T/out"; return 1; }
}

# shellcheck disable=SC2086 # each is a word
ok "modules with faults are built" build_bugs $bugs
ok "an archive has them, and Debian's drivers" pack
serve_files
head -c 1048576 "$T/www/file" >"$T/www/part"
part=$(md5sum <"$T/www/part")
archive="--archive $T/linux.cpio"
isolated="linux.isolated=nic linux.restart=9 e1000.isolated=nic e1000.restart=9"
MAC=52:54:00:12:34:56

for where in "" "$isolated $patience"; do
	name=e1000${where:+ isolated}
	ok "$name: an address, a file of this machine's" in_guest --net --card e1000 $archive --dump "$T/dump" -- "$BEGIN
wget -q -O - http://10.0.2.2:$port/file | md5sum; ping -c 1 10.0.2.2 | grep -c '1 packets received'; ifconfig eth0 | grep -o 'inet addr:[0-9.]*'
cat /sys/class/net/eth0/address; ifconfig eth0 | grep -c RUNNING; dmesg | grep -c 'e1000: eth0 NIC Link is Up 1000 Mbps'
echo 50 >/sys/module/module/parameters/idle_ms; sleep 4; lsmod | grep -E '^(e1000|virtio_net|e1000e) ' | cut -d' ' -f1; dmesg | grep -E 'DMA uncontained|refused to|BUG'; true"
	ok "... is whole" prints "$sum" 1 "inet addr:10.0.2.15" $MAC 1 1 e1000
	ok "... and no packet is malformed" well_formed "$T/dump"
	ok "$name: a file of the guest's, for curl" fetch e1000 $archive
	ok "$name comes and goes" in_guest --net --card e1000 $archive -- "$(cat tests/boot/memory.functions); dmesg -n 1
round() {
	modprobe e1000 && udhcpc -i eth0 -n -q >/dev/null 2>&1 && ping -c 1 10.0.2.2 | grep '1 packets received'
	rmmod e1000; rmmod linux; ls /sys/class/net; grep -E '^(e1000|linux) ' /proc/modules
}
$BEGIN; round; before=\$(free_kb); round; round; sleep 1
for look in \$(seq 100); do [ \$(free_kb) -ge \$((before - 64)) ] && echo 'nothing is lost' && break; sleep 0.1; done
dmesg | grep -E 'left behind|BUG|e1000: loaded anew'; true"
	ok "... and leaves nothing" prints "1 packets transmitted, 1 packets received, 0% packet loss" \
		"1 packets transmitted, 1 packets received, 0% packet loss" \
		"1 packets transmitted, 1 packets received, 0% packet loss" "nothing is lost"
done

# Drivers that find their registers behind ports work where instructions for ports do.
where=
for i in ne2k_pci:ne2k-pci pcnet:pcnet32 rtl8139:8139cp tulip:tulip; do
	card=${i%:*} driver=${i#*:}
	ok "$driver: a file of this machine's" in_guest --net --card "$card" $archive -- "$BEGIN
wget -q -O - http://10.0.2.2:$port/part | md5sum; dmesg | grep -o 'BUG.*'; true"
	ok "... is whole" says "$part"
done
where="linux.isolated=nic ne2k_pci.isolated=nic 8390.isolated=nic"
ok "ne2k-pci isolated has no ports" in_guest --net --card ne2k_pci $archive -- "modprobe ne2k-pci; dmesg -n 1
dmesg | grep -o 'ne2k-pci does not serve.*'; ls /sys/class/net; grep -c '^nic alive' /proc/domains; rmmod ne2k_pci"
ok "... and says that it serves nothing" says "ne2k-pci does not serve 0000:00:01.0: error 19"
ok "... its domain and the kernel live" says 1

# A module of the same domain faults in the middle of a transfer: all of the domain is loaded anew, the connection goes on.
where=$isolated
for bug in $bugs; do
	ok "$bug in the middle of a transfer" in_guest --net --card e1000 $archive -- "$BEGIN; dmesg -n 1
wget -q -O /tmp/file http://10.0.2.2:$port/file & until [ -s /tmp/file ]; do sleep 0.1; done
insmod /lib/modules/*/kernel/debian/$bug.ko isolated=nic 2>/dev/null; wait; md5sum </tmp/file
dmesg | grep -q 'nic: domain is dead: .*$bug' && echo 'it ends the domain'
for look in \$(seq 300); do dmesg | grep -q 'e1000: loaded anew into the domain nic' && echo 'which is there again' && break; sleep 0.1; done
for look in \$(seq 100); do ping -c 1 -W 1 10.0.2.2 2>/dev/null | grep -q '1 packets received' && echo 'packets pass' && break; sleep 0.1; done
ip link set eth0 down; rmmod e1000; rmmod linux
grep -E '^(e1000|linux|bug)' /proc/modules || echo 'the kernel lives'"
	ok "... ends the domain of the driver" says "it ends the domain"
	ok "... which is loaded anew" says "which is there again"
	ok "... the file is whole" says "$sum"
	ok "... packets pass" says "packets pass"
	ok "... all of it unloads, and the kernel lives" says "the kernel lives"
done
tap_done
