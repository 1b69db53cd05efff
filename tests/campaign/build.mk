# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Faults put into modules of the kernel: tests/campaign/run; docs/containment.md has the results.

$(eval $(call program,$(O)/tests/campaign/trials,static,$(addprefix tests/campaign/,trials.c workload.c files.c network.c sockets.c routes.c),))
TEST_PROGRAMS += $(O)/tests/campaign/trials

.PHONY: campaign
campaign: kernel image $(O)/tests/campaign/trials ## put faults into modules of the kernel, isolated and not: hours (TRIALS=1000 CONTROLS=1000)
	tests/campaign/run $(or $(TRIALS),1000) $(or $(CONTROLS),1000)
