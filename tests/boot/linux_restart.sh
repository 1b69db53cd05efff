#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# A module of Linux's that faults, says BUG, writes anywhere or never returns in an isolated compartment: linux.ko and Debian's
# modules that are with it are loaded anew, and answer as before. Another compartment does not notice, and the kernel lives.
. tests/tap.sh
. tests/linux/usual_build.sh
bugs="bug_null bug_bug bug_wild_write bug_endless"

pack() {
	OUT=$T/linux user/image/make_linux "$O" "$(sed -n 's/^#define KERNEL_RELEASE "\(.*\)"$/\1/p' kernel/release.h)" \
		"$O/image/tree/files" crc7 nls_cp437 "$T"/modules/bug_*.ko
}

guest() { # COMMANDS
	O=$O timeout -k 5 600 kernel/vm --debug --machine microvm --cpus 2 --archive "$T/linux.cpio" -c "$1" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	return $_status
}

says() {
	grep -qxF "$1" "$T/out" || { cat "$T/out"; return 1; }
}

# shellcheck disable=SC2086 # each is a word
ok "modules with faults are built" build_bugs $bugs
ok "an archive has them" pack
# insmod tries twice, so a compartment may end twice.
ok "they are loaded" guest "
	cd /lib/modules/*/kernel
	answer() {
		for look in \$(seq 300); do
			grep -q nls_cp437 /proc/modules && [ -c /dev/nls ] && echo 'cp437 80 U+00FC' >/dev/nls && cat /dev/nls && return
			sleep 0.1
		done
		echo 'there is no answer'; cat /proc/modules /proc/domains; dmesg | grep -v 'linux: '
	}
	insmod linux.ko isolated=box restart=9 && insmod debian/nls_cp437.ko isolated=box restart=9
	insmod linux.ko isolated=other && insmod debian/crc7.ko isolated=other
	echo \"before: \$(answer)\"
	for bug in $bugs; do
		dmesg -c >/dev/null
		insmod debian/\$bug.ko isolated=box 2>/dev/null
		echo \"after \$bug: \$(answer)\"
		dmesg | grep -q \"box: domain is dead: .*\$bug\" && echo \"\$bug ends it\"
		grep -q '^other alive' /proc/domains && grep '^crc7' /proc/modules | cut -d' ' -f1 | sed \"s/\$/ is there after \$bug/\"
	done
	rmmod nls_cp437 && rmmod crc7 && rmmod linux && rmmod linux && ! grep -v '^runtime ' /proc/modules && echo 'the kernel lives'"
ok "Debian's nls_cp437 answers" says "before: U+00C7 81"
for bug in $bugs; do
	ok "$bug ends its compartment" says "$bug ends it"
	ok "... which is there again, and answers" says "after $bug: U+00C7 81"
	ok "... and another one is as it was" says "crc7 is there after $bug"
done
ok "all of it unloads, and the kernel lives" says "the kernel lives"
tap_done
