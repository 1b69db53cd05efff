/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef TOOLS_DEPMOD_H
#define TOOLS_DEPMOD_H

/**
 * depmod_releases - do something for each kernel's tree, in processes of its own, as many at once as there are CPUs
 * @root, @module_dir: as for tmod_trees_each()
 * @run: returns the exit status of one
 *
 * Return: the exit status: of a failure if one has failed, or there is no tree.
 */
int depmod_releases(const char *root, const char *module_dir, int (*run)(void *data, const char *release), void *data);

#endif
