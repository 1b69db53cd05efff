#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# make deb: lintian has nothing to say of the packages; in a Debian system of its own they are installed, modules are
# found with them, initramfs-tools and dracut make images with them, and when they are removed all is as it was.
# Not quick: makes a system and two images.
. tests/tap.sh
. tests/kmod/tree.sh

quiet_make() {
	env -i PATH="$PATH" HOME="$T" DEBFULLNAME="A Tester" DEBEMAIL=tester@debian.org make -s O="$O_given" "$@"
}

ok "make deb" quiet_make deb
cp "$O/deb/"*.deb "$T/"
ok "... makes four packages" [ "$(ls "$T" | grep -c '\.deb$')" -eq 4 ]
version=$(sed -n 's/^Version: //p' user/packaging/tenon-mod.pc.in)
quiet_make deb >/dev/null
ok "... the same each time" sh -c 'for deb in "$1"/*.deb; do cmp "$deb" "$2/$(basename "$deb")" || exit 1; done' - "$T" "$O/deb"
if command -v lintian >/dev/null; then
	ok "lintian has nothing to say" sh -c 'lintian --allow-root --fail-on error,warning,info,pedantic "$1"/*.deb >"$1/lintian" 2>&1 &&
		! grep "^[EWIP]:" "$1/lintian"' - "$T"
else
	ok "lintian # SKIP it is not installed" true
fi
ok "nothing names the build's directories" [ -z "$(mkdir "$T/all"; for deb in "$T"/*.deb; do dpkg-deb -x "$deb" "$T/all"; done
	grep -rlF -e "$PWD" -e "$T" "$T/all")" ]

if [ "$(id -u)" -ne 0 ]; then
	ok "in a system of its own # SKIP chroot needs root" true
	tap_done
	exit
fi
for program in mkinitramfs dracut; do
	command -v $program >/dev/null || needed="$program ${needed-}"
done
if [ "${needed-}" ]; then
	ok "in a system of its own # SKIP not installed: $needed" true
	tap_done
	exit
fi

root=$T/root
inside() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
}
# content: all of the system but dpkg's own records, and what triggers of debianutils and udev make
content() {
	(cd "$root" && find . \( -path ./var/lib/dpkg -o -path ./var/log -o -path ./var/cache -o -path ./tmp \) -prune -o \
		! -name ld.so.cache ! -name hwdb.bin ! -name shells ! -name shells.state -printf '%p %y %m %U %l\n' | sort)
}
ok "a system" python3 tests/packaging/root.py "$root" dpkg kmod libkmod2 dash initramfs-tools-core dracut-core busybox-static \
	zstd libjansson4
mkdir -p "$root/lib/modules/$release"
(cd "$debian" && find kernel/fs/ext4 kernel/fs/jbd2 kernel/fs/mbcache.ko kernel/lib kernel/crypto kernel/drivers/block \
	kernel/drivers/virtio -name '*.ko' | cpio -pdm "$root/lib/modules/$release") 2>/dev/null
cp "$debian"/modules.order "$debian"/modules.builtin* "$root/lib/modules/$release/"
inside depmod "$release"
cp "$root/lib/modules/$release/modules.dep" "$T/theirs.dep"
inside modprobe -S "$release" --show-depends ext4 >"$T/theirs.depends"
content >"$T/before"
inside dpkg --audit >"$T/audit.before"

cp "$T"/*.deb "$root/tmp/"
ok "the packages are installed" inside sh -c 'dpkg -i /tmp/libtenon*.deb /tmp/tenon-tools*.deb'
ok "... and kmod's names still lead to kmod" sh -c '! "$@" | grep Tenon' - chroot "$root" /sbin/modprobe --version
ok "tenon-kmod, too" inside sh -c 'dpkg -i /tmp/tenon-kmod*.deb'
inside dpkg --configure --pending >"$T/log" 2>&1 # triggers, as apt does
inside dpkg --audit >"$T/audit"
ok "... wholly" diff "$T/audit.before" "$T/audit"
ok "modprobe is ours" sh -c '"$@" | grep -q Tenon' - env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" modprobe --version
for name in kmod insmod rmmod lsmod modinfo depmod tenon tenon-hotplugd; do
	ok "$name runs" inside $name --version
done
ok "the library is found" sh -c 'chroot "$1" /sbin/ldconfig -p | grep -q libtenon-mod.so.0' - "$root"
rm "$root/lib/modules/$release/modules.dep"
ok "depmod" inside depmod "$release"
ok "... makes the same index" cmp "$T/theirs.dep" "$root/lib/modules/$release/modules.dep"
inside modprobe -S "$release" --show-depends ext4 >"$T/ours.depends"
ok "modprobe finds the same modules" cmp "$T/theirs.depends" "$T/ours.depends"
ok "... there are some" grep -q 'insmod .*/jbd2.ko' "$T/ours.depends"
ok "tenon lint reads what kmod's package ships" inside tenon lint -S "$release"
ok "the manual page is ours" sh -c 'zcat "$1/usr/share/man/man8/modprobe.8.gz" | grep -q "Os Tenon"' - "$root"

# An image for boot, made by both.
cp -r "$root/etc/initramfs-tools" "$root/tmp/conf"
printf 'ext4\nloop\n' >>"$root/tmp/conf/modules"
sed -i 's/^MODULES=.*/MODULES=list/; s/^COMPRESS=.*/COMPRESS=gzip/' "$root/tmp/conf/initramfs.conf"
echo CONFIG_RD_GZIP=y >"$root/boot/config-$release"
ok "mkinitramfs" inside mkinitramfs -d /tmp/conf -o /tmp/initramfs "$release"
inside lsinitramfs /tmp/initramfs >"$T/list"
ok "... takes our program" grep -q 'usr/lib/tenon/bin/kmod$' "$T/list"
ok "... and modules with what they need" grep -q '/jbd2.ko' "$T/list"
ok "dracut" inside dracut --force --kver "$release" --no-hostonly --no-hostonly-cmdline --no-early-microcode --nostrip \
	-m "base kernel-modules" --drivers ext4 /tmp/dracut.img
inside lsinitrd /tmp/dracut.img >"$T/list" 2>&1
ok "... takes our program" grep -q 'usr/lib/tenon/bin/kmod$' "$T/list"
ok "... and modules with what they need" grep -q '/jbd2.ko' "$T/list"
rm "$root/boot/config-$release"

ok "installed once more" inside sh -c 'dpkg -i /tmp/tenon-*.deb'
ok "... each name is diverted once" [ "$(inside dpkg-divert --list '*.gz' '/bin/*' '/sbin/*' | grep -c tenon-kmod)" -eq \
	"$(dpkg-deb -c "$T/tenon-kmod_${version}"_*.deb | grep -c -- '->')" ]
ok "tenon-tools alone cannot go" sh -c '! "$@"' - chroot "$root" dpkg -r tenon-tools
ok "tenon-kmod is removed" inside dpkg -r tenon-kmod
ok "modprobe is kmod's again" sh -c '"$@" | grep -q "^kmod version" && ! "$@" | grep Tenon' - chroot "$root" /sbin/modprobe --version
ok "... tenon is still there" inside tenon --version
ok "all are purged" inside dpkg -P tenon-kmod tenon-tools libtenon-mod-dev libtenon-mod0
ok "nothing is diverted" [ -z "$(inside dpkg-divert --list)" ]
content >"$T/after"
ok "all is as it was" diff "$T/before" "$T/after"
tap_done
