/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What wild_disk.ko does, for it and its test. */
#ifndef TESTS_PROCESS_MODULES_WILD_DISK_H
#define TESTS_PROCESS_MODULES_WILD_DISK_H

enum wild_deed {
	WILD_NOTHING, /* a request that is right */
	WILD_SECTOR,  /* these are answered */
	WILD_SECTOR_WRAPS,
	WILD_OPERATION,
	WILD_NOWHERE, /* from here on refused: where the data is */
	WILD_POINTER,
	WILD_HOST,
	WILD_BEYOND,
	WILD_BEFORE,
	WILD_LONG,
	WILD_WRAPS,
	WILD_UNMAPPED,
	WILD_HEADER_SHORT, /* the chain */
	WILD_HEADER_NOWHERE,
	WILD_STATUS_NOWHERE,
	WILD_DIRECTION,
	WILD_LOOP,
	WILD_NEXT,
	WILD_HEAD,
	WILD_INDIRECT,
	WILD_IDX, /* the queue */
	WILD_QUEUE_ODD,
	WILD_QUEUE_LARGE,
	WILD_QUEUE_NOWHERE,
	WILD_QUEUE_NOWHERE_AVAILABLE,
	WILD_QUEUE_NOWHERE_USED,
	WILD_QUEUE_UNALIGNED,
	WILD_QUEUE_BEYOND,
	WILD_QUEUE_NOT_READY,
	WILD_CNT,
};

#define WILD_REFUSED 1000 /* the device needs a reset; else the status that it wrote */

#endif
