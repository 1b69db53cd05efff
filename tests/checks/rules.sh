#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The build: rules.mk alone says how things are compiled, archived and linked, and what is asked for is all that is made.
. tests/tap.sh

# own_commands FILE...: print the lines of recipes that call a compiler, an assembler, an archiver or a linker.
own_commands() {
	awk '/^\t/ && /\$\(?\$?\(?(CC|CLANG|COMPILER|LINK|AR|LD)[.)]|(^|[^a-z])(gcc|clang|as|ar|ld)( |$)|( |^)-c -o / {
		print FILENAME ": " $0 }' "$@"
}

printf 'x.o: x.c\n\t$(Q)$(CC) -c -o $@ $<\ny.a: x.o\n\tarm-none-eabi-ar rcs $@ $^\nz: x.o\n\t$$(LINK.$(1)) -o $@\nw: v\n\tcp $< $@\n' >"$T/wrong.mk"
own_commands "$T/wrong.mk" >"$T/found"
ok "a directory with commands of its own is found" [ "$(wc -l <"$T/found")" = 3 ]
git ls-files --cached --others --exclude-standard -- '*build.mk' | xargs ls -d 2>/dev/null >"$T/files"
ok "the directories are found" [ "$(wc -l <"$T/files")" -gt 25 ]
# shellcheck disable=SC2046 # file names without blanks
own_commands $(cat "$T/files") >"$T/found"
ok "no build.mk but lists what rules.mk makes" sh -c "cat '$T/found'; [ ! -s '$T/found' ]"

# compiles TARGET DIRECTORY...: with nothing built yet it compiles files of each of these directories, and of no other.
compiles() {
	_target=$1
	shift
	make -n V=1 O="$T/nothing" "$_target" 2>&1 | sed -n 's/.* -c -o [^ ]* \([^ ]*\)$/\1/p' | sort -u >"$T/compiled"
	for _directory; do
		grep "^$_directory/" "$T/compiled" >"$T/part" || { echo "nothing of $_directory/" && return 1; }
		grep -v "^$_directory/" "$T/compiled" >"$T/rest" || :
		mv "$T/rest" "$T/compiled"
	done
	cat "$T/compiled"
	[ ! -s "$T/compiled" ]
}

fails() {
	! "$@" >/dev/null
}

ok "what is compiled besides is found" fails compiles "$T/nothing/modpost/modpost" modpost
ok "the tools: themselves, their library and the readers of modules" compiles "$T/nothing/tools/tenon" user/tools user/lib core
ok "libkmod" compiles "$T/nothing/libkmod/libkmod.so.2" user/libkmod user/lib core
ok "modpost: itself and the readers of modules" compiles "$T/nothing/modpost/modpost" modpost core
ok "the core: itself" compiles "$T/nothing/core/host/libtenon.a" core
ok "the process host: itself, the interface, the core and the tools' library" \
	compiles "$T/nothing/tenon-host" port/process kpi/impl core user/lib "$T/nothing"
ok "the kernel: itself, the runtime, the core and the interface" compiles "$T/nothing/kernel/release/tenon" kernel runtime core kpi/impl "$T/nothing"

# An editor finds each source of these directories, and how it is compiled. The file lies where editors look for it: that of
# another test's, or of a person, is left alone.
make -s O="$O" -f Makefile commands="$T/commands" compile_commands.json
git ls-files 'core/*.c' 'kpi/*.c' 'user/*.c' 'kernel/*.c' 'modpost/*.c' 'port/process/*.c' | xargs ls -d 2>/dev/null >"$T/sources"
python3 -c 'import json, sys; [print(e["file"]) for e in json.load(open(sys.argv[1]))]' "$T/commands" | sort >"$T/listed"
sort "$T/sources" | comm -23 - "$T/listed" >"$T/found"
ok "compile_commands.json has every source" sh -c "cat '$T/found'; [ -s '$T/listed' ] && [ ! -s '$T/found' ]"
tap_done
