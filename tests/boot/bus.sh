#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Buses that are modules: examples/toybus.c, with drivers in its domain and in others.
. tests/tap.sh

# guest NAME WHERE COMMAND: what it prints, without lines of the log, is $T/NAME.
guest() {
	O=$O timeout -k 5 400 kernel/vm --debug --cpus 2 -c "where='$2'; kernel=/lib/modules/\$(uname -r)/kernel
		$(cat tests/boot/memory.functions tests/boot/bus.commands)
		dmesg -n 1; cat /dev/none 2>/dev/null # waits until what the boot has found has its modules
		modprobe runtime; $3 >/dev/null 2>&1; dmesg -c >/dev/null
		sleep 2; before=\$(free_kb); $3
		for look in \$(seq 10); do sleep 1; [ \$(free_kb) -ge \$((before - 64)) ] && echo 'nothing is lost' && break; done" >"$T/$1" 2>&1
	_status=$?
	cat "$T/$1"
	return $_status
}

# prints NAME <text: that is what it printed.
prints() {
	{ cat && echo "nothing is lost"; } | diff - "$T/$1"
}

for where in "" isolated=toys; do
	ok "a device of a module's bus has its driver loaded: ${where:-kernel}" guest use "$where" use
	ok "... and is what its bus says" prints use <<'END'
toyball  0
toybus  1 toyball
../../../devices/shelf0/ball0
../../../bus/toy/drivers/toyball
../../../bus/toy
red
80
TOY_PLACE=wall
MODALIAS=toy:shelf
toy:ball
2
3
Device or resource busy
in use
2
/dev/ball: No such file or directory
/sys/devices/shelf0/ball0: No such file or directory
2
pci
platform
END
	ok "names, aliases and lines that cannot be are refused: ${where:-kernel}" guest refuse "$where" refuse
	# The kernel's own domain has the bus of PCI already.
	[ -n "$where" ] && room="7 more" last=bus_q || room="6 more" last=bus_p
	ok "... each of them" prints refuse <<END
Invalid argument
Invalid argument
No such file or directory
Invalid argument
Invalid argument
Invalid argument
Invalid argument
Invalid argument
Invalid argument
Invalid argument
Invalid argument
Invalid argument
Invalid argument
Invalid argument
Invalid argument
File exists
Invalid argument
Invalid argument
Invalid argument
File exists
No such file or directory
one there
rival: '': -22
rival: '..': -22
rival: '1toy': -22
rival: 'Toy': -22
rival: 'a b': -22
rival: 'a/b': -22
rival: 'pci': -17
rival: 'platform': -17
rival: 'toy': -17
rival: $room, 0 bytes
rival: $last: -28
rival: init failed with error -5
END
	ok "a bus has so many devices and no more: ${where:-kernel}" guest many "$where" many
	ok "... and not too many behind each other" prints many <<'END'
No space left on device
256
11111111111111111110: File name too long
END
	ok "a bus goes and comes while a driver of another domain is there: ${where:-kernel}" guest alone "$where" alone
	ok "... which loses its devices, and has those of the new one when it is loaded anew" prints alone <<'END'
../../bus/toy/drivers/dawdle
../../bus/toy/drivers/dawdle
dawdle: has toy 2
dawdle: has lost toy 2
dawdle: leaves
dawdle: has left
dawdle: has toy 1
dawdle: leaves
dawdle: has lost toy 1
dawdle: has left
END
	ok "a device is pulled while its driver's module leaves: ${where:-kernel}" guest pull "$where" pull
	ok "... and the driver is told" prints pull <<'END'
dawdle: has toy 1
dawdle: leaves
dawdle: has lost toy 1
dawdle: has left
END
done

ok "the domain of a bus ends" guest die isolated=toys die
ok "... with the driver in it, and that of another domain is told" prints die <<'END'
no bus
no ball
2
dawdle: has toy 2
dawdle: has lost toy 2
END
tap_done
