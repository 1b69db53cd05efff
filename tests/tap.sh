# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For tests in shell, to be read with `.`: TAP, a temporary directory $T, and the build directory as an absolute path in $O.

O_given=${O:-build}
# A make that a test calls is no part of the make that runs the test: it inherits neither flags nor variables.
unset O ARCH M MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
O=$(realpath -m "$O_given")
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
tap_cnt=0
tap_failed=0

# ok NAME COMMAND...: passes if the command succeeds. What it printed is shown if it does not.
ok() {
	_name=$1
	shift
	tap_cnt=$((tap_cnt + 1))
	if "$@" >"$T/tap.log" 2>&1; then
		echo "ok $tap_cnt - $_name"
	else
		echo "not ok $tap_cnt - $_name"
		tap_failed=$((tap_failed + 1))
		sed 's/^/# /' "$T/tap.log"
	fi
}

# fails_with TEXT COMMAND...: the command fails with status 1 and says TEXT. For use behind ok.
fails_with() {
	_text=$1
	shift
	"$@" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	[ $_status -eq 1 ] && grep -qF -- "$_text" "$T/out"
}

# says TEXT COMMAND...: the command succeeds and TEXT is among what it prints. For use behind ok.
says() {
	_text=$1
	shift
	"$@" >"$T/out" 2>&1 && grep -qF -- "$_text" "$T/out" && return
	cat "$T/out"
	return 1
}

# not COMMAND...: for use behind ok.
not() {
	! "$@"
}

tap_done() {
	echo "1..$tap_cnt"
	[ "$tap_failed" -eq 0 ]
}
