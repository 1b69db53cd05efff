#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Load and unload on Debian's kernel: kmod and we leave the same modules and messages of the kernel after each step.
# Not quick: boots a kernel.
. tests/tap.sh
. tests/machine/machine.sh

image $basic ext4 phylink
pack_some

{ cat tests/machine/basic.guest - <<'END'
same "load with dependencies" "jbd2 167936 1 ext4, Live" <<'EOF'
try modprobe ext4
try modprobe ext4
try modprobe --first-time ext4
try modprobe -r ext4
try modprobe -r ext4
try modprobe -r --first-time ext4
EOF
modprobe -f tun # Taints are told of when they come first.
same "force" "[permanent], Live (FE)" <<'EOF'
try modprobe -f phylink
try rmmod phylink
try modprobe -r phylink
try rmmod -f phylink
try modprobe phylink
try modprobe -r -f phylink
try insmod -f $(ko dummy)
EOF
# This kernel cannot unpack; one that says so in sysfs nevertheless refuses with EOPNOTSUPP.
for module in crc7.zstd crc8.xz ts_bm.gzip; do
	mkdir -p /fake
	echo "${module#*.}" >/fake/compression
	mount --bind /fake /sys/module
	modprobe "${module%.*}"
	umount /sys/module
	ok "${module#*.} is unpacked by us if the kernel refuses to" grep "^${module%.*} " /proc/modules
done
END
} >"$T/script"
boot "$basic_parameters" <"$T/script"
tap_done
