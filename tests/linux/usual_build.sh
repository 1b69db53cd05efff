# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For tests of modules written in the usual way, to be read after tests/tap.sh; skips the test if they cannot be built. The
# environment's LINUX_KERNEL says for which kernel, as in linux/build.mk.
kernel=${LINUX_KERNEL:-amd64}
case $kernel in
amd64) ko=$O/modules/x86_64/linux/linux.ko ;;
*) ko=$O/linux/$kernel/modules/x86_64/linux/linux.ko ;;
esac
headers=$(realpath "$O/debian/$kernel"/usr/src/linux-headers-*-amd64)
if [ ! -f "$ko" ] || [ ! -d "$headers" ]; then
	echo "1..0 # SKIP linux.ko or the kernel's headers are not there"
	exit 0
fi

# build [SOURCES]: by Linux's own build system, in $T/modules. The headers are not where their makefile would look for the common ones, so that
# one is named. Without types for BPF, which a program of another package makes.
build() {
	mkdir -p "$T/modules" && cp "${1:-tests/linux/modules}"/* "$T/modules" &&
		make -C "$headers" -f "$(echo "${headers%/*}"/linux-headers-*-common*)/Makefile" ARCH=x86 KERNELRELEASE="${headers##*linux-headers-}" \
			M="$T/modules" CONFIG_DEBUG_INFO_BTF_MODULES= modules >"$T/log" 2>&1 || { cat "$T/log"; return 1; }
}

# build_bugs NAME...: those of tests/linux/bugs, likewise.
build_bugs() {
	mkdir "$T/bugs" && for bug; do
		cp "tests/linux/bugs/$bug.c" "$T/bugs"
		echo "obj-m += $bug.o" >>"$T/bugs/Kbuild"
	done
	build "$T/bugs"
}

# wants MODULE: what its source asserts, a line each.
wants() {
	sed -n 's/.*check(.*, "\(.*\)");$/ok - \1/p' "tests/linux/modules/$1.c" | sort
}
