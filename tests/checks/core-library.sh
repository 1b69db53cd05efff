#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# `make core`: a library for a kernel's own build, in which nothing is visible but tenon_*, and which needs nothing but the
# string functions of core/string.h.
# Not quick: it compiles the core for each CPU.
. tests/tap.sh

tool() { # ARCH
	case $1 in
	x86_64) echo ;;
	arm) echo arm-none-eabi- ;;
	*) echo "$1-linux-gnu-" ;;
	esac
}

strings=$(sed -n 's/^[a-z].*[ *]\([a-z]*\)(.*;$/\1/p' core/string.h | sort)
ok "core/string.h says what the core needs" [ -n "$strings" ]

visible() { # ARCH: nothing but tenon_*
	"$(tool "$1")nm" -g --defined-only "$O/core-$1/libtenon.a" | awk 'NF == 3 && $3 !~ /^tenon_/ { print; bad = 1 } NF == 3 { n++ }
		END { exit bad || n < 40 }'
}

needed() { # ARCH: undefined symbols that are neither string functions nor, on a small CPU, the compiler's own
	"$(tool "$1")nm" -u "$O/core-$1/libtenon.a" | awk 'NF == 2 { print $2 }' | grep -v '^__aeabi_' | sort |
		comm -23 - "$T/strings"
}

printf '%s\n' $strings >"$T/strings"
for arch in x86_64 aarch64 riscv64 arm; do
	flags=-Os
	[ $arch != arm ] || flags='-Os -mcpu=cortex-m4 -mthumb'
	[ $arch != riscv64 ] || flags='-Os -mcmodel=medany'
	ok "$arch: make core" make -s core ARCH=$arch CFLAGS="$flags" O="$O"
	ok "$arch: nothing else is visible" visible $arch
	ok "$arch: nothing else is needed" [ -z "$(needed $arch)" ]
	ok "$arch: headers and list are there" sh -c "[ -f '$O/core-$arch/include/tenon/core.h' ] && xargs ls <'$O/core-$arch/sources'"
	[ $arch = arm ] || ok "$arch: a program of public headers alone compiles" sh -c "printf '#include \"tenon/core.h\"\n#include \"tenon/small.h\"\n' |
		$(tool $arch)gcc -std=gnu11 -ffreestanding -Wall -Werror -I '$O/core-$arch/include' -x c -c -o /dev/null -"
done

# medany, the code model of kernels that lie anywhere: the core that was made with it loads the examples. With the library's
# objects, because the program reads modules with core/fmt.
medany() {
	riscv64-linux-gnu-gcc -std=gnu11 -O2 -mcmodel=medany -static -I. -Iinclude -I"$O/include" -o "$T/medany" \
		tests/port/footprint.c port/mps2/pool.c $(sed "s,.*,$O/obj/core-riscv64/&.o," "$O/core-riscv64/sources") &&
		qemu-riscv64 "$T/medany" "$O/modules/riscv64" 2560 288 9216
}
ok "riscv64: a core of the medany code model loads modules" medany

# Thumb-2: a link takes of the library what it uses. How much that may be is measured by make bench.
arm_text() { # LIBRARY
	arm-none-eabi-gcc -std=gnu11 -Os -mcpu=cortex-m4 -mthumb -nostdlib -I. -Iinclude -Wl,--gc-sections \
		-Wl,--unresolved-symbols=ignore-all -T bench/size.ld -Wl,-u,api -o "$T/size.elf" bench/size_main.c "$1" -lgcc &&
		arm-none-eabi-size -A "$T/size.elf" | awk '$1 == ".core_text" { print $2 }'
}
whole=$(arm_text "$O/core-arm/libtenon.a")
ok "Thumb-2: core.h links ($whole bytes of text)" [ "$whole" -gt 0 ]
small=$(arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -nostdlib -Wl,--gc-sections -Wl,--unresolved-symbols=ignore-all -T bench/size.ld \
	-Wl,-e,tenon_small_load -Wl,-u,tenon_small_unload -Wl,-u,tenon_arch_arm -o "$T/small.elf" "$O/core-arm/libtenon.a" -lgcc &&
	arm-none-eabi-size -A "$T/small.elf" | awk '$1 == ".core_text" { print $2 }')
ok "Thumb-2: the small profile links without the rest ($small bytes)" [ "$small" -lt $((whole / 2)) ]
tap_done
