#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Signatures: modpost and the openssl command line must agree, in both directions.
. tests/tap.sh

MODPOST=$O/modpost/modpost
KEY=$O/keys/signing.key
CERT=$O/keys/signing.pem

# split FILE: into $T/content and $T/message, by the format's description (include/tenon/fmt/modsig.h).
split() {
	python3 - "$1" "$T/content" "$T/message" <<'END'
import struct, sys
data = open(sys.argv[1], "rb").read()
marker = b"~Module signature appended~\n"
assert data.endswith(marker), "no marker"
algo, hash, id_type, signer, key_id, pad, size = struct.unpack(">BBBBB3sI", data[-40:-28])
assert (algo, hash, id_type, signer, key_id, pad) == (0, 0, 2, 0, 0, b"\0\0\0"), "trailer"
open(sys.argv[2], "wb").write(data[:-40 - size])
open(sys.argv[3], "wb").write(data[-40 - size:-40])
END
}

# append CONTENT MESSAGE: CONTENT with the message and its trailer behind it.
append() {
	python3 - "$1" "$2" <<'END'
import struct, sys
content, message = (open(f, "rb").read() for f in sys.argv[1:])
trailer = struct.pack(">BBBBB3sI", 0, 0, 2, 0, 0, b"\0\0\0", len(message))
sys.stdout.buffer.write(content + message + trailer + b"~Module signature appended~\n")
END
}

verify() { # CONTENT MESSAGE CERT
	openssl cms -verify -binary -inform DER -in "$2" -content "$1" -certfile "$3" -nointern -noverify -out /dev/null
}

sign_with_openssl() { # CONTENT KEY CERT
	openssl cms -sign -binary -noattr -nocerts -nosmimecap -md sha256 -outform DER -in "$1" -inkey "$2" -signer "$3"
}

flip() { # FILE OFFSET: one bit
	python3 -c 'import sys; f = open(sys.argv[1], "r+b"); f.seek(int(sys.argv[2])); b = f.read(1)[0] ^ 1
f.seek(int(sys.argv[2])); f.write(bytes([b]))' "$1" "$2"
}

head -c 16384 "$MODPOST" >"$T/plain.ko"
cp "$T/plain.ko" "$T/a.ko"

ok "a file is signed" "$MODPOST" --sign "$KEY" --cert "$CERT" "$T/a.ko"
ok "the trailer is as described" split "$T/a.ko"
ok "the content is untouched" cmp "$T/content" "$T/plain.ko"
ok "openssl accepts the signature" verify "$T/content" "$T/message" "$CERT"
openssl cms -cmsout -print -inform DER -in "$T/message" >"$T/print" 2>/dev/null
ok "the digest is SHA-256" grep -q 'sha256' "$T/print"
ok "no attributes are signed, so no date is in it" sh -c "grep -A1 'signedAttrs:' '$T/print' | grep -q ABSENT"
ok "no certificate is in it" sh -c "grep -A1 'certificates:' '$T/print' | grep -q ABSENT"

cp "$T/content" "$T/flipped"
flip "$T/flipped" 5000
ok "openssl refuses it with one bit of the content flipped" sh -c "! $(command -v openssl) cms -verify -binary \
	-inform DER -in '$T/message' -content '$T/flipped' -certfile '$CERT' -nointern -noverify -out /dev/null"

cp "$T/plain.ko" "$T/b.ko"
"$MODPOST" --sign "$KEY" --cert "$CERT" "$T/b.ko"
ok "signing twice gives the same bytes" cmp "$T/a.ko" "$T/b.ko"
"$MODPOST" --sign "$KEY" --cert "$CERT" "$T/b.ko"
ok "signing a signed file replaces the signature" cmp "$T/a.ko" "$T/b.ko"
ok "the signature comes off" "$MODPOST" --strip-signature "$T/b.ko"
ok "... and leaves the file as it was" cmp "$T/b.ko" "$T/plain.ko"
ok "there is nothing more to strip" fails_with "is not signed" "$MODPOST" --strip-signature "$T/b.ko"

sign_with_openssl "$T/plain.ko" "$KEY" "$CERT" >"$T/by-hand"
ok "openssl makes the same message" cmp "$T/by-hand" "$T/message"
append "$T/plain.ko" "$T/by-hand" >"$T/c.ko"
ok "a file signed by openssl is split" "$MODPOST" --strip-signature "$T/c.ko"
ok "... correctly" cmp "$T/c.ko" "$T/plain.ko"

openssl req -new -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -batch -subj /CN=other \
	-keyout "$T/ec.key" -out "$T/ec.pem" 2>/dev/null
cp "$T/plain.ko" "$T/d.ko"
ok "a P-256 key signs too" "$MODPOST" --sign "$T/ec.key" --cert "$T/ec.pem" "$T/d.ko"
split "$T/d.ko"
ok "... and openssl accepts it" verify "$T/content" "$T/message" "$T/ec.pem"
ok "another key's certificate does not verify it" sh -c "! $(command -v openssl) cms -verify -binary -inform DER \
	-in '$T/message' -content '$T/content' -certfile '$CERT' -nointern -noverify -out /dev/null"

ok "key and certificate must belong together" fails_with "is not the certificate of key" \
	"$MODPOST" --sign "$T/ec.key" --cert "$CERT" "$T/plain.ko"
ok "a file that is not a key is refused" fails_with "not a private key" "$MODPOST" --sign "$CERT" --cert "$CERT" "$T/plain.ko"
cp "$T/a.ko" "$T/e.ko"
flip "$T/e.ko" $(($(stat -c %s "$T/e.ko") - 32)) # a length that does not fit
ok "a broken trailer is refused" fails_with "signature length" "$MODPOST" --strip-signature "$T/e.ko"
ok "... and the file left alone" sh -c "[ $(stat -c %s "$T/e.ko") -eq $(stat -c %s "$T/a.ko") ]"

tap_done
