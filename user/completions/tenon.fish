# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Completion for fish: of tenon, tenon-hotplugd and kmod's commands. Options and commands are those that the program
# itself tells with --help, so this is never out of date.

# The command line up to the word at the cursor, without options: what was called, then its words.
function __tenon_line
    string match -v -- '-*' (commandline -opc)
end

# Lines "OPTION DESCRIPTION" with a tab between.
function __tenon_options
    set -l line (__tenon_line)
    set -l call $line[1]
    if test (path basename $call) = tenon
        set call $call $line[2]
    end
    command $call --help 2>/dev/null | awk '/^[ \t]+-/ {
        text = $0
        n = split($0, words, /[ ,\t]+/)
        for (i = 2; i <= n && words[i] ~ /^-/; i++)
            sub(/^[ ,\t]*[^ ,\t]+/, "", text)
        sub(/^[ \t]*/, "", text)
        for (i = 2; i <= n && words[i] ~ /^-/; i++) {
            sub(/=.*/, "=", words[i])
            print words[i] "\t" text
        }
    }'
end

function __tenon_modules
    awk -F: '{ sub(/.*\//, "", $1); sub(/\.ko.*/, "", $1); print $1 }' /lib/modules/(uname -r)/modules.dep 2>/dev/null
end

function __tenon_loaded
    awk '{ print $1 }' /proc/modules 2>/dev/null
end

function __tenon_parameters
    set -l modinfo (string replace -r '[^/]*$' modinfo -- $argv[1])
    command $modinfo -F parm $argv[2] 2>/dev/null | string replace -r '[ :].*' '='
end

function __tenon_words
    set -l line (__tenon_line)
    set -l program $line[1]
    set -l given (commandline -opc)
    if test (path basename $program) = tenon
        set -e line[1]
        if test -z "$line[1]"
            command $program help 2>/dev/null |
                awk '/^  [a-z]/ { name = $1; sub(/^ *[^ ]+ */, ""); print name "\t" $0 }'
            printf 'help\tshow the options of a command\n'
            return
        end
    end
    switch (path basename $line[1])
        case rmmod unload
            __tenon_loaded
        case modprobe
            if string match -qr -- '^(--remove|-[^-]*r.*)$' $given
                __tenon_loaded
            else if set -q line[2]; and not string match -qr -- '^(--all|-[^-]*a.*)$' $given
                __tenon_parameters $program $line[2]
            else
                __tenon_modules
            end
        case insmod check
            set -q line[2]; and __tenon_parameters $program $line[2]
        case modinfo why why-not load graph
            __tenon_modules
        case depmod
            path basename /lib/modules/*
        case kmod
            printf '%s\n' list static-nodes help
        case what-if
            set -q line[2]; and __tenon_modules; or printf '%s\n' modprobe rmmod
        case help
            command $program help 2>/dev/null | awk '/^  [a-z]/ { print $1 }'
    end
end

for name in tenon tenon-hotplugd kmod modprobe insmod rmmod lsmod modinfo depmod
    complete -c $name -a '(__tenon_words)'
    complete -c $name -n 'string match -q -- "-*" (commandline -ct)' -a '(__tenon_options)'
end

# No files here.
for name in tenon-hotplugd kmod rmmod lsmod
    complete -c $name -f
end
complete -c tenon -f -n 'test (count (__tenon_line)) -eq 1'
