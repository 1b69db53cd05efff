#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# lookups.sh BUILD-DIR WORK-DIR - the time of looking up 3,000 aliases in one process, through our libkmod.so.2, as a
# ratio to Debian's, on Debian's module tree: of all kinds in the tree's own mixture, and only `of:`.
set -eu
out=${1:?usage: lookups.sh BUILD-DIR WORK-DIR}
work=${2:?usage: lookups.sh BUILD-DIR WORK-DIR}
release=$(cat "$out/debian/amd64/release")
tree=$work/lookups/lib/modules/$release

mkdir -p "$tree"
ln -s "$(realpath "$out/debian/amd64/lib/modules/$release/kernel")" "$tree/kernel"
cp "$out/debian/amd64/lib/modules/$release"/modules.order "$out/debian/amd64/lib/modules/$release"/modules.builtin* "$tree/"
/sbin/depmod -b "$work/lookups" "$release"

# As devices have them: what brackets and stars match is put in their place.
aliases() { # PATTERN: 3,000 at most, evenly spread
	sed -n "s/^alias \($1[^ ]*\) .*/\1/p" "$tree/modules.alias" |
		sed 's/\[\(.\)[^]]*\]/\1/g; s/?/0/g; s/\*/0A/; s/\*//2; s/\*/7/g' |
		awk '{ all[NR] = $0 } END { for (i = 0; i < 3000; i++) print all[int(i * NR / 3000) + 1] }' | uniq
}

compare() { # NAME LIMIT
	_theirs=$("$out/bench/lookups" "$tree" "$work/$1" 7)
	_ours=$(LD_LIBRARY_PATH=$out/libkmod "$out/bench/lookups" "$tree" "$work/$1" 7)
	[ "${_theirs#* }" = "${_ours#* }" ] || {
		echo "bench: $1: ${_ours#* } modules found, by Debian's ${_theirs#* }" >&2
		exit 1
	}
	awk -v name="$1" -v limit="$2" -v ours="${_ours% *}" -v theirs="${_theirs% *}" 'BEGIN {
		printf "%s %.3f %s %s  # of libkmod'\''s time; %.1f us each, libkmod %.1f\n", name, ours / theirs, limit,
			ours <= limit * theirs ? "ok" : "over", ours / 1000, theirs / 1000 }'
}

aliases '' >"$work/lookups.mixed"
aliases of: >"$work/lookups.of"
compare lookups.mixed 0.4
compare lookups.of 0.3
