#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# depmod for all releases at once, with a failing status for symbols, with duplicates by name, with a fallback directory:
# the indexes are those of Debian's depmod for one release after the other.
. tests/tap.sh
. tests/kmod/tree.sh

modules="kernel/fs/ext4/ext4.ko kernel/fs/jbd2/jbd2.ko kernel/fs/mbcache.ko kernel/lib/crc16.ko"
small() { # ROOT RELEASE MODULE...
	_tree=$1/lib/modules/$2
	shift 2
	for _module; do
		mkdir -p "$_tree/$(dirname "$_module")"
		cp "$debian/$_module" "$_tree/$_module"
	done
}
make() {
	"$tools/depmod" "$@" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	return $_status
}
# same ROOT RELEASE: the indexes are Debian's
same() {
	cp -r "$1" "$T/copy"
	find "$T/copy" -name 'modules.*' -exec rm {} +
	/sbin/depmod -b "$T/copy" "$2"
	diff -r -x modules.tenon.bin "$T/copy/lib/modules/$2" "$1/lib/modules/$2"
	_status=$?
	rm -r "$T/copy"
	return $_status
}

for n in 1 2 3 4 5; do
	small "$T/all" "6.$n.0-x" $modules
done
small "$T/all" 6.9.0-y $modules kernel/drivers/block/loop.ko
mkdir -p "$T/all/lib/modules/not-a-release/kernel"
echo text >"$T/all/lib/modules/6.8.file"
ok "all releases" make --all-releases -b "$T/all"
for n in 6.1.0-x 6.5.0-x 6.9.0-y; do
	ok "... $n has Debian's indexes" same "$T/all" $n
done
ok "what is no release is left alone" [ -z "$(ls "$T/all/lib/modules/not-a-release" | grep modules)" ]
rm -r "$T/all/lib/modules/6.2.0-x"
mkdir -p "$T/all/lib/modules/6.2.0-x/modules.dep"
rm "$T/all/lib/modules/6.5.0-x/"modules.*
ok "one that cannot be made" fails_with "6.2.0-x" "$tools/depmod" --all-releases -b "$T/all"
ok "... leaves the others to be made" same "$T/all" 6.5.0-x
ok "none" fails_with "there is no kernel's module tree in $T/all/lib" "$tools/depmod" --all-releases -b "$T/all" -m /lib
ok "a directory that there is not" fails_with "could not look for module trees in $T/all/opt: No such file or directory" \
	"$tools/depmod" --all-releases -b "$T/all" -m /opt

# Several usual directories: each release where modprobe looks for it.
small "$T/two" 6.1.0-x $modules
small "$T/two" 6.2.0-x $modules
mkdir -p "$T/two/usr/lib/modules"
mv "$T/two/lib/modules/6.2.0-x" "$T/two/usr/lib/modules/"
mkdir -p "$T/two/usr/lib/modules/6.1.0-x" # as if it had been removed, but for what is not a package's
mkdir -p "$T/one/usr/lib"
small "$T/one" 6.3.0-x $modules
mv "$T/one/lib" "$T/one/usr/"
ln -s usr/lib "$T/one/lib"
ok "in two directories" make --all-releases -b "$T/two"
ok "... the one where modprobe looks" [ -e "$T/two/usr/lib/modules/6.2.0-x/modules.dep.bin" ]
ok "... and no other" [ ! -e "$T/two/lib/modules/6.1.0-x/modules.dep.bin" ]
rm -r "$T/two/usr/lib/modules/6.1.0-x"
ok "... all releases" make --all-releases -b "$T/two"
ok "... in both" [ -e "$T/two/lib/modules/6.1.0-x/modules.dep.bin" ]
ok "... which are all named where one is missing" fails_with "there are modules for: 6.2.0-x 6.1.0-x" \
	"$tools/modprobe" -d "$T/two" -S 6.9.0-x -R ext4
ok "one directory of two names" make --all-releases -b "$T/one"
ok "... is one" [ "$(grep -c modules.order "$T/out")" -eq 1 -a -e "$T/one/lib/modules/6.3.0-x/modules.dep.bin" ]
ok "with one release" fails_with "takes neither" "$tools/depmod" --all-releases 6.1.0-x

# --strict
symvers=$debian_root/usr/src/linux-headers-$release/Module.symvers
if [ -e "$symvers" ]; then
	sed '/\tmutex_unlock\t/d' "$symvers" >"$T/missing"
	sed 's/^0x[0-9a-f]*\tmutex_lock\t/0x12345678\tmutex_lock\t/' "$symvers" >"$T/version"
	ok "--strict when all symbols are there" make -e -E "$symvers" --strict -b "$T/all" 6.9.0-y
	rm "$T/all/lib/modules/6.9.0-y/"modules.*
	ok "... when one is not" fails_with "needs unknown symbol mutex_unlock" \
		"$tools/depmod" -e -E "$T/missing" --strict -b "$T/all" 6.9.0-y
	ok "... the indexes are made" same "$T/all" 6.9.0-y
	ok "... when a version differs" fails_with "disagrees about version of symbol mutex_lock" \
		"$tools/depmod" -e -E "$T/version" --strict -b "$T/all" 6.9.0-y
	ok "... without it neither is a failure" make -e -E "$T/missing" -b "$T/all" 6.9.0-y
else
	ok "--strict # SKIP the headers of Debian's kernel are not there" true
fi

# Duplicates: which file is taken is Debian's choice, too.
small "$T/twice" 6.1.0-x $modules
twice=$T/twice/lib/modules/6.1.0-x
mkdir -p "$twice/updates" "$twice/extra" "$twice/kernel/zzz"
cp "$twice/kernel/fs/ext4/ext4.ko" "$twice/updates/"
cp "$twice/kernel/lib/crc16.ko" "$twice/extra/"
cp "$twice/kernel/fs/mbcache.ko" "$twice/kernel/zzz/"
echo 'override crc16 * extra' >"$T/override.conf"
says() {
	grep -qxF "depmod: WARNING: $1" "$T/out"
}
ok "duplicates are no failure" make -w -C "$T/override.conf" -b "$T/twice" 6.1.0-x
ok "... by search" says "module ext4 is there twice: updates/ext4.ko is taken, not kernel/fs/ext4/ext4.ko: its directory comes first in 'search' of depmod.d"
ok "... by override" says "module crc16 is there twice: extra/crc16.ko is taken, not kernel/lib/crc16.ko: an 'override' of depmod.d names it"
ok "... by path" says "module mbcache is there twice: kernel/fs/mbcache.ko is taken, not kernel/zzz/mbcache.ko: 'search' of depmod.d has both in one place, and its path is the lower one"
ok "... and no others" [ "$(grep -c 'is there twice' "$T/out")" -eq 3 ]
sed 's/:.*//' "$twice/modules.dep" | sort >"$T/ours"
/sbin/depmod -C "$T/override.conf" -b "$T/twice" 6.1.0-x
ok "Debian's depmod takes the same of the first two" [ "$(grep -c 'ext4\|crc16' "$T/ours")" = \
	"$(sed 's/:.*//' "$twice/modules.dep" | sort | comm -12 - "$T/ours" | grep -c 'ext4\|crc16')" ]
ok "without -w nothing is said" make -b "$T/twice" 6.1.0-x
ok "... of them" [ "$(grep -c 'is there twice' "$T/out")" -eq 0 ]

# --fallback
small "$T/fallback" 6.4.0-z $modules
mkdir -p "$T/fallback/opt"
mv "$T/fallback/lib/modules" "$T/fallback/opt/"
mkdir -p "$T/fallback/lib/modules"
ok "a tree in the fallback directory" make --fallback=/opt/modules -b "$T/fallback" 6.4.0-z
ok "... gets its indexes" [ -s "$T/fallback/opt/modules/6.4.0-z/modules.dep" ]
small "$T/fallback" 6.4.0-z $modules
rm "$T/fallback/opt/modules/6.4.0-z/"modules.*
ok "one in the usual directory goes first" make --fallback=/opt/modules -b "$T/fallback" 6.4.0-z
ok "... and the other is left alone" [ -s "$T/fallback/lib/modules/6.4.0-z/modules.dep" -a \
	! -e "$T/fallback/opt/modules/6.4.0-z/modules.dep" ]
ok "neither is there" fails_with "could not open directory $T/fallback/opt/modules/9.9.9" \
	"$tools/depmod" --fallback=/opt/modules -b "$T/fallback" 9.9.9
tap_done
