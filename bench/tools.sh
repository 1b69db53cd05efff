#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# tools.sh BUILD-DIR WORK-DIR - the user tools' time as a ratio to that of Debian's kmod, on Debian's module tree: depmod of
# all modules, of all packed with zstd, and after a change of one; single questions, each a process of its own.
set -eu
out=$(realpath "${1:?usage: tools.sh BUILD-DIR WORK-DIR}")
work=${2:?usage: tools.sh BUILD-DIR WORK-DIR}/tools
release=$(cat "$out/debian/amd64/release")
debian=$out/debian/amd64/lib/modules/$release
below=lib/modules/$release

# A tree for each: they write where they read. One for -A is a copy, for the time of a file changes when it is linked.
trees() { # NAME...: of Debian's modules, by hard links if the directory can have them
	for _name; do
		mkdir -p "$work/$_name/$below"
		cp -al "$debian/kernel" "$work/$_name/$below/" 2>/dev/null || cp -a "$debian/kernel" "$work/$_name/$below/"
		cp "$debian"/modules.order "$debian"/modules.builtin* "$work/$_name/$below/"
	done
}

pack() { # NAME: the modules packed
	rm -r "$work/$1/$below/kernel"
	(cd "$debian" && find kernel -type d) | (cd "$work/$1/$below" && xargs mkdir -p)
	(cd "$debian" && find kernel -name '*.ko') |
		xargs -P "$(nproc)" -n 64 sh -c 'for f; do zstd -q -1 "'"$debian"'/$f" -o "$0/$f.zst"; done' "$work/$1/$below"
}

beside() {
	"$out/bench/beside" "$@"
}

# As installed: a file that is copied lies in the page cache in larger pieces than one that a linker wrote.
ours=$work/bin
mkdir -p "$ours"
cp "$out/tools/static/tenon" "$ours/kmod"
for name in depmod modprobe modinfo; do
	ln -sf kmod "$ours/$name"
done

trees theirs ours theirs.zst again
beside tools.depmod 0.10 31 /sbin/depmod -b "$work/theirs" "$release" -- "$ours/depmod" -b "$work/ours" "$release"
BESIDE_MEMORY=1 beside tools.depmod_mb 40 1 /sbin/depmod -b "$work/theirs" "$release" -- \
	"$ours/depmod" -b "$work/ours" "$release"
for index in dep.bin alias.bin symbols.bin builtin.bin builtin.alias.bin dep alias symbols softdep devname; do
	cmp "$work/theirs/$below/modules.$index" "$work/ours/$below/modules.$index"
done

# The module that is new is the same, or has another alias.
rm -r "$work/again/$below/kernel"
cp -a "$debian/kernel" "$work/again/$below/"
"$ours/depmod" -A -b "$work/again" "$release"
sleep 2.1
"$ours/depmod" -A -b "$work/again" "$release"
ext4=$work/again/$below/kernel/fs/ext4/ext4.ko
BESIDE_TOUCH=$ext4 beside tools.depmod_incremental 0.05 15 /sbin/depmod -b "$work/theirs" "$release" -- \
	"$ours/depmod" -A -b "$work/again" "$release"
sed 's/alias=fs-ext3/alias=fs-ext9/' "$ext4" >"$work/other.ko"
BESIDE_TOUCH=$ext4 BESIDE_SWAP=$work/other.ko beside tools.depmod_incremental_alias 0.05 15 \
	/sbin/depmod -b "$work/theirs" "$release" -- "$ours/depmod" -A -b "$work/again" "$release"
rm -r "$work/again"

pack theirs.zst
beside tools.depmod_zstd 0.45 5 /sbin/depmod -b "$work/theirs.zst" "$release" -- \
	"$ours/depmod" -b "$work/theirs.zst" "$release"

of="-d $work/theirs -S $release"
usb=usb:v0781p5567d0100dc00dsc00dp00ic08isc06ip50in00
beside tools.show_depends 0.45 150 /sbin/modprobe $of -n --show-depends ext4 -- "$ours/modprobe" $of -n --show-depends ext4
beside tools.resolve_usb 0.45 150 /sbin/modprobe $of -R $usb -- "$ours/modprobe" $of -R $usb
beside tools.resolve_of 0.45 150 /sbin/modprobe $of -R of:NsensorTnullCti,tmp102 -- \
	"$ours/modprobe" $of -R of:NsensorTnullCti,tmp102
in="-b $work/theirs -k $release"
beside tools.modinfo_ext4 0.36 150 /sbin/modinfo $in ext4 -- "$ours/modinfo" $in ext4
bench/lint.py "$out/tools/tenon" "$work/theirs" "$release" "$work/lint"
rm -r "$work"
