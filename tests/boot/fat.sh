#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# FAT12, FAT16 and FAT32 through the shell, from the same module in the kernel's own domain and in an isolated one. Images are
# made by mkfs.fat and filled by mtools; what the guest reads is compared with what went into them, what it writes is looked
# at by fsck.fat and read back by mtools.
. tests/tap.sh
PATH=$PATH:/usr/sbin:/sbin
export MTOOLS_SKIP_CHECK=1 LC_ALL=C.UTF-8

# guest DOMAIN COMMANDS OPTION...: they ran with the image as a disk; what they print is in out.
guest() {
	_word=${1:+fat.isolated=$1}
	_commands=$2
	shift 2
	O=$O timeout -k 5 400 kernel/vm --debug --cpus 2 --disk "$T/image" --append "$_word" "$@" -c "dmesg -n 1; $_commands" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	return $_status
}

image() { # KIB MKFS-OPTION...: with the files of $T/tree
	_kib=$1
	shift
	rm -f "$T/image"
	mkfs.fat -C "$@" -n LABEL "$T/image" "$_kib" >/dev/null
	mcopy -i "$T/image" -s -Q -m "$T"/tree/* ::
}

says() {
	grep -qxF -- "$1" "$T/out"
}

is_clean() {
	fsck.fat -n "$T/image"
}

sums() { # as the guest prints them
	(cd "$1" && find . -type f | LC_ALL=C sort | xargs -d '\n' md5sum)
}

# What mtools finds in the image is what the guest found there.
as_mtools() {
	rm -rf "$T/copy"
	mkdir "$T/copy"
	mcopy -i "$T/image" -s -n -Q -m '::*' "$T/copy"
	sums "$T/copy" >"$T/copy.sums"
	sed -n '/^[0-9a-f]\{32\}  /p' "$T/out" | diff - "$T/copy.sums"
}

# What is in the tree: small and large files, short names and long ones, many in a directory.
mkdir -p "$T/tree/many" "$T/tree/deep/er/and deeper"
echo small >"$T/tree/SMALL.TXT"
: >"$T/tree/empty"
head -c 200001 /dev/urandom >"$T/tree/large with spaces.data"
echo umlaut >"$T/tree/Größe, äöü, 日本語.txt"
echo deep >"$T/tree/deep/er/and deeper/file.text"
for i in $(seq 60); do
	echo "$i" >"$T/tree/many/a name that is not short $i.txt"
done
touch -d '2001-02-03 04:05:06 UTC' "$T/tree/SMALL.TXT"
sums "$T/tree" >"$T/sums"
SUMS='find . -type f | sort | while read -r f; do md5sum "$f"; done'

CHANGES='cd /mnt; cat small.txt; stat -c "%F %a %u %s %Y" SMALL.TXT; df . | wc -l
mkdir d d/e "Verzeichnis äöü"; cp large* d/copy; cp large* "Verzeichnis äöü/Kopie der Größe"; mv d/copy d/e/moved; mv many d/e/many
i=0; while [ $i -lt 120 ]; do echo $i >"d/e/many/another name that is long $i"; i=$((i + 1)); done; rm d/e/many/*1*
echo upper >UPPER.DAT; echo lower >lower.dat; echo mixed >Mixed.Dat; echo x >.profile; echo y >"a+b.c,d"; echo z >two.dots.here
mv UPPER.DAT lower.dat; mv d/e/many d/many; rm -r deep; mv "Verzeichnis äöü" d/e/Umlaute
truncate -s 1000 large*; truncate -s 150000 empty; echo tail >>empty; echo far | dd of=gap bs=1 seek=70000 2>/dev/null
exec 5>gone; rm gone; head -c 100000 /dev/zero >&5; exec 5>&-; mkdir t; mv t d/t; rmdir d/t; touch -d "2011-12-13 14:15:16" Mixed.Dat
ln small.txt hard 2>/dev/null || echo "no link"; ln -s small.txt soft 2>/dev/null || echo "no soft link"
mkdir d/e 2>/dev/null || echo there; rmdir d 2>/dev/null || echo "not empty"; echo q >"a:b" 2>/dev/null || echo "no colon"
cat MIXED.DAT; chmod a-w small.txt; stat -c %a small.txt; chown 5 small.txt 2>/dev/null || echo "no owner"'

for where in "" fs; do
	for kind in "1440 -F 12 -s 1" "8001 -F 12 -s 8 -f 1" "16000 -F 16 -s 1 -a" "20000 -F 12 -s 64" "40000 -F 32 -s 1" "280000 -F 32 -s 1 -S 4096"; do
		# shellcheck disable=SC2086
		image $kind
		ok "${where:-kernel}, $kind: all is read" guest "$where" "mount -o ro -t vfat /dev/vda /mnt && cd /mnt && $SUMS"
		ok "... and is what went into the image" diff "$T/out" "$T/sums"
		ok "... and changed" guest "$where" "mount /dev/vda /mnt || exit; $CHANGES; sync; df . | tail -n 1; $SUMS; cd /; umount /mnt && echo gone"
		for line in small "regular file 755 0 6 981173106" "no link" "no soft link" there "not empty" "no colon" mixed 555 "no owner" gone; do
			ok "... $line" says "$line"
		done
		ok "... fsck.fat finds nothing" is_clean
		ok "... mtools reads the same" as_mtools
		ok "... what was made longer has zeros" sh -c "cmp -n 150000 '$T/copy/empty' /dev/zero && cmp -n 70000 '$T/copy/gap' /dev/zero"
		ok "... and the time that was set" [ "$(date -u -r "$T/copy/Mixed.Dat" +%FT%T)" = 2011-12-13T14:15:16 ]
	done
done

# ---- without long names, options, full and broken ones ----------------------------------------------------------------

for where in "" fs; do
	image 1440 -F 12 -s 1
	ok "${where:-kernel}: msdos and options" guest "$where" 'mount -t msdos -o uid=5,gid=6,fmask=0133,dmask=077 /dev/vda /mnt || exit; cd /mnt
ls | head -n 1; cat small.txt; echo cut >longer.than.eight; ls long*; cat LONGER.THA; mkdir sub; stat -c "%u %g %a" sub small.txt
cp large*.dat sub/copy; cd /; umount /mnt; mount -t vfat -o uid=x /dev/vda /mnt 2>/dev/null || echo "no such user"
mount -t vfat -o flush=1 /dev/vda /mnt 2>/dev/null || echo "no such option"; mount -t vfat -o umask=0,utf8 /dev/vda /mnt && stat -c %a /mnt; umount /mnt'
	for line in deep small longer.tha cut "5 6 700" "5 6 644" "no such user" "no such option" 777; do
		ok "... $line" says "$line"
	done
	ok "... fsck.fat finds nothing" is_clean
	ok "... a copy is what it was copied from" sh -c "mtype -i '$T/image' ::SUB/COPY | cmp - '$T/tree/large with spaces.data'"

	image 4000 -F 12 -s 4
	ok "${where:-kernel}: there is no room" guest "$where" "$(cat tests/boot/memory.functions)"'
mount /dev/vda /mnt && cd /mnt || exit; free_clusters() { stat -f -c %f .; }; before=$(free_clusters)
dd if=/dev/zero of=full bs=3000 2>&1 | grep -q "No space" && echo full; free_clusters; mkdir d 2>&1 | grep -q "No space" && echo "no directory"
truncate -s 1000000 gap 2>/dev/null || stat -c "%n %s" gap; head -c 5000 /dev/zero 2>/dev/null >small.txt || echo "no byte"; rm full gap small.txt; sync
[ $(free_clusters) -ge $before ] && echo "given back"; i=0; while touch longname$i 2>/dev/null; do i=$((i + 1)); done; [ $i -gt 100 ] && echo "no slot"
rm longname*; mkdir d; i=0; while [ $i -lt 300 ]; do : >"d/a name of some length that grows $i" || break; i=$((i + 1)); done; echo $i
mv d/*7 d/..; rm -r d; ls *7 | wc -l; cd /; umount /mnt && echo gone'
	for line in full 0 "no directory" "gap 0" "no byte" "given back" "no slot" 300 30 gone; do
		ok "... $line" says "$line"
	done
	ok "... fsck.fat finds nothing" is_clean

	image 40000 -F 32 -s 1
	ok "${where:-kernel}: from the module's beginning to its end" guest "$where" "$(cat tests/boot/memory.functions)"'
round() { mount /dev/vda /mnt && cd /mnt || exit; cp large* c; mv c d; rm d; find . >/dev/null; exec 5<small.txt; rm small.txt; echo s >small.txt; cat <&5; exec 5<&-
cd /; umount /mnt; rmmod fat; }; round; round; before=$(free_kb); round; round; until [ "$(free_kb)" -ge "$before" ]; do :; done; echo equal
mount -o ro /dev/vda /mnt; touch /mnt/x 2>/dev/null || echo refused; mount -o remount,rw /mnt; mv /mnt/small.txt /mnt/SMALLER.TXT; mount -o remount,ro /mnt
touch /mnt/x 2>/dev/null || echo "refused again"; cat /mnt/smaller.txt; umount /mnt; until ! grep -q ^fat /proc/modules; do sleep 0.2; done; echo unloaded'
	for line in equal refused "refused again" s unloaded; do
		ok "... $line" says "$line"
	done
	ok "... fsck.fat finds nothing" is_clean

	image 16000 -F 16 -s 4
	ok "${where:-kernel}: not unmounted" guest "$where" 'mount /dev/vda /mnt; echo x >/mnt/x; sync'
	ok "... is said by the volume" sh -c "fsck.fat -n '$T/image' | grep -q 'Dirty bit is set'"
	ok "... and the next time" guest "$where" 'mount /dev/vda /mnt; dmesg | grep -c "was not unmounted"; umount /mnt'
	ok "... and stays so" sh -c "fsck.fat -n '$T/image' | grep -q 'Dirty bit is set'"

	# The large file's second cluster leads to none: reading ends there, and nothing is written any more.
	image 16000 -F 16 -s 1
	cluster=$(mshowfat -i "$T/image" "::large with spaces.data" | sed 's/.*<\([0-9]*\)-.*/\1/')
	printf '\000\000' | dd of="$T/image" bs=1 seek=$((512 + (cluster + 1) * 2)) conv=notrunc 2>/dev/null
	ok "${where:-kernel}: a chain that is broken" guest "$where" 'mount /dev/vda /mnt; cat /mnt/large* 2>&1 >/dev/null | grep -c "needs cleaning"
touch /mnt/x 2>&1 | grep -c "Read-only file system"; cat /mnt/small.txt; umount /mnt && echo gone'
	for line in 1 small gone; do
		ok "... $line" says "$line"
	done
done

# ---- what is far in a chain --------------------------------------------------------------------------------------------

# blocks FILE: all of it, read backwards.
BLOCKS='blocks() { for i in $(seq 127 -1 0); do dd if=$1 bs=64k count=1 skip=$i 2>/dev/null; done; }'
eval "$BLOCKS"
image 40000 -F 32 -s 1
head -c 8M /dev/urandom >"$T/big"
mcopy -i "$T/image" "$T/big" ::
ok "reading 16,384 clusters backwards" guest fs "$BLOCKS"'
count() { sed -n "s/^fs .*crossings=\([0-9]*\).*/\1/p" /proc/domains; }
mount -o ro /dev/vda /mnt; begin=$(count); for i in $(seq 0 127); do dd if=/mnt/big bs=64k count=1 skip=$i 2>/dev/null; done | md5sum
forwards=$(($(count) - begin)); umount /mnt; mount -o ro /dev/vda /mnt; begin=$(count); blocks /mnt/big | md5sum
backwards=$(($(count) - begin)); echo "$forwards, $backwards"; [ $backwards -lt $((forwards * 2)) ] && echo "as often"; umount /mnt'
ok "... forwards it is what went into the image" says "$(md5sum <"$T/big")"
ok "... and backwards" says "$(blocks "$T/big" | md5sum)"
ok "... which needs the table about as often" says "as often"

image 20000 -F 16 -s 4
ok "a domain that is ended while its file system is mounted" guest fs 'mount /dev/vda /mnt && cd /mnt || exit
cp /bin/busybox sh; ./sh -c "echo runs from there"; cp small.txt kept; sync; cd /; echo fs >/proc/domains
cat /mnt/large* >/dev/null 2>&1 || echo refused; umount /mnt && echo gone
while grep -q "^fs dead" /proc/domains; do sleep 0.1; done; echo closed
until mount /dev/vda /mnt 2>/dev/null; do sleep 0.2; done; cat /mnt/kept; umount /mnt'
for line in "runs from there" refused gone closed small; do
	ok "... $line" says "$line"
done
tap_done
