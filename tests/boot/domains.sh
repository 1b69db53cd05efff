#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Devices of modules through the shell, in the kernel's own domain and in isolated ones, which are ended and made anew.
. tests/tap.sh
. tests/boot/domains.guest

# ---- the same devices in both kinds of domain -----------------------------------------------------------------------

for where in "" isolated=1; do
	for cpus in 1 4; do
		kind="${where:-kernel}, $cpus CPUs"
		ok "devices are used through the shell: $kind" guest devices --cpus $cpus <<END
		devices $where
END
		ok "... and do what they should: $kind" diff tests/boot/domains.devices "$T/devices"
	done
done

# ---- ended from outside ----------------------------------------------------------------------------------------------

ok "domains that are ended while threads of theirs are everywhere" guest ended --cpus 4 <<'END'
	insmod char/queue.ko isolated=other
	each_ending 1 2 3
	before=$(memory)
	each_ending 4 5 6 7 8 9 10 11 12 13
	lost $before
END
ok "... leave nothing behind" has ended "nothing is lost"
ok "... and harm nobody" has ended "served"

ok "a module that is to be loaded anew" guest anew <<'END'
	insmod char/queue.ko isolated=q restart=2
	for i in 1 2 3; do
		echo "$i" >/dev/queue && read -r line </dev/queue && echo "served $line"
		echo q >/proc/domains
		while ! [ -e /dev/queue ] && grep -q "^q " /proc/domains; do sleep 0.1; done
		sleep 1
	done 2>/dev/null
END
ok "... serves the next request after each death" has anew "served 3"
ok "... and is not after the last" [ "$(grep -c served "$T/anew")" = 3 ]

# ---- in the kernel's own domain: detected, not contained -------------------------------------------------------------

ok "a fault in the kernel's own domain" guest kernel <<'END'
	insmod faulty/fault.ko what=null_write when=read
	cat /dev/fault || echo refused
	insmod char/queue.ko && echo fine >/dev/queue && head -n 1 /dev/queue
END
ok "... is an error for who called" has kernel refused
ok "... and the kernel lives" has kernel fine
tap_done
