#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# make static: programs that need no other file, for an initramfs.
. tests/tap.sh

for program in tools/static/tenon hotplugd/static/tenon-hotplugd; do
	ok "$program asks for no interpreter" sh -c "readelf -lW '$O/$program' | grep -q LOAD &&
		! readelf -lW '$O/$program' | grep -q INTERP"
	ok "... and for no library" sh -c "! readelf -d '$O/$program' | grep -q NEEDED"
done
for name in kmod modprobe insmod rmmod lsmod modinfo depmod tenon; do
	ok "$name runs" "$O/tools/static/$name" --version
done
ok "tenon-hotplugd runs" "$O/hotplugd/static/tenon-hotplugd" --version

# What unpacks is in it.
mkdir "$T/k"
printf '.section .modinfo, "a"\n.asciz "license=GPL"\n.asciz "description=packed"\n' | as -o "$T/k/plain.ko" -
gzip -c "$T/k/plain.ko" >"$T/k/gz.ko.gz"
xz -c "$T/k/plain.ko" >"$T/k/xz.ko.xz"
zstd -qc "$T/k/plain.ko" >"$T/k/zst.ko.zst"
for file in "$T"/k/*; do
	ok "modinfo of $(basename "$file")" [ "$("$O/tools/static/modinfo" -d "$file")" = packed ]
done
if [ "$(id -u)" -eq 0 ]; then
	mkdir "$T/jail"
	cp "$O/tools/static/tenon" "$T/k/xz.ko.xz" "$T/jail/"
	ok "it runs where nothing else is" \
		[ "$(chroot "$T/jail" /tenon modinfo -d /xz.ko.xz)" = packed ]
fi
tap_done
