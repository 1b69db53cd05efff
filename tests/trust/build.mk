# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The kernel's verifier of signatures with its cryptography, in a host program, fast enough to try everything.

TRUST_OUT := $(O)/tests/trust
$(eval $(call variant,host-bearssl,$(CC),-O2 -fno-pie -w -I$(BEARSSL)/inc -I$(BEARSSL)/src,-no-pie))
$(eval $(call library,$(TRUST_OUT)/bearssl.a,host-bearssl,$(BEARSSL_SRC)))
$(eval $(call program,$(TRUST_OUT)/signature_test,host,tests/trust/signature_test.c kernel/trust/trust.c kernel/trust/message.c \
	kernel/trust/der.c kernel/trust/keys.S core/fmt/modsig.c core/fail.c core/diag.c,$(TRUST_OUT)/bearssl.a))
$(O)/obj/host/kernel/trust/trust.c.o: | $(BEARSSL)/LICENSE.txt
$(O)/obj/host/kernel/trust/keys.S.o: $(O)/keys/kernel.der

TEST_PROGRAMS += $(TRUST_OUT)/signature_test modules-x86_64 $(O)/keys/signing.pem
