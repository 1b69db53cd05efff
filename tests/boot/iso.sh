#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# An image that GRUB boots, by multiboot2, on a machine with a BIOS and on one with UEFI.
. tests/tap.sh
. tests/boot/vm.sh

echo "not an archive" >"$T/initrd"
ok "an image is made" kernel/make_iso "$T/tenon.iso" "$O/kernel/debug/test" "$T/initrd" panic test=memory

# boots OPTION...: what the command line asks for has run.
boots() {
	vm -m 128M -M q35 -boot d -cdrom "$T/tenon.iso" "$@" >"$T/out"
	cat "$T/out"
	! grep -q '^not ok' "$T/out" && grep -q "^1\.\.$(grep -c 'ok [0-9]* - ' "$T/out")$" "$T/out"
}
ok "it boots with a BIOS" boots
ok "it boots with UEFI" boots -bios /usr/share/ovmf/OVMF.fd
tap_done
