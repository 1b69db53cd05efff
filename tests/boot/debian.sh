# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# To be read with `.`: the kernel of Debian with a disk, which its own ext4.ko serves as ext2. Needs setup/debian-kernel amd64.

# debian_archive DIR MODULE...: fill it with busybox, those modules and these, and an init that loads them, runs /commands and
# switches off.
debian_archive() {
	_dir=$1
	shift
	_debian=${O:-build}/debian/amd64
	_release=$(cat "$_debian/release")
	_order=
	mkdir -p "$_dir/dev" "$_dir/proc" "$_dir/sys" "$_dir/bin" "$_dir/mnt" "$_dir/modules"
	cp "${O:-build}/debian/programs/bin/busybox" "$_dir/"
	for _module in virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk crc16 mbcache \
		crc32c_generic jbd2 ext4 "$@"; do
		cp "$(find "$_debian/lib/modules/$_release" -name "$_module.ko")" "$_dir/modules/"
		_order="$_order $_module"
	done
	cat >"$_dir/init" <<-END
		#!/busybox sh
		/busybox --install -s /bin
		mount -t devtmpfs dev /dev
		mount -t proc proc /proc
		mount -t sysfs sys /sys
		echo 0 >/proc/sys/fs/protected_hardlinks # which Debian's kernel has on
		for i in$_order; do insmod /modules/\$i.ko || echo "\$i is not loaded"; done
		_left=100; until [ -b /dev/vda ] || [ \$((_left = _left - 1)) = 0 ]; do sleep 0.1; done
		. /commands
		poweroff -f
	END
	chmod +x "$_dir/init"
}

debian_kernel() {
	echo "${O:-build}/debian/amd64/boot/vmlinuz-$(cat "${O:-build}/debian/amd64/release")"
}
