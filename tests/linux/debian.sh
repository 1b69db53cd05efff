# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For tests that run Debian's modules on linux.ko, to be read after tests/tap.sh: they are in $modules; skips the test if either is
# not there.
modules=$(echo "$O"/linux-tree/lib/modules/*)
if [ ! -f "$O/modules/x86_64/linux/linux.ko" ] || [ ! -d "$modules" ]; then
	echo "1..0 # SKIP linux.ko or Debian's modules are not there"
	exit 0
fi

# An ordinary user in $user, whose $T is from now on; none where what is built is in a directory that only root enters.
become_ordinary() {
	chown -R nobody "$T" && chmod 755 "$T"
	user="setpriv --reuid=nobody --clear-groups"
	$user test -x "$O/tenon-host" || user=
}
