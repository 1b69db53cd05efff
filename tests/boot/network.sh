#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The network as programs use it, with each module in the kernel's own domain and in an isolated one.
. tests/tap.sh
. tests/boot/vm.sh

# What the tests of sockets between programs ask is what Linux answers.
ok "sockets between programs: Linux passes the test" sh -c "cd '$T' && '$O/tests/boot/programs/sockets' >out; cat out; ! grep '^not ok' out"

# passes NAME WORDS OPTION...: tests/boot/programs/NAME as the first process, with words of the command line.
passes() {
	_program=$1 _words=$2
	shift 2
	cat "$O/image/initrd" "$O/tests/boot/programs/$_program.cpio" >"$T/initrd"
	vm -M q35 -kernel "$O/kernel/debug/tenon" -initrd "$T/initrd" -append "panic init=/test $_words" "$@" | tr -d '\r' >"$T/out"
	cat "$T/out"
	! grep -q '^not ok' "$T/out" && grep -q "^1\.\.$(grep -c '^ok' "$T/out")$" "$T/out"
}

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

ok "... in an isolated domain, one CPU" passes sockets unix.isolated=1
ok "... 4 CPUs" passes sockets unix.isolated=1 -smp 4

if unshare -n true 2>/dev/null; then
	ok "ping sockets: Linux passes the test" "$O/tests/boot/programs/pings"
fi
ok "... the kernel" passes pings ""
ok "... in isolated domains" passes pings "tcpip.isolated=1 loopback.isolated=1"

LOG='cut -d" " -f1,2 /proc/domains; syslogd -O /tmp/log; until [ -S /dev/log ]; do sleep 0.1; done
logger hello; until grep -o "root: hello" /tmp/log; do sleep 0.1; done; cut -d" " -f1,2 /proc/domains
echo 50 >/sys/module/module/parameters/idle_ms; grep -c /dev/log /proc/net/unix; lsmod | grep -c ^unix
killall syslogd; until ! lsmod | grep -q ^unix; do sleep 0.1; done; cat /proc/net/unix'

for where in "" unix.isolated=names; do
	ok "${where:-kernel}: a log of the system" in_guest -- "$LOG"
	ok "... the family comes with its first socket and goes after the last" \
		prints "root: hello" ${where:+"names alive"} 1 1
done

# Sockets of a domain that has died say so, and new ones are of the next domain.
where="unix.isolated=names unix.restart=3"
ok "a family that dies" in_guest -- 'syslogd -O /tmp/log; until [ -S /dev/log ]; do sleep 0.1; done
echo names >/proc/domains; logger lost; killall syslogd; rm -f /dev/log /tmp/log
until syslogd -O /tmp/log && sleep 0.1 && [ -S /dev/log ]; do killall syslogd; rm -f /dev/log; done
logger again; until grep -o "root: again" /tmp/log; do sleep 0.1; done'
ok "... serves whoever comes after it" sh -c "tail -n 1 '$T/out' | grep -q 'root: again'"

# ---- TCP/IP: between the guest and programs of this machine, through QEMU's user network -----------------------------------

mkdir "$T/www"
head -c 10485760 /dev/urandom >"$T/www/file"
sum=$(md5sum <"$T/www/file")
python3 -u -m http.server --bind 127.0.0.1 --directory "$T/www" 0 >"$T/server.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$T"' EXIT
until port=$(sed -n 's/.*port \([0-9]*\) .*/\1/p' "$T/server.log") && [ -n "$port" ]; do sleep 0.1; done

isolated="virtio_net.isolated=nic tcpip.isolated=ip packet.isolated=frames loopback.isolated=lo"
BEGIN='udhcpc -i eth0 -n -q >/dev/null 2>&1'

# well_formed FILE: tshark finds nothing in a capture that no packet can have.
well_formed() {
	[ -s "$1" ] && ! tshark -r "$1" -Y _ws.malformed 2>/dev/null | grep .
}

for where in "" "$isolated"; do
	ok "${where:+isolated: }an address, a file of this machine's" in_guest --net --dump "$T/dump" -- "$BEGIN
wget -q -O - http://10.0.2.2:$port/file | md5sum; ping -c 1 10.0.2.2 | grep -c '1 packets received'
route -n | grep -c '^0.0.0.0 *10.0.2.2'; ifconfig eth0 | grep -o 'inet addr:[0-9.]*'; cat /sys/class/net/eth0/address
ifconfig lo 127.0.0.1; ping -c 1 127.0.0.1 | grep -c '1 packets received'"
	ok "... is whole" prints "$sum" 1 1 "inet addr:10.0.2.15" 52:54:00:12:34:56 1
	ok "... and no packet is malformed" well_formed "$T/dump"
done

# What busybox's ip says of interfaces, addresses and routes, and which errors: as it does on Linux, in a namespace of its own
# if this machine lets it have one. Numbers of interfaces, their MTU, queues and hardware addresses differ.
cat >"$T/ip" <<'END'
ip link set eth0 up; ip addr add 10.1.2.3/24 brd + dev eth0; ip addr show eth0; ip addr add 10.1.2.3/24 dev eth0
ip route add default via 10.1.2.1; ip route add default via 10.1.2.1 dev eth0; ip route
ip route add default via 99.1.1.1; ip route add default via 99.1.1.1 dev eth0; ip -4 route get 8.8.8.8; ip route get 10.1.2.9
ip route del default via 10.1.2.9; ip route del default; ip route del default; ip route; ip route get 8.8.8.8
ip route add 10.1.2.0/24 dev eth0; ip route add default dev eth0; ip route; ip addr del 10.1.2.4/24 dev eth0
ip addr del 10.1.2.3/24 dev eth0; ip addr del 10.1.2.3/24 dev eth0; ip route; ip addr show eth0
ip addr add 10.1.2.3/32 dev eth0; ip -o -4 addr show eth0; ip route; ip addr flush dev eth0; ip addr show eth0
ip link set eth0 down; ip -o link show eth0; ip route add default via 10.1.2.1 dev eth0; ip route add default dev eth0
ip link set nonesuch up; ip addr add 1.2.3.4/8 dev nonesuch; ip addr add 127.0.0.1/8 dev lo; ip link set lo up
ip addr show lo; ip route
END
cat >"$T/ip.expected" <<'END'
eth0: <BROADCAST,MULTICAST,UP,LOWER_UP>
    link/ether brd ff:ff:ff:ff:ff:ff
    inet 10.1.2.3/24 brd 10.1.2.255 scope global eth0
       valid_lft forever preferred_lft forever
ip: RTNETLINK answers: File exists
ip: RTNETLINK answers: File exists
default via 10.1.2.1 dev eth0
10.1.2.0/24 dev eth0 scope link  src 10.1.2.3
ip: RTNETLINK answers: Network is unreachable
ip: RTNETLINK answers: Network is unreachable
8.8.8.8 via 10.1.2.1 dev eth0  src 10.1.2.3
10.1.2.9 dev eth0  src 10.1.2.3
ip: RTNETLINK answers: No such process
ip: RTNETLINK answers: No such process
10.1.2.0/24 dev eth0 scope link  src 10.1.2.3
ip: RTNETLINK answers: Network is unreachable
ip: RTNETLINK answers: File exists
default dev eth0 scope link
10.1.2.0/24 dev eth0 scope link  src 10.1.2.3
ip: RTNETLINK answers: Cannot assign requested address
ip: RTNETLINK answers: Cannot assign requested address
eth0: <BROADCAST,MULTICAST,UP,LOWER_UP>
    link/ether brd ff:ff:ff:ff:ff:ff
eth0    inet 10.1.2.3/32 scope global eth0\       valid_lft forever preferred_lft forever
eth0: <BROADCAST,MULTICAST,UP,LOWER_UP>
    link/ether brd ff:ff:ff:ff:ff:ff
eth0: <BROADCAST,MULTICAST>\    link/ether brd ff:ff:ff:ff:ff:ff
ip: RTNETLINK answers: Network is unreachable
ip: RTNETLINK answers: Network is down
ip: SIOCGIFFLAGS: No such device
ip: can't find device 'nonesuch'
lo: <LOOPBACK,UP,LOWER_UP>
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
END
alike='s/^[0-9]*: //; s/@[^:]*:/:/; s/ mtu [0-9]*//; s/ qdisc [^ \\]*//; s/ qlen [0-9]*//; s/ether [0-9a-f:]* /ether /; s/ *$//'

# The other end of a pair of interfaces is its carrier.
linux_ip() {
	unshare -n sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; busybox ip link add eth0 type veth
busybox ip link set veth0 up; ip() { busybox ip "$@"; }; . "$1"' - "$T/ip" 2>&1
}

prints_expected() {
	sed "$alike" "$1" | diff "$T/ip.expected" -
}

if unshare -n busybox ip link add eth0 type veth 2>/dev/null; then
	linux_ip >"$T/ip.linux"
	ok "ip prints what is expected on Linux" prints_expected "$T/ip.linux"
fi
for where in "" "$isolated"; do
	in_guest --net -- "$(cat "$T/ip")" >/dev/null
	ok "${where:+isolated: }ip prints what it does on Linux" prints_expected "$T/out"
done

# A file of the guest's, for a program of this machine's: its port is one that was free a moment ago.
SERVE="$BEGIN"'
mkdir -p /www/cgi-bin; head -c 10485760 /dev/urandom >/www/file; md5sum </www/file >/www/sum
printf "#!/bin/sh\ntouch /stop\n" >/www/cgi-bin/stop; chmod +x /www/cgi-bin/stop
httpd -p 80 -h /www; until [ -e /stop ]; do sleep 0.1; done'

fetch() {
	_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	in_guest --net --forward "80=$_port" -- "$SERVE" >/dev/null &
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

for where in "" "$isolated"; do
	ok "${where:+isolated: }a file of the guest's, for curl" fetch
done

# The driver dies and is loaded anew in the middle of a transfer: the connection goes on.
where="$isolated virtio_net.restart=9"
ok "a driver that dies in the middle" in_guest --net -- "$BEGIN
wget -q -O /tmp/file http://10.0.2.2:$port/file & dmesg -n 1
for i in 1 2 3; do until [ -s /tmp/file ]; do sleep 0.1; done; sed -n 's/^\(nic[^ ]*\) alive.*/\1/p' /proc/domains >/proc/domains; sleep 0.2; done
wait; md5sum </tmp/file; dmesg | grep -c 'loaded anew into the domain nic'"
ok "... and the file is whole" prints "$sum" 3

# Nothing is used: everything goes, and leaves nothing.
for where in "" "$isolated"; do
	ok "${where:+isolated: }modules that nobody uses" in_guest --net -- "$BEGIN
ifconfig eth0 0.0.0.0 down; echo 50 >/sys/module/module/parameters/idle_ms
until ! lsmod | grep -q tcpip; do sleep 0.1; done; lsmod | grep -c packet; ls /sys/class/net"
	ok "... go, but for the driver" prints 0 eth0
done

# ---- two guests ----------------------------------------------------------------------------------------------------------

SERVER='ifconfig eth0 10.1.1.1; mkdir /www; head -c 2097152 /dev/urandom >/www/file; httpd -p 80 -h /www
md5sum </www/file; nc -l -p 81 >/dev/null'
CLIENT='ifconfig eth0 10.1.1.2; until ping -c 1 -W 1 10.1.1.1 >/dev/null; do :; done
until wget -q -O /tmp/file http://10.1.1.1/file 2>/dev/null; do sleep 0.1; done; md5sum </tmp/file; until echo end | nc 10.1.1.1 81 2>/dev/null; do sleep 0.1; done'

wired() {
	rm -f "$T/wire"
	O=$O timeout -k 5 400 kernel/vm --debug --wire "$T/wire" --append "$1" -c "$SERVER" >"$T/first" 2>&1 &
	_first=$!
	until [ -S "$T/wire" ]; do sleep 0.1; done
	O=$O timeout -k 5 400 kernel/vm --debug --wire "$T/wire" --append "$2" -c "$CLIENT" >"$T/second" 2>&1
	wait $_first
	cat "$T/first" "$T/second"
	[ -s "$T/first" ] && cmp "$T/first" "$T/second"
}

ok "two guests, one isolated" wired "" "$isolated"
tap_done
