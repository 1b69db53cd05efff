# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The runtime as part of other programs: the kernel, a board, tests. As a module it is built by its Kbuild.

# A loop in memcpy must not be turned into a call of memcpy.
CFLAGS.runtime := -ffreestanding -fno-builtin $(if $(findstring clang,$(CC)),,-fno-tree-loop-distribute-patterns)
