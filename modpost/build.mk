# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# modpost, and a key pair of this build's own to sign modules with.

MODPOST := $(O)/modpost/modpost
MODPOST_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard modpost/*.c))
MODPOST_CORE := $(addprefix $(O)/core/host/core/,fmt/license.o fmt/modinfo.o fmt/modsig.o fail.o diag.o)

$(O)/modpost/%.o: modpost/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -D_GNU_SOURCE -MMD -MP -c -o $@ $<

$(MODPOST): $(MODPOST_OBJ) $(MODPOST_CORE)
	$(call say,LD,$@)
	$(Q)$(CC) -no-pie -o $@ $^ -ldw -lelf -lcrypto

all: $(MODPOST)

# The private key and its certificate: $(O)/keys/signing.key and $(O)/keys/signing.pem.
$(O)/keys/signing.pem: modpost/signing.conf
	$(call say,KEY,$@)
	@mkdir -p $(@D)
	$(Q)umask 077 && openssl req -new -x509 -newkey rsa:2048 -nodes -sha256 -days 3650 -batch -config $< \
		-keyout $(@D)/signing.key -out $@ 2>$(@D)/log || { cat $(@D)/log >&2; rm -f $@; exit 1; }

# The tests of modpost and of the module build.
MODPOST_TESTS := tests/tools/modpost.sh tests/tools/modpost-sign.sh tests/tools/reproducible.sh

.PHONY: modpost-check
modpost-check: $(MODPOST) $(O)/keys/signing.pem ## test modpost, signing and that builds are reproducible
	@set -e; for t in $(MODPOST_TESTS); do echo "# $$t"; O=$(O) $$t; done
check: modpost-check
