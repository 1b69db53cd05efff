#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# tenon lint: finds what is wrong, by line and rule, and nothing in what Debian ships; --fix changes what it says and
# nothing else, and Debian's modprobe then reads what was meant.
. tests/tap.sh
. tests/kmod/tree.sh

tree "$T/root"
"$tools/depmod" -b "$T/root" "$release"
conf=$T/modprobe.d
mkdir "$conf" "$T/depmod.d" "$T/clean"

lint() {
	"$tools/tenon" lint -d "$T/root" -S "$release" "$@"
}
# status N COMMAND...
status() {
	_wanted=$1
	shift
	"$@" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	[ $_status -eq "$_wanted" ]
}
# found: findings as "FILE:LINE RULE", without the directory, one a line
found() {
	lint "$@" | sed 's,^[^ ]*/,,; s/^\([^:]*:[0-9]*\):[^[]*/\1 /; s/^\([^:]*\): [^[]*/\1 /; s/.*/&/; s/\[\(.*\)\].*/\1/; s/  */ /'
}

# What Debian ships.
ok "what kmod's package ships is right" status 0 lint -v "$O/debian/programs/lib/modprobe.d"
ok "... and nothing is said of it" [ ! -s "$T/out" ]
cat >"$T/clean/ok.conf" <<'END'
# All of this is right.

blacklist pcspkr # why not
options snd_hda_intel power_save=1 power_save_controller=N
	options	dummy	numdummies=2
options bonding primary="a # b" miimon=100
options ext4 dyndbg=+p
install dccp /bin/false # a CVE
alias my-* ext4 # a comment may stand here
alias net-pf-10 off
softdep xfs pre: crc32c_generic post: \
	ext4
forbid dccp # holes
END
ok "so is this" status 0 lint "$T/clean"
ok "... and nothing is said" [ ! -s "$T/out" ]

cat >"$conf/a.conf" <<'END'
# a comment that goes on \
blacklist pcspkr
blacklist e1000e pcspkr floppy # three
options bonding miimon=1 # comment
options bonding lp_interval=2#comment
options bonding miimom=1
options bonding max_bonds=x
options snd-hda-intell power_save=1
install dccp /bin/false
install dccp /bin/true
alias foo ext4#x
alias foo ext4 xfs
softdep xfs pre: ext4 # why
softdep ext4 pre: xfs
softdep jbd2 pre: ext4
blacklst foo
forbid jbd2 crc16
allow jbd2
allow ext4
blacklist dummyx
options bonding miimon=2
END
echo 'blacklist floppy' >"$conf/no-suffix"
echo 'blacklist floppy' >"$conf/aside.conf.dpkg-old"
echo 'some text' >"$conf/text"
printf '%s\n' 'override ext4 * no-such-dir' 'search updates built-in' 'sarch x' 'override xfs * kernel' >"$T/depmod.d/d.conf"
cat >"$T/expected" <<'END'
no-suffix not-read
a.conf:2 joined-comment
a.conf:3 extra-words
a.conf:4 comment
a.conf:4 never-counts
a.conf:5 comment
a.conf:6 unknown-parameter
a.conf:7 bad-value
a.conf:8 unknown-module
a.conf:10 never-counts
a.conf:11 comment
a.conf:12 extra-words
a.conf:13 comment
a.conf:13 softdep-cycle
a.conf:15 softdep-cycle
a.conf:16 bad-line
a.conf:18 policy
a.conf:19 policy
a.conf:20 unknown-module
d.conf:1 unknown-directory
d.conf:3 bad-line
END
found "$conf" "$T/depmod.d" >"$T/found"
ok "each mistake is found, at its line" diff "$T/expected" "$T/found"
ok "the status is that of a finding" status 1 lint "$conf"
says() {
	lint "$conf" >"$T/out"
	cat "$T/out"
	grep -qF -- "$1" "$T/out"
}
ok "the column" says "a.conf:3:18: warning: 'pcspkr floppy # three' is ignored: 'blacklist' takes one name [extra-words]"
ok "the nearest module" says "there is no module snd_hda_intell; did you mean snd_hda_intel?"
ok "the nearest parameter" says "miimom: the module has no such parameter; did you mean miimon?"
ok "a value" says "error: max_bonds: 'x' is no value of the type int; the kernel would not load bonding"
ok "the line that counts" says "never run: that of $conf/a.conf:9, which comes first, is"
ok "a cycle" says "modules that wait for each other: xfs after ext4 after xfs"
ok "... of a softdep and a dependency" says "ext4 after jbd2 after ext4"
ok "policy" says "jbd2 is forbidden by $conf/a.conf:17, which goes before 'allow'"
ok "... of what is needed" says "ext4 needs crc16, and crc16 is forbidden ($conf/a.conf:17: forbid crc16)"
printf 'blacklist floppy\nblacklist floppy\nblacklist no_such_thing\noptions unix a=1\n' >"$T/clean/notes.conf"
ok "notes are no failure" status 0 lint "$T/clean"
ok "... and are shown when asked for" [ "$(found -v "$T/clean" | tr '\n' ' ')" = \
	"notes.conf:2 duplicate notes.conf:3 unknown-module notes.conf:4 built-in " ]
printf 'options bonding miimon=5\n' >"$T/clean/zz.conf"
ok "a file with a later name may say something else" status 0 lint "$T/clean"
printf 'blacklist no_such_thingy\n' >"$T/clean/zz.conf"
ok "a tree that is not there" status 0 "$tools/tenon" lint -d "$T/nothing" -S "$release" "$T/clean"
ok "... is mentioned" grep -q "names of modules and parameters are not checked" "$T/out"
chmod 000 "$T/clean/zz.conf"
# Root reads all, but not without these capabilities.
ordinary=$([ "$(id -u)" -ne 0 ] || echo setpriv --bounding-set=-dac_override,-dac_read_search)
ok "a file that cannot be read" status 1 $ordinary "$tools/tenon" lint -d "$T/nothing" -S "$release" "$T/clean"

# Machines read it.
lint --json -v "$conf" "$T/depmod.d" >"$T/json"
ok "--json follows the schema" python3 tests/kmod/json_check.py valid "$T/json" lint
ok "... and says the same" python3 - "$T/json" "$T/expected" <<'END'
import json, os, sys
value = json.load(open(sys.argv[1]))
ours = [f"{os.path.basename(f['file'])}{':' + str(f['line']) if f['line'] else ''} {f['rule']}" for f in value["findings"]
        if f["level"] != "note"]
assert ours == open(sys.argv[2]).read().split("\n")[:-1], ours
assert value["files"] == 4, value["files"]
assert {f["line"] for f in value["findings"] if f["fixable"]} == {2, 3, 4, 5, 11, 13}
END
lint --sarif "$conf" "$T/depmod.d" >"$T/sarif"
ok "--sarif has what SARIF 2.1.0 asks for" python3 - "$T/sarif" "$T/expected" <<'END'
import json, sys, urllib.parse
log = json.load(open(sys.argv[1]))
assert log["version"] == "2.1.0" and set(log) == {"$schema", "version", "runs"}           # 3.13
run, = log["runs"]
driver = run["tool"]["driver"]                                                             # 3.18.2, 3.19.8
assert driver["name"]
rules = {r["id"]: r["shortDescription"]["text"] for r in driver["rules"]}                  # 3.49.3, 3.49.9
assert len(rules) == len(driver["rules"]) and all(t and not t.endswith("\n") for t in rules.values())
lines = []
for result in run["results"]:
    assert result["ruleId"] in rules and result["level"] in ("none", "note", "warning", "error")   # 3.27.5, 3.27.10
    assert result["message"]["text"]                                                       # 3.11.8
    place = result["locations"][0]["physicalLocation"]                                     # 3.29
    path = urllib.parse.urlsplit(place["artifactLocation"]["uri"])
    assert path.scheme == "file" and open(urllib.parse.unquote(path.path))
    line = place.get("region", {}).get("startLine")                                        # 3.30.5: from 1
    assert line is None or line >= 1
    assert place.get("region", {}).get("startColumn", 1) >= 1
    lines.append(f"{path.path.split('/')[-1]}{f':{line}' if line else ''} {result['ruleId']}")
assert lines == open(sys.argv[2]).read().split("\n")[:-1], lines
END
ok "not both" status 2 lint --json --sarif "$conf"

# --fix
ln -s ../modprobe.d/a.conf "$T/depmod.d/link.conf"
mkdir "$T/linked"
ln -s "$conf/a.conf" "$T/linked/b.conf"
chmod 640 "$conf/a.conf"
cp -p "$conf/a.conf" "$T/before"
cp -p "$T/clean/ok.conf" "$T/ok.before"
stat -c '%i %y' "$T/clean/ok.conf" >"$T/stamp"
ok "--fix mends and leaves the rest" status 1 lint --fix "$T/linked" "$T/clean"
cat >"$T/changes" <<'END'
1c1
< # a comment that goes on \
---
> # a comment that goes on 
3,5c3,9
< blacklist e1000e pcspkr floppy # three
< options bonding miimon=1 # comment
< options bonding lp_interval=2#comment
---
> blacklist e1000e
> blacklist pcspkr
> blacklist floppy # three
> # comment
> options bonding miimon=1
> #comment
> options bonding lp_interval=2
11c15,16
< alias foo ext4#x
---
> #x
> alias foo ext4
13c18,19
< softdep xfs pre: ext4 # why
---
> # why
> softdep xfs pre: ext4
END
diff "$T/before" "$conf/a.conf" >"$T/diff"
ok "... exactly what it says" diff "$T/changes" "$T/diff"
ok "the link is one, and the mode is as it was" sh -c '[ -L "$1" ] && [ "$(stat -c %a "$2")" = 640 ]' - "$T/linked/b.conf" "$conf/a.conf"
stat -c '%i %y' "$T/clean/ok.conf" >"$T/stamp.after"
ok "a file without mistakes is not written" cmp "$T/stamp" "$T/stamp.after"
ok "nothing lies beside them" [ "$(ls -A "$conf" | wc -l)" -eq 4 ]
ok "a second time there is nothing to mend" [ "$(lint --json --fix "$conf" | grep -c '"fixable": true')" -eq 0 ]
/sbin/modprobe -C "$conf/a.conf" -c 2>/dev/null >"$T/theirs"
ok "kmod reads what was meant" sh -c 'for line; do grep -qxF -- "$line" "$0" || { echo "$line"; exit 1; }; done' "$T/theirs" \
	"blacklist pcspkr" "blacklist floppy" "options bonding miimon=1" "options bonding lp_interval=2" "alias foo ext4" \
	"softdep xfs pre: ext4"
printf 'blacklist a_b c_d\r\nblacklist e_f\\\n g_h\noptions loop max_loop=1 # x \\\n y=1' >"$T/linked/crlf.conf"
lint --fix "$T/linked/crlf.conf" >"$T/out"
printf 'blacklist a_b\nblacklist c_d\r\nblacklist e_f\\\n g_h\noptions loop max_loop=1 # x \\\n y=1' >"$T/wanted"
ok "other line ends stay; a line that goes on is left alone" cmp "$T/wanted" "$T/linked/crlf.conf"
ok "all of it mended is no failure" sh -c 'printf "blacklist loop floppy\n" >"$1/b.conf" && "$2" lint --fix -d "$3" -S "$4" "$1/b.conf"' \
	- "$T" "$tools/tenon" "$T/root" "$release"
ok "an answer that cannot be written" sh -c '"$@" 2>/dev/null >/dev/full; [ $? -eq 2 ]' - "$tools/tenon" lint "$conf"

# Whatever is in a file: an answer, and after a few runs of --fix (one may bring out what another hid) nothing to mend.
cat >"$T/damage.py" <<'END'
import random, subprocess, sys
tool, root, release, path, source = sys.argv[1:]
random.seed(3)
data = open(source, "rb").read()
pieces = [b"\\\n", b"\\", b"#", b" # ", b"\"", b"\0", b"\r\n", b"\t", b"blacklist ", b"options ", b"=1#", b"\xff", b"allow *[\n", b"\xef\xbb\xbf"]
for i in range(120):
    text = bytearray(data)
    for _ in range(1 + i % 8):
        at = random.randrange(len(text))
        text[at:at + random.randrange(4)] = random.choice(pieces)
    open(path, "wb").write(text)
    for _ in range(4):
        run = subprocess.run([tool, "lint", "-v", "--fix", "-d", root, "-S", release, path], capture_output=True, text=True, errors="replace")
        assert run.returncode in (0, 1) and "Sanitizer" not in run.stderr and "runtime error" not in run.stderr, run
        assert all(c >= " " or c == "\n" for c in run.stdout), run.stdout
    assert "(mended)" not in run.stdout, (text, run.stdout)
END
printf 'softdep xfs pre: [\n' >"$T/odd.conf"
ok "a softdep that names nothing that can be" status 0 lint "$T/odd.conf"
ok "damaged files" python3 "$T/damage.py" "$tools/tenon" "$T/root" "$release" "$T/random.conf" "$T/before"
tap_done
