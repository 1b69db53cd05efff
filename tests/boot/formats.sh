#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Formats of programs as modules: scripts, and what root registers; the same in the kernel's own domain and in an isolated one.
# What a script gets as arguments is compared with what the same script gets here.
. tests/tap.sh
. tests/boot/vm.sh

guest() { # WORDS <commands: what they print is in out
	{ echo 'dmesg -n 1'; cat; } >"$T/commands"
	O=$O timeout -k 5 400 kernel/vm --debug --cpus 2 --archive "$T/archive" --append "$1" -c "$(cat "$T/commands")" >"$T/all" 2>&1
	_status=$?
	sed 's,^/commands: line [0-9]*: ,,' "$T/all" >"$T/out"
	cat "$T/out"
	return $_status
}

says() {
	grep -qxF -- "$1" "$T/out"
}

mkdir -p "$T/files/s"
s=$T/files/s
cat >"$T/args.c" <<'END'
#include <stdio.h>
int main(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		printf("<%s>", argv[i]);
	puts("");
	return 0;
}
END
"${CC:-gcc}" -O1 -static -o "$s/args" "$T/args.c"
printf '#!/s/args\n' >"$s/plain"
printf '#! \t/s/args   one two \t \n' >"$s/argument"
printf '#!/s/args at the end' >"$s/end"
printf '#!/s/plain inner\n' >"$s/nested"
printf '#!/s/loop\n' >"$s/loop"
printf '#! \n' >"$s/empty"
printf '#!/s/none\n' >"$s/missing"
printf '#!/s/args %0230d\n' 0 >"$s/long"
printf '#!/s/args %0260d\n' 0 >"$s/longer"
printf '#!/s/%0260d\n' 0 >"$s/path"
printf 'MZ\220\003rest' >"$s/win"
printf 'no format of anybody' >"$s/text.ext"
printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\267\0rest' >"$s/foreign"
chmod +x "$s"/*
archive "$T/files" >"$T/archive"
# Expected, by this machine's kernel: the same paths, seen by a root of its own, need no privilege if they are copied.
SCRIPTS='for i in plain argument end nested; do /s/$i a "b c" ""; done; /s/long x'
expected=$T/expected
here=$T/here && cp -r "$s" "$here" && sed -i "s,/s/,$here/," "$here/plain" "$here/argument" "$here/end" "$here/nested" &&
	(eval "$(echo "$SCRIPTS; " | sed "s,/s/long x,true,; s,/s/,$here/,g")") 2>&1 | sed "s,$here/,/s/,g" >"$expected"

for where in "" isolated=formats; do
	kind=${where:-kernel}
	ok "$kind: scripts run" guest "${where:+binfmt_script.$where}" <<END
lsmod | grep -c binfmt; ($SCRIPTS) >/tmp/got; cat /tmp/got
(/s/loop; /s/missing; /s/longer; /s/path; /s/empty) 2>&1; lsmod | grep -c '^binfmt_script'; grep -c formats /proc/domains
echo 1 >/sys/module/binfmt_script/idle_ms; for i in \$(seq 100); do lsmod | grep -q ^binfmt || break; sleep 0.1; done; lsmod | grep -c ^binfmt; /s/plain again
END
	ok "... with the arguments that they get here" sh -c "grep '^</s/args>' '$T/out' | head -n 4 | cmp - '$expected'"
	for line in "/s/loop: Too many levels of symbolic links" "/s/missing: not found" "</s/args></s/plain><again>"; do ok "... $line" says "$line"; done
	ok "... a line of 240 bytes" grep -q '^</s/args><0\{230\}></s/long><x>$' "$T/out"
	ok "... a longer one is cut where Linux cuts it" grep -q '^</s/args><0\{245\}></s/longer>$' "$T/out"
	ok "... a path is not cut" not grep -q '/s/path' "$T/out"
	ok "... the module comes when it is needed, and leaves" \
		[ "$(grep -x '[01]' "$T/out" | tr -d '\n')" = "$([ "$where" ] && echo 0110 || echo 0100)" ]

	ok "$kind: formats are registered by a file" guest "${where:+binfmt_misc.$where}" <<'END'
R=/proc/sys/fs/binfmt_misc; /s/win 2>/dev/null || echo unknown; (echo nonsense >$R/register) 2>&1 | sed 's/.*: /the first: /'; cat $R/status
reg() { (echo "$1" >$R/register) 2>&1 | sed 's/.*: //'; }
reg ':win:M::MZ\x90::/s/args:'; reg ',ext,E,,ext,,/s/args,P'; reg ':arm:M:18:\xb7\x00:\xff\xff:/s/args:'; reg ':win:M::ZM::/s/args:'
for bad in ':x:M::a::args:' ':x:M::::/s/args:' ':x:M:255:abc::/s/args:' ':x:M:::abc:/s/args:' ':x:Q::a::/s/args:' ':x:M::a::/s/args:OC' ':x/y:M::a::/s/args:' ':x:M::\xg0::/s/args:' ':x' ''; do reg "$bad"; done | uniq -c
cat $R/status; /s/win 1 2; /s/text.ext 3; /s/foreign; echo 0 >$R/status; (/s/text.ext) 2>/dev/null | grep ext; echo 1 >$R/status; /s/win on
echo 1 >/sys/module/binfmt_misc/idle_ms; sleep 1; lsmod | grep -c ^binfmt_misc
echo -1 >$R/status; for i in $(seq 100); do lsmod | grep -q ^binfmt || break; sleep 0.1; done; lsmod | grep -c ^binfmt; ls $R | wc -l; cat $R/status
END
	while read -r line; do ok "... $line" says "$line"; done <<'END'
unknown
the first: Invalid argument
File exists
win /s/args
arm /s/args
</s/args></s/win><1><2>
</s/args></s/text.ext></s/text.ext><3>
</s/args></s/foreign>
</s/args></s/win><on>
END
	ok "... other lines are refused" grep -qx ' *9 Invalid argument\| *10 Invalid argument' "$T/out"
	ok "... it stays as long as it has any" [ "$(grep -x '[01]' "$T/out" | tr -d '\n')" = 100 ]
done
tap_done
