#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# user-mode-linux, a second kernel that boots within two seconds: without symbol versions, signatures, forced unloading.
# Not quick: boots a kernel.
. tests/tap.sh
. tests/machine/machine.sh
command -v linux.uml >/dev/null || skip_all "user-mode-linux is not installed; setup/install test does it"
kernel=uml
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
