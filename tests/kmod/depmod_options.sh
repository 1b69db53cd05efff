#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# depmod's options, its configuration and its warnings: output, messages and status are those of Debian's depmod.
. tests/tap.sh
. tests/kmod/tree.sh

# same ARGUMENT...: ours and Debian's print the same, in this order, and end with the same status.
same() {
	/sbin/depmod "$@" >"$T/theirs" 2>"$T/theirs.err"
	_theirs=$?
	"$tools/depmod" "$@" >"$T/ours" 2>"$T/ours.err"
	[ $? -eq $_theirs ] && cmp "$T/theirs" "$T/ours" && diff "$T/theirs.err" "$T/ours.err"
}

tree "$T/all"
all="-b $T/all $release"
symvers=$debian_root/usr/src/linux-headers-$release/Module.symvers
ok "all, in the same order, with modules.symbols" same -n $all
ok "-v: why modules need others" same -n -v $all
ok "... there are many reasons" [ "$(grep -c ' needs "' "$T/ours")" -gt 5000 ]
ok "-w: duplicates" same -w $all
ok "... there are some" [ "$(grep -c 'duplicate module alias:' "$T/ours.err")" -gt 10 ]
ok "-e -E: nothing is unknown" same -n -e -E "$symvers" $all
sed '/\tmutex_unlock\t/d; s/^0x[0-9a-f]*\tmutex_lock\t/0x12345678\tmutex_lock\t/' "$symvers" >"$T/symvers"
ok "-e -E: unknown symbols and other versions" same -n -e -E "$T/symvers" $all
ok "... are told" grep -q 'ext4.ko needs unknown symbol mutex_unlock' "$T/ours.err"
ok "..." grep -q 'ext4.ko disagrees about version of symbol mutex_lock' "$T/ours.err"
ok "-E alone" same -n -E "$T/symvers" $all
awk '$2 != "mutex_lock" { print "ffffffff81000000 r __ksymtab_" $2 }' "$symvers" >"$T/map"
ok "-e -F" same -n -e -F "$T/map" $all
ok "... an unknown symbol is told" grep -q 'ext4.ko needs unknown symbol mutex_lock' "$T/ours.err"
ok "-e alone" same -n -e $all
ok "-P" same -n -P _ $all
ok "... leaves out a character" grep -q '^alias symbol:nfs_display_fhandle nfs' "$T/ours"
sed 's/ r / r _/' "$T/map" >"$T/map_"
ok "-P with -F" same -n -e -P _ -F "$T/map_" $all
# Without a list of order, kmod's hash table decides.
rm "$T/all/lib/modules/$release/modules.order"
ok "no modules.order" same -n $all
sed -n '1~7p' "$debian/modules.order" >"$T/all/lib/modules/$release/modules.order"
ok "one that lists few" same -n $all

for arguments in "-e -E /nonexistent" "-F /nonexistent" "-P ab" "-q" "-C $T/empty.conf"; do
	: >"$T/empty.conf"
	ok "$arguments" same -n $arguments $all
done
ok "no version" same -n -b "$T/all" foo
ok "one number" same -n -b "$T/all" 6
k=$T/all/lib/modules/$release/kernel
ok "a file" same -n $all "$k/fs/ext4/ext4.ko"
ok "files" same -n $all "$k/lib/crc16.ko" "$k/fs/ext4/ext4.ko" "$k/fs/jbd2/jbd2.ko"
ok "-a takes all in spite of files" same -n -a $all "$k/lib/crc16.ko"
cp "$k/lib/crc16.ko" "$T/crc16.bin"
ok "a file that is no tree's" same -n 9.9.9 "$T/crc16.bin"
ok "a relative file" fails_with "kernel/ext4.ko: not absolute path." "$tools/depmod" -n $all kernel/ext4.ko
ok "a file that is not there" fails_with "nothing.ko: No such file" "$tools/depmod" -n $all /nothing.ko
ok "a file twice" fails_with "File exists" "$tools/depmod" -n $all "$k/lib/crc16.ko" "$k/lib/crc16.ko"
ok "no tree says what to do" fails_with "install those of this kernel, or choose one of these" "$tools/depmod" -b "$T/all" 9.9.9
ok "... after kmod's lines" grep -q '^depmod: FATAL: could not search modules: No such file or directory$' "$T/out"
(cd "$T" && "$tools/depmod" -n -b all "$release") >"$T/ours" 2>/dev/null
(cd "$T" && /sbin/depmod -n -b all "$release") >"$T/theirs" 2>/dev/null
ok "a relative root" cmp "$T/ours" "$T/theirs"
mkdir -p "$T/elsewhere/modules"
ln -s "$T/all/lib/modules/$release" "$T/elsewhere/modules/$release"
"$tools/depmod" -n -b "$T/elsewhere" -m /modules "$release" >"$T/ours" 2>/dev/null
ok "-m: another directory of modules" cmp "$T/ours" "$T/theirs"

ok "-o makes directories" "$tools/depmod" $all -o "$T/a/new/directory"
ok "... and writes there" [ -s "$T/a/new/directory/lib/modules/$release/modules.dep.bin" ]

# Which of several modules of one name: a directory in the tree has it at most once, so that kmod does not throw dice.
small=6.1.0-small
s=$T/conf/lib/modules/$small
for dir in updates extra/foo kernel/a weak up; do
	mkdir -p "$s/$dir"
	cp "$debian/kernel/lib/crc16.ko" "$s/$dir/x-y.ko"
done
mkdir -p "$T/external/deep"
cp "$debian/kernel/lib/crc16.ko" "$T/external/deep/x-y.ko"
cp "$debian/kernel/lib/crc7.ko" "$T/external/deep/"
: >"$s/modules.order"
conf() { # LINES WINNER
	printf "$1" >"$T/c.conf"
	ok "depmod.d: $(printf "$1" | tr '\n' ';')" same -n -C "$T/c.conf" -b "$T/conf" $small
	ok "... takes $2" grep -qx "$2:" "$T/ours"
}
conf "" updates/x-y.ko
conf "search weak updates\n" weak/x-y.ko
conf "search weak up\n" weak/x-y.ko
conf "search extra/foo weak built-in\n" extra/foo/x-y.ko
conf "search up\nsearch weak\n" up/x-y.ko
conf "override x-y * extra/foo\n" extra/foo/x-y.ko
conf "override x-y 6.1 weak\n" weak/x-y.ko
conf "override x-y ^7 weak\n" updates/x-y.ko
conf "override x-y * up\noverride x-y * weak\n" weak/x-y.ko
conf "override x_y * weak\n" updates/x-y.ko
conf "exclude updates\nsearch weak built-in\n" weak/x-y.ko
conf "search external built-in\nexternal * $T/external\n" "$T/external/deep/x-y.ko"
conf "search weak external built-in\nexternal 7 $T/external\n" weak/x-y.ko
tap_done
