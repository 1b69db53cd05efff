#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# --json prints what docs/schema says and what Debian's commands print as text, whatever the strings are.
. tests/tap.sh
. tests/kmod/tree.sh

check() {
	python3 tests/kmod/json_check.py "$@"
}
rejects() {
	! check "$@"
}
# json NAME COMMAND...: what a command prints goes to $T/NAME.json.
json() {
	_to=$1
	shift
	"$@" >"$T/$_to.json"
}

tree "$T/base"
/sbin/depmod -b "$T/base" "$release"
find "$T/base" -name '*.ko' | sort >"$T/files"

# modinfo
ok "modinfo of all modules" json all "$tools/modinfo" --json $(cat "$T/files")
/sbin/modinfo -0 $(cat "$T/files") >"$T/all.theirs"
ok "... is what Debian's modinfo says" check modinfo "$T/all.json" "$T/all.theirs"
sed 's/mbcache,crc16/mbcache,crc17/' "$T/all.json" >"$T/other.json"
ok "... and a difference is found" rejects modinfo "$T/other.json" "$T/all.theirs"
sed 's/"builtin": false/"builtin": 0/' "$T/all.json" >"$T/other.json"
ok "... as is a wrong type" rejects valid "$T/other.json" modinfo
ok "a built-in module and an alias" json builtin "$tools/modinfo" -b "$T/base" -k "$release" --json unix fs-ext4
ok "... follow the schema" check valid "$T/builtin.json" modinfo
ok "... and are told apart" python3 -c '
import json, sys
unix, ext4 = json.load(open(sys.argv[1]))
assert unix["builtin"] and unix["filename"] is None and unix["fields"]["alias"] == ["net-pf-1"]
assert not ext4["builtin"] and ext4["filename"].endswith("/ext4.ko")' "$T/builtin.json"
ok "a module that is not there" fails_with "Module nothing not found." \
	"$tools/modinfo" -b "$T/base" -k "$release" --json nothing
ok "... leaves an empty array" [ "$("$tools/modinfo" -b "$T/base" -k "$release" --json nothing 2>/dev/null)" = "[]" ]
ok "one field as JSON" fails_with "--json prints all fields" "$tools/modinfo" --json -F alias "$T/base"

# Strings that are hard: quotes, control characters, what is not UTF-8, what looks like its escape.
cat >"$T/odd.s" <<'END'
	.section .modinfo, "a"
	.asciz "license=GPL"
	.asciz "name=odd"
	.asciz "description=a \"quote\", a \\ back\\x41 and \\\\x42, a tab\t, a line\nand \001\177"
	.asciz "author=J\303\251r\364me \355\240\200 \300\200 \364\220\200\200 \360\237\220\247 \342\202"
	.asciz "a\377key=1"
	.asciz "empty="
	.asciz "parm=p\351:what \377 it is"
	.asciz "parmtype=p\351:int"
	.asciz "parm=text:only"
	.asciz "parmtype=type:bool"
	.asciz "parm=twice:one"
	.asciz "parm=twice:two"
END
odd=$T/$(printf 'odd \351"\\x5C')
mkdir "$odd"
as -o "$odd/odd.ko" "$T/odd.s"
ok "odd strings" json odd "$tools/modinfo" --json "$odd/odd.ko"
/sbin/modinfo -0 "$odd/odd.ko" >"$T/odd.theirs"
ok "... can be taken back to the bytes" check modinfo "$T/odd.json" "$T/odd.theirs"
ok "... and what is UTF-8 stands as it is" grep -q 'J\\u00E9r\\\\xF4me\|Jér\\\\xF4me' "$T/odd.json"
echo text >"$T/text.ko"
ok "a file that is no module" fails_with "could not get modinfo from 'text'" "$tools/modinfo" --json "$T/text.ko"

# depmod
/sbin/depmod -n -b "$T/base" "$release" >"$T/dep.theirs"
ok "depmod -n" json dep "$tools/depmod" -n --json -b "$T/base" "$release"
ok "... is what Debian's depmod says" check depmod "$T/dep.json" "$T/dep.theirs"
sed 's/"symbol": "crc16"/"symbol": "crc17"/' "$T/dep.json" >"$T/other.json"
ok "... and a difference is found" rejects depmod "$T/other.json" "$T/dep.theirs"
ok "--json without -n" fails_with "give both" "$tools/depmod" --json -b "$T/base" "$release"
ok "a tree that is not there" fails_with "could not open directory" "$tools/depmod" -n --json -b "$T/base" 9.9.9
mkdir -p "$T/odd/lib/modules/6.1.0-odd"
cat >"$T/odd2.s" <<'END'
	.section .modinfo, "a"
	.asciz "alias=a \"b\" c\377"
	.asciz "alias=symbol:fake"
	.asciz "alias=devname:a\"b"
	.asciz "alias=char-major-10-300"
	.asciz "softdep=pre: a-b \"c\"  post: d"
	.asciz "softdep=nonsense"
END
as -o "$T/odd/lib/modules/6.1.0-odd/alias.ko" "$T/odd2.s"
ok "odd aliases" json odd2 "$tools/depmod" -n --json -b "$T/odd" 6.1.0-odd
ok "... follow the schema" check valid "$T/odd2.json" depmod
ok "... and keep their places" python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
assert [a["alias"] for a in d["modules.alias"]] == ["a \"b\" c\\xFF", "symbol:fake", "devname:a\"b", "char-major-10-300"], d
assert d["modules.softdep"][0] == {"module": "alias", "pre": ["a-b", "\"c\""], "post": ["d"], "ignored": []}, d
assert d["modules.softdep"][1]["ignored"] == ["nonsense"], d
assert d["modules.devname"] == [{"module": "alias", "node": "a\"b", "type": "char", "major": 10, "minor": 300}], d
' "$T/odd2.json"

# modprobe
in_tree="-d $T/base -S $release"
mkdir "$T/conf"
printf '%s\n' 'options ext4 max=1' 'install crc16 /bin/echo "a b" $CMDLINE_OPTS' 'alias two-* ext4' 'softdep ext4 post: fuse' \
	'blacklist ext4' 'alias "odd ext4' >"$T/conf/a.conf"
printf 'options ext4 name=\351"\\\n' >"$T/conf/odd.conf"
for word in two-words cifs "e1000e debug=1" usb_storage unix nfsd ext4; do
	/sbin/modprobe $in_tree -C "$T/conf/a.conf" -D $word >"$T/theirs"
	ok "modprobe -D $word" json depends "$tools/modprobe" $in_tree -C "$T/conf/a.conf" --json -D $word
	ok "... is what Debian's modprobe says" check depends "$T/depends.json" "$T/theirs"
done
sed 's/"options": "max=1"/"options": "max=2"/' "$T/depends.json" >"$T/other.json"
ok "... and a difference is found" rejects depends "$T/other.json" "$T/theirs"
ok "a word that is unknown" fails_with "Module nothing not found" "$tools/modprobe" $in_tree --json -D nothing
printf 'forbid jbd2\n' >"$T/conf/forbid.conf"
stopped() {
	! "$tools/modprobe" $in_tree -C "$T/conf/forbid.conf" --json -D ext4 >"$T/stopped.json"
}
ok "a dependency that is forbidden" stopped
ok "... follows the schema" check valid "$T/stopped.json" modprobe-depends
ok "... and has its line" grep -q '"directive": "forbid"' "$T/stopped.json"
ok "modprobe -R" json resolve "$tools/modprobe" $in_tree --json -aR fs-ext3 unix crypto-crc32c
ok "... follows the schema" check valid "$T/resolve.json" modprobe-resolve
ok "... and finds what Debian's modprobe finds" [ "$(python3 -c '
import json, sys
print(*sorted(m["module"] for ms in json.load(open(sys.argv[1])).values() for m in ms))' "$T/resolve.json")" = \
	"$(for word in fs-ext3 unix crypto-crc32c; do /sbin/modprobe $in_tree -R $word; done | sort | tr '\n' ' ' |
		sed 's/ $//')" ]
/sbin/modprobe $in_tree -C "$T/conf/a.conf" -c >"$T/config.theirs"
ok "modprobe -c" json config "$tools/modprobe" $in_tree -C "$T/conf/a.conf" --json -c
ok "... is what Debian's modprobe says" check config "$T/config.json" "$T/config.theirs"
sed 's/max=1/max=2/' "$T/config.json" >"$T/other.json"
ok "... and a difference is found" rejects config "$T/other.json" "$T/config.theirs"
ok "odd configuration" json odd3 "$tools/modprobe" $in_tree -C "$T/conf/odd.conf" --json -c
ok "... follows the schema" check valid "$T/odd3.json" modprobe-config
ok "... and can be taken back to the bytes" grep -qF 'name=\\xE9\"' "$T/odd3.json"
ok "--json without any of them" fails_with "--json is for -D, -R and -c" "$tools/modprobe" $in_tree --json ext4

# tenon check, load and unload
ok "tenon check" json accepted "$tools/tenon" check --json -a "$release" -d "$T/base" "$debian/kernel/fs/ext4/ext4.ko"
ok "... follows the schema" check valid "$T/accepted.json" check
refused() {
	! json refused "$tools/tenon" check --json -a "$release" -d "$T/base" "$odd/odd.ko" none=1
}
ok "tenon check of an odd module" refused
ok "... follows the schema" check valid "$T/refused.json" check
ok "... and has problems" grep -q '"kind": "parameter"' "$T/refused.json"
ok "tenon load" json load "$tools/tenon" load -n --json $in_tree -C "$T/conf/a.conf" jbd2
ok "... follows the schema" check valid "$T/load.json" load
ok "... and has steps" [ "$(grep -c '"action": "load"' "$T/load.json")" -eq 3 ]
mkdir -p "$T/machine/proc" "$T/machine/sys/module/crc16/holders"
echo "crc16 16384 0 - Live 0x0" >"$T/machine/proc/modules"
echo live >"$T/machine/sys/module/crc16/initstate"
echo 0 >"$T/machine/sys/module/crc16/refcnt"
ok "tenon unload" json unload on_machine "$T/machine" "$tools/tenon" unload -n --json $in_tree crc16
ok "... follows the schema" check valid "$T/unload.json" load
ok "... and has a step" [ "$(grep -c '"action": "unload"' "$T/unload.json")" -eq 1 ]

# The description
ls docs/schema | sed 's/.json$//' | sort >"$T/schemas"
grep -o 'schema/[a-z-]*.json' docs/json.md | sed 's,.*/,,; s/.json$//' | sort -u >"$T/described"
ok "every schema is described, and every one that is described is there" cmp "$T/schemas" "$T/described"
python3 -c 'import json
print(*json.load(open("docs/schema/why-not.json"))["items"]["properties"]["reasons"]["items"]["properties"]["reason"]["enum"], sep="\n")' |
	sort >"$T/reasons"
sed -n '/^| reason/,$p' docs/json.md | cut -d'|' -f2 | grep -o '`[a-z-]*`' | tr -d '`' | sort >"$T/described"
ok "so is every reason" cmp "$T/reasons" "$T/described"
grep -oh 'why_not_add([^"]*"[a-z-]*"' user/tools/why_not*.c | grep -o '"[a-z-]*"' | tr -d '"' | sort -u >"$T/used"
ok "... and all that are used are among them" [ -z "$(comm -13 "$T/reasons" "$T/used")" ]

# lsmod, of many
seq 5000 | sed 's/.*/module_& 4096 1 module_0&,x, Live 0xffffffffc0000000 (E)/' >"$T/machine/proc/modules"
printf 'plain 1 - - Live 0x0\n' >>"$T/machine/proc/modules"
on_machine "$T/machine" "$tools/lsmod" >"$T/lsmod.text"
ok "lsmod" json lsmod on_machine "$T/machine" "$tools/lsmod" --json
ok "... is what lsmod says as text" check lsmod "$T/lsmod.json" "$T/lsmod.text"
tap_done
