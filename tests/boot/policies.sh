#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Policies as modules, each from the same file in the kernel's own domain and in an isolated one: what they refuse and what not,
# that refusals win, that they stay, and what becomes of a policy that faults.
. tests/tap.sh
. tests/boot/vm.sh

# guest WORDS OPTION... <commands: what they print is in out.
guest() {
	_words=$1
	shift
	{
		echo 'dmesg -n 1; box() { /box/busybox "$@"; }; K=/lib/modules/$(uname -r)/kernel'
		cat
	} >"$T/commands"
	O=$O timeout -k 5 400 kernel/vm --debug --cpus 2 --append "$_words" "$@" -c "$(cat "$T/commands")" >"$T/all" 2>&1
	_status=$?
	sed 's,^/commands: line [0-9]*: ,,' "$T/all" >"$T/out"
	cat "$T/out"
	return $_status
}

says() {
	grep -qxF -- "$1" "$T/out"
}

all_said() { # one line each, on standard input
	while read -r line; do ok "... $line" says "$line"; done
}

# ---- files ---------------------------------------------------------------------------------------------------------------

mkdir -p "$T/files/etc/policy" "$T/files/box" "$T/files/lists"
cat >"$T/files/etc/policy/mac_path" <<'END'
# what the box may do
profile /box/*
	/etc/**     r
	/etc/shadow
	/tmp/**     rw
	/box/*      xm
	/dev/null   rw
	/dev/kmsg   w   # a device that is there already
	socket unix
	signal /box/*
END
sed -i '/shadow/d' "$T/files/etc/policy/mac_path"
cat >"$T/files/etc/policy/mac_modules" <<'END'
load /bin/** hello
load kernel *
unload /bin/** hello
request 1000 ** net-pf-1
request root /bin/busybox policy-*
request root ** net-pf-1
END
cat >"$T/files/etc/policy/bad" <<'END'
load /bin/** hello
request nobody ** *
END
printf '#!/bin/sh\necho a script runs\n' >"$T/files/lists/script"
printf '#!/bin/sh\necho another script runs\n' >"$T/files/lists/other"
chmod +x "$T/files/lists/script" "$T/files/lists/other"
# The list: all that the image can execute, but the library libzstd, and one of the scripts.
cat >"$T/writes.c" <<'END'
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
int main(void)
{
	void *both = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *then = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	puts(both == MAP_FAILED ? "not both" : "both");
	puts(mprotect(then, 4096, PROT_READ | PROT_EXEC) ? "not later" : "later");
	return 0;
}
END
"${CC:-gcc}" -O1 -static -o "$T/files/lists/writes" "$T/writes.c"
mkdir "$T/image" && (cd "$T/image" && cpio -idm --quiet) <"$O/image/initrd"
(cd "$T/image" && find . -type f \( -perm -100 -o -name '*.so*' \) ! -name 'libzstd*' -exec sha256sum {} +) >"$T/list"
sha256sum "$T/files/lists/script" "$T/files/lists/writes" >>"$T/list"
openssl req -new -x509 -newkey rsa:2048 -nodes -sha256 -days 9 -subj /CN=Nobody -keyout "$T/other.key" -out "$T/other.pem" 2>/dev/null
signed_list() { # KEY OUT
	cp "$T/list" "$2" && "$O/modpost/modpost" --sign "$1.key" --cert "$1.pem" "$2"
}
signed_list "$O/keys/signing" "$T/files/etc/policy/mac_exec"
signed_list "$T/other" "$T/files/lists/stranger"
cp "$T/list" "$T/files/lists/unsigned"
sed '1s/^./x/' "$T/files/etc/policy/mac_exec" >"$T/files/lists/changed"
archive "$T/files" >"$T/archive"

for where in "" isolated=1; do
	kind=${where:-kernel}
	words=
	for name in mac_path mac_exec mac_modules; do words="$words ${where:+$name.isolated=$name $name.restart=2}"; done

	ok "$kind: mac_path confines a program" guest "$words" --archive "$T/archive" <<'END'
cp /bin/busybox /box/busybox; cat /sys/kernel/security/mac_path; id=$$
(box cat /etc/passwd | head -n 1 | cut -c1-4; box cat /bin/busybox; box cat /init /etc/../etc/group /etc/policy/../../bin/sh
box sh -c 'echo written >/tmp/x; cat /tmp/x; >/mnt/x; >>/etc/passwd; /bin/ls /; /box/busybox echo executed itself'
box mount -t tmpfs none /mnt; box umount /proc; sleep 100 & box kill $!; box kill -0 $id; kill $!
box sh -c '/box/busybox sleep 100 & kill $! && echo its own'
box rm /etc/passwd; box ln /bin/busybox /tmp/y; box mv /etc/group /tmp/p; box mkdir /mnt/d; box mknod /tmp/d c 1 3; box mkfifo /tmp/f && echo a fifo
box nc 127.0.0.1 4; mkdir -p /tmp/jail/etc; echo jailed >/tmp/jail/etc/shadow; chroot /tmp/jail /box/busybox true
mkdir /tmp/jail/box; cp /bin/busybox /tmp/jail/box; chroot /tmp/jail /box/busybox cat /etc/shadow
ln -s /bin/busybox /tmp/link; box cat /tmp/link; box chmod 600 /tmp/x; box head -c 1 /dev/zero; box sh -c ': >/dev/null; : </proc/self/fd/0') 2>&1
cat /mnt/x /etc/passwd | wc -l; rmmod mac_path; dmesg | grep -c 'policy mac_path: refused: open /bin/busybox, for /box/busybox ([0-9]*), user 0'
END
	all_said <<'END'
active
root
cat: can't open '/bin/busybox': Permission denied
cat: can't open '/etc/policy/../../bin/sh': Permission denied
written
sh: can't create /mnt/x: Permission denied
sh: can't create /etc/passwd: Permission denied
sh: /bin/ls: Permission denied
executed itself
mount: mounting none on /mnt failed: Permission denied
its own
rm: can't remove '/etc/passwd': Permission denied
ln: /tmp/y: Permission denied
mv: can't rename '/etc/group': Permission denied
mkdir: can't create directory '/mnt/d': Permission denied
mknod: /tmp/d: Permission denied
a fifo
nc: socket: Permission denied
jailed
cat: can't open '/tmp/link': Permission denied
head: /dev/zero: Permission denied
rmmod: can't unload module 'mac_path': Resource temporarily unavailable
END
	ok "... and signals to others" [ "$(grep -c "kill: can't kill pid [0-9]*: Operation not permitted" "$T/out")" = 2 ]
	ok "... each is in the log, with who asked" grep -qx '[3-9]' "$T/out"

	ok "$kind: mac_modules decides who may load what" guest "$words" --archive "$T/archive" <<'END'
cat /sys/kernel/security/mac_modules; (modprobe hello && echo hello loaded; modprobe params; modprobe timer; rmmod hello && echo hello unloaded
rmmod runtime; ls /dev/nosuch; mount -t ext2 none /mnt; nc -l -U /nosuch/x; cat /sys/kernel/security/nosuch
cp /bin/busybox /box/busybox; box insmod $K/examples/hello.ko; rmmod mac_modules) 2>&1
lsmod | grep -c '^unix\|^params\|^hello'; dmesg | grep -o 'policy mac_modules: .*' | sed 's/([0-9]*)//'
END
	all_said <<'END'
active
hello loaded
hello unloaded
rmmod: can't unload module 'mac_modules': Operation not permitted
policy mac_modules: refused: load params, for /bin/busybox , user 0
policy mac_modules: refused: request fs-ext2, for /bin/busybox , user 0
policy mac_modules: refused: load hello, for /box/busybox , user 0
END

	ok "$kind: mac_exec runs what is on a signed list" guest "$words" --archive "$T/archive" <<'END'
cp /etc/policy/mac_exec /tmp/list; for i in unsigned stranger changed; do
	cp /lists/$i /etc/policy/mac_exec; modprobe mac_exec unload=1 2>/dev/null && echo "$i was taken"
done; dmesg | grep -o 'policy/mac_exec is not signed .*'; cp /tmp/list /etc/policy/mac_exec
/lists/writes; /lists/script >/dev/null; cat /sys/kernel/security/mac_exec
(/lists/script; /lists/other; sh /lists/other; /lists/writes; mkdir /tmp/s; cp /bin/busybox /tmp/s; /tmp/s/busybox echo the same runs
(cat /bin/busybox; echo) >/tmp/longer; chmod +x /tmp/longer; /tmp/longer echo no; cp /lists/script /tmp/script; /tmp/script
echo echo changed >>/tmp/script; /tmp/script; /usr/lib/tenon/bin/lsmod | head -n 1; /bin/kmod list
exec 3>>/tmp/s/busybox; /tmp/s/busybox true) 2>&1; rmmod mac_exec; true
END
	all_said <<'END'
policy/mac_exec is not signed by a trusted key (-22)
policy/mac_exec is not signed by a trusted key (-126)
policy/mac_exec is not signed by a trusted key (-129)
both
later
active
a script runs
/lists/other: Permission denied
another script runs
not both
not later
the same runs
/tmp/longer: Permission denied
/tmp/script: Permission denied
/tmp/s/busybox: Text file busy
rmmod: can't unload module 'mac_exec': Resource temporarily unavailable
END
	ok "... no list that is not" not grep -q 'was taken' "$T/out"
	ok "... a library that is not on it is not mapped" grep -q 'libzstd.*: failed to map segment' "$T/out"

	ok "$kind: one that may be unloaded" guest "" --archive "$T/archive" <<END
sed -i '1i unload ** mac_modules' /etc/policy/mac_modules; modprobe mac_modules unload=1 $where; modprobe params 2>/dev/null || echo refused
echo 1 >/sys/module/mac_modules/parameters/unload 2>/dev/null || echo for ever
echo 1 >/sys/module/mac_modules/idle_ms; sleep 1; lsmod | grep -c ^mac_modules; echo 0 >/sys/module/mac_modules/idle_ms; until rmmod mac_modules 2>/dev/null; do sleep 0.1; done; ls /sys/kernel/security | grep -c mac_
modprobe params && echo allowed; dmesg | grep -c 'left behind'
cp /etc/policy/bad /etc/policy/mac_modules; modprobe mac_modules 2>/dev/null || echo no such line; rm /etc/policy/mac_modules
mv /etc/policy/mac_path /tmp/; echo 'profile busybox' >/etc/policy/mac_path; modprobe mac_path 2>/dev/null || echo no program has such a path; mv /tmp/mac_path /etc/policy/
modprobe mac_modules 2>/dev/null || echo no text; dmesg | grep -o '/etc/policy/mac_modules.*'
END
	all_said <<'END'
refused
for ever
1
allowed
no such line
no program has such a path
no text
/etc/policy/mac_modules:2: not load or unload PROGRAM MODULE, or request USER PROGRAM ALIAS
/etc/policy/mac_modules cannot be read (-2)
END
	ok "... leaves nothing behind" [ "$(grep -cx 0 "$T/out")" = 2 ]

	for what in odd fault ${where:+hang}; do
		ok "$kind: a policy that is faulty: $what" guest "domain_compute_ms=500 domain_wait_ms=2000" <<END
insmod \$K/runtime.ko; insmod \$K/faulty/faulty-policy.ko ${where:+isolated=harm} what=$what
sleep 1000 & p=\$!; kill -0 \$p && echo allows; (kill -12 \$p; kill -10 \$p; kill -0 \$p || echo refuses) 2>&1
[ $what != odd ] || ! [ "$where" ] || echo harm >/proc/domains
kill -0 \$p 2>/dev/null && echo allows still
for i in \$(seq 100); do lsmod | grep -q ^faulty_policy || break; sleep 0.1; done
insmod \$K/faulty/faulty-policy.ko 2>/dev/null && kill -0 \$p && echo allows again
dmesg | grep -o 'policy faulty_policy: .*refused: kill [0-9]* with signal 0' | sed 's/kill [0-9]*/kill/' | sort -u
END
		ok "... allows, and refuses with its own error" sh -c "grep -qx allows '$T/out' && grep -q 'Not a typewriter\|Inappropriate ioctl' '$T/out'"
		if [ $what = odd ] && [ -z "$where" ]; then
			ok "... what is no answer is a refusal, and no more" says "allows still"
			continue
		fi
		ok "... refuses once it has ended" not says "allows still"
		ok "... and says so" says "policy faulty_policy: cannot be asked, so refused: kill with signal 0"
		ok "... until it is there again" says "allows again"
	done

	ok "$kind: the command line takes none" guest "nopolicy" --archive "$T/archive" <<END
modprobe mac_modules $where 2>/dev/null || echo refused; modprobe params && echo params; dmesg | grep -o 'policy mac_modules: not taken.*'
END
	all_said <<'END'
refused
params
policy mac_modules: not taken, as the command line says (nopolicy)
END
done
tap_done
