#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# What modinfo shows of signatures: the forms of old kernels as Debian's shows them, algorithms by openssl's names,
# signers without a common name.
. tests/tap.sh
. tests/kmod/tree.sh

python3 - "$debian/kernel/lib/crc8.ko" "$T/plain" <<'END2'
import sys
data = open(sys.argv[1], "rb").read()
marker = b"~Module signature appended~\n"
if data.endswith(marker):
    data = data[:-len(marker) - 12 - int.from_bytes(data[-len(marker) - 4:-len(marker)], "big")]
open(sys.argv[2], "wb").write(data)
END2

# put_old TYPE HASH ALGO SIGNER KEY SIGNATURE-BYTES [LENGTH]: a signature of an old form
put_old() {
	python3 - "$T/plain" "$T/old.ko" "$@" <<'END2'
import sys
plain, out, kind, hash, algo, signer, key, cnt = sys.argv[1:9]
length = int(sys.argv[9]) if len(sys.argv) > 9 else int(cnt)
key = bytes.fromhex(key)
with open(out, "wb") as f:
    f.write(open(plain, "rb").read() + signer.encode() + key + bytes(i % 256 for i in range(int(cnt))))
    f.write(bytes([int(algo), int(hash), int(kind), len(signer), len(key), 0, 0, 0]) + length.to_bytes(4, "big"))
    f.write(b"~Module signature appended~\n")
END2
}
same() { # FILE: as Debian's, but for the hash where that knows no name
	/sbin/modinfo "$1" >"$T/theirs" 2>&1
	"$tools/modinfo" "$1" >"$T/ours" 2>&1
	diff "$T/theirs" "$T/ours"
}
shows() { # FIELD VALUE FILE
	[ "$("$tools/modinfo" -F "$1" "$3")" = "$2" ]
}
for kind in 0 1; do
	for hash in 0 1 2 3 4 5 6 7 8 9; do
		put_old $kind $hash 1 "Old signer $hash" 0102aabb 30
		ok "form $kind, hash $hash" same "$T/old.ko"
	done
done
put_old 1 4 1 "Old signer" 0102aabb 30
ok "... has a form" shows sig_id X509 "$T/old.ko"
put_old 0 4 2 "Old signer" 0102aabb 30
ok "an algorithm that is none" same "$T/old.ko"
put_old 3 4 1 "Old signer" 0102aabb 30
ok "a form that is none" same "$T/old.ko"
put_old 1 4 1 "" "" 30
ok "without signer and key" same "$T/old.ko"
for length in 0 99999999 4294967295; do
	put_old 1 4 1 "Old signer" 0102aabb 30 $length
	ok "a length of $length" same "$T/old.ko"
done

# name SUBJECT; sign HASH
name() {
	openssl req -new -x509 -nodes -utf8 -days 1 -batch -subj "$1" -newkey rsa:2048 -keyout "$T/key" -out "$T/pem" \
		2>"$T/log" || cat "$T/log"
}
sign() {
	openssl cms -sign -binary -nocerts -noattr -nosmimecap -outform DER -in "$T/plain" -out "$T/message" \
		-signer "$T/pem" -inkey "$T/key" -md "$1" 2>"$T/log" || return
	python3 - "$T/plain" "$T/message" "$T/signed.ko" <<'END2'
import sys
message = open(sys.argv[2], "rb").read()
open(sys.argv[3], "wb").write(open(sys.argv[1], "rb").read() + message + bytes([0, 0, 2, 0, 0, 0, 0, 0]) +
                              len(message).to_bytes(4, "big") + b"~Module signature appended~\n")
END2
}
name "/CN=Somebody"
for hash in md5 sha1 sha224 sha256 sha384 sha512 sha512-224 sha512-256 sha3-224 sha3-256 sha3-384 sha3-512; do
	if sign $hash; then
		ok "openssl calls it $hash" shows sig_hashalgo $hash "$T/signed.ko"
	else
		ok "openssl signs with $hash # SKIP it does not" true
	fi
done
for subject in /O=Organisation /O=Organisation/CN=Somebody /CN=First/CN=Second /CN=Somebody/O=Organisation/C=SE \
	/C=SE/O=Organisation/OU=Unit; do
	name "$subject"
	sign sha256
	ok "a signer $subject" same "$T/signed.ko"
done
# An algorithm without a name: the last byte of sha256's identifier, changed where the signer names it.
sed 's/\x60\x86\x48\x01\x65\x03\x04\x02\x01/\x60\x86\x48\x01\x65\x03\x04\x02\x7e/g' "$T/signed.ko" >"$T/number.ko"
ok "an algorithm without a name" shows sig_hashalgo 2.16.840.1.101.3.4.2.126 "$T/number.ko"
tap_done
