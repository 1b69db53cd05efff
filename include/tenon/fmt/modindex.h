/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The binary module indexes (modules.dep.bin, .alias.bin, .symbols.bin, .builtin.bin, .builtin.alias.bin): a Patricia
 * trie of 7-bit strings. Pure format, no functions. All numbers are 32 bits, big-endian, at any alignment.
 *
 *     header   magic, version, reference to the root
 *     node     [prefix: string, NUL]                           if TENON_INDEX_PREFIX
 *              [first, last: 1 byte each; last - first + 1 references, 0: no child]  if TENON_INDEX_CHILDREN
 *              [count; count times: priority, string, NUL]     if TENON_INDEX_VALUES
 *
 * A reference is a node's offset in the file with flags that say which parts the node has. A child's prefix follows the
 * byte that led to it. Values stand in ascending order of priority. Children come before their parents as depmod of
 * kmod 30 and this project write them; readers do not rely on it.
 */
#ifndef TENON_FMT_MODINDEX_H
#define TENON_FMT_MODINDEX_H

#define TENON_INDEX_MAGIC 0xb007f457u
#define TENON_INDEX_VERSION 0x00020001u
#define TENON_INDEX_VERSION_MAJOR(version) ((version) >> 16)
#define TENON_INDEX_HEADER_BYTES 12

#define TENON_INDEX_PREFIX 0x80000000u
#define TENON_INDEX_VALUES 0x40000000u
#define TENON_INDEX_CHILDREN 0x20000000u
#define TENON_INDEX_OFFSET 0x0fffffffu

/* Keys consist of bytes below this. */
#define TENON_INDEX_CHARS 128

#endif
