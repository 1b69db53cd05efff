#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# disk.sh [BUILD-DIR] - how often the border of an isolated disk driver is crossed, there and back, for a request: alone,
# and with 32 under way, of which one read(2) makes them.
set -eu
. "$(dirname "$0")/figure.sh"
out=${1:-build}
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
REQUESTS=64 # 4 MiB of 64 KiB each, or 4 KiB each

head -c 4M /dev/urandom >"$T/disk"
O=$out timeout -k 5 300 "$(dirname "$0")/../kernel/vm" --disk "$T/disk" --append virtio_blk.isolated=1 -c '
count() { sed -n "s/.*crossings=//p" /proc/domains; }
read_all() { before=$(count); dd if=/dev/vda of=/dev/null bs=$1 count=$2 2>/dev/null; echo $2 $(($(count) - before)); }
read_all 4k 64; read_all 4k 64; read_all 2M 2' >"$T/out"
set -- $(sed -n '2,3s/^[0-9]* //p' "$T/out")
[ $# = 2 ] || { cat "$T/out" >&2 && echo "disk.sh: the guest did not say how often" >&2 && exit 1; }
figure disk.crossings_4k_read "$((($1 + REQUESTS - 1) / REQUESTS))" 4
figure disk.crossings_64_requests_depth_32 "$2" "$REQUESTS" "at most 1 each"
