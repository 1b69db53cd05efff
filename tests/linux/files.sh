#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The prompt mounts images by Debian's own modules: the hash of each file is what sha256sum says, what is written passes fsck,
# in both kinds of domain and as an ordinary user; afterwards all is unloaded, with nothing left behind.
. tests/tap.sh
. tests/linux/debian.sh
. tests/linux/images.sh
. tests/linux/prompt.sh

fails() { # COMMANDS MESSAGE
	! host "$1" && grep -F "$2" "$T/err" && return
	cat "$T/out" "$T/err"
	return 1
}

written_ext4() {
	debugfs -R 'dump /new/moved '"$T/dumped" "$T/image" 2>"$T/log" && cmp "$T/dumped" "$T/tree/random" &&
		debugfs -R 'cat /new/line' "$T/image" 2>/dev/null | grep -x 'one line' && ! debugfs -R 'ls' "$T/image" 2>/dev/null | grep -w gone
}

written_fat() {
	mcopy -o -i "$T/image" ::/new/moved "$T/dumped" && cmp "$T/dumped" "$T/tree/random" &&
		mtype -i "$T/image" ::/new/line | grep -x 'one line' && ! mdir -b -i "$T/image" :: | grep -w gone
}

shows() { # LS-PATTERN
	host "mount -r $T/image /mnt; ls -l /mnt; umount /mnt" && grep -E "$1" "$T/out" || { cat "$T/out" "$T/err"; return 1; }
}

two_at_once() {
	good "mount -r $T/squashed /a; mount -r $T/image /b/c; sha256sum /a/numbers /b/c/numbers; mount; umount /a; ls /b/c; umount /b/c" &&
		[ "$(grep -cF "$(grep ' numbers$' "$T/want" | cut -c 1-64)" "$T/out")" = 2 ] && grep -F "$T/squashed on /a type squashfs" "$T/out"
}

# An image of 12 KB with a thousand directories, one in the other.
deep() {
	python3 - "$T" <<-'END'
		import os, sys
		os.chdir(sys.argv[1])
		for name in ["deep"] + 1000 * ["d"]:
		    os.mkdir(name)
		    os.chdir(name)
		open("f", "w").close()
	END
	mksquashfs "$T/deep" "$T/deep.squashed" -quiet -noappend -no-progress >"$T/log" && rm -r "$T/deep"
}

user=
ok "there is a tree of files" make_tree
ln -s directory/deeper/file "$tree/link"
for domain in '' '--domain kernel'; do
	for packed in gzip zstd; do
		ok "mksquashfs makes an image, packed with $packed" squash $packed
		ok "squashfs: each file has its hash: $packed $domain" reads "-r $domain" squashfs
	done
	ok "a link is shown with its target" shows 'link -> directory/deeper/file$'
	ok "xorriso makes an ISO 9660 image" iso
	ok "isofs: each file has its hash: $domain" reads "-r $domain" isofs
done
cp "$T/image" "$T/unwritten"
ok "a read-only file system cannot be written" fails "mount $T/image /mnt; echo x > /mnt/x" "Read-only file system"
ok "... and was not" cmp "$T/image" "$T/unwritten"
squash gzip && mv "$T/image" "$T/squashed"
ok "an ext4 file system is made" ext4 4096
cp "$T/image" "$T/unchanged"
for domain in '' '--domain kernel'; do
	cp "$T/unchanged" "$T/image"
	ok "ext4: each file has its hash: $domain" reads "$domain" ext4 jbd2 mbcache crc16
	ok "ext4: files are made, renamed and removed: $domain" writes "$domain"
	ok "... which fsck finds no fault in" clean ext4 -f
	ok "... and which are what another program reads" written_ext4
done
ok "two file systems are mounted at once" two_at_once
rm "$tree/link"
hashes >"$T/want"
ok "a FAT file system is made" fat
cp "$T/image" "$T/unchanged"
for domain in '' '--domain kernel'; do
	cp "$T/unchanged" "$T/image"
	ok "vfat: each file has its hash: $domain" reads "$domain" vfat fat
	ok "vfat: files are made, renamed and removed: $domain" writes "$domain"
	ok "... which fsck finds no fault in" clean vfat
	ok "... and which are what another program reads" written_fat
done
if [ "$(id -u)" = 0 ]; then
	cp "$T/unchanged" "$T/image"
	become_ordinary
	ok "an ordinary user writes, too" writes ''
	ok "... and it is there" written_fat
	user=
fi
ok "what is no image is refused" fails "mount tests/linux/files.sh /mnt" "no file system is recognised"
mkfifo "$T/pipe"
ok "... a pipe, too, which is not waited for" fails "mount -r $T/pipe /mnt" "it is no file and no block device"
ok "there is an image with deep directories" deep
ok "... and its one file is found" good "mount -r $T/deep.squashed /mnt; sha256sum /mnt; umount /mnt"
ok "... at the bottom" grep -q "/d/f\$" "$T/out"
ok "a file that is not there is reported" fails "mount $T/none /mnt" "No such file or directory"
ok "a type that no module has is reported" fails "mount -t nonesuch $T/image /mnt" "no module has file system 'nonesuch'"
ok "the wrong type is reported" fails "mount -r -t squashfs $T/image /mnt" "no squashfs file system"
ok "a directory is mounted on once" fails "mount -r $T/image /mnt; mount -r $T/squashed /mnt" "/mnt is there already"
ok "an image is mounted for writing once" fails "mount $T/image /a; mount $T/image /b" "another program has mounted it"
ok "where nothing is mounted there are no files" fails "ls /mnt" "nothing is mounted there"
ok "a module in use is not unloaded" fails "mount -r $T/squashed /mnt; rmmod squashfs" "in use"
ok "what is mounted is unmounted at the end" good "mount $T/image /mnt; echo end > /mnt/end"
ok "... and written" sh -c "mtype -i '$T/image' ::/end | grep -x end"
tap_done
