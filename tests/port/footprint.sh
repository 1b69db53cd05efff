#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The figures of docs/porting.md: stack of a load, stack for each level of dependencies, heap of a load, in bytes.
# Thumb-2 is measured on the board (tests/boot/mps2).
. tests/tap.sh
out=${O:-build}

footprint() { # CPU
	case $1 in
	x86_64) _run= ;;
	*) _run="qemu-$1" ;;
	esac
	set -- "$1" $(awk -F'|' -v cpu="$1" '$2 ~ "^ *" cpu " *$" { print $3 + 0, $4 + 0, $5 + 0 }' docs/porting.md)
	[ $# = 4 ] && $_run "$out/tests/port/footprint-$1" "$out/modules/$1" "$2" "$3" "$4"
}

for cpu in x86_64 aarch64 riscv64; do
	ok "$cpu: a load takes no more stack and heap than docs/porting.md says" footprint $cpu
done
tap_done
