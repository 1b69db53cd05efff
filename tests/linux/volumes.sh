#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Larger and rarer file systems by Debian's own modules: btrfs, XFS, F2FS, exFAT and UDF, at the prompt and through FUSE, in both
# kinds of domain. What is read is what the usual tools put there; what is written passes their check, and is found again.
. tests/tap.sh
. tests/linux/debian.sh
. tests/linux/images.sh
. tests/linux/prompt.sh
. tests/linux/mounted.sh

changes() { # MOUNT-OPTIONS MODULE...
	options=$1
	shift
	good "mount $options $T/image /mnt; mkdir /mnt/new; cp $T/tree/random /mnt/new/copy; mv /mnt/new/copy /mnt/new/moved
		echo one line > /mnt/new/line; cp $T/tree/numbers /mnt/short; rm /mnt/short; umount /mnt; rmmod $*"
}

# The tree has since then what changes() has written.
change_tree() { # TREE
	tree=$1
	mkdir -p "$tree/new" && cp "$T/tree/random" "$tree/new/moved" && echo 'one line' >"$tree/new/line"
	hashes >"$T/want"
}

restored() { # from btrfs, by its own tools
	mkdir -p "$T/restored" && command btrfs restore "$T/image" "$T/restored" && diff -r "$tree" "$T/restored"
}

# Both kinds of domain: what one has written the other reads.
at_the_prompt() { # TYPE MODULE...
	type=$1
	shift
	cp "$T/image" "$T/unchanged"
	for domain in '' '--domain kernel'; do
		cp "$T/unchanged" "$T/image"
		ok "$type: files are made, renamed and removed: $domain" changes "$domain" "$@"
		ok "... which its check finds no fault in" clean "$type"
	done
	ok "$type: each file has its hash" reads -r "$1"
	ok "... through FUSE, too" mounted_reads -r
}

together() { # TYPE
	for where in '' --in-process; do
		cp "$T/unchanged" "$T/image"
		ok "$1: eight programs write at once $where" writes_together "$where"
		ok "... which its check finds no fault in" clean "$1"
		ok "... and each finds what it has written" written_together
	done
}

user=
ok "there is a tree of files" make_tree
cp -r "$tree" "$T/full"
for type in btrfs xfs; do
	tree=$T/tree
	ok "an image is made: $type" $type
	for domain in '' '--domain kernel'; do
		hashes >"$T/want"
		ok "$type: each file has its hash: $domain" reads "-r $domain" $type
	done
	change_tree "$T/full"
	at_the_prompt $type $type libcrc32c
	[ $type = xfs ] || ok "... and is what its own tools restore" restored
	tree=$T/tree
	together $type
done
change_tree "$T/few"
for make in f2fs exfat udf_empty; do
	type=${make%_empty}
	tree=$T/tree
	ok "an image is made: $type" $make 128M
	tree=$T/few
	at_the_prompt $type $type
	tree=$T/tree
	together $type
done
tap_done
