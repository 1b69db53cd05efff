#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# library.sh - seconds from nothing to linux.ko on all CPUs of this machine: Debian's kernel with its headers and the source of
# Linux are downloaded, the listed files unpacked and compiled. And what is downloaded. Everything goes to a directory of its own.
set -eu
. "$(dirname "$0")/figure.sh"
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT

begun=$(date +%s)
{
	setup/debian-kernel amd64 "$T"
	setup/debian-linux-source amd64 "$T"
} 2>&1 | tee "$T/said" >&2
downloaded=$(date +%s)
make --no-print-directory -s -j"$(nproc)" O="$T" linux >&2
ended=$(date +%s)
[ -s "$T/modules/x86_64/linux/linux.ko" ]
figure library.seconds_from_nothing "$((ended - begun))" 240 "$((ended - downloaded)) of them compile, on $(nproc) CPUs"
figure library.downloaded_mb "$(sed -n 's/^Downloading .*, \([0-9]*\) MB.*/\1/p' "$T/said" | awk '{ mb += $1 } END { print mb }')" -
