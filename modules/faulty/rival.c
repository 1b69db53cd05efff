/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Offers buses whose names are taken, or are none, or too many: what each is answered is in the log. */
#include "tenon/module.h"

static int offer(const char *name)
{
	static const struct tenon_bus_ops ops;
	tenon_handle bus = tenon_bus_register(THIS_MODULE, name, &ops, NULL);

	return tenon_handle_error(bus);
}

static int __init rival_init(void)
{
	static const char *const names[] = { "toy", "pci", "platform", "", "Toy", "1toy", "a/b", "..", "a b" };
	char name[] = "bus_a";
	int err = 0;

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		pr_info("'%s': %d\n", names[i], offer(names[i]));
	for (; !err; name[4]++)
		err = offer(name);
	pr_info("%s: %d\n", name, err);
	return -TENON_EIO; /* and leaves what it got behind */
}

module_init(rival_init);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Offers buses that cannot be");
