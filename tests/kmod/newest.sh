#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# What kmod has come to do since the release that Debian 12 has: the tools of a later release, built from its source, are
# the peer where that could be had.
. tests/tap.sh
. tests/kmod/tree.sh

source=$O/debian/kmod-newest
tree "$T/base"
dir=$T/base/lib/modules/$release
in_tree="-d $T/base -S $release -C /dev/null"

# Symbols, by the name of a module.
"$tools/depmod" -b "$T/base" "$release"
same_symbols() {
	/sbin/modprobe "$1" "$dir/kernel/$2" >"$T/theirs" && "$tools/modprobe" $in_tree "$1" "$3" >"$T/ours" &&
		cmp "$T/theirs" "$T/ours"
}
ok "--show-exports, a module's name" same_symbols --show-exports fs/jbd2/jbd2.ko jbd2
ok "--show-modversions" same_symbols --show-modversions fs/ext4/ext4.ko ext4
ok "... an alias" same_symbols --show-modversions fs/ext4/ext4.ko fs-ext4
ok "... what is built in" fails_with "Module unix has no file, it is built in" "$tools/modprobe" $in_tree --show-exports unix
ok "... an unknown one" fails_with "Module nothing not found" "$tools/modprobe" $in_tree --show-exports nothing

# build-id, as binutils read it.
build_id() {
	[ "$("$tools/modinfo" -F build-id "$1")" = "$(readelf -n "$1" | sed -n 's/.*Build ID: //p')" ]
}
ok "build-id" build_id "$debian/kernel/fs/ext4/ext4.ko"
objcopy --remove-section .note.gnu.build-id "$debian/kernel/lib/crc8.ko" "$T/none.ko" 2>/dev/null
ok "... there is none" [ -z "$("$tools/modinfo" -F build-id "$T/none.ko")" ]

# The same tools, that say that they are a later release.
later() {
	gcc -I. -Iinclude -I"$O/include" -D_GNU_SOURCE -DKMOD_VERSION=36 -fPIC -o "$T/tenon" user/lib/places.c \
		"$O"/obj/pic/user/tools/*.o "$O/lib/libtenon-mod.a" -l:libjansson.a -pthread &&
		ln -s tenon "$T/modprobe" && ln -s tenon "$T/modinfo"
}
ok "a later release" later
ok "... says so" sh -c "'$T/modprobe' -V | grep -q '^kmod version 36 '"
ok "-n prints" sh -c "'$T/modprobe' $in_tree -n vfat | grep -q 'insmod .*/vfat.ko'"
ok "... of release 30 it does not" [ -z "$("$tools/modprobe" $in_tree -n vfat)" ]
ok "modinfo shows the build-id" sh -c "'$T/modinfo' '$debian/kernel/lib/crc8.ko' | grep -q '^build-id:       [0-9a-f]*$'"
ok "... of release 30 it does not" sh -c "! '$tools/modinfo' '$debian/kernel/lib/crc8.ko' | grep -q build-id"

# Blanks at a line's end.
mkdir "$T/conf"
printf 'softdep a pre: b \t \nweakdep x y \t \nsoftdep q post:  r  s  \n' >"$T/conf/a.conf"
printf 'softdep a pre: b\nsoftdep q post: r s\nweakdep x y\n' >"$T/expected"
"$tools/modprobe" -C "$T/conf" -c | grep -a 'dep ' >"$T/ours"
ok "blanks at the end of a softdep or weakdep" diff "$T/expected" "$T/ours"

# Trees in /usr/lib/modules.
mkdir -p "$T/usr/usr/lib"
mv "$T/base/lib/modules" "$T/usr/usr/lib/"
ok "a root with /usr/lib/modules only: depmod" "$tools/depmod" -b "$T/usr" "$release"
ok "... modprobe" sh -c "'$tools/modprobe' -d '$T/usr' -S $release -D ext4 | grep -q '^insmod $T/usr/usr/lib/modules/.*ext4.ko'"
ok "... modinfo" "$tools/modinfo" -b "$T/usr" -k "$release" ext4
ln -s usr/lib "$T/usr/lib"
ok "... where /lib leads there, it keeps its name" sh -c \
	"'$tools/modprobe' -d '$T/usr' -S $release -D ext4 | grep -q '^insmod $T/usr/lib/modules/.*ext4.ko'"

# Indexes in the new order of nodes.
dir=$T/usr/lib/modules/$release
"$tools/modprobe" -d "$T/usr" -S "$release" -C /dev/null -c >"$T/before"
ok "--index-order=preorder" "$tools/depmod" --index-order=preorder -b "$T/usr" "$release"
"$tools/modprobe" -d "$T/usr" -S "$release" -C /dev/null -c >"$T/after"
ok "... is read" cmp "$T/before" "$T/after"
/sbin/modprobe -d "$T/usr" -S "$release" -C /dev/null -c >"$T/after"
ok "... by Debian's modprobe" cmp "$T/before" "$T/after"
cp "$dir/modules.alias.bin" "$T/alias.bin"
touch "$dir/kernel/lib/crc8.ko"
ok "... -A keeps the order that is asked for" sh -c "'$tools/depmod' -A --index-order=preorder -b '$T/usr' '$release' &&
	cmp '$T/alias.bin' '$dir/modules.alias.bin' && '$tools/depmod' -A -b '$T/usr' '$release' &&
	! cmp -s '$T/alias.bin' '$dir/modules.alias.bin'"
ok "another order" fails_with "--index-order is preorder or postorder, not 'x'" "$tools/depmod" --index-order=x

peer() {
	cat >"$T/config.h" <<-END2
		#define PACKAGE "kmod"
		#define VERSION "34"
		#define SYSCONFDIR "/etc"
		#define DISTCONFDIR "/lib"
		#define MODULE_DIRECTORY "/lib/modules"
		#define KMOD_FEATURES ""
		#define ENABLE_LOGGING 1
		#define ENABLE_ZSTD 0
		#define ENABLE_XZ 0
		#define ENABLE_ZLIB 0
		#define ENABLE_OPENSSL 0
		#define ENABLE_ELFDBG 0
		#define ENABLE_DEBUG 0
		#define HAVE_DECL_BASENAME 1
		#define HAVE_FOPEN64 1
		#define HAVE_STAT64 1
		#define HAVE_STRUCT_STAT_ST_MTIM 1
		#define HAVE_SECURE_GETENV 1
		#define HAVE___BUILTIN_TYPES_COMPATIBLE_P 1
		#define HAVE___BUILTIN_CLZ 1
		#define HAVE___BUILTIN_UADD_OVERFLOW 1
		#define HAVE___BUILTIN_UADDL_OVERFLOW 1
		#define HAVE___BUILTIN_UADDLL_OVERFLOW 1
		#define HAVE___BUILTIN_UMUL_OVERFLOW 1
		#define HAVE___BUILTIN_UMULL_OVERFLOW 1
		#define HAVE___BUILTIN_UMULLL_OVERFLOW 1
		#define HAVE_NORETURN 1
		#define HAVE_STATIC_ASSERT 1
	END2
	mkdir "$T/peer" && gcc -O1 -w -std=gnu11 -D_GNU_SOURCE -include "$T/config.h" -I"$source" -I"$source/libkmod" -I"$source/shared" \
		-o "$T/peer/depmod" "$source"/tools/*.c \
		$(ls "$source"/libkmod/*.c | grep -v -e file-xz -e file-zstd -e file-zlib) "$source"/shared/*.c
}
if [ -d "$source" ]; then
	ok "a later kmod builds" peer
	mkdir "$T/indexes"
	"$tools/depmod" --index-order=preorder -b "$T/usr" "$release"
	mv "$dir"/modules.*.bin "$T/indexes"
	ok "... and makes indexes" "$T/peer/depmod" -b "$T/usr" "$release"
	for name in dep alias symbols builtin builtin.alias; do
		ok "modules.$name.bin is the same" cmp "$dir/modules.$name.bin" "$T/indexes/modules.$name.bin"
	done
	"$tools/modprobe" -d "$T/usr" -S "$release" -C /dev/null -c >"$T/after"
	ok "... and is read" cmp "$T/before" "$T/after"
else
	ok "a later kmod # SKIP its source is not there; ./test downloads it where Debian's archive has it" true
fi
tap_done
