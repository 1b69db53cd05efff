#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# busybox's commands print on our kernel what the same busybox prints on this one.
. tests/tap.sh
busybox=$O/debian/programs/bin/busybox

mkdir -p "$T/bin" "$T/host/empty"
"$busybox" --install -s "$T/bin"
cp tests/boot/files.commands "$T/host/script"
(cd "$T/host/empty" && env -i PATH="$T/bin" sh ../script) >"$T/expected" 2>&1 </dev/null

# guest NAME OPTION...: the same there, in an empty directory of the root; what it printed is NAME.
guest() {
	_name=$1
	shift
	{
		echo "mkdir -p /tmp/empty; cat >/tmp/script <<'END-OF-SCRIPT'"
		cat tests/boot/files.commands
		echo END-OF-SCRIPT
		echo 'cd /tmp/empty; sh ../script 2>&1 </dev/null | cat'
	} >"$T/commands"
	O=$O timeout -k 5 300 kernel/vm --debug "$@" -c "$(cat "$T/commands")" >"$T/$_name"
}

ok "the commands say something on this kernel" grep -q '^== errors' "$T/expected"
for cpus in 1 4; do
	ok "they run, on $cpus CPUs" guest got --cpus $cpus
	ok "... and print the same" diff "$T/expected" "$T/got"
done
tap_done
