#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Links in a module tree: those that lead nowhere are reported, and absolute ones are taken inside the root of the system
# that the tree is of, as a chroot there has them.
. tests/tap.sh
. tests/kmod/tree.sh

root=$T/root
real=$root/usr/lib/modules/$release
mkdir -p "$real/kernel" "$root/opt/mods" "$root/store"
ln -s /usr/lib "$root/lib"
: >"$real/modules.order"
cp "$debian"/modules.builtin* "$real/"
cp "$debian/kernel/fs/ext4/ext4.ko" "$real/kernel/"
cp "$debian/kernel/fs/fat/fat.ko" "$root/opt/mods/"
cp "$debian/kernel/lib/crc8.ko" "$T/crc8.ko"
ln -s /opt/mods "$real/extra"
ln -s /opt/mods/fat.ko "$real/kernel/fat_link.ko"
ln -s "$T/crc8.ko" "$real/kernel/crc8.ko"
ln -s "$root/nothing" "$real/gone"
ln -s loop "$real/loop"
ln -s /usr/src/nothing "$real/build"
lists() { # FILE...: the paths in modules.dep
	printf '%s:\n' "$@" | sort >"$T/expected"
	sed 's/:.*/:/' "$real/modules.dep" | sort | diff "$T/expected" -
}
ok "depmod" sh -c "'$tools/depmod' -b '$root' '$release' 2>'$T/said'"
ok "links into the root and out of it are followed" lists kernel/ext4.ko extra/fat.ko kernel/fat_link.ko kernel/crc8.ko
ok "... and what they lead to is read" grep -q '^alias char-major\|^alias symbol:fat_' "$real/modules.symbols"
ok "a link that leads nowhere" grep -q "WARNING: .*/gone: the link to $root/nothing cannot be followed (No such file" "$T/said"
ok "... to itself" grep -q 'WARNING: .*/loop: the link to loop cannot be followed (Too many levels' "$T/said"
ok "... is said of no other" [ "$(wc -l <"$T/said")" -eq 2 ]
rm "$real/gone" "$real/loop"
in_tree="-d $root -S $release -C /dev/null"
ok "modprobe names a file that is there" [ "$("$tools/modprobe" $in_tree -D fat)" = "insmod $root/opt/mods/fat.ko " ]
ok "modinfo reads it" [ "$("$tools/modinfo" -b "$root" -k "$release" -F name fat)" = fat ]
touch "$root/opt/mods/fat.ko"
cp "$debian/kernel/fs/minix/minix.ko" "$root/opt/mods/"
ok "depmod -A" "$tools/depmod" -A -b "$root" "$release"
ok "... sees what is new there" lists kernel/ext4.ko extra/fat.ko kernel/fat_link.ko kernel/crc8.ko extra/minix.ko
(cd "$T" && "$tools/depmod" -b root "$release")
ok "a root that is relative" lists kernel/ext4.ko extra/fat.ko kernel/fat_link.ko kernel/crc8.ko extra/minix.ko
ok "-e reads them, too" sh -c "'$tools/depmod' -n -e -E /dev/null -b '$root' '$release' 2>&1 | grep -q 'extra/fat.ko needs unknown symbol'"
tap_done
