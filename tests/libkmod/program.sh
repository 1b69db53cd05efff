#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Debian's kmod program says and does the same with our libkmod.so.2 as with Debian's. Debian links a copy of the library
# into it; so its tools are built here from Debian's source and linked to libkmod.so.2. depmod uses what the library
# does not export and is left out.
. tests/tap.sh
. tests/kmod/tree.sh
. tests/libkmod/machine.sh

source=$O/debian/libkmod/kmod
[ -d "$source" ] || skip_all "the source of Debian's kmod is not there; ./test downloads it"

build() {
	cat >"$T/config.h" <<-END
		#define PACKAGE "kmod"
		#define VERSION "30"
		#define SYSCONFDIR "/etc"
		#define KMOD_FEATURES ""
		#define HAVE_DECL_STRNDUPA 1
		#define HAVE_DECL_BE32TOH 1
		#define HAVE_DECL___XSTAT 0
		#define HAVE_STRUCT_STAT_ST_MTIM 1
		#define HAVE_SECURE_GETENV 1
	END
	cat >"$T/depmod.c" <<-END
		#include "tools/kmod.h"
		const struct kmod_cmd kmod_cmd_compat_depmod = { .name = "depmod" };
	END
	gcc -O1 -w -D_GNU_SOURCE -include "$T/config.h" -I"$source" -o "$T/kmod" \
		$(ls "$source"/tools/*.c | grep -v '/depmod\.c$') "$T/depmod.c" "$source"/shared/*.c "$theirs" &&
		for link in modprobe modinfo lsmod insmod rmmod; do
			ln -s kmod "$T/$link"
		done
}

ok "kmod builds" build
uses() {
	[ "$(readelf -Ws --dyn-syms "$T/kmod" | grep -c 'kmod_[a-z_]*@LIBKMOD')" -gt 40 ]
}
ok "it uses the library" uses

# Leaks of the program are not ours.
export ASAN_OPTIONS="detect_leaks=0:$ASAN_OPTIONS"
btrfs=$modules/kernel/fs/btrfs/btrfs.ko
while read -r command; do
	ok "$command" both "$T/"$command
done <<-END
	lsmod
	kmod list
	kmod static-nodes
	kmod static-nodes -f devname
	kmod static-nodes -f tmpfiles
	modprobe -c
	modprobe -v ext4
	modprobe --first-time ext4
	modprobe -v nls_utf8
	modprobe e1000
	modprobe -b e1000
	modprobe -b -v mbcache
	modprobe -v myfs
	modprobe -a myfs-2 nothing xfs
	modprobe -v snd-hda-intel model=3
	modprobe -i -v snd-hda-intel model=3
	modprobe -n -v usb-storage
	modprobe -v usb-storage
	modprobe usb:v0781p5567d0001dc00dsc00dp00ic08isc06ip50in00
	modprobe -q nothing
	modprobe nothing
	modprobe 8250
	modprobe --first-time 8250
	modprobe -v xfs
	modprobe -f -v vfat
	modprobe -r ext4
	modprobe -r -v jbd2
	modprobe -r -f ext4
	modprobe -r going
	modprobe -R myfs
	modprobe -R net-pf-17
	modprobe -R foo[
	modprobe --dump-modversions $btrfs
	insmod $btrfs a=1
	insmod $modules/kernel/fs/minix/minix.ko a=1 b
	insmod -f $btrfs
	insmod $modules/kernel/lib/libcrc32c.ko
	insmod /nothing.ko
	insmod ext4
	rmmod ext4
	rmmod -f ext4
	rmmod jbd2
	rmmod nothing
	modinfo ext4
	modinfo -n ext4
	modinfo 8250
	modinfo nothing
	modinfo -F alias usb-storage
	modinfo $btrfs
END

in_tree="-d $T/base -S $release"
for word in ext4 jbd2 usb-storage e1000 snd-hda-intel 8250 nothing fs-ext4 aes crc32c symbol:jbd2_journal_start; do
	for options in -D "-D -b" "-n -v" "-n -v -i" "-n -r -v" -R "-a -D"; do
		ok "modprobe $options $word" both "$T/modprobe" $in_tree $options $word
	done
done
ok "modinfo of 400 modules" both "$T/modinfo" $(find "$modules" -name '*.ko' | sort | awk 'NR % 10 == 0')
tap_done
