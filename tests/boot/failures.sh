#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Failure classes that other module systems have shown, in the guest; the process host's tests have others of the same list.
. tests/tap.sh
. tests/boot/domains.guest

ok "requests in a cycle" guest cycle --cpus 2 <<'END'
	dmesg -n 1
	insmod faulty/request-self.ko 2>/dev/null
	dmesg -c | sed -n 's/.*request_self: asked for/itself:/p' | tail -n 1
	insmod faulty/request-a.ko 2>/dev/null
	dmesg -c | sed -n 's/.*request_b: asked for/cycle:/p' | tail -n 1
	insmod examples/hello.ko && echo "others load"
END
ok "F-08: a request from inside its own load is refused, not waited for" has cycle "itself: request_self: -35"
ok "... also if it leads there through modprobe" has cycle "cycle: request_a: -40"
ok "... and others are served" has cycle "others load"

# Each value is one letter, as often as fits: a mixture would show.
ok "a parameter that is written and read at once" guest parameter --cpus 4 <<'END'
	modprobe params number=1
	cd /sys/module/params/parameters
	for value in 1111111111 -222222222 333333333; do
		(for i in $(seq 150); do echo $value >number; done) &
	done
	for i in $(seq 200); do cat number; done | sort -u >/tmp/seen
	wait
	grep -vx '1\|1111111111\|-222222222\|333333333' /tmp/seen || echo "all whole"
	echo 7 >number
	echo 99999999999 >number 2>/dev/null; echo x >number 2>/dev/null; echo "refused: $(cat number)"
END
ok "F-36: a reader sees one whole value" has parameter "all whole"
ok "... and a value that is refused leaves the old one" has parameter "refused: 7"

# storm NAME OPTION...: four disks are found at boot, which all want the same driver; and programs ask for it meanwhile.
for i in 1 2 3 4; do
	truncate -s 1M "$T/disk$i"
done
storm() {
	_storm=$1
	shift
	guest "$_storm" "$@" --disk "$T/disk1" --disk "$T/disk2" --disk "$T/disk3" --disk "$T/disk4" <<'END'
	for i in 1 2 3 4 5 6 7 8; do modprobe virtio_blk & done
	wait
	cat /dev/none 2>/dev/null # waits until what the boot has found has its modules
	for i in a b c d; do [ -b /dev/vd$i ] && dd if=/dev/vd$i bs=512 count=1 2>/dev/null | wc -c; done
	find /sys/devices /sys/bus/pci | grep -v '/module\|uevent' | sort
	for i in /sys/bus/pci/devices/*; do readlink $i/driver; done
	echo "probes: $(dmesg | grep -c 'virtio_blk: vd[a-d]: ')"
END
}
ok "four disks, one CPU" storm serial --cpus 1
ok "four disks, 4 CPUs" storm parallel --cpus 4
ok "F-43: many requests for one driver, and it probes each disk once" has parallel "probes: 4"
ok "... and serves it" [ "$(grep -cx 512 "$T/parallel")" = 4 ]
ok "F-44: devices found by several CPUs are the same tree as by one" diff "$T/serial" "$T/parallel"

ok "a callback that does not return" guest hung --cpus 2 <<'END'
	dmesg -n 1
	insmod faulty/hang.ko what=loop when=read isolated=harm
	insmod examples/hello.ko
	cat /dev/hang 2>/dev/null &
	while ! grep -q '^harm alive inside=1' /proc/domains; do :; done
	rmmod hello && echo "others are unloaded"
	wait
	gone
	dmesg | sed -n 's/.*harm: domain is dead: //p'
END
ok "F-48: a callback that hangs is named" has hung "hang: computed for too long"
ok "... and others are unloaded meanwhile" has hung "others are unloaded"

ok "modules that taint the kernel" guest taint <<'END'
	dmesg -n 1
	cat /proc/sys/kernel/tainted /proc/taints
	insmod faulty/missing-symbol.ko 2>/dev/null
	modprobe runtime
	echo warn >/sys/module/module/parameters/signatures
	before=$(cut -d. -f1 /proc/uptime)
	(cat examples/hello.ko; echo) >/tmp/hello.ko # then it has no signature
	insmod /tmp/hello.ko
	cat /sys/module/hello/taint
	rmmod hello
	modprobe fault what=null_write when=read; cat /dev/fault 2>/dev/null
	rmmod fault 2>/dev/null
	after=$(cut -d. -f1 /proc/uptime)
	sed 's/ [0-9]*[.][0-9]* / at /' /proc/taints
	cat /proc/sys/kernel/tainted
	cut -d' ' -f2 /proc/taints | cut -d. -f1 | while read -r at; do [ $at -ge $before ] && [ $at -le $after ] || echo "at $at"; done
END
ok "F-34: nothing has tainted it before" [ "$(head -n 1 "$T/taint")" = 0 ]
ok "... what did is kept with its name when it has gone, and when it came" \
	[ "$(sed 1d "$T/taint" | tr '\n' ' ')" = "E E at hello D at fault 8320 " ]

# reported NAME: what a report of a fault says besides where it was.
reported() {
	cat "$T/$1"
	grep -q "null_write+0x[0-9a-f]* \[fault\]" "$T/$1" &&
		grep -q "fault: build-id $(readelf -n "$O/modules/x86_64/faulty/fault.ko" | sed -n 's/ *Build ID: //p'), taints none, used by none" "$T/$1" &&
		grep -q "fault: what=null_write" "$T/$1" && grep -q "hello: gone, was at 0x[0-9a-f]* to 0x[0-9a-f]*" "$T/$1"
}
FAULT='dmesg -n 1; insmod examples/hello.ko; rmmod hello; dmesg -c >/dev/null
insmod faulty/fault.ko what=null_write when=read; cat /dev/fault 2>/dev/null; dmesg | sed "s/^\[ *[0-9.]*\] //"'
ok "a fault of a module" guest fault <<END
	$FAULT
END
ok "F-47: it is reported with function, build id, parameters, users, and who has gone" reported fault
guest panic --append fault_panics >/dev/null 2>&1 <<END
	$FAULT
END
ok "... also if it is the end" reported panic
tap_done
