#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Debian's own modules of file systems mount images that the usual tools made: the hash of each file is what sha256sum says,
# and what is written passes fsck. In both kinds of domain; all is unloaded afterwards, with nothing left behind.
. tests/tap.sh
. tests/linux/usual_build.sh
. tests/linux/images.sh
image_ko=$T/modules/image.ko
# What mount_image makes: pieces of 64 KiB, each from the high bytes of a linear congruential generator.
change_tree() {
	python3 - "$tree" <<-'END'
		import sys
		def file(name, length, seed):
		    piece = bytearray()
		    for _ in range(65536):
		        seed = (seed * 1664525 + 1013904223) & 0xFFFFFFFF
		        piece.append(seed >> 24)
		    with open(sys.argv[1] + "/" + name, "wb") as f:
		        f.write((bytes(piece) * (length // 65536 + 1))[:length])
		file("made", 300001, 1)
		file("made too", 5, 2)
	END
	rm "$tree/gone"
	hashes >"$T/want"
}

# The changes of the tree are in the image's journal and nowhere else: debugfs makes them in a copy, and puts the blocks
# that differ there. Not block 0, whose superblock says that the journal has to be replayed.
journal() {
	cp "$T/unchanged" "$T/changed" && cp "$T/unchanged" "$T/image"
	printf 'write "%s" "%s"\n' "$tree/made" made "$tree/made too" "made too" >"$T/commands" && echo 'rm gone' >>"$T/commands"
	debugfs -w -f "$T/commands" "$T/changed"
	python3 - "$T" <<-'END'
		import sys
		BLOCK = 4096
		old, new = (open(f"{sys.argv[1]}/{name}", "rb").read() for name in ("unchanged", "changed"))
		differ = [at for at in range(BLOCK, len(old), BLOCK) if old[at:at + BLOCK] != new[at:at + BLOCK]]
		with open(sys.argv[1] + "/blocks", "wb") as f:
		    f.write(b"".join(new[at:at + BLOCK] for at in differ))
		with open(sys.argv[1] + "/commands", "w") as f:
		    f.write(f"jo\njw -b {','.join(str(at // BLOCK) for at in differ)} {sys.argv[1]}/blocks\njc\n")
	END
	debugfs -w -f "$T/commands" "$T/image"
	debugfs -R 'ls' "$T/image" | grep -w gone && dumpe2fs -h "$T/image" | grep needs_recovery
}

reads() { # DOMAIN MODULE FLAGS [GONE]
	domain=$1 module=$2 flags=$3
	shift 3
	timeout -k 5 120 "$O/tests/linux/mount_image" "$domain" "$image_ko" "$module" "$flags" "$T/image" "$T/list" "$@" 2>"$T/log" ||
		{ cat "$T/log"; return 1; }
	LC_ALL=C sort -k 2 "$T/list" | diff "$T/want" -
}

replayed() {
	clean ext4 -f && ! dumpe2fs -h "$T/image" | grep needs_recovery
}

ok "a disk in memory is built against the distribution's headers" build tests/linux/mount
ok "there is a tree of files" make_tree
ok "xorriso makes an ISO 9660 image of it" iso
for domain in kernel isolated; do
	ok "isofs: each file has its hash: $domain" reads $domain isofs 1
done
ok "genisoimage makes a UDF image of it" udf
for domain in kernel isolated; do
	ok "udf: each file has its hash: $domain" reads $domain udf 1
done
for packed in gzip xz zstd; do
	ok "mksquashfs makes an image, packed with $packed" squash $packed
	for domain in kernel isolated; do
		ok "squashfs with $packed: each file has its hash: $domain" reads $domain squashfs 1
	done
done
ok "a FAT file system is made of it" fat
for domain in kernel isolated; do
	ok "vfat: each file has its hash: $domain" reads $domain vfat 1
done
cp "$T/image" "$T/unchanged.vfat"
for block in 1024 4096; do
	ok "an ext4 file system with blocks of $block bytes is made of it" ext4 $block
	for domain in kernel isolated; do
		ok "ext4: each file has its hash: $domain" reads $domain ext4 1
	done
done
cp "$T/image" "$T/unchanged"
change_tree
for domain in kernel isolated; do
	cp "$T/unchanged" "$T/image"
	ok "ext4: files are made and one is removed: $domain" reads $domain ext4 0 gone
	ok "... which fsck finds no fault in" clean ext4 -f
	ok "... and which is what is on the disk" reads $domain ext4 1
	ok "the same changes are in the journal alone" journal
	ok "ext4: the journal is replayed: $domain" reads $domain ext4 0
	ok "... after which fsck finds no fault, and nothing to replay" replayed
done
for domain in kernel isolated; do
	cp "$T/unchanged.vfat" "$T/image"
	ok "vfat: files are made and one is removed: $domain" reads $domain vfat 0 gone
	ok "... which fsck finds no fault in" clean vfat
	ok "... and which is what is on the disk" reads $domain vfat 1
done
grep ' made$' "$T/want" >"$T/made" && mv "$T/made" "$T/want"
for domain in kernel isolated; do
	ok "an exFAT file system is made" exfat
	ok "exfat: files are made and one is removed: $domain" reads $domain exfat 0 'made too'
	ok "... which fsck finds no fault in" clean exfat
	ok "... and which is what is on the disk" reads $domain exfat 1
done
tap_done
