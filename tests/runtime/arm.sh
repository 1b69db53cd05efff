#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The runtime for Thumb-2, as the module has it, in a program without a C library.
exec qemu-arm "${O:-build}/tests/runtime/arm/arm"
