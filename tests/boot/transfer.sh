# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For tests of the network as programs use it, to be read after tests/tap.sh: $where is words of the guest's command line.

# in_guest OPTION... -- COMMANDS
in_guest() {
	_options=
	while [ "$1" != -- ]; do
		_options="$_options $1" && shift
	done
	# shellcheck disable=SC2086
	O=$O timeout -k 5 400 kernel/vm --debug --append "$where" $_options -c "$2" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	return $_status
}

# prints LINE...: the commands printed just these.
prints() {
	cat "$T/out"
	printf '%s\n' "$@" | cmp -s "$T/out" -
}

# port_of LOG: where the server listens.
port_of() {
	until sed -n 's/.*port \([0-9]*\) .*/\1/p' "$1" | grep .; do sleep 0.1; done
}

# A file of this machine's, of which $sum is said: http://10.0.2.2:$port/file. $server is to be killed.
serve_files() {
	mkdir "$T/www"
	head -c 10485760 /dev/urandom >"$T/www/file"
	sum=$(md5sum <"$T/www/file")
	python3 -u -m http.server --bind 127.0.0.1 --directory "$T/www" 0 >"$T/server.log" 2>&1 &
	server=$!
	trap 'kill $server 2>/dev/null; rm -rf "$T"' EXIT
	port=$(port_of "$T/server.log")
}

# well_formed FILE: tshark finds nothing in a capture that no packet can have.
well_formed() {
	[ -s "$1" ] && ! tshark -r "$1" -Y _ws.malformed 2>/dev/null | grep .
}

BEGIN='udhcpc -i eth0 -n -q >/dev/null 2>&1'
SERVE="$BEGIN"'
mkdir -p /www/cgi-bin; head -c 10485760 /dev/urandom >/www/file; md5sum </www/file >/www/sum
printf "#!/bin/sh\ntouch /stop\n" >/www/cgi-bin/stop; chmod +x /www/cgi-bin/stop
httpd -p 80 -h /www; until [ -e /stop ]; do sleep 0.1; done'

# fetch CARD OPTION...: a file of the guest's, for a program of this machine's: its port is one that was free a moment ago.
fetch() {
	_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	_card=$1
	shift
	in_guest --net --card "$_card" --forward "80=$_port" "$@" -- "$SERVE" >/dev/null &
	_guest=$!
	until curl -s -f -o "$T/got" "http://127.0.0.1:$_port/file"; do
		kill -0 $_guest 2>/dev/null || return 1
		sleep 0.2
	done
	curl -s -f "http://127.0.0.1:$_port/sum" >"$T/sum"
	curl -s "http://127.0.0.1:$_port/cgi-bin/stop" >/dev/null
	wait $_guest
	md5sum <"$T/got" | cmp - "$T/sum"
}
