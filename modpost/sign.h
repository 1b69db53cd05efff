/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Signing modules, in the format that Linux's kernel checks (include/tenon/fmt/modsig.h). */
#ifndef MODPOST_SIGN_H
#define MODPOST_SIGN_H

/**
 * sign_file - append a signature to the module @path, in place of the one it has
 * @key, @cert: PEM files
 *
 * Ends the program on failure; the file is then as it was.
 */
void sign_file(const char *path, const char *key, const char *cert);

/** sign_strip - take the signature off the module @path. Ends the program if there is none. */
void sign_strip(const char *path);

#endif
