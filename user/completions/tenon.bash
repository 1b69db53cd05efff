# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Completion for bash: of tenon, tenon-hotplugd and kmod's commands. Options and commands are those that the program
# itself tells with --help, so this is never out of date.

_tenon_options() { # COMMAND...
	"$@" --help 2>/dev/null | awk '/^[ \t]+-/ {
		n = split($0, words, /[ ,\t]+/)
		for (i = 2; i <= n && words[i] ~ /^-/; i++) {
			sub(/=.*/, "=", words[i])
			print words[i]
		}
	}'
}

_tenon_commands() {
	"$1" help 2>/dev/null | awk '/^  [a-z]/ { print $1 }'
}

_tenon_modules() {
	awk -F: '{ sub(/.*\//, "", $1); sub(/\.ko.*/, "", $1); print $1 }' "/lib/modules/$(uname -r)/modules.dep" 2>/dev/null
}

_tenon_loaded() {
	awk '{ print $1 }' /proc/modules 2>/dev/null
}

_tenon_releases() {
	ls /lib/modules 2>/dev/null
}

_tenon_parameters() { # PROGRAM MODULE
	local modinfo=modinfo
	[[ $1 != */* ]] || modinfo=${1%/*}/modinfo
	"$modinfo" -F parm -- "$2" 2>/dev/null | sed 's/[ :].*/=/'
}

# _tenon_is_given LETTER OPTION: among the words before the cursor, also as "-vr".
_tenon_is_given() {
	local word
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		[[ $word != "$2" && ! ($word == -[!-]* && $word == *"$1"*) ]] || return 0
	done
	return 1
}

_tenon_value() { # COMMAND OPTION: what may follow the option; fails if it takes nothing
	case $1:$2 in
	*:--set-version | *:-S | modinfo:-k | check:--against | check:-a) _tenon_releases ;;
	modinfo:-F | *:--field) echo alias author depends description filename firmware license name parm parmtype vermagic version ;;
	diff:-k | diff:--kind) echo module alias export parameter signature ;;
	kmod:-f | kmod:--format) echo human tmpfiles devname ;;
	*:-[bdoCEF] | check:-c | *:--certificate | *:--basedir | *:--dirname | *:--config | *:--output | *:--outdir | *:--symvers | *:--filesyms) ;;
	*:--fallback | *:--moduledir | depmod:-m | modprobe:-w | *:--wait | *:--symbol-prefix | depmod:-P | tenon-hotplugd:-i | *:--idle) ;;
	*) return 1 ;;
	esac
}

_tenon_words() { # PROGRAM COMMAND FIRST-WORD
	case $2 in
	rmmod | unload) _tenon_loaded ;;
	modprobe)
		if _tenon_is_given r --remove; then
			_tenon_loaded
		elif [[ -n $3 ]] && ! _tenon_is_given a --all; then
			_tenon_parameters "$1" "$3"
		else
			_tenon_modules
		fi
		;;
	insmod | check) [[ -z $3 ]] || _tenon_parameters "$1" "$3" ;;
	modinfo | why | why-not | load | graph) _tenon_modules ;;
	depmod) _tenon_releases ;;
	kmod) [[ -n $3 ]] || echo list static-nodes help ;;
	what-if) [[ -n $3 ]] && _tenon_modules || echo modprobe rmmod ;;
	help) _tenon_commands "$1" ;;
	esac
}

_tenon() {
	local program=${COMP_WORDS[0]} cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} first= words all word i
	local command=${program##*/} call=("$program")
	COMPREPLY=()
	# bash takes "--name=value" apart.
	if [[ $cur == "=" ]]; then
		cur=
	elif [[ $prev == "=" ]]; then
		prev=${COMP_WORDS[COMP_CWORD-2]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} != -* && ${COMP_WORDS[i]} != "=" ]] || continue
		if [[ $command == tenon ]]; then
			command=${COMP_WORDS[i]}
			call+=("$command")
		elif ! _tenon_value "$command" "${COMP_WORDS[i-1]}" >/dev/null && [[ -z $first ]]; then
			first=${COMP_WORDS[i]}
		fi
	done
	if words=$(_tenon_value "$command" "$prev"); then
		:
	elif [[ $cur == -* ]]; then
		words=$(_tenon_options "${call[@]}")
	elif [[ $command == tenon ]]; then
		words="$(_tenon_commands "$program") help"
	else
		words=$(_tenon_words "$program" "$command" "$first")
	fi
	# Not with compgen -W: some words come from module files, and that expands them.
	read -r -d '' -a all <<<"$words"
	for word in "${all[@]}"; do
		[[ $word == "$cur"* ]] || continue
		printf -v word %q "$word"
		COMPREPLY+=("$word")
	done
	[[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2>/dev/null
}

# Where nothing is known, files.
complete -o default -F _tenon tenon tenon-hotplugd kmod modprobe insmod rmmod lsmod modinfo depmod
