#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# size.sh BUILD-DIR - bytes of the core's code for Thumb-2, -Os: of the smallest profile (small.h), and of all of core.h
# with native modules (size_main.c). What is never called is left out, as are functions of the C library. How large each
# function is: BUILD-DIR/bench/size-*.txt
set -eu
. "$(dirname "$0")/figure.sh"
out=${1:?usage: size.sh BUILD-DIR}
here=$(dirname "$0")
cc='arm-none-eabi-gcc -std=gnu11 -Os -mcpu=cortex-m4 -mthumb -nostdlib'

# text NAME LIBRARY ARGUMENT...: link what the arguments need of the library; print the size of its code.
text() {
	_name=$out/bench/size-$1 _lib=$2
	shift 2
	$cc -Wl,--gc-sections -Wl,--unresolved-symbols=ignore-all -T "$here/size.ld" -o "$_name.elf" "$@" "$_lib" -lgcc
	arm-none-eabi-nm -S --radix=d "$_name.elf" | awk 'tolower($3) == "t" { print $2 + 0, $4 }' | sort -rn >"$_name.txt"
	arm-none-eabi-size -A "$_name.elf" | awk '$1 == ".core_text" { print $2 }'
}

small=$(text small "$out/core/arm-small/libtenon.a" -Wl,-e,tenon_small_load -Wl,-u,tenon_small_unload -Wl,-u,tenon_arch_arm)
$cc -I. -Iinclude -c -o "$out/bench/size_main.o" "$here/size_main.c"
whole=$(text whole "$out/core/arm/libtenon.a" -Wl,-u,api "$out/bench/size_main.o")
figure size.load_link_unload "$small" 4096 "Thumb-2, -Os; LLEXT 4276, NuttX 5977, GRUB on x86-64 3328"
figure size.whole "$whole" 20000 "all of core.h with native modules and one CPU"
