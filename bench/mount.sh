#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# mount.sh [BUILD-DIR] - reading 100 MB of a squashfs through `./run mount`, beside squashfuse in the same run: the least of
# three times each.
set -eu
. "$(dirname "$0")/figure.sh"
out=$(realpath "${1:-build}")
modules=$(echo "$out"/linux-tree/lib/modules/*)
if [ ! -w /dev/fuse ] || ! command -v squashfuse >/dev/null || [ ! -d "$modules" ]; then
	echo "mount: skipped: /dev/fuse, squashfuse or Debian's modules are not there" >&2
	exit 0
fi
T=$(mktemp -d)
trap 'fusermount3 -uq "$T/mounted"; rm -rf "$T"' EXIT
mkdir "$T/tree" "$T/mounted"

# Half of it can be compressed.
for i in 0 1 2 3 4 5 6 7 8 9; do { head -c 5000000 /dev/urandom && seq 1000000 1714285; } >"$T/tree/$i"; done
mksquashfs "$T/tree" "$T/image" -comp zstd -quiet -no-progress >/dev/null

ours() {
	"$out/tenon-mount" -r $1 --modules "$modules" --modules "$out/modules/x86_64" "$T/image" "$T/mounted"
}

theirs() {
	squashfuse "$T/image" "$T/mounted"
}

least_ms() { # COMMAND that mounts
	least=
	for i in 1 2 3; do
		"$@"
		begun=$(date +%s%N)
		cat "$T/mounted"/* >/dev/null
		ms=$((($(date +%s%N) - begun) / 1000000))
		fusermount3 -u "$T/mounted"
		flock "$T/image" true
		[ -n "$least" ] && [ "$least" -le "$ms" ] || least=$ms
	done
	echo "$least"
}

squashfuse=$(least_ms theirs)
isolated=$(least_ms ours '')
in_process=$(least_ms ours --in-process)
figure mount.squashfs.permille_of_squashfuse $((isolated * 1000 / squashfuse)) - "$isolated ms; squashfuse $squashfuse ms"
figure mount.squashfs.in_process.permille_of_squashfuse $((in_process * 1000 / squashfuse)) - "$in_process ms"
