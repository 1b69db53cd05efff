#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Images mounted through FUSE: what programs read and write is what is in the image, several at once, as an ordinary user; and a
# module that dies takes nothing along.
. tests/tap.sh
. tests/linux/debian.sh
. tests/linux/images.sh
. tests/linux/mounted.sh

# Eight programs at once, each with a part of the files, and each with all.
reads_together() {
	mounted "$1" || return 1
	for i in 1 2 3 4 5 6 7 8; do
		(cd "$m" && find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum) >"$T/got$i" &
	done
	wait
	unmounted && for i in 1 2 3 4 5 6 7 8; do diff "$T/want" "$T/got$i" || return 1; done
}

attributes() {
	mounted && echo text >"$m/file" && chmod 640 "$m/file" && touch -d 2001-02-03T04:05:06Z "$m/file" && ln "$m/file" "$m/second" &&
		ln -s file "$m/third" && mkfifo "$m/fifo" && sync "$m" && unmounted && mounted -r &&
		[ "$(TZ=UTC0 stat -c '%a %h %y %s' "$m/second")" = '640 2 2001-02-03 04:05:06.000000000 +0000 5' ] &&
		[ "$(readlink "$m/third")" = file ] && [ "$(cat "$m/third")" = text ] && [ -p "$m/fifo" ] &&
		[ "$(stat -fc '%s %l' "$m")" = "$(dumpe2fs -h "$T/image" 2>"$T/log" | awk '/^Block size/ { print $3 }') 255" ]
	status=$?
	unmounted && return $status
}

refused() { # COMMAND...: on a read-only mount
	mounted -r && ! "$@" 2>"$T/log" && grep -q 'Read-only file system' "$T/log"
	status=$?
	unmounted && return $status
}

# The isolated domain is a child of the process that serves the mount.
survives() {
	mounted || return 1
	server=$(pgrep -f "tenon-mount .*$T/image")
	kill -9 $(ps -o pid= --ppid "$server")
	cat "$m/numbers" >"$T/none" 2>"$T/log"
	grep -q 'Input/output error' "$T/log"
	status=$?
	unmounted && return $status
}

in_foreground() {
	timeout -k 5 60 "$O/tenon-mount" -f --modules "$modules" --modules "$O/modules/x86_64" "$T/image" "$m" &
	while ! mountpoint -q "$m"; do
		kill -0 $! || return 1
		sleep 0.1
	done
	echo late >"$m/late" && fusermount3 -u "$m" && wait $!
}

# What comes after a comma in a name would be an option; the administrator's mounts would have programs that become root.
comma() {
	mv "$T/image" "$T/image,dev,suid,allow_other"
	timeout -k 5 60 "$O/tenon-mount" -r --modules "$modules" --modules "$O/modules/x86_64" "$T/image,dev,suid,allow_other" "$m"
	grep " $m " /proc/mounts >"$T/log"
	fusermount3 -u "$m"
	mv "$T/image,dev,suid,allow_other" "$T/image"
	timeout -k 5 60 flock "$T/image" true
	cat "$T/log"
	grep -F 'image,dev,suid,allow_other ' "$T/log" | grep nosuid,nodev | grep -vq ' .*,allow_other'
}

user=
ok "there is a tree of files" make_tree
ok "mksquashfs makes an image" squash zstd
for where in '' --in-process; do
	ok "squashfs: each file has its hash $where" mounted_reads "-r $where"
	ok "squashfs: eight programs read at once $where" reads_together "-r $where"
done
ok "what an image is called has no options" comma
ok "xorriso makes an ISO 9660 image" iso
ok "isofs: each file has its hash, read-only without a word" mounted_reads
ok "an ext4 file system is made" ext4 4096
cp "$T/image" "$T/unchanged"
for where in '' --in-process; do
	cp "$T/unchanged" "$T/image"
	ok "ext4: eight programs write at once $where" writes_together "$where"
	ok "... which fsck finds no fault in" clean ext4 -f
	ok "... and each finds what it has written" written_together
done
cp "$T/unchanged" "$T/image"
ok "modes, times, links, pipes and the state of the file system are kept" attributes
ok "... which fsck finds no fault in" clean ext4 -f
ok "what is mounted read-only is not written" refused touch "$m/x"
ok "a domain that is killed is a disk that does not answer" survives
ok "in the foreground the status says that all is written" in_foreground
ok "... and it is" sh -c "debugfs -R 'cat /late' '$T/image' 2>&1 | grep -x late"
ok "a FAT file system is made" fat 64M
if [ "$(id -u)" = 0 ]; then
	become_ordinary
fi
ok "vfat: an ordinary user's programs write at once" writes_together
ok "... which fsck finds no fault in" clean vfat
user=
tap_done
