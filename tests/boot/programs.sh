#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# System calls as programs meet them: each program of tests/boot/programs/ is the first process of a new guest.
. tests/tap.sh
. tests/boot/vm.sh

for source in tests/boot/programs/*.c; do
	name=$(basename "$source" .c)
	case $name in failing | protocols) continue ;; esac # long, and about one thread; tests/boot/network.sh has what it needs
	memory=64M
	[ "$name" != packed ] || memory=256M # 16 MiB of it in one piece
	ok "$name, one CPU" program "$name" "" -m $memory
	ok "$name, 4 CPUs" program "$name" "" -m $memory -smp 4
done
ok "failing, 4 CPUs" program failing "" -smp 4 -device virtio-rng-pci
tap_done
