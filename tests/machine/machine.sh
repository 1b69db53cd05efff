# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For tests on a booted kernel, to be read with `.` after tap.sh: Debian's kernel in QEMU, with an image in memory that
# holds busybox, Debian's kmod and our static tools. Or skips the whole test.
. tests/kmod/tree.sh

static=$O/tools/static
hotplugd=$O/hotplugd/static/tenon-hotplugd
kernel=$debian_root/boot/vmlinuz-$release
backports=${TENON_DEBIAN_BACKPORTS:-$O/debian/amd64-backports}
guest=$T/guest
for _program in qemu-system-x86_64 busybox cpio; do
	command -v $_program >/dev/null || skip_all "$_program is not installed; setup/install test does it"
done
[ -x "$static/modprobe" ] && [ -x "$hotplugd" ] || skip_all "the static tools are not built; make static"

# image MODULE...: begin a guest's files in $guest, with these modules and what they need.
image() {
	_tree=$guest/lib/modules/$release
	mkdir -p "$guest/bin" "$guest/sbin" "$guest/tenon" "$guest/kmod" "$_tree"
	cp "$(command -v busybox)" "$guest/bin/busybox"
	cp /bin/dash "$guest/bin/sh" # for busybox's own shell prefers its own modprobe, insmod, rmmod
	cp -P "$static"/* "$guest/tenon/"
	cp /bin/kmod "$guest/kmod/kmod"
	for _name in modprobe insmod rmmod lsmod modinfo depmod; do
		ln -s kmod "$guest/kmod/$_name"
	done
	with_libraries /bin/kmod
	with_libraries /bin/dash
	tree "$T/base"
	"$static/depmod" -b "$T/base" "$release"
	/sbin/modprobe -d "$T/base" -S "$release" -aD "$@" >"$T/closure" || exit 1
	awk -v base="$T/base/lib/modules/$release/" '$1 == "insmod" { print substr($2, length(base) + 1) }' "$T/closure" |
		sort -u | (cd "$debian" && cpio -pdL --quiet "$_tree")
	cp "$debian"/modules.order "$debian"/modules.builtin* "$_tree/"
	"$static/depmod" -b "$guest" "$release"
	cp tests/machine/guest.sh "$guest/"
}

# with_libraries PROGRAM: copy the libraries that it is linked with to the guest.
with_libraries() {
	ldd "$1" | grep -o '/[^ ]*' | while read -r _library; do
		mkdir -p "$guest$(dirname "$_library")"
		cp -L "$_library" "$guest$_library"
	done
}

# boot PARAMETERS [QEMU-ARGUMENT]...: run the script on standard input in a guest, which counts its tests among ours.
boot() {
	{ echo '#!/bin/sh' && echo '. /guest.sh' && cat && echo 'echo end >&3'; } >"$guest/init"
	chmod +x "$guest/init"
	pack "$guest" >"$T/image"
	_parameters="panic=-1 $1"
	shift
	run_guest "$kernel" "$T/image" "$_parameters" "$@"
}

pack() { # DIR
	(cd "$1" && find . | cpio -o -H newc -R 0:0 --quiet)
}

# run_guest [--at TEXT LINE] KERNEL IMAGE PARAMETERS [QEMU-ARGUMENT]...: see boot
run_guest() {
	_at=
	if [ "$1" = --at ]; then
		_text=$2 _line=$3 _at=yes
		shift 3
	fi
	_kernel=$1 _image=$2 _parameters=$3
	shift 3
	tests/machine/boot ${_at:+--at "$_text" "$_line"} "$_kernel" "$_image" "$_parameters" "$T/console" \
		$((tap_cnt + 1)) "$@" | tee "$T/results" | grep -vx '# done'
	grep -qx '# done' "$T/results" || echo "not ok $((tap_cnt + 1)) - a guest is booted" | tee "$T/results"
	tap_cnt=$((tap_cnt + $(grep -cE '^(not )?ok ' "$T/results")))
	tap_failed=$((tap_failed + $(grep -c '^not ok ' "$T/results")))
}

# What basic.guest needs.
basic="loop appletalk dummy tun crc7 crc8 crc-itu-t ts_bm"
basic_parameters="loop.hw_queue_depth=32 modprobe.blacklist=crc_itu_t"
pack_some() {
	for _pack in "crc7 zstd zst" "crc8 xz xz" "ts_bm gzip gz"; do
		set -- $_pack
		_ko=$(find "$guest/lib" -name "$1.ko")
		"$2" -c "$_ko" >"$_ko.$3"
		rm "$_ko"
	done
	"$static/depmod" -b "$guest" "$release"
}
