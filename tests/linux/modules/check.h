/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Each thing that a module asserts is one line of the log: "ok - TEXT" or "not ok - TEXT". */
#ifndef CHECK_H
#define CHECK_H

#include <linux/printk.h>

#define check(condition, text) pr_info("%s - %s\n", (condition) ? "ok" : "not ok", text)

#endif
