#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Modules that Debian's kernel refuses: altered, unsigned, built for another kernel. The kernel is left as by kmod, and
# the message names the cause.
# Not quick: boots a kernel.
. tests/tap.sh
. tests/machine/machine.sh

image dummy tun bridge
mkdir "$guest/bad"
dummy=$(find "$guest/lib" -name dummy.ko)

# Byte 2000 is in the middle of what is signed; objcopy leaves the signature out.
cp "$dummy" "$guest/bad/altered.ko"
printf '\125' | dd of="$guest/bad/altered.ko" bs=1 seek=2000 conv=notrunc status=none
objcopy "$dummy" "$guest/bad/unsigned.ko"
sed 's/\(vermagic=[^ ]* \)SMP/\1smp/' "$guest/bad/unsigned.ko" >"$guest/bad/vermagic.ko"
objcopy -O binary --only-section=__versions --set-section-flags __versions=alloc "$dummy" "$T/versions"
printf '\1\2\3\4' | dd of="$T/versions" bs=1 seek=64 conv=notrunc status=none
objcopy --update-section __versions="$T/versions" "$guest/bad/unsigned.ko" "$guest/bad/crc.ko"
symbol=$(dd if="$T/versions" bs=1 skip=72 count=56 status=none | tr -d '\0')
head -c 5000 "$dummy" >"$guest/bad/cut.ko"
echo "not a module" >"$guest/bad/text.ko"
: >"$guest/bad/empty.ko"
cp "$debian_root/boot/config-$release" "$guest/bad/config.ko"

cat >"$T/head" <<'END'
dummy=$(echo /lib/modules/*/kernel/drivers/net/dummy.ko)
# Taints are told of when they come first.
insmod -f /bad/unsigned.ko
rmmod dummy

refused() { # NAME TEXT: the module is refused but for some kinds of force.
	cp "/bad/$1.ko" "$dummy"
	same "$1" "$2" <<'EOF'
try modprobe dummy
try modprobe -f dummy
try modprobe -r -f dummy
try modprobe --force-vermagic dummy
try rmmod dummy
try modprobe --force-modversion dummy
try rmmod dummy
EOF
}
END

{ cat "$T/head" - <<'END'
refused altered "modprobe --force-vermagic dummy: status 0"
refused unsigned "modprobe dummy: status 0"
refused vermagic "should be '"
refused crc "disagrees about version of symbol"
same "what is no module" "insmod /bad/cut.ko: status 1" <<'EOF'
for module in cut text empty config nothing; do
	try insmod /bad/$module.ko
	try insmod -f /bad/$module.ko
done
try insmod /bad
EOF
END
cat <<END
ok "an altered module is refused for its signature" fails_with 1 "the file is changed" insmod /bad/altered.ko
ok "wrong vermagic is named" fails_with 1 "smp preempt" insmod /bad/vermagic.ko
ok "... and what the kernel has" fails_with 1 " SMP preempt" insmod /bad/vermagic.ko
ok "the symbol is named whose CRC is another" fails_with 1 "$symbol" insmod /bad/crc.ko
ok "the module that has a missing symbol is named" fails_with 1 "not loaded: llc" insmod \$(find /lib -name stp.ko)
insmod /bad/unsigned.ko # dummy, by another name
ok "loaded already" fails_with 1 "dummy is loaded already" insmod /bad/unsigned.ko
END
} >"$T/script"
boot '' <"$T/script"

{ cat "$T/head" - <<'END'
refused altered "modprobe --force-vermagic dummy: status 1"
refused unsigned "modprobe -f dummy: status 1"
ok "an unsigned module is refused for its signature" fails_with 1 "ignature" insmod /bad/unsigned.ko
ok "... forced too" fails_with 1 "ignature" insmod -f /bad/unsigned.ko
END
} >"$T/script"
boot 'module.sig_enforce=1' <"$T/script"
tap_done
