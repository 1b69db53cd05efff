#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Modules that do harm in an isolated domain, each in a way of its own (faults.deeds): the domain ends, the kernel lives and
# a neighbour is served, the module is loaded anew and serves the next request, and all that it had comes back.
. tests/tap.sh
. tests/boot/domains.guest

deeds() {
	grep -v '^#' tests/boot/faults.deeds
}

ok "faults in an isolated domain: the kernel lives" guest faults --cpus 2 <<END
	insmod char/queue.ko isolated=other
	{
		deed fault loop
		deed hoard devices # makes the table of /dev as large as it gets
		deed hoard memory
		before=\$(memory)
		$(deeds | while read -r module deed end parameter; do echo "deed $module $deed $parameter"; done)
	} 2>/dev/null
	lost \$before 160
	cut -d' ' -f1,2 /proc/domains
	lsmod | sed '1d; s/ .*//' | grep -vx pci | sort -u
END
while read -r module deed end parameter; do
	case $end in
	end) name="ends its module" ;;
	*) name="harms nobody" ;;
	esac
	[ $end = any ] && end='\(end\|none\)'
	ok "$module $deed ${parameter:+($parameter) }$name; it and what comes next are served" \
		grep -qx "$module $deed $end, served, fine" "$T/faults"
done <<END
$(deeds)
END

# has_back NAME MODULE...: the memory, the domains and the modules are as before.
has_back() {
	_name=$1
	shift
	sed -n '/lost$/,$p' "$T/$_name"
	has "$_name" "nothing is lost" && [ "$(sed '1,/lost$/d' "$T/$_name" | tr '\n' ' ')" = "other alive $* " ]
}
ok "the memory of all is back, and only the domain that did nothing is there" has_back faults queue runtime

ok "a fault at each moment" guest moments --cpus 2 <<'END'
	insmod char/queue.ko isolated=other
	{
		before=$(memory)
		for when in init exit open release read write timer thread; do
			moment rogue write_direct $when
			moment misuse lock_and_fault $when
			moment hang loop $when
		done
		for when in init read timer; do moment hang sleep $when; done # a thread of its own may sleep
	} 2>/dev/null
	lost $before
	cut -d' ' -f1,2 /proc/domains
	lsmod | sed '1d; s/ .*//' | grep -vx pci | sort -u
END
named() {
	grep -qx "$1: served, [12]" "$T/moments"
}
for when in init read timer; do
	ok "hang sleep in $when is named as its module's" named "hang sleep in $when"
done
for when in init exit open release read write timer thread; do
	for deed in "rogue write_direct" "misuse lock_and_fault" "hang loop"; do
		ok "$deed in $when is named as its module's" named "$deed in $when"
	done
done
ok "... and all is back" has_back moments queue runtime

# Timers, threads and devices of a module that has gone, and an address of its code that another one kept.
ok "use after unload" guest unloaded --cpus 4 <<'END'
	insmod char/queue.ko isolated=other
	{
		insmod faulty/rogue.ko what=jump when=write isolated=harm restart=1
		insmod faulty/leak.ko isolated=harm timer=50 mutex=20 event=20 device=5 memory=20
		echo "$(($(cat /sys/module/leak/sections/.init.text 2>/dev/null || cat /sys/module/leak/sections/.text)))" \
			>/sys/module/rogue/parameters/address
		rmmod leak
		sleep 0.2
		echo "after the module $(served), $(again rogue)"
		echo now >/dev/rogue || echo "its text ends who calls it, $(served), $(again rogue)"
		rmmod rogue
	} 2>/dev/null
END
ok "... nothing calls what has gone" has unloaded "after the module served, fine"
ok "... and who does ends by it" has unloaded "its text ends who calls it, served, fine"
tap_done
