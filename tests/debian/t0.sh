#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# All modules of Debian's kernels are linked right; see tests/debian/check.
. tests/tap.sh

t0() { # CPU
	tests/debian/check "$1" "$O" >"$T/$1" 2>&1 && grep -Eq '^T0 (arm64 )?([0-9]+) of \2 \(needed \2\)$' "$T/$1"
	_status=$?
	cat "$T/$1"
	awk -F'\t' 'NR > 1 && $2 != "ok" && n++ < 10 { print $1 ": " $2 }' "$O/debian/t0-$1.tsv"
	return $_status
}

for cpu in amd64 arm64; do
	ok "T0: every module of Debian's $cpu kernel is linked as by GNU ld" t0 $cpu
	sed 's/^/# /' "$T/$cpu"
done
tap_done
