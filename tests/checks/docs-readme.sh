#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The README's transcript: its commands are run, and print what it shows, but for sizes.
# Not quick: it needs Debian's kernel.
. tests/tap.sh
. tests/checks/docs-replay.sh
replay_modules="--modules $(echo "$O"/debian/amd64/lib/modules/*)"

mkdir "$T/blocks"
blocks README.md "$T/blocks"
grep -v '^$' "$T/blocks/1-1" >"$T/transcript"
ok "there is a transcript" grep -q '^\$ ./run -c' "$T/transcript"
ok "its commands do what it shows" replay "$T/transcript" .
tap_done
