#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Images of compact discs, with and without Rock Ridge, made by genisoimage and by xorriso, read in the guest through the
# same module in the kernel's own domain and in an isolated one, and compared with what went into them; and damaged ones.
. tests/tap.sh
PATH=$PATH:/usr/sbin:/sbin

# guest DOMAIN IMAGE COMMANDS: what they print is in out.
guest() {
	O=$O timeout -k 5 600 kernel/vm --debug --cpus 2 --disk "$2" --append "${1:+iso9660.isolated=$1}" -c "dmesg -n 1; $3" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	return $_status
}

tree=$T/tree
mkdir -p "$tree/many" "$tree/1/2/3/4/5/6/7/8/9/10"
echo small >"$tree/small"
: >"$tree/empty"
head -c 300001 /dev/urandom >"$tree/large.file.with-a-name-of-its-own"
echo deep >"$tree/1/2/3/4/5/6/7/8/9/10/deep"
long=$(printf 'long%.0s' $(seq 60))
echo long >"$tree/$long"
ln -s small "$tree/fast"
ln -s "../tree/./1/2/$(printf 'part/%.0s' $(seq 12))end" "$tree/slow"
ln -s /etc/passwd "$tree/absolute"
for i in $(seq 200); do
	echo $i >"$tree/many/file $i"
done
chmod 640 "$tree/small"
touch -d '2001-02-03 04:05:06 UTC' "$tree/small"
SUMS='cd /mnt && find . -type f | sort | while read -r f; do md5sum "$f"; done; find . -type l | sort | while read -r f; do readlink "$f"; done'
genisoimage -quiet -R -o "$T/genisoimage" "$tree" 2>/dev/null
(cd "$tree" && eval "${SUMS#*&& }") >"$T/genisoimage.sums"
ln -s "$(printf 'part/%.0s' $(seq 180))end" "$tree/slower" # genisoimage 1.1.11 writes damaged fields for such a one
(cd "$tree" && eval "${SUMS#*&& }") >"$T/xorriso.sums"
xorriso -outdev "$T/xorriso" -map "$tree" / -commit 2>/dev/null
genisoimage -quiet -o "$T/plain" "$tree/many" "$tree/small" 2>/dev/null

for where in "" disc; do
	for maker in genisoimage xorriso; do
		ok "${where:-kernel}, by $maker: all is read" guest "$where" "$T/$maker" "mount /dev/vda /mnt && $SUMS"
		ok "... and is what went into the image" cmp "$T/out" "$T/$maker.sums"
	done
	ok "${where:-kernel}: commands run" guest "$where" "$T/genisoimage" 'mount -t iso9660 /dev/vda /mnt 2>/dev/null || mount -o ro /dev/vda /mnt
cd /mnt; stat -c "%a %s %Y" small; touch x 2>/dev/null || echo refused; ls many | wc -l; cat missing 2>/dev/null || echo none
cd /; umount /mnt; until ! grep -q ^iso9660 /proc/modules; do sleep 0.2; done; echo unloaded'
	for line in "640 6 981173106" refused 200 none unloaded; do
		ok "... $line" grep -qx "$line" "$T/out"
	done
	ok "${where:-kernel}, without Rock Ridge: names are in small letters" guest "$where" "$T/plain" \
		'mount -o ro -t iso9660 /dev/vda /mnt; cat /mnt/small /mnt/file_17'
	ok "... and lead to the files" sh -c "printf 'small\n17\n' | cmp - '$T/out'"
done

# ---- damaged images ----------------------------------------------------------------------------------------------------

rm -r "$tree/many" "$tree"/large*
genisoimage -quiet -R -o "$T/clean" "$tree" 2>/dev/null
CNT=60
sectors=$(($(stat -c %s "$T/clean") / 2048))
cat >"$T/commands" <<'END'
mounted=0
for n in $(seq CNT); do
	dd if=/dev/vdb of=/dev/vda bs=2048 count=SECTORS 2>/dev/null
	awk -v seed=$n 'BEGIN { srand(seed); for (i = int(rand() * 10); i >= 0; i--) { where = rand()
		at = where < 0.1 ? 32768 + int(rand() * 200) : int(40960 + rand() * 2048 * 20)
		printf "%d %03o\n", at, rand() < 0.3 ? 255 : rand() < 0.5 ? 0 : int(rand() * 256) } }' |
		while read -r at byte; do printf "\\$byte" | dd of=/dev/vda bs=1 seek=$at conv=notrunc 2>/dev/null; done
	mount -o ro -t iso9660 /dev/vda /mnt 2>/dev/null || continue
	find /mnt -maxdepth 20 -type f 2>/dev/null | head -n 300 | while read -r f; do head -c 100000 "$f"; done >/dev/null 2>&1
	ls -laR /mnt 2>/dev/null | head -n 1000 >/dev/null
	umount /mnt && mounted=$((mounted + 1))
done
echo "$mounted could be mounted"
[ $mounted -gt 5 ] && ! dmesg | grep "domain is dead"
END
sed -i "s/CNT/$CNT/g; s/SECTORS/$sectors/" "$T/commands"
for where in "" disc; do
	cp "$T/clean" "$T/work"
	ok "${where:-kernel}: $CNT damaged images" env O="$O" timeout -k 5 800 kernel/vm --debug --disk "$T/work" --disk "$T/clean" \
		--append "${where:+iso9660.isolated=$where}" -c "dmesg -n 1; $(cat "$T/commands")"
done
tap_done
