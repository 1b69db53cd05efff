#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The kernel as its user meets it: commands by ./run --vm -c, and a shell on the console.
. tests/tap.sh
. tests/boot/vm.sh

# gives STATUS TEXT COMMANDS [OPTION...]: the commands print just that and end with this status.
gives() {
	_status=$1 _text=$2 _commands=$3
	shift 3
	O=$O timeout -k 5 400 kernel/vm --debug -c "$_commands" "$@" >"$T/out" 2>&1
	_got=$?
	cat "$T/out"
	echo "# status $_got"
	[ $_got -eq "$_status" ] && [ "$(cat "$T/out")" = "$_text" ]
}

for machine in q35 microvm; do
	ok "$machine: output alone" gives 0 hello 'echo hello' --machine $machine
	ok "$machine: an even status" gives 6 '' 'exit 6' --machine $machine
done
ok "the status of the last command" gives 1 '' 'false'
ok "a program that is not there" gives 127 '/commands: line 1: nowhere: not found' nowhere
ok "pipes, redirection, files" gives 0 "3
c b a" 'cd /tmp; printf "a\nb\nc\n" >x; wc -l <x; sort -r x | xargs'
ok "CPUs are as many as asked for" gives 0 4 'grep -c ^processor /proc/cpuinfo' --cpus 4
ok "a program's fault is its signal" gives 139 'Segmentation fault' 'sh -c "kill -SEGV \$\$"; exit $?'
ok "commands of Debian's kmod run: its own C library and loader" gives 0 "kmod version 30" 'kmod --version | head -n 1'

# lists NAME...: in the table that lsmod prints, these are the modules, and nothing else was printed.
lists() {
	[ "$(sed 1d "$T/out" | cut -d' ' -f1 | xargs)" = "$*" ]
}
ok "a module is loaded, listed and unloaded" gives 3 "$(printf 'Module                  Size  Used by    Not tainted\n%s' x)" \
	'modprobe hello name=you; lsmod | sed "2,\$d"; echo x; rmmod hello; exit 3'
sized() {
	O=$O timeout -k 5 400 kernel/vm --debug --machine microvm -c 'modprobe hello name=you; lsmod; rmmod hello' >"$T/out" 2>&1 && lists hello runtime
}
ok "... and nothing else is printed" sized
ok "... it greets whom it shall" gives 0 "hello: loaded
hello: good day, you
hello: unloaded" 'modprobe hello name=you; rmmod hello; dmesg | grep hello: | sed "s,^.*\] ,,"'
ok "an error is what the command says, alone" gives 1 "modprobe: module nosuch not found in modules.dep" 'modprobe nosuch'

# A program is called as its file is, and its name is part of a line.
ok "a program's name makes no lines in /proc" gives 0 'Name:	busybox?Uid:?0' \
	'cd /tmp; cp /bin/busybox "$(printf "busybox\nUid:\t0")"; ./busybox* sh -c "grep -E \"^(Name.*|Uid:.0)\$\" /proc/\$\$/status || :"'

# Many guests at once: then the host lets a CPU wait before it takes the message that it shall start.
all_start() {
	for i in 1 2 3 4 5 6 7 8 9 10; do
		O=$O timeout -k 5 400 kernel/vm --machine microvm --cpus 2 -c true >"$T/guest$i" 2>&1 || echo "$i failed" >>"$T/guest$i" &
	done
	wait
	cat "$T"/guest*
	[ -z "$(cat "$T"/guest*)" ]
}
ok "every CPU starts, however busy the host is" all_start

# types LINE...: the lines typed at the shell on the console, which stays open meanwhile; what comes is in $T/out.
types() {
	mkfifo "$T/typed"
	exec 3<>"$T/typed"
	printf '%s\n' "$@" >&3
	timeout -k 5 400 qemu-system-x86_64 -accel tcg -cpu max -m 128M -display none -monitor none -nodefaults -no-reboot \
		-serial stdio -kernel "$O/kernel/debug/tenon" -initrd "$O/image/initrd" <"$T/typed" >"$T/out"
	exec 3>&-
	cat "$T/out"
}

typed() {
	types 'echo $((40 + 2))' 'printf "<3>e\033[2Jvil" >/dev/kmsg' poweroff
	tr -d '\r' <"$T/out" | grep -qx 42
}
ok "a shell on the console, and poweroff" typed
ok "... on which the log does not speak to the terminal" grep -q '\] e \[2Jvil' "$T/out"
tap_done
