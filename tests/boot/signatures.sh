#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Who may load modules: signed with the kernel's key or not, each in every mode. openssl signs.
. tests/tap.sh
. tests/boot/vm.sh

hello=$O/modules/x86_64/examples/hello.ko

# trailer BYTES: what stands behind a message of that length: struct module_signature of Linux, and its mark.
trailer() {
	printf '\0\0\2\0\0\0\0\0'
	printf "\\$(printf %03o $(($1 >> 24)))\\$(printf %03o $(($1 >> 16 & 255)))\\$(printf %03o $(($1 >> 8 & 255)))\\$(printf %03o $(($1 & 255)))"
	echo "~Module signature appended~"
}

# sign KEY FILE OUT OPTION...: with more of openssl's options.
sign() {
	_key=$1 _file=$2 _out=$3
	shift 3
	openssl cms -sign -in "$_file" -binary -outform DER -signer "$_key.pem" -inkey "$_key.key" -out "$T/message" "$@" &&
		append "$_file" "$_out"
}

append() {
	{ cat "$1" "$T/message"; trailer "$(wc -c <"$T/message")"; } >"$2"
}

make_files() {
	mkdir -p "$T/files/m"
	openssl req -new -x509 -newkey rsa:2048 -nodes -sha256 -days 9 -subj "/CN=Nobody" -keyout "$T/other.key" -out "$T/other.pem" 2>/dev/null
	ours=$O/keys/signing other=$T/other plain="-noattr -nocerts" m=$T/files/m
	cp "$hello" "$m/unsigned"
	sign "$ours" "$hello" "$m/sha256" $plain -md sha256
	sign "$ours" "$hello" "$m/sha384" $plain -md sha384
	sign "$ours" "$hello" "$m/sha512" $plain -md sha512
	sign "$ours" "$hello" "$m/keyid" $plain -keyid
	cp "$hello" "$m/modpost" && "$O/modpost/modpost" --sign "$ours.key" --cert "$ours.pem" "$m/modpost"
	sign "$ours" "$hello" "$m/sha1" $plain -md sha1
	sign "$ours" "$hello" "$m/certificates" -noattr
	sign "$ours" "$hello" "$m/attributes" -nocerts
	sign "$other" "$hello" "$m/stranger" $plain
	sign "$ours" "$O/modules/x86_64/examples/params.ko" "$m/another" $plain && append "$hello" "$m/another"
	# One byte of the content, of the signature's value, and one too many behind the message.
	{ head -c 2000 "$m/sha256"; printf x; tail -c +2002 "$m/sha256"; } >"$m/content"
	{ head -c -41 "$m/sha256"; printf x; tail -c 40 "$m/sha256"; } >"$m/value"
	sign "$ours" "$hello" "$m/longer" $plain && { cat "$T/message"; printf x; } >"$T/more" && mv "$T/more" "$T/message" && append "$hello" "$m/longer"
	head -c -28 "$m/sha256" >"$m/mark"
	archive "$T/files" >"$T/archive"
}

guest() { # COMMANDS WORDS OPTION...
	_commands=$1 _words=$2
	shift 2
	O=$O timeout -k 5 400 kernel/vm --debug --archive "$T/archive" --append "$_words" "$@" -c "
		load() { for i in \$*; do insmod /m/\$i >/tmp/said 2>&1 && echo \"\$i loaded \$(cat /sys/module/hello/taint)\" && rmmod hello ||
			echo \"\$i \$(sed 's/.*: //' /tmp/said)\"; done; }
		$_commands" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	return $_status
}

has() {
	grep -qxF -- "$1" "$T/out"
}

good="sha256 sha384 sha512 keyid modpost"
bad="unsigned sha1 certificates attributes stranger another content value longer mark"
mode=/sys/module/module/parameters/signatures

ok "files are signed" make_files
ok "enforced" guest "load $good $bad; cat $mode; dmesg | grep insmod" signatures=enforce
for i in $good; do ok "... loaded: $i" has "$i loaded "; done
for i in $bad; do ok "... refused as by Linux: $i" has "$i Key was rejected by service"; done
ok "... and the log says who asked, and why" grep -q 'load, for insmod ([0-9]*): module: signed with a key that is not trusted' "$T/out"
ok "... of what was changed too" grep -q 'for insmod ([0-9]*): module: signature does not match' "$T/out"
ok "Linux's word for it, on a machine with a disk" guest "cat /sys/module/module/parameters/sig_enforce; cat /dev/vda | wc -c
	modprobe params && echo the image loads; load unsigned" module.sig_enforce --disk "$T/archive"
for line in Y "$(wc -c <"$T/archive")" "the image loads" "unsigned Key was rejected by service"; do ok "... $line" has "$line"; done
ok "only warned of" guest "load sha256 unsigned stranger content; dmesg | grep -c 'hello: not signed by a trusted key'" signatures=warn
ok "... a good one loads, without a mark" has "sha256 loaded "
for i in unsigned stranger content; do ok "... $i loads, marked" has "$i loaded E"; done
ok "... and a line of the log" has 3
ok "not looked at" guest "load sha256 unsigned stranger content" signatures=off
for i in sha256 unsigned stranger content; do ok "... $i" has "$i loaded "; done
ok "a mode that there is not is refused at boot" sh -c "! O=$O timeout 60 kernel/vm -c true --append signatures=perhaps >$T/out 2>&1"
ok "... with a line that says so" grep -q "signatures=perhaps: it is off, warn or enforce" "$T/out"
ok "there is no way back" guest "cat $mode; load unsigned; echo warn >$mode; echo off >$mode || echo not off; echo nonsense >$mode || echo no mode
	load unsigned; echo enforce >$mode; echo warn >$mode || echo not warn
	echo 0 >/sys/module/module/parameters/sig_enforce || echo not even so; load unsigned sha256; cat $mode" ""
for line in off "not off" "no mode" "not warn" "not even so" "unsigned loaded E" "unsigned Key was rejected by service" enforce; do
	ok "... $line" has "$line"
done

# The table of what may be loaded, which is read at boot.
policy() { # LINE...
	mkdir -p "$T/files/etc"
	printf '%s\n' "$@" >"$T/files/etc/modules.policy"
	archive "$T/files" >"$T/archive"
}
LOADS='for i in timer chardev hello params; do insmod examples/$i.ko 2>&1 && echo $i loaded; done | sed "s/.*insert .examples.//"
	insmod examples/chardev.ko isolated=1 && echo isolated; rm /etc/modules.policy; insmod examples/timer.ko 2>/dev/null || echo still'
ok "a policy that forbids, isolates, revokes" policy "# what is not wanted" "forbid timer" "isolate chardev" "revoke $(sha256sum <"$hello" | cut -d ' ' -f 1)"
ok "... is heeded" guest "cd /lib/modules/*/kernel; $LOADS; dmesg | grep -o 'refused by policy.*' | sort -u" signatures=enforce
for line in "timer.ko': Operation not permitted" "chardev.ko': Operation not permitted" "hello.ko': Key was rejected by service" \
	"params loaded" isolated still "refused by policy (forbidden)" "refused by policy (only into an isolated domain)"; do
	ok "... $line" has "$line"
done
ok "a policy that allows" policy "allow runtime" "allow params"
ok "... allows nothing else" guest "cd /lib/modules/*/kernel; $LOADS; lsmod | sed '1d; s/ .*//' | xargs echo there:" ""
ok "... but that" has "there: params runtime"
ok "one that cannot be understood" policy "allow runtime" "permit params"
ok "... ends the boot" not guest true ""
ok "... and is named" grep -q "/etc/modules.policy:2: not forbid, allow, isolate or manual" "$T/out"
tap_done
