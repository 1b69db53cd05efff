#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Frames through Debian's vcan: what a module written in the usual way asserts of them (tests/linux/frames/), in both kinds of domain.
. tests/tap.sh
. tests/linux/usual_build.sh
. tests/linux/prompt.sh
modules=$(echo "$O"/linux-tree/lib/modules/*)

carried() { # OPTIONS-OF-INSMOD
	sed -n 's/.*check(.*, "\(.*\)");$/ok - \1/p' tests/linux/frames/frames.c | sort >"$T/want"
	good "modprobe $1 vcan; modprobe $1 can-raw; insmod $1 $T/modules/frames.ko; rmmod frames vcan can_raw can" &&
		sed -n 's/^\[[^]]*\] frames: \(\(not \)\{0,1\}ok - .*\)/\1/p' "$T/out" | sort >"$T/got"
	[ -s "$T/want" ] && diff "$T/want" "$T/got"
}

user=
ok "a module is built against the distribution's headers" build tests/linux/frames
ok "vcan carries frames between sockets of can-raw" carried ''
ok "... isolated" carried --isolated
tap_done
