#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Damaged ext2 images, mounted, walked and changed, in both kinds of domain: errors, and the guest goes on.
. tests/tap.sh
PATH=$PATH:/usr/sbin:/sbin
CNT=40

mkdir -p "$T/tree/d"
for i in 1 2 3 4 5 6 7 8; do
	echo $i >"$T/tree/d/f$i"
done
head -c 60000 /dev/urandom >"$T/tree/big"
ln -s "$(printf 'z%.0s' $(seq 100))" "$T/tree/l"
mke2fs -q -t ext2 -b 1024 -N 64 -d "$T/tree" "$T/clean" 300k

# In the guest: the superblock, the group's descriptor, or something in the tables and directories. rm asks a terminal about
# what cannot be written, if it is not told.
cat >"$T/commands" <<'END'
dmesg -n 1; mounted=0
for n in $(seq CNT); do
	dd if=/dev/vdb of=/dev/vda bs=300k count=1 2>/dev/null
	awk -v seed=$n 'BEGIN { srand(seed); for (i = int(rand() * 12); i >= 0; i--) { where = rand()
		at = where < 0.15 ? 1024 + int(rand() * 104) : where < 0.3 ? 2048 + int(rand() * 32) : int(3072 + rand() * 40000)
		printf "%d %03o\n", at, rand() < 0.3 ? 255 : rand() < 0.5 ? 0 : int(rand() * 256) } }' |
		while read -r at byte; do printf "\\$byte" | dd of=/dev/vda bs=1 seek=$at conv=notrunc 2>/dev/null; done
	mount -t ext2 /dev/vda /mnt 2>/dev/null || continue
	{
		ls -laR /mnt; for f in /mnt/* /mnt/d/*; do head -c 200000 $f; done; df /mnt; mkdir /mnt/new; echo x >/mnt/new/y
		head -c 100000 /mnt/big >/mnt/new/big; mv /mnt/d /mnt/new/d; echo tail >>/mnt/big; rm -rf /mnt/new/d
		truncate -s 100 /mnt/big; rm -rf /mnt/*; sync
	} >/dev/null 2>&1
	umount /mnt && mounted=$((mounted + 1))
done
echo "$mounted could be mounted"
[ $mounted -gt 5 ] && [ $mounted -lt CNT ] && ! dmesg | grep "domain is dead"
END

for where in "" fs; do
	cp "$T/clean" "$T/work"
	cp "$T/clean" "$T/source"
	ok "${where:-kernel}: $CNT damaged images" env O="$O" timeout -k 5 800 kernel/vm --debug --disk "$T/work" --disk "$T/source" \
		--append "${where:+ext2.isolated=$where}" -c "$(sed "s/CNT/$CNT/g" "$T/commands")"
done
tap_done
