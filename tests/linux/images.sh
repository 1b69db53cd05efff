# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For tests of file systems, to be read after tests/tap.sh: a tree of files in $tree, whose hashes are in $T/want, and images of
# it in $T/image, made by the usual tools.
tree=$T/tree

# mke2fs, debugfs and fsck are where only the administrator looks.
PATH=$PATH:/usr/sbin:/sbin

make_tree() {
	mkdir -p "$tree/directory/deeper" && cp docs/*.md "$tree/directory" && seq 1 60000 >"$tree/numbers" && : >"$tree/empty" &&
		head -c 3000000 /dev/urandom >"$tree/random" && echo deep >"$tree/directory/deeper/file" && echo x >"$tree/gone"
	hashes >"$T/want"
}

hashes() {
	(cd "$tree" && find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum)
}

iso() {
	xorriso -as mkisofs -quiet -R -o "$T/image" "$tree" 2>"$T/log" || { cat "$T/log"; return 1; }
}

squash() { # COMPRESSION
	mksquashfs "$tree" "$T/image" -comp "$1" -quiet -noappend -no-progress >"$T/log" || { cat "$T/log"; return 1; }
}

udf() {
	genisoimage -quiet -udf -o "$T/image" "$tree"
}

udf_empty() { # BYTES
	rm -f "$T/image" && truncate -s "$1" "$T/image" && mkudffs --media-type=hd --blocksize=512 "$T/image" >"$T/log"
}

exfat() { # [BYTES]
	rm -f "$T/image" && truncate -s "${1:-16M}" "$T/image" && mkfs.exfat "$T/image"
}

fat() { # [BYTES]
	rm -f "$T/image" && truncate -s "${1:-16M}" "$T/image" && mkfs.vfat "$T/image" >"$T/log" && mcopy -s -i "$T/image" "$tree"/* ::/
}

ext4() { # BLOCK_BYTES
	rm -f "$T/image" && truncate -s 64M "$T/image" &&
		mke2fs -q -t ext4 -b "$1" -d "$tree" "$T/image" >"$T/log" 2>&1 || { cat "$T/log"; return 1; }
}

f2fs() { # BYTES
	rm -f "$T/image" && truncate -s "$1" "$T/image" && mkfs.f2fs -q "$T/image"
}

btrfs() { # with the tree in it
	rm -f "$T/image" && truncate -s 128M "$T/image" && mkfs.btrfs -q -r "$tree" "$T/image"
}

# What mkfs.xfs wants to know of a directory: a line for each name, which has no space in it, and a dollar at the end.
prototype() { # DIRECTORY
	for at in "$1"/*; do
		if [ -d "$at" ]; then
			echo "${at##*/} d--755 0 0" && prototype "$at"
		else
			echo "${at##*/} ---644 0 0 $at"
		fi
	done
	echo '$'
}

xfs() { # with the tree in it
	{ printf 'none\n0 0\nd--755 0 0\n' && prototype "$tree"; } >"$T/prototype"
	rm -f "$T/image" && truncate -s 310M "$T/image" && mkfs.xfs -q -p "$T/prototype" "$T/image"
}

# No program checks a UDF file system; this one says whether it was closed in good order.
clean() { # TYPE [OPTION]
	case $1 in
	btrfs) command btrfs check --readonly "$T/image" ;;
	xfs) xfs_repair -n "$T/image" ;;
	f2fs) fsck.f2fs --dry-run "$T/image" ;;
	udf) udfinfo "$T/image" | grep -x integrity=closed ;;
	*) "fsck.$1" -n $2 "$T/image" ;;
	esac
}
