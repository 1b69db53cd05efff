#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Our hotplug daemon in the guest, the same binary as on Linux: it looks at devices, hears of them, takes signals.
. tests/tap.sh
. tests/boot/vm.sh

mkdir -p "$T/files/bin"
strip -o "$T/files/bin/tenon-hotplugd" "$O/hotplugd/static/tenon-hotplugd"
cat >"$T/files/commands" <<'END'
dmesg -n 1
loaded() { grep -c "^virtio_rng" /proc/modules; }
while [ "$(loaded)" = 0 ]; do sleep 0.1; done # the kernel has asked for it
rmmod virtio_rng
tenon-hotplugd --once 2>/dev/null; echo "once $? $(loaded)"
rmmod virtio_rng
tenon-hotplugd --no-coldplug 2>/tmp/said &
while ! ls -l /proc/$!/fd 2>/dev/null | grep -q socket; do :; done
echo "idle $(loaded)"
for i in /sys/bus/pci/devices/*; do ! grep -qi 0x1af4 $i/vendor || echo add >$i/uevent; done
while [ "$(loaded)" = 0 ]; do sleep 0.1; done
echo "heard $(loaded)"
rmmod virtio_rng
kill -HUP $!
while [ "$(loaded)" = 0 ]; do sleep 0.1; done
echo "looked again $(loaded)"
kill $!; wait $!; echo "daemon $?"
END
archive "$T/files" | cat "$O/image/initrd" - >"$T/initrd"
vm -M q35 -m 128M -smp 2 -kernel "$O/kernel/debug/tenon" -initrd "$T/initrd" -device virtio-rng-pci \
	-append "loglevel=1 panic init=/sbin/run-commands" >"$T/out"
for line in "once 0 1" "idle 0" "heard 1" "looked again 1" "daemon 0"; do
	ok "$line" grep -qx "$line" "$T/out"
done
sed 's/^/# /' "$T/out"
tap_done
