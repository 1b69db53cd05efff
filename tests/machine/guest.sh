# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# In the guest, to be read with `.` by the script that is its first process: busybox, Debian's kmod in /kmod and ours in
# /tenon, a module tree, and a serial line to the host that takes the results (see boot).

/bin/busybox --install -s /bin
export PATH=/tenon:/bin
mkdir -p /proc /sys /dev /tmp /run /etc/modprobe.d /mnt
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
exec 3<>/dev/ttyS1 >/dev/console 2>&1 </dev/null
stty -F /dev/ttyS1 raw -echo
trap 'poweroff -f' EXIT

# ok NAME COMMAND...: passes if the command succeeds. What it printed is shown if it does not.
ok() {
	_name=$1
	shift
	if "$@" >/tmp/ok.log 2>&1; then
		echo "ok - $_name" >&3
	else
		echo "not ok - $_name" >&3
		tail -n 60 /tmp/ok.log | sed 's/^/# /' >&3
	fi
}

# fails_with STATUS TEXT COMMAND...: the command ends with that status and says TEXT.
fails_with() {
	_status=$1 _text=$2
	shift 2
	"$@" >/tmp/out 2>&1
	_got=$?
	cat /tmp/out
	echo "status $_got"
	[ $_got -eq "$_status" ] && grep -qF -- "$_text" /tmp/out
}

# qmp COMMAND [ARGUMENTS]: ask QEMU, as JSON. Succeeds if QEMU does.
qmp() {
	echo "qmp {\"execute\": \"$1\", \"arguments\": {$2}}" >&3
	read -r _answer <&3
	echo "$_answer"
	case $_answer in
	*'"return"'*) ;;
	*) return 1 ;;
	esac
}

# comes COMMAND...: wait until the command succeeds; give up after three minutes.
comes() {
	_left=1800
	until "$@" >/tmp/comes.log 2>&1; do
		_left=$((_left - 1))
		[ $_left -gt 0 ] || { cat /tmp/comes.log && return 1; }
		usleep 100000
	done
}

loaded() { # MODULE
	[ -e "/sys/module/$1/refcnt" ]
}

gone() { # MODULE
	! loaded "$1"
}

# start_hotplugd OPTION...: and wait until it listens. What it says is added to /hotplugd.log.
start_hotplugd() {
	tenon-hotplugd "$@" 2>>/hotplugd.log &
	hotplugd=$!
	comes awk '$2 == 15 && $4 == "00000001" { found = 1 } END { exit !found }' /proc/net/netlink
}

stop_hotplugd() {
	kill $hotplugd
	wait $hotplugd
}

# A kernel without modules and a system without settings.
clean() {
	rm -rf /etc/modprobe.d/* /tmp/*
	echo /tenon/modprobe >/proc/sys/kernel/modprobe
	while [ -n "$(cat /proc/modules)" ]; do
		_before=$(cat /proc/modules)
		while read -r _module _rest; do
			busybox rmmod "$_module" 2>/dev/null
		done </proc/modules
		[ "$(cat /proc/modules)" != "$_before" ] || break
	done
	dmesg -c >/dev/null
}

# same NAME TEXT: the script on standard input, run with kmod's commands and then with ours from the same beginning,
# prints the same, and TEXT is in it. `try COMMAND...` in the script prints the command's status, then what the kernel
# says (but for what it says at any time), and the modules that are loaded, in its order. Messages of the commands are
# not compared.
same() {
	mkdir -p /same
	cat >/same/script
	for _tools in kmod tenon; do
		clean
		echo "/$_tools/modprobe" >/proc/sys/kernel/modprobe
		PATH=/$_tools:/bin sh -c '. /scenario.sh; . /same/script' >/same/$_tools 2>/same/$_tools.err
	done
	ok "$1" sh -c 'grep -qF -- "$1" /same/kmod && cmp /same/kmod /same/tenon && exit
		diff /same/kmod /same/tenon; head -n 60 /same/*.err /same/kmod; exit 1' same "$2"
	clean
}

cat >/scenario.sh <<'END'
try() {
	"$@"
	echo "== $*: status $?"
	dmesg -c | grep -Ev '^(tsc|TSC|clocksource|sched_clock|hrtimer|perf|random|input|rcu)[: ]'
	cut -d ' ' -f 1-5,7- /proc/modules
}
parameter() { # MODULE PARAMETER
	echo "$1.$2=$(cat "/sys/module/$1/parameters/$2")"
}
END
