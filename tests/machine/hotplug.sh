#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# tenon-hotplugd loads the drivers of what is plugged into QEMU (a USB controller, a USB stick, network cards) and
# unloads them when it has been unplugged.
# Not quick: boots a kernel.
. tests/tap.sh
. tests/machine/machine.sh

image xhci-pci usb-storage sd-mod e1000e virtio-pci virtio-net dummy
cp "$hotplugd" "$guest/bin/"
printf 'tenon on a stick' >"$T/stick"
truncate -s 1M "$T/stick"

cat >"$T/script" <<'END'
clean

plug() { # QEMU'S-DRIVER NAME [MORE]
	qmp device_add "\"driver\": \"$1\", \"id\": \"$2\"${3:+, $3}"
}

unplug() { # NAME
	qmp device_del "\"id\": \"$1\""
}

none_loaded() {
	! grep . /proc/modules
}

start_hotplugd --idle=1
ok "plug a USB controller" plug qemu-xhci usb
ok "its driver is loaded" comes loaded xhci_pci
ok "... with what it needs" loaded usbcore
ok "plug a USB stick" plug usb-storage stick '"bus": "usb.0", "drive": "stick"'
ok "its driver is loaded" comes loaded usb_storage
ok "that of the disk on it too" comes loaded sd_mod
ok "the disk can be read" comes grep -q 'tenon on a stick' /dev/sda
ok "unplug the stick" unplug stick
ok "the disk's driver is unloaded" comes gone sd_mod
ok "the stick's too" comes gone usb_storage
ok "... and what it needed" comes gone scsi_mod
ok "the controller's is not" loaded xhci_pci
ok "unplug the controller" unplug usb
ok "its driver is unloaded, and all that it needed" comes none_loaded
for card in e1000e virtio-net-pci; do
	driver=$card
	[ $card = e1000e ] || driver=virtio_net
	ok "plug a network card, $card" plug $card card
	ok "its driver is loaded" comes loaded $driver
	ok "the card is there" comes ls /sys/class/net/eth0
	ok "unplug it" unplug card
	ok "its driver is unloaded, and all that it needed" comes none_loaded
done
stop_hotplugd
ok "the log names drivers and devices" grep 'loaded usb_storage for /devices/pci' /hotplugd.log
ok "... and what was unloaded" grep 'unloaded usb_storage' /hotplugd.log

# What someone else has loaded stays; the policy holds.
modprobe dummy
modprobe virtio_net
echo 'forbid e1000e' >/etc/modprobe.d/a.conf
start_hotplugd --idle=0
plug virtio-net-pci card
ok "a card whose driver was there" comes ls /sys/class/net/eth0
plug e1000e other
ok "a driver that is forbidden is not loaded, and the log names the line" \
	comes grep 'a.conf:1 forbids' /hotplugd.log
unplug card
unplug other
ok "both are gone" comes sh -c '! ls /sys/bus/pci/devices/*/virtio* && ! grep 0x10d3 /sys/bus/pci/devices/*/device'
ok "what the daemon has loaded is unloaded" comes gone virtio_pci
stop_hotplugd
ok "what others have loaded is left" loaded virtio_net
ok "... also what has no device" loaded dummy
clean

# Killed, and started again when the card is gone.
mkdir /run/hotplugd
export RUNTIME_DIRECTORY=/run/hotplugd
start_hotplugd --idle=1
plug e1000e card
ok "a driver is loaded" comes loaded e1000e
ok "... and on record" comes grep -q '^e1000e [0-9]*$' /run/hotplugd/drivers
kill -9 $hotplugd
wait $hotplugd
unplug card
ok "the card is gone" comes sh -c '! grep 0x10d3 /sys/bus/pci/devices/*/device'
ok "its driver is not" loaded e1000e
start_hotplugd --idle=1
ok "the next daemon unloads it" comes none_loaded
plug e1000e card
comes loaded e1000e
kill -9 $hotplugd
wait $hotplugd
busybox rmmod e1000e
insmod "$(modinfo -n e1000e)"
unplug card
start_hotplugd --idle=0
ok "not one that somebody has loaded anew" sh -c 'sleep 2; [ -e /sys/module/e1000e ]'
stop_hotplugd
clean
END
boot '' -drive "if=none,id=stick,format=raw,file=$T/stick" <"$T/script"
tap_done
