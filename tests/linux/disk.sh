#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# A disk at the prompt: the kernel's own virtio_blk.ko serves it, Debian's ext4.ko mounts what that offers. Files that mke2fs put there
# are read, others are written that debugfs finds, in both kinds of domain; and in gdb the driver stops at its lines.
. tests/tap.sh
. tests/linux/debian.sh
driver=$O/modules/x86_64/virtio/virtio_blk.ko

host() { # COMMANDS [OPTION...]
	commands=$1
	shift
	timeout -k 5 300 "$O/tenon-host" --modules "$modules" --modules "$O/modules/x86_64" "$@" --disk "$T/disk" -c "$commands" >"$T/out" 2>&1 &&
		return
	cat "$T/out"
	return 1
}

new_disk() {
	rm -f "$T/disk" "$T/read" "$T/copy"
	mke2fs -q -F -t ext2 -d "$T/files" "$T/disk" 16M >/dev/null
}

is_copied() {
	e2fsck -fn "$T/disk" && debugfs -R "dump /copy $T/copy" "$T/disk" && cmp "$T/files/data" "$T/copy" && cmp "$T/files/data" "$T/read"
}

# What the driver leaves is named in the log; after rmmod there is no driver, and it can be loaded again.
copies() { # DRIVER'S-DOMAIN FILE-SYSTEM'S-DOMAIN
	load="insmod --domain $1 $driver"
	host "$load; devices; mount -t ext2 --domain $2 /dev/vda /mnt; cp /mnt/data $T/read; cp /mnt/data /mnt/copy; umount /mnt
		rmmod virtio_blk; $load; rmmod virtio_blk; devices; dmesg" &&
		[ "$(grep -c '^/dev/vda  *virtio_blk' "$T/out")" -eq 1 ] && ! grep -E 'left behind|BUG|WARN' "$T/out" && return
	cat "$T/out"
	return 1
}

# The driver's domain ends while its disk is mounted: errors, and afterwards it serves again.
dies() {
	printf '%s\n' "insmod --domain disks $driver" 'mount -t ext2 /dev/vda /mnt' 'kill disks' "cp /mnt/data $T/read" 'umount /mnt' \
		"insmod --domain disks $driver" 'mount -r -t ext2 /dev/vda /mnt' "cp /mnt/data $T/copy" 'umount /mnt' |
		timeout -k 5 300 "$O/tenon-host" --modules "$modules" --modules "$O/modules/x86_64" --disk "$T/disk" >"$T/out" 2>&1
	cat "$T/out"
	grep -q '/mnt/data: Input/output error' "$T/out" && cmp "$T/files/data" "$T/copy"
}

debugs() {
	printf '%s\n' 'set width 0' 'break blk.c:submit' run 'backtrace 1' delete 'continue' >"$T/commands"
	host "insmod $driver; mount -t ext2 /dev/vda /mnt; cp /mnt/data $T/read; cp /mnt/data /mnt/copy; umount /mnt" --gdb <"$T/commands"
	cat "$T/out"
	grep -qE '#0 .*submit \(.*\) at .*blk\.c:[0-9]+' "$T/out" && grep -q 'exited normally' "$T/out"
}

mkdir "$T/files" && head -c 3000001 /dev/urandom >"$T/files/data"
for domains in 'kernel isolated' 'disks isolated' 'isolated isolated' 'kernel kernel'; do
	new_disk
	# shellcheck disable=SC2086
	ok "a file is copied, driver and file system in $domains" copies $domains
	ok "... and is what it was" is_copied
done
new_disk
ok "the driver dies under a mount, and another one serves the disk" dies
new_disk
ok "in gdb the driver stops at its line, and goes on" debugs
ok "... and what it has copied is what it was" is_copied
ok "a disk has one owner" not host 'echo 1' --disk "$T/disk"
ok "what is not there is no disk" sh -c "'$O/tenon-host' --disk '$T/none' -c 'echo 1' 2>&1 | grep -q 'none: No such file or directory'"
ok "a device of this machine is never taken for one that no module offers" not host 'mount -t ext2 /dev/null /mnt'
ok "... which is said" grep -qx 'mount: /dev/null: no module offers it' "$T/out"
tap_done
