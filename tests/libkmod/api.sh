#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# A program that calls libkmod's functions prints the same with our libkmod.so.2 as with Debian's.
. tests/tap.sh
. tests/kmod/tree.sh
. tests/libkmod/machine.sh

fs=$modules/kernel/fs
api="$programs/api $modules"

ok "contexts, null pointers" both $api context
ok "modules by name" both $api names
ok "modules by path" both $api paths "$fs/xfs/xfs.ko" /nonexistent/x.ko /etc/modprobe.d /dev/null / "$fs//jbd2/jbd2.ko" \
	"$fs/jbd2/../jbd2/jbd2.ko"

# Aliases as devices have them, from patterns of all kinds, one in ten: what a star or a bracket matches is put there.
sed -n 's/^alias \([^ ]*\) .*/\1/p' "$modules/modules.alias" | awk 'NR % 10 == 0' |
	sed 's/\[\(.\)[^]]*\]/\1/g; s/?/0/g; s/\*/0A/; s/\*//2; s/\*/7/g' >"$T/words"
cat >>"$T/words" <<-END
	ext4
	myfs
	myfs-x
	fs-ext4
	net-pf-17
	8250
	aes
	symbol:jbd2_journal_start
	symbol:nothing
	foo[
	a]

	onlycommand
	foo
	snd-hda-intel
	devname:net/tun
END
# What a module says twice Debian's answers twice.
once() {
	"$@" | uniq
}
ok "2,600 words looked up" both once $api lookup "$T/words"
ok "what is known of modules" both $api describe ext4 jbd2 mbcache going comingmod 8250 nothing xfs snd-hda-intel foo \
	usb_storage e1000 onlycommand
ok "what is loaded, the configuration" both $api lists
ok "indexes" both $api resources
ok "nothing has changed" both $api changes true
ok "an index has changed" both $api changes "touch $modules/modules.dep.bin"
ok "a file of the configuration has come" both $api changes "touch $T/machine/etc/modprobe.d/x.conf"

cp "$modules/modules.dep.bin" "$T/dep.bin"
ok "a module that depmod finds later" both sh -c 'rm -f "$1/modules.dep.bin" && shift && exec "$@"' - "$modules" \
	$api later ext4 "cp '$T/dep.bin' '$modules/modules.dep.bin'"
ok "... has its path" sh -c "tail -3 '$T/ours' | grep -q 'get_path(mod) = .*/ext4.ko\$'"

cp "$fs/jbd2/jbd2.ko" "$T/plain.ko"
objcopy -R __versions "$T/plain.ko" "$T/unversioned.ko"
objcopy --strip-symbol=module_layout "$T/plain.ko" "$T/less.ko"
xz -k "$T/plain.ko"
mv "$T/plain.ko.xz" "$T/xz.ko.xz"
zstd -q "$T/plain.ko" -o "$T/zstd.ko.zst"
ok "what files say" both $api files xfs jbd2 8250 nothing crc32c_generic bluetooth "$T/plain.ko" "$T/unversioned.ko" \
	"$T/less.ko" "$T/xz.ko.xz" "$T/zstd.ko.zst"

words="ext4 jbd2 e1000 mbcache myfs snd-hda-intel 8250 usb_storage nls_utf8 xfs onlycommand
	pci:v00008086d0000100Esv00001AF4sd00001100bc02sc00i00"
for flags in 0 1 2 4 8 0x10 0x14 0x18 0x20 0x28 0x10000 0x20000 0x40000 0x70010; do
	ok "loading, flags $flags" both $api probe $flags $words
done
ok "inserting" both $api insert xfs e1000 nothing jbd2 libcrc32c
ok "removing" both $api remove ext4 jbd2 nothing

# libkmod 30 looks at directories only.
edited() {
	with ours "$ours" "$sanitizers:" $api changes "echo >>$T/machine/etc/modprobe.d/test.conf"
	cat "$T/ours"
	grep -c 'kmod_validate_resources(ctx) = [02]' "$T/ours" | grep -qx 2 && grep -q 'resources(ctx) = 2' "$T/ours"
}
ok "a file of the configuration was edited in place" edited

# libkmod 30 knows the first line only.
merged() {
	printf 'softdep vfat pre: jbd2\nsoftdep v?at pre: jbd2 ext4 post: xfs\n' >"$T/machine.new/etc/modprobe.d/softdep.conf"
	with ours "$ours" "$sanitizers:" $api describe vfat
	cat "$T/ours"
	grep -qx 'pre: jbd2 ext4' "$T/ours" && grep -qx 'post: xfs' "$T/ours"
}
ok "softdep lines of one module are taken together" merged
tap_done
