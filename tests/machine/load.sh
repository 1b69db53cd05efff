#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Load and unload on Debian's kernel: after each step kmod and we have left the same modules and messages of the kernel.
# Not quick: boots a kernel.
. tests/tap.sh
. tests/machine/machine.sh

image ext4 loop bridge dummy tun phylink crc7 crc8 crc-itu-t ts_bm
for pack in "crc7 zstd zst" "crc8 xz xz" "ts_bm gzip gz"; do
	set -- $pack
	ko=$(find "$guest/lib" -name "$1.ko")
	"$2" -c "$ko" >"$ko.$3"
	rm "$ko"
done
"$static/depmod" -b "$guest" "$release"

boot 'loop.hw_queue_depth=32 modprobe.blacklist=crc_itu_t' <<'END'
cat >>/scenario.sh <<'EOF'
ko() { # MODULE: its file
	echo /lib/modules/*/kernel/*/"$1".ko* /lib/modules/*/kernel/*/*/"$1".ko* | tr ' ' '\n' | grep -v '[*]'
}
EOF

same "load with dependencies" "jbd2 167936 1 ext4, Live" <<'EOF'
try modprobe ext4
try modprobe ext4
try modprobe --first-time ext4
try modprobe -r ext4
try modprobe -r ext4
try modprobe -r --first-time ext4
EOF
same "several modules, one of which there is not" "modprobe -a dummy nothing tun: status 1" <<'EOF'
try modprobe dummy nothing
try modprobe -a dummy nothing tun
try modprobe -r -a dummy tun nothing
EOF
same "insmod with what it needs missing, then with it" "Unknown symbol" <<'EOF'
try insmod $(ko bridge)
try insmod $(ko llc)
try insmod $(ko stp)
try insmod $(ko bridge)
try insmod $(ko bridge)
try insmod /nothing.ko
try rmmod bridge stp
EOF
same "parameters" "loop.max_part=15" <<'EOF'
try modprobe loop max_loop=3 max_part=15
parameter loop max_loop
parameter loop max_part
parameter loop hw_queue_depth
ls /dev/loop?
try rmmod loop
try insmod $(ko loop) max_loop=2
parameter loop max_loop
try modprobe -r loop
try modprobe loop max_loop=many
try modprobe loop nothing=1
EOF
same "options from modprobe.d, the command line of the kernel, and the user" "loop.hw_queue_depth=32" <<'EOF'
echo 'options loop max_loop=5 max_part=7' >/etc/modprobe.d/loop.conf
try modprobe loop
parameter loop max_loop
parameter loop hw_queue_depth
try modprobe -r loop
try modprobe loop max_loop=2
parameter loop max_loop
parameter loop max_part
EOF
same "a module that is in use" "rmmod loop: status 1" <<'EOF'
try modprobe loop
exec 9</dev/loop0
try rmmod loop
try modprobe -r loop
exec 9<&-
try rmmod loop
EOF
same "remove with holders" "modprobe -r --remove-holders stp: status 0" <<'EOF'
try modprobe bridge
try rmmod llc
try modprobe -r llc
try modprobe -r stp
try modprobe -r bridge
try modprobe bridge
try modprobe -r --remove-holders stp
EOF
# Debian's kmod tries stp before bridge, which holds both.
modprobe bridge
ok "remove with holders of holders" modprobe -r --remove-holders llc
ok "... leaves none" sh -c '! grep . /proc/modules'
modprobe -f tun # The first in a kernel is told of in its log.
same "force" "phylink 61440 0 [permanent], Live (FE)" <<'EOF'
try modprobe -f phylink
try rmmod phylink
try modprobe -r phylink
try rmmod -f phylink
try modprobe phylink
try modprobe -r -f phylink
try insmod -f $(ko dummy)
EOF
same "blacklist" "modprobe -b dummy: status 0" <<'EOF'
echo 'blacklist dummy' >/etc/modprobe.d/a.conf
try modprobe -b dummy
try modprobe rtnl-link-dummy
try modprobe -b crc-itu-t
try modprobe dummy
EOF
same "install and remove commands" "removed: dummy" <<'EOF'
cat >/etc/modprobe.d/a.conf <<'EOT'
install dummy echo "installed: $MODPROBE_MODULE $CMDLINE_OPTS"; modprobe --ignore-install dummy $CMDLINE_OPTS
remove dummy modprobe -r --ignore-remove dummy && echo "removed: $MODPROBE_MODULE"
install tun /bin/false
options dummy numdummies=2
EOT
try modprobe dummy
parameter dummy numdummies
try modprobe -r dummy
try modprobe tun
try modprobe -i tun
EOF
same "softdeps" "dummy" <<'EOF'
echo 'softdep dummy pre: tun post: loop nothing' >/etc/modprobe.d/a.conf
try modprobe dummy
try modprobe -r dummy
EOF
same "zst and xz" "crc8 16384 0 - Live" <<'EOF'
try modprobe crc7
try insmod $(ko crc8)
EOF

# Debian's kmod cannot read gz.
ok "gz" sh -c 'modprobe ts_bm && grep "^ts_bm " /proc/modules'
clean
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
tap_done
