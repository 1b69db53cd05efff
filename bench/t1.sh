#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# t1.sh [BUILD-DIR [CNT]] - how long it takes to try all of Debian's modules on linux.ko, as `make check-debian` does: load each with
# what it needs, use it, unload it. CNT: only so many of them, spread over all families. Needs setup/debian-kernel amd64 and
# `make linux-tiers`. With all of them it takes five minutes on two CPUs.
set -eu
. "$(dirname "$0")/figure.sh"
export O="${1:-build}"
cnt=${2-}
LIMIT=1200 # seconds
make --no-print-directory -s linux-tiers >&2
names=$(find "$O"/debian/amd64/lib/modules/ -name '*.ko' | sort | awk -F / -v cnt="$cnt" '{ name[NR] = $NF } END {
	for (i = 0; i < cnt; i++) { n = name[int(i * NR / cnt) + 1]; sub(/\.ko$/, "", n); gsub("-", "_", n); print n } }')
begun=$(date +%s)
# shellcheck disable=SC2086 # each name is a word
said=$(tests/linux/tiers/tiers.py $names | sed -n 's/^count T1 \(.*\) modules.*/\1/p')
[ -n "$said" ]
figure "t1.seconds${cnt:+_of_$cnt}" $(($(date +%s) - begun)) "$([ -n "$cnt" ] && echo - || echo $LIMIT)" "$said modules reach T1; $(nproc) CPUs"
