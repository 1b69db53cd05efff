#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# F-43: many devices ask for the same driver, many times and from several CPUs at once. Each driver is loaded once, all
# devices get it, and drivers are loaded in the order in which devices first asked.
# Not quick: boots a kernel.
. tests/tap.sh
. tests/machine/machine.sh

image virtio-pci virtio-rng virtio-net sdhci-pci pvpanic-pci 8139cp
cp "$hotplugd" "$guest/bin/"
devices=
for _ in 1 2 3 4; do
	for device in sdhci-pci virtio-rng-pci virtio-net-pci pvpanic-pci virtio-rng-pci; do
		devices="$devices -device $device"
		[ $device != virtio-net-pci ] || devices=$devices,romfile=
	done
done

cat >"$T/script" <<'END'
trace=/sys/kernel/tracing
mount -t tracefs tracefs $trace
echo 1 >$trace/events/module/module_load/enable
echo 1 >$trace/events/syscalls/sys_enter_finit_module/enable
echo 1 >$trace/events/syscalls/sys_enter_init_module/enable

card() { # VENDOR:DEVICE: the directory of the first such device
	grep -l "PCI_ID=$1" /sys/bus/pci/devices/*/uevent | head -n 1 | xargs dirname
}

begin() { # OPTION...: of the daemon, in a kernel without modules
	clean
	echo >$trace/trace
	start_hotplugd --idle=never "$@"
}

bound() { # DRIVER CNT
	ls -d /sys/bus/*/drivers/"$1"/*/driver | tee /tmp/bound
	[ "$(wc -l </tmp/bound)" -eq "$2" ]
}

# All devices have their drivers; and the daemon has taken all events: it takes them in order, and what asks last has
# got its driver, too.
end() {
	ok "F-43 $1: eight devices get virtio_rng" comes bound virtio_rng 8
	for _driver in virtio_net sdhci-pci pvpanic-pci; do
		ok "F-43 $1: four get $_driver" comes bound $_driver 4
	done
	echo add >"$last/uevent"
	ok "F-43 $1: the last gets its driver" comes loaded 8139cp
	stop_hotplugd
	sed -n 's/.*module_load: \([^ ]*\).*/\1/p' $trace/trace >/tmp/loads
	ok "F-43 $1: each driver is loaded once" sh -c '[ -s /tmp/loads ] && ! sort /tmp/loads | uniq -d | grep .'
	ok "F-43 $1: the kernel is asked for each once" same_count /tmp/loads $trace/trace
}

same_count() { # MODULES TRACE
	cat "$1" "$2"
	[ "$(wc -l <"$1")" -eq "$(grep -c 'init_module(' "$2")" ]
}

storm() { # TIMES: all devices but the last are announced
	for _ in $(seq "$1"); do
		for _device in $devices; do
			echo add >"$_device/uevent"
		done
	done
}

last=$(card 10EC:8139)
devices=$(ls -d /sys/bus/pci/devices/* | grep -v "$last")
echo 0 >/proc/sys/kernel/printk
begin --no-coldplug
storm 50
end "announced fifty times"
# virtio_rng and virtio_net come when virtio_pci has found them, be it before or after the others.
grep -xE 'sdhci_pci|virtio_pci|pvpanic_pci|8139cp' /tmp/loads >/loads
ok "F-43 drivers are loaded in the order in which devices ask" \
	[ "$(echo $(cat /loads))" = "sdhci_pci virtio_pci pvpanic_pci 8139cp" ]
begin --no-coldplug
for _ in 1 2 3 4; do
	storm 25 &
	writers="$writers $!"
done
wait $writers
end "announced on several CPUs at once"
begin
end "there at the start"
clean
END
boot '' -smp 2 $devices -device rtl8139,romfile= <"$T/script"
tap_done
