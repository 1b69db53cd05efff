#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Debugging: gdb, started by the line that `--gdb` prints, knows the functions of the kernel and of the modules that are there.
. tests/tap.sh

: >"$T/vm"
O=$O timeout -k 5 400 kernel/vm --gdb --machine microvm -c 'modprobe hello name=you; rmmod hello; modprobe params' >"$T/vm" 2>&1 &
vm=$!
line=
while [ -z "$line" ] && kill -0 $vm 2>/dev/null; do
	line=$(sed -n 's/^In another terminal: //p' "$T/vm")
	sleep 0.1
done
socket=${line##*remote }
while ! [ -S "${socket%\'}" ] && kill -0 $vm 2>/dev/null; do
	sleep 0.1
done

# Init and exit of modules are called by host_call(). Breakpoints are of one stop each: one that stays may stop a second time
# at the same call, if an interrupt comes while gdb steps over it.
cat >"$T/commands" <<'END'
tbreak host_call if $_streq(m->name, "hello")
continue
tbreak hello_init
continue
backtrace 3
print name
tbreak host_call if $_streq(m->name, "params")
continue
info functions ^hello_
info functions ^params_init
detach
END
ok "gdb starts by that line" sh -c "timeout -k 5 300 $line -batch -x $T/commands >$T/out 2>&1 || { cat $T/out; false; }"
kill $vm 2>/dev/null
wait $vm 2>/dev/null
ok "... stops in a function of a module" grep -q "^#0 .*hello_init ()" "$T/out"
ok "... shows who called it" grep -q "^#[12] .*guard_enter" "$T/out"
ok "... and the module's variables" grep -q '^\$1 = 0x[0-9a-f]* "you"' "$T/out"
ok "what has gone it knows no more" not grep -q "hello_exit" "$T/out"
ok "... and what has come it does" grep -q "params_init" "$T/out"
tap_done
