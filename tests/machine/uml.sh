#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# user-mode-linux, a second kernel that boots within two seconds: without symbol versions, signatures, forced unloading.
# Not quick: boots a kernel.
. tests/tap.sh
. tests/machine/machine.sh
command -v linux.uml >/dev/null || skip_all "user-mode-linux is not installed; setup/install test does it"
kernel=uml

# On a CPU with AMX Debian's user-mode-linux 6.1 dies with whatever it runs: its copy of a process's FPU state is too small.
starts_with_nothing_of_ours() {
	mkdir -p "$T/bare/bin" "$T/bare/dev"
	cp "$(command -v busybox)" "$T/bare/bin/busybox"
	printf '%s\n' '#!/bin/busybox sh' '/bin/busybox mount -t devtmpfs devtmpfs /dev' '/bin/busybox stty -F /dev/ttyS1 raw' \
		'echo end >/dev/ttyS1' '/bin/busybox poweroff -f' >"$T/bare/init"
	chmod +x "$T/bare/init"
	pack "$T/bare" >"$T/bare.image"
	tests/machine/boot uml "$T/bare.image" panic=-1 "$T/bare.console" 1 >"$T/bare.results"
	! grep -q '^not ok' "$T/bare.results"
}
starts_with_nothing_of_ours || skip_all "user-mode-linux dies here with nothing of Tenon's in it: $(tail -n 1 "$T/bare.console")"

debian=$(echo /usr/lib/uml/modules/*)
release=${debian##*/}

image $basic
pack_some
{ cat tests/machine/basic.guest - <<'END'
ok "without forced unloading" sh -c 'modprobe dummy && ! rmmod -f nothing && rmmod -f dummy'
END
} >"$T/script"
boot "$basic_parameters" <"$T/script"
tap_done
