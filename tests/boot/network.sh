#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The network as programs use it, with each module in the kernel's own domain and in an isolated one.
. tests/tap.sh
. tests/boot/vm.sh
. tests/boot/transfer.sh

# What the tests of sockets between programs ask is what Linux answers.
ok "sockets between programs: Linux passes the test" sh -c "cd '$T' && '$O/tests/boot/programs/sockets' >out; cat out; ! grep '^not ok' out"

ok "... in an isolated domain, one CPU" program sockets unix.isolated=1
ok "... 4 CPUs" program sockets unix.isolated=1 -smp 4

for program in pings ipv6; do
	if unshare -n true 2>/dev/null; then
		ok "$program: Linux passes the test" "$O/tests/boot/programs/$program"
	fi
	ok "... the kernel" program $program ""
	ok "... in isolated domains" program $program "tcpip.isolated=1 loopback.isolated=1"
done

ok "protocols come once, and go" program protocols "" -m 256M
ok "... with isolated domains, 4 CPUs" program protocols "unix.isolated=1 packet.isolated=1 tcpip.isolated=1" -smp 4 -m 256M

# What policy forbids is an error for who asks, and the log says who that was.
mkdir -p "$T/policy/etc"
echo 'forbid tcpip' >"$T/policy/etc/modules.policy"
archive "$T/policy" >"$T/policy.cpio"
where=
in_guest --archive "$T/policy.cpio" -- 'ping -c 1 127.0.0.1 2>&1 | grep -o ": can.*"
dmesg | grep -o "tcpip: refused.*"; dmesg | grep -c "module net-pf-2, for ping ([0-9]*): "' >/dev/null
ok "a protocol that policy forbids" prints ": can't create raw socket: Address family not supported by protocol" \
	"tcpip: refused by policy (forbidden)" 1

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

serve_files
python3 -u -m http.server --bind ::1 --directory "$T/www" 0 >"$T/server6.log" 2>&1 &
server6=$!
trap 'kill $server $server6 2>/dev/null; rm -rf "$T"' EXIT
port6=$(port_of "$T/server6.log")

isolated="isolated=nic tcpip.isolated=ip packet.isolated=frames loopback.isolated=lo"
for driver in virtio_net e1000e; do for where in "" "$driver.$isolated"; do
	ok "$driver${where:+ isolated}: an address, a file of this machine's" in_guest --net --card ${driver%_net} --dump "$T/dump" -- "$BEGIN
wget -q -O - http://10.0.2.2:$port/file | md5sum; ping -c 1 10.0.2.2 | grep -c '1 packets received'
route -n | grep -c '^0.0.0.0 *10.0.2.2'; ifconfig eth0 | grep -o 'inet addr:[0-9.]*'; cat /sys/class/net/eth0/address
ifconfig lo 127.0.0.1; ping -c 1 127.0.0.1 | grep -c '1 packets received'; ping -c 1 10.0.2.15 | grep -c '1 packets received'
cat /proc/net/arp | grep '^10.0.2.2 '; route -n | grep -c '^127'; true"
	ok "... is whole" prints "$sum" 1 1 "inet addr:10.0.2.15" 52:54:00:12:34:56 1 1 \
		"10.0.2.2         0x1         0x2         52:55:0a:00:02:02     *        eth0" 0
	ok "... and no packet is malformed" well_formed "$T/dump"
done; done

# The network's router says which addresses are to be had: RFC 4862.
for where in "" "virtio_net.$isolated"; do
	ok "${where:+isolated: }an address of IPv6 from a router, a file of this machine's" in_guest --net --dump "$T/dump" -- "
ip link set eth0 up; until ip -6 addr show eth0 | grep -o 'inet6 fec0.*scope site dynamic *$'; do sleep 0.1; done
wget -q -O - http://[fec0::2]:$port6/file | md5sum; ping6 -c 1 fec0::2 | grep -o '^64 bytes from fec0::2: seq=0'
ping6 -c 1 fe80::2%eth0 | grep -c '1 packets received'; ip -6 route | grep default; ip -6 neigh | grep -c '^fec0::2 dev eth0 lladdr'"
	ok "... is whole" prints "inet6 fec0::5054:ff:fe12:3456/64 scope site dynamic " "$sum" "64 bytes from fec0::2: seq=0" 1 \
		"default via fe80::2 dev eth0  metric 1024 " 1
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
alike='/^ *inet6/{N;d;}; s/^[0-9]*: //; s/@[^:]*:/:/; s/ mtu [0-9]*//; s/ qdisc [^ \\]*//; s/ qlen [0-9]*//; s/ether [0-9a-f:]* /ether /; s/ *$//'

# The other end of a pair of interfaces is its carrier.
linux_ip() { # WITHOUT-IPV6 COMMANDS
	unshare -n sh -c 'echo $1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; busybox ip link add eth0 type veth
busybox ip link set veth0 up
ip() { busybox ip "$@" && case $* in *" up") while busybox ip link show $3 | grep NO-CARRIER >/dev/null; do sleep 0.1; done ;; esac; }
ping6() { busybox ping6 "$@"; }; . "$2"' - "$@" 2>&1
}

# Likewise of IPv6, when nobody else has shown to have the address of the link. Routes are sorted: lwIP has no tree of them.
cat >"$T/ip6" <<'END'
ip link set lo up; ip link set eth0 up; until ip -6 addr show eth0 | grep 'scope link *$' >/dev/null; do sleep 0.1; done
ip -6 addr add fd00:1::2/64 dev eth0; ip -6 addr add fd00:1::2/64 dev eth0; ip -6 addr show eth0 | grep fd00
until ip -6 addr show eth0 | grep 'scope global *$' >/dev/null; do sleep 0.1; done; ip -6 addr show dev eth0; ip -6 addr show lo
ip -6 route | grep 'dev eth0' | sort; ip -6 route add default via fd00:1::1; ip -6 route add default via fd00:1::1 dev eth0
ip -6 route add default via fe80::1; ip -6 route add default via fd00:9::1; ip -6 route | grep 'dev eth0' | sort
for to in fd00:5::1 fd00:1::9 fe80::1 ::1; do ip -6 route get $to; done; ip route get fd00:1::9
ip -6 route del default; ip -6 route del default; ip -6 route get fd00:5::1; grep -c ' eth0' /proc/net/if_inet6
ip -6 addr del fd00:1::3/64 dev eth0; ip -6 addr del fd00:1::2/64 dev eth0; ip -6 addr del fd00:1::2/64 dev eth0
ip -6 route | grep 'dev eth0' | sort; ping6 -c 1 ::1 | sed 's/time=.*//; /^round/d'; ping6 -c 1 fd00:1::2; ip -o -6 addr show lo
END
cat >"$T/ip6.expected" <<'END'
ip: RTNETLINK answers: File exists
    inet6 fd00:1::2/64 scope global tentative
eth0: <BROADCAST,MULTICAST,UP,LOWER_UP>
    inet6 fd00:1::2/64 scope global
       valid_lft forever preferred_lft forever
    inet6 fe80::MAC/64 scope link
       valid_lft forever preferred_lft forever
lo: <LOOPBACK,UP,LOWER_UP>
    inet6 ::1/128 scope host
       valid_lft forever preferred_lft forever
fd00:1::/64 dev eth0  metric 256
fe80::/64 dev eth0  metric 256
multicast ff00::/8 dev eth0  metric 256
ip: RTNETLINK answers: File exists
ip: RTNETLINK answers: Invalid argument
ip: RTNETLINK answers: No route to host
default via fd00:1::1 dev eth0  metric 1024
fd00:1::/64 dev eth0  metric 256
fe80::/64 dev eth0  metric 256
multicast ff00::/8 dev eth0  metric 256
fd00:5::1 from :: via fd00:1::1 dev eth0  src fd00:1::2  metric 1024
fd00:1::9 from :: dev eth0  src fd00:1::2  metric 256
fe80::1 from :: dev eth0  src fe80::MAC  metric 256
local ::1 from :: dev lo table local  src ::1  metric 0
fd00:1::9 from :: dev eth0  src fd00:1::2  metric 256
ip: RTNETLINK answers: No such file or directory
ip: RTNETLINK answers: Network is unreachable
2
ip: RTNETLINK answers: Cannot assign requested address
ip: RTNETLINK answers: Cannot assign requested address
fe80::/64 dev eth0  metric 256
multicast ff00::/8 dev eth0  metric 256
PING ::1 (::1): 56 data bytes
64 bytes from ::1: seq=0 ttl=64

--- ::1 ping statistics ---
1 packets transmitted, 1 packets received, 0% packet loss
PING fd00:1::2 (fd00:1::2): 56 data bytes
ping6: sendto: Network is unreachable
lo    inet6 ::1/128 scope host \       valid_lft forever preferred_lft forever
END
alike6='s/^[0-9]*: //; s/@[^:]*:/:/; s/ mtu [0-9]*//; s/ qdisc [^ ]*//; s/ qlen [0-9]*//; s/fe80::[0-9a-f]*:[0-9a-f:]*/fe80::MAC/; s/ *$//'

# differs KIND FILE: which of its lines are not as expected.
differs() {
	case $1 in
	ip) sed "$alike" "$2" ;;
	ip6) sed "$alike6" "$2" ;;
	esac | diff "$T/$1.expected" -
}

if unshare -n busybox ip link add eth0 type veth 2>/dev/null; then
	linux_ip 1 "$T/ip" >"$T/ip.linux"
	ok "ip prints what is expected on Linux" differs ip "$T/ip.linux"
	linux_ip 0 "$T/ip6" >"$T/ip6.linux"
	ok "... of IPv6" differs ip6 "$T/ip6.linux"
fi
for where in "" "virtio_net.$isolated"; do
	in_guest --net -- "$(cat "$T/ip")" >/dev/null
	ok "${where:+isolated: }ip prints what it does on Linux" differs ip "$T/out"
	rm -f "$T/wire" # at whose other end nobody is a router
	in_guest --wire "$T/wire" -- "$(cat "$T/ip6")" >/dev/null
	ok "... of IPv6" differs ip6 "$T/out"
done

for driver in virtio_net e1000e; do for where in "" "$driver.$isolated"; do
	ok "$driver${where:+ isolated}: a file of the guest's, for curl" fetch ${driver%_net}
done; done

# The driver dies and is loaded anew in the middle of a transfer: the connection goes on.
for driver in virtio_net e1000e; do
	where="$driver.$isolated $driver.restart=9"
	ok "$driver dies in the middle" in_guest --net --card ${driver%_net} -- "$BEGIN
wget -q -O /tmp/file http://10.0.2.2:$port/file & dmesg -n 1
until [ -s /tmp/file ]; do sleep 0.1; done
for i in 1 2 3; do sed -n 's/^\(nic[^ ]*\) alive.*/\1/p' /proc/domains >/proc/domains
until [ \$(dmesg | grep -c 'loaded anew into the domain nic') -eq \$i ]; do sleep 0.1; done; done
wait; md5sum </tmp/file"
	ok "... and the file is whole" prints "$sum"
done

# Nothing is used: everything goes, and leaves nothing.
for driver in virtio_net e1000e; do for where in "" "$driver.$isolated"; do
	ok "$driver${where:+ isolated}: modules that nobody uses" in_guest --net --card ${driver%_net} -- "$BEGIN
ifconfig eth0 0.0.0.0 down; echo 50 >/sys/module/module/parameters/idle_ms
until ! lsmod | grep -q tcpip; do sleep 0.1; done; lsmod | grep -c packet; ls /sys/class/net"
	ok "... go, but for the driver" prints 0 eth0
done; done

# ---- two guests ----------------------------------------------------------------------------------------------------------

# The one serves until the other has gone, so what it says last is not lost with it.
SERVER='until ifconfig eth0 10.1.1.1 2>/dev/null; do sleep 0.1; done; mkdir /www; head -c 2097152 /dev/urandom >/www/file; md5sum </www/file
until ping -c 1 -W 1 10.1.1.2 >/dev/null; do :; done; httpd -p 80 -h /www; while ping -c 1 -W 10 10.1.1.2 >/dev/null; do sleep 0.1; done'
CLIENT='until ifconfig eth0 10.1.1.2 2>/dev/null; do sleep 0.1; done
until wget -q -O /tmp/file http://10.1.1.1/file 2>/dev/null; do sleep 0.1; done; md5sum </tmp/file'

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

ok "two guests, one isolated" wired "" "virtio_net.$isolated"
tap_done
