#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The kernel starts our modprobe by itself when a user asks for what a module has; policy stops it, and the log says who
# had asked.
# Not quick: boots a kernel.
. tests/tap.sh
. tests/machine/machine.sh

image qrtr can ext4 dummy
cp "$O/tests/machine/ask" "$guest/bin/"

cat >"$T/script" <<'END'
clean
EAFNOSUPPORT=97 ENODEV=19

asks() { # ERRNO WORD...: the answer that an unprivileged user gets
	_errno=$1
	shift
	_answer=$(ask "$@")
	echo "errno $_answer"
	[ "$_answer" = "$_errno" ]
}

logged() { # WORD...: one line of the log has all of them
	dmesg >/tmp/log
	cat /tmp/log
	for _word; do
		grep -F -- "$_word" /tmp/log >/tmp/log.part
		mv /tmp/log.part /tmp/log
	done
	[ -s /tmp/log ]
}

stopped() { # NAME MODULE FILE: not loaded; the log names the line that decided, and the one who had asked
	ok "$1: not loaded" gone "$2"
	ok "... the log says which line decided" logged modprobe "$2" "$3"
	ok "... and who had asked" logged modprobe "ask" "1000"
}

ok "a socket loads its family's module" asks 0 socket 42 0
ok "... which is in the kernel" loaded qrtr
ask mount ext4
ok "mount loads the file system, for a user in a name space" loaded ext4
clean
ip link add dummy0 type dummy
ok "ip link loads the driver" loaded dummy

clean
echo 'blacklist can' >/etc/modprobe.d/a.conf
ok "a blacklisted alias is left alone" asks $EAFNOSUPPORT socket 29 0
ok "... and the module not loaded" gone can
clean
echo 'install can /bin/false' >/etc/modprobe.d/a.conf
ok "a command instead of a module" asks $EAFNOSUPPORT socket 29 0
ok "... and the module not loaded" gone can

clean
printf '# by the administrator\nforbid can\n' >/etc/modprobe.d/forbid.conf
ok "F-32 forbid stops what an unprivileged user asks for" asks $EAFNOSUPPORT socket 29 0
stopped "F-32 forbid" can "forbid.conf:2"
ok "F-32 other modules are loaded" asks 0 socket 42 0
clean
echo 'forbid jbd2' >/etc/modprobe.d/forbid.conf
ask mount ext4
stopped "F-32 a dependency that is forbidden stops what needs it" ext4 "forbid.conf:1"
ok "F-32 ... and all else that it would need" sh -c '! grep . /proc/modules'
clean
echo 'allow qrtr' >/etc/modprobe.d/allow.conf
ok "F-32 with a list of what is allowed, others are not" asks $EAFNOSUPPORT socket 29 0
stopped "F-32 allow" can "allow.conf:1"
ok "F-32 ... but those on it are" asks 0 socket 42 0
END
boot '' <"$T/script"
tap_done
