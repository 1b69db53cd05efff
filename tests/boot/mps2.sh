#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The port for QEMU's mps2-an386 (Cortex-M4, no MMU): a guest that prints TAP. Its time follows the instructions that it
# executes, 32 ns each, so that it does not depend on how busy this machine is.
timeout -k 5 60 qemu-system-arm -M mps2-an386 -cpu cortex-m4 -accel tcg -icount shift=5,sleep=off \
	-display none -monitor none -serial stdio -semihosting-config enable=on,target=native \
	-kernel "${O:-build}/mps2/test.elf" </dev/null
