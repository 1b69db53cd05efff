/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Network devices of modules as interfaces (kpi/netdev.def). Each has its own buffers, whose pages its device reaches and no
 * other does; a buffer is free, with the driver to be filled or sent, or filled and waiting for protocols, to which a thread
 * of the interface gives it. There are as many as can be in each of these states, so a driver never lacks one to be filled.
 *
 * Lock: netdev->lock, a spin lock, protects buffers, queue, flags and counters. `changing` is held while it goes on or off.
 */
#ifndef KERNEL_NET_NETDEV_H
#define KERNEL_NET_NETDEV_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/device/device.h"
#include "kernel/mm/page.h"
#include "kernel/sched/wait.h"
#include "tenon/kpi/netdev.h"

#define NETDEV_WAITING 128 /* frames that wait for protocols */
#define NETDEV_BUFFERS (TENON_NETDEV_RECEIVES + TENON_NETDEV_TRANSMITS + NETDEV_WAITING)
#define NETDEV_PAGE_BUFFERS (PAGE_BYTES / TENON_NETDEV_BUFFER_BYTES)
#define NETDEV_PAGES (NETDEV_BUFFERS / NETDEV_PAGE_BUFFERS)
#define NETDEV_HEADER_BYTES 14 /* Ethernet's */

enum netdev_op { NETDEV_OPEN, NETDEV_STOP, NETDEV_TRANSMIT, NETDEV_OP_CNT }; /* the order of struct tenon_netdev_ops */

/* One of the driver's functions, @a: its arguments. Return: 0 or negative errno. */
typedef int netdev_call_fn(void *owner, enum netdev_op op, const void *frames, size_t len);

enum buffer_state { BUFFER_FREE, BUFFER_RECEIVES, BUFFER_TRANSMITS, BUFFER_WAITS, BUFFER_STATES };

struct netdev {
	struct device device; /* must be first; its references are the interface's */
	struct netdev *next;  /* by index; list's lock */
	struct tenon_netdev_config config;
	uint32_t index;
	bool dma;
	netdev_call_fn *call;
	void *owner;

	struct mutex changing;
	bool up; /* changing, and lock for writing */

	struct spinlock lock; /* all below */
	bool carrier, gone, stopping, delivers;
	unsigned user_cnt; /* threads in the driver's functions */
	uint32_t mtu;
	uint16_t state_cnt[BUFFER_STATES];
	uint8_t state[NETDEV_BUFFERS];
	uint16_t free[NETDEV_BUFFERS]; /* state_cnt[BUFFER_FREE] of them */
	struct {
		uint16_t tag, len;
	} waiting[NETDEV_WAITING];
	unsigned first, waiting_cnt; /* of them; one more may be with protocols at this moment */
	uint64_t received_cnt, received_bytes, received_dropped, sent_cnt, sent_bytes, sent_dropped;

	struct wait_queue changed; /* a frame has come, or one of the above is different */
	struct page *page[NETDEV_PAGES];
};

/* Once, after device_model_init(). */
void netdevs_init(void);

/**
 * netdev_register - a network device comes
 * @parent: what it is on, or NULL
 * @name: "%" at its end stands for a number
 * @owner: passed to @call; stays until netdev_unregister() has returned
 *
 * Return: 0; -TENON_EINVAL: what it is cannot be; -TENON_EEXIST; -TENON_ENOMEM; what device_dma_begin() says. Thread, as all
 * but netdev_completed().
 */
int netdev_register(struct device *parent, const char *name, const struct tenon_netdev_config *config,
		    netdev_call_fn *call, void *owner, struct netdev **out);
/*
 * The device uses no buffer any more. Afterwards nothing calls the driver. @died: it was not the driver that said so: if the
 * interface is on, the next one of its name is turned on as it comes.
 */
void netdev_unregister(struct netdev *nd, bool died);
/* It has come in place of one whose driver has died while it was on. Says so once. */
bool netdev_was_on(struct netdev *nd);

/* Buffers to be filled. Return: how many, at most @cnt. Any context, as the next two. */
size_t netdev_take(struct netdev *nd, struct tenon_netdev_frame *frames, size_t cnt);
/* Return: 0; -TENON_EINVAL: the driver has no such buffer. */
int netdev_received(struct netdev *nd, const struct tenon_netdev_frame *frame);
int netdev_sent(struct netdev *nd, const struct tenon_netdev_frame *frame);
/* By its bytes, at most TENON_NETDEV_BUFFER_BYTES. Return: 0; -TENON_EINVAL: as above; -TENON_ENOBUFS. Any context. */
int netdev_read(struct netdev *nd, uint32_t tag, void *frame, size_t len);
int netdev_write(struct netdev *nd, const void *frame, size_t len);
void netdev_set_carrier(struct netdev *nd, bool on);

/* With a reference for device_put(); NULL: there is none. */
struct netdev *netdev_find(const char *name);
struct netdev *netdev_next(uint32_t index); /* the first that is not below it */

/* Turn it on or off. Return: 0, -TENON_ENODEV, -TENON_ENOMEM, what the driver says. */
int netdev_set_up(struct netdev *nd, bool up);
/* Return: 0, -TENON_EINVAL: it cannot be so. */
int netdev_set_mtu(struct netdev *nd, uint32_t mtu);
uint32_t netdev_flags(struct netdev *nd);
/* Return: 0, or as tenon_protocol_send(). */
int netdev_send(struct netdev *nd, const void *frame, size_t len);
uint8_t *netdev_buffer(const struct netdev *nd, uint32_t tag);

/* Of kpi/protocol.c: to all protocols that take it; the interface is different. */
void kpi_protocols_receive(uint32_t index, const uint8_t *frame, size_t len);
void kpi_protocols_changed(uint32_t index);

/* ---- netdev_files.c: what programs see ---- */

extern const struct attr *const netdev_attrs[];
/* A control call about interfaces as such. Return: 0 or negative errno; -TENON_ENOTTY: it is none. */
struct file;
long netdev_ioctl(struct file *file, unsigned command, uint64_t argument);
/* /proc/net/dev. */
extern const struct attr netdev_proc;

#endif
