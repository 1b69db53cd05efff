#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# size.sh BUILD-DIR - bytes of the core's code for Thumb-2, -Os: of the smallest profile, and of all of core.h with
# native modules. Linked with --gc-sections, functions of the C library left out. How large each function is:
# BUILD-DIR/bench/size-*.txt
set -eu
out=${1:?usage: size.sh BUILD-DIR}

# text LIBRARY LIST ROOT...: link what the roots need; print the size of its code. Its functions go to the list.
text() {
	_lib=$1 _list=$2
	shift 2
	arm-none-eabi-ld -r --gc-sections $(printf -- '-u %s ' "$@") -o "$_list.o" "$_lib"
	arm-none-eabi-nm -S --radix=d "$_list.o" | awk 'tolower($3) == "t" { print $2 + 0, $4 }' | sort -rn >"$_list.txt"
	arm-none-eabi-size -A "$_list.o" | awk '/^\.text/ { sum += $2 } END { print sum }'
}

figure() { # NAME VALUE LIMIT NOTE
	echo "$1 $2 $3 $([ "$2" -le "$3" ] && echo ok || echo over)  # $4"
}

small=$(text "$out/core/arm-small/libtenon.a" "$out/bench/size-small" tenon_small_load tenon_small_unload \
	tenon_arch_arm)
whole=$(text "$out/core/arm/libtenon.a" "$out/bench/size-whole" tenon_native tenon_arch_arm \
	$(arm-none-eabi-nm "$out/core/arm/libtenon.a" | awk '$2 == "T" && $3 ~ /^tenon_/ && $3 !~ /^tenon_small/ { print $3 }'))
figure size.load_link_unload "$small" 5000 "LLEXT 4276, NuttX 5977, GRUB on x86-64 3328"
figure size.whole "$whole" 12000 "all of core.h, native modules, one CPU; functions by size: build/bench/size-whole.txt"
