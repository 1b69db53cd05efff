#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The objects of tests/oracle, which contain every relocation type of each CPU, through a whole load instead of the
# CPU's table alone, compared with GNU ld.
. tests/tap.sh

# Give them the one thing that the loader wants of any file, a name, and make room before the GOT, which linkers
# begin with a header of 8 bytes; link them; list them for compare.py.
load_all() { # CPU OBJCOPY BASE
	_list=$O/tests/oracle/$1.list
	mkdir -p "$T/$1"
	printf 'name=object\0' >"$T/modinfo"
	printf '8 bytes.' >"$T/room"
	cut -d' ' -f1 "$_list" | sort -u | while read -r object; do
		to=$T/$1/$(basename "$object")
		"$2" --add-section .modinfo="$T/modinfo" --set-section-flags .modinfo=alloc,readonly \
			--add-section .room="$T/room" --set-section-flags .room=alloc,readonly "$object" "$to" &&
			"$2" --set-section-alignment .room=16 "$to" || return 1
		echo "$to $to" >>"$T/$1.list"
	done
	"$O/tests/debian/load_object" "$1" "$3" "$T/$1" "$T/$1"/*
}

compared() { # CPU
	python3 -B tests/oracle/compare.py --types "include/tenon/fmt/elf_$1.h" "$T/$1.list"
}

for cpu in x86_64=objcopy=0xffffffffc0000000 aarch64=aarch64-linux-gnu-objcopy=0xffff800001000000 \
	riscv64=riscv64-linux-gnu-objcopy=0x60000000 arm=arm-none-eabi-objcopy=0x20000000; do
	IFS== read -r name objcopy base <<-END
		$cpu
	END
	ok "$name: the objects load" load_all "$name" "$objcopy" "$base"
	ok "$name: they are equal to GNU ld's, every relocation type" compared "$name"
done
tap_done
