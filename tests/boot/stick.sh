#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Sticks that people plug and pull from outside: ./run --plug, ./run --unplug.
. tests/tap.sh
. tests/boot/vm.sh

dd if=/dev/urandom of="$T/stick" bs=64k count=4 2>/dev/null
says() { O="$T" ./run "$@" 2>&1; }

# The monitor is in $T, where no other test's machine is.
ok "no machine" [ "$(says --unplug)" = "run: no machine with USB runs; start one in another terminal: ./run --vm --usb" ]
ln -s "$(realpath "$O/kernel")" "$(realpath "$O/image")" "$T/"
O=$T timeout -k 5 300 kernel/vm --debug --usb -c 'until [ -b /dev/sda ]; do sleep 0.1; done; md5sum </dev/sda
while [ -b /dev/sda ]; do sleep 0.1; done; echo gone
until [ -b /dev/sda ]; do sleep 0.1; done' >"$T/out" 2>&1 &
until [ -S "$T/usb.monitor" ]; do sleep 0.1; done
ok "no stick" [ "$(says --unplug)" = "run: no stick is plugged" ]
ok "no file" [ "$(says --plug "$T/none")" = "run: there is no file $T/none" ]
ok "a stick is plugged" says --plug "$T/stick"
until grep -q . "$T/out"; do sleep 0.1; done
ok "... and pulled" says --unplug
ok "... and plugged again, which ends the machine" says --plug "$T/stick"
wait $!
ok "... which the guest saw, with what is on it" \
	[ "$(cat "$T/out")" = "$(md5sum <"$T/stick")
gone" ]
tap_done
