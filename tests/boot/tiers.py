#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""tiers.py [MODULE...] - Debian's modules in our kernel, over linux.ko: each of tests/boot/ask/sample, or those named, is loaded,
answers as it must and is unloaded, in the kernel's own domain and isolated.

What is asked and how it is judged are those of tests/linux/tiers. Who asks is ask.ko, in the guest, and of character sets its shell,
whose answers are those of Python's codecs.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, "tests")
sys.path.insert(0, "tests/linux/tiers")
import tap  # noqa: E402  (after the path is set)
import tiers  # noqa: E402
from guest import PATIENCE  # noqa: E402

BUILD = os.path.realpath(os.environ.get("O", "build"))
WATCH = f"{BUILD}/tests/linux/tiers/watch"
LIMIT_S = 900  # only ends what hangs
# What algorithms are asked for by name, not by symbols: all of it is at hand, as on a Debian system.
ASKED = ("kernel/crypto", "kernel/lib")

# To be run with the domain and the names of all modules. What is printed has the form of try_module's.
GUEST = r"""
mkdir -p /etc/modprobe.d
case $1 in isolated) for i in $2 linux; do echo "options $i isolated=1"; done >/etc/modprobe.d/isolated.conf ;; esac
loaded() { awk '$1 != "linux" && $1 != "runtime" { print $1, $3 }' /proc/modules; }
# What nobody uses, until nothing is left that can be.
unload() {
	for round in 1 2 3 4 5 6; do
		unused=$(loaded | sed -n 's/ 0$//p')
		[ "$unused" ] || return
		rmmod $unused 2>/dev/null
	done
}
# try MODULE HELPER
try() {
	echo "== $1"
	modprobe watch target=$1 && modprobe $1 && echo "load 0"
	[ -z "$2" ] || modprobe $2
	[ ! -f /questions/$1 ] || while read -r line; do echo "$line" >/dev/nls; sed 's/^/answer /' /dev/nls; done </questions/$1
	modprobe ask
	unload
	loaded | sed 's/^/stays /'
	dmesg -c | sed 's/^\[[^]]*\] /log /; s/^log ask: //'
}
"""
END = """
echo "== end"
echo "$(grep -c '^isolated ' /proc/domains) isolated domains"
rmmod linux
awk '$1 != "runtime" { print "stays", $1 }' /proc/modules
dmesg -c | grep -E 'left behind|BUG|domain is dead'
"""


def name_of(path):
    return os.path.basename(path).removesuffix(".ko").replace("-", "_")


def helper_of(name):
    """That of watch.ko's helpers which knows modules of this kind."""
    return next((helper for core, helper in tiers.HELPERS.items() if core in tiers.Result.needs[name] - {name}), "")


def read_sample():
    with open("tests/boot/ask/sample", encoding="ascii") as f:
        return [name for line in f if not line.startswith("#") for name in line.split()]


# ---- character sets ----

def questions(name):
    """Lines for /dev/nls, and what they must be answered: each byte, and 500 characters of two; and the other way round."""
    charset = name.removeprefix("nls_")
    codec = {"cp936": "gbk"}.get(charset, charset)
    if name == charset:
        return [], []
    codes = {}
    for code in range(1, 0xd800):
        try:
            codes[code] = chr(code).encode(codec)
        except UnicodeEncodeError:
            pass
    single = {code: b for code, b in codes.items() if len(b) == 1}
    double = {code: b for code, b in codes.items() if len(b) == 2}
    asked = [single] + [dict(list(double.items())[::len(double) // 500 + 1])] * bool(double)
    lines, answers = [], []
    for chars in asked:
        as_bytes = " ".join(b.hex().upper() for b in chars.values())
        as_codes = " ".join(f"U+{code:04X}" for code in chars)
        charset = charset.replace("_", "-")
        lines += [f"{charset} {as_bytes}", f"{charset} {as_codes}"]
        answers += [as_codes, as_bytes]
    return lines, answers


# ---- the guest ----

def build_ask(directory):
    """By Linux's own build system, like watch.ko."""
    headers = os.path.realpath(glob.glob(f"{BUILD}/debian/amd64/usr/src/linux-headers-*-amd64")[0])
    shutil.copytree("tests/boot/ask", directory)
    subprocess.run(["make", "-s", "-C", headers, "-f", f"{headers.removesuffix('-amd64')}-common/Makefile", "ARCH=x86",
                    f"M={directory}", f"KERNELRELEASE={os.path.basename(headers).removeprefix('linux-headers-')}",
                    f"KBUILD_EXTRA_SYMBOLS={WATCH}/Module.symvers", "modules"], check=True, capture_output=True)
    return f"{directory}/ask.ko"


def release():
    with open("kernel/release.h", encoding="ascii") as f:
        return re.search(r'KERNEL_RELEASE "(.*)"', f.read())[1]


def pack(work, names):
    """An archive with linux.ko, the modules and what they need, and those that ask. Return: its path, and the names in it."""
    needed = set().union(*(tiers.Result.needs[name] for name in names))
    paths = [p for p in glob.glob(f"{BUILD}/debian/amd64/lib/modules/*/kernel/**/*.ko", recursive=True)
             if name_of(p) in needed or any(f"/{d}/" in p for d in ASKED)]
    helpers = sorted({helper_of(name) for name in names} - {""})
    for path in build_ask(f"{work}/build"), *(f"{WATCH}/{name}.ko" for name in ("watch", *helpers)):
        paths.append(f"{work}/{os.path.basename(path)}")
        subprocess.run(["strip", "--strip-debug", "-o", paths[-1], path], check=True)
    subprocess.run(["user/image/make_linux", BUILD, release(), f"{BUILD}/image/tree/files", *paths], check=True,
                   env={**os.environ, "OUT": f"{work}/linux"}, capture_output=True)
    os.mkdir(f"{work}/questions")
    for name in names:
        if lines := questions(name)[0]:
            with open(f"{work}/questions/{name}", "w", encoding="ascii") as f:
                f.writelines(f"{line}\n" for line in lines)
    subprocess.run(f"cd {work} && find questions | sort | cpio --quiet -o -H newc >>linux.cpio", shell=True, check=True)
    return f"{work}/linux.cpio", [name_of(p) for p in paths]


def run(archive, domain, names, packed):
    """The guest. Return: what was printed of each module, and at the end."""
    commands = "\n".join((f"set -- {domain} '{' '.join(packed)}'", GUEST, *(f"try {n} {helper_of(n)}" for n in names), END))
    p = subprocess.run(["timeout", "-k", "5", str(LIMIT_S), "kernel/vm", "--debug", "--machine", "microvm", "--archive", archive,
                        "--append", PATIENCE, "-c", commands], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       env={**os.environ, "O": BUILD}, check=False)
    text = p.stdout.decode(errors="replace")
    return dict(part.partition("\n")[::2] for part in text.split("== ")[1:])


# ---- the verdict ----

def why_not(name, out):
    """Why it did not do what it must, or None; and the answers that were compared."""
    result = tiers.Result(name, out, 0)
    answers = re.findall(r"^answer (.*)$", out, re.M)
    if result.error != 0:
        return f"load: {result.reason}", ""
    if result.stubs:
        return f"stubs: {result.stubs}", ""
    wrong = re.findall(r"^(?:stays|differs) .*|^log .*(?:left behind|BUG|domain is dead).*", out, re.M)
    if wrong:
        return f"{wrong}", ""
    if name.startswith("nls_"):
        return None if answers == questions(name)[1] else "unlike Python's codec", f"{sum(map(len, map(str.split, answers)))} characters"
    return None if result.compared else "no answer", "; ".join(result.compared)


def main(names):
    if not os.path.exists(f"{WATCH}/watch.ko") or not tiers.Result.needs:
        print("1..0 # SKIP linux.ko, Debian's modules or the kernel's headers are not there")
        return
    names = names or read_sample()
    with tempfile.TemporaryDirectory() as work:
        archive, packed = pack(work, names)
        for domain in ("kernel", "isolated"):
            outs = run(archive, domain, names, packed)
            for name in names:
                out = outs.get(name, "")
                why, compared = why_not(name, out)
                tap.ok(why is None, f"{domain}: {name}: {compared}", f"{why}\n{out}")
            tap.ok(outs.get("end") == f"{int(domain == 'isolated')} isolated domains\n",
                   f"{domain}: that is where they were, and linux.ko leaves nothing behind", outs.get("end"))
    tap.done()


if __name__ == "__main__":
    main(sys.argv[1:])
