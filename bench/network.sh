#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# network.sh [BUILD-DIR] - guest instructions for each KiB that wget receives by TCP, with the same virtio card on the same machine:
# of Debian's kernel, of ours, and of ours with the driver and TCP/IP in isolated domains. Time is instructions there, and what
# the CPU idled is taken off. Needs setup/debian-kernel amd64.
set -eu
. "$(dirname "$0")/figure.sh"
. "$(dirname "$0")/guest.sh"
out=${1:-build}
debian=$out/debian/amd64
modules=$debian/lib/modules/$(cat "$debian/release")
T=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null || :; rm -rf "$T"' EXIT
KIB=131072

mkdir "$T/www" "$T/ours" "$T/debian" "$T/debian/dev" "$T/debian/proc" "$T/debian/bin"
truncate -s ${KIB}K "$T/www/file"
truncate -s 1M "$T/www/little"
python3 -u -m http.server --bind 127.0.0.1 --directory "$T/www" 0 >"$T/server.log" 2>&1 &
server=$!
until port=$(sed -n 's/.*port \([0-9]*\) .*/\1/p' "$T/server.log") && [ -n "$port" ]; do sleep 0.1; done

# Hundredths of a second, of 10,000,000 instructions each.
cat >"$T/ours/commands" <<END
ifconfig eth0 10.0.2.15
get() { wget -q -O /dev/null http://10.0.2.2:$port/\$1; }
busy() { sed 's/\([0-9]*\)\.\([0-9]*\) \([0-9]*\)\.\([0-9]*\)/\1\2 \3\4/' /proc/uptime | { read up idle; echo \$((1\$up - 1\$idle)); }; }
get little; before=\$(busy); get file && echo busy \$((\$(busy) - before))
sed -n 's/ .*crossings=/ crossings /p' /proc/domains
END
{
	printf '#!/busybox sh\n/busybox --install -s /bin\nmount -t devtmpfs dev /dev\nmount -t proc proc /proc\n'
	for name in drivers/virtio/virtio_ring drivers/virtio/virtio drivers/virtio/virtio_pci_modern_dev \
		drivers/virtio/virtio_pci_legacy_dev drivers/virtio/virtio_pci net/core/failover drivers/net/net_failover drivers/net/virtio_net; do
		cp "$modules/kernel/$name.ko" "$T/debian/"
		echo "insmod /${name##*/}.ko"
	done
	cat "$T/ours/commands"
	echo 'poweroff -f'
} >"$T/debian/init"
chmod +x "$T/debian/init"
cp "$out/debian/programs/bin/busybox" "$T/debian/"

received() { # KERNEL INITRD WORDS
	guest "$@" -bios bios-256k.bin -netdev user,id=net -device virtio-net-pci,disable-legacy=on,romfile=,netdev=net >"$T/said"
	echo $(($(said "$T/said" busy) * 10000000 / KIB))
}

pack "$T/debian" >"$T/debian.initrd"
{ cat "$out/image/initrd" && pack "$T/ours"; } >"$T/ours.initrd"
debian_each=$(received "$debian/boot/vmlinuz-${modules##*/}" "$T/debian.initrd" "console=ttyS0 quiet panic=-1")
ours=$(received "$out/kernel/release/tenon" "$T/ours.initrd" "panic init=/sbin/run-commands")
isolated=$(received "$out/kernel/release/tenon" "$T/ours.initrd" "panic init=/sbin/run-commands virtio_net.isolated=nic tcpip.isolated=ip")
crossings=$(awk '$2 == "crossings" { print $1, $3 }' "$T/said" | paste -s -d' ')
figure network.beside.receive_kib "$((ours * 1000 / debian_each))" 1500 "thousandths: $ours instructions, Debian's kernel $debian_each"
figure network.isolated.receive_kib "$((isolated * 1000 / debian_each))" - "thousandths: $isolated instructions; crossings in all, by domain: $crossings"
