// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Interfaces as programs see them: netdevice(7), /proc/net/dev, /sys/class/net. Their addresses are a family's. */
#include "kernel/mm/user.h"
#include "kernel/module/request.h"
#include "kernel/net/netdev.h"
#include "kernel/net/socket.h"
#include "kernel/process/process.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

typedef unsigned long long ull;

/* ---- /sys and /proc ---------------------------------------------------------------------------------------------- */

static int show_address(struct text *t, void *data)
{
	const uint8_t *mac = ((struct netdev *)data)->config.mac;

	text_printf(t, "%02x:%02x:%02x:%02x:%02x:%02x\n", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	return 0;
}

static int show_index(struct text *t, void *data)
{
	text_printf(t, "%u\n", ((struct netdev *)data)->index);
	return 0;
}

static int show_mtu(struct text *t, void *data)
{
	text_printf(t, "%u\n", ((struct netdev *)data)->mtu);
	return 0;
}

static int show_state(struct text *t, void *data)
{
	text_printf(t, "%s\n", netdev_flags(data) & TENON_INTERFACE_RUNNING ? "up" : "down");
	return 0;
}

static const struct attr address = { .name = "address", .mode = 0444, .show = show_address };
static const struct attr ifindex = { .name = "ifindex", .mode = 0444, .show = show_index };
static const struct attr mtu = { .name = "mtu", .mode = 0444, .show = show_mtu };
static const struct attr operstate = { .name = "operstate", .mode = 0444, .show = show_state };
const struct attr *const netdev_attrs[] = { &address, &ifindex, &mtu, &operstate, NULL };

static int show_devices(struct text *t, void *data)
{
	uint32_t index = 0;
	struct netdev *nd;

	(void)data;
	text_printf(t, "Inter-|   Receive                                                |  Transmit\n"
		       " face |bytes    packets errs drop fifo frame compressed multicast|"
		       "bytes    packets errs drop fifo colls carrier compressed\n");
	for (; (nd = netdev_next(index)) != NULL; device_put(&nd->device)) {
		index = nd->index + 1;
		text_printf(t, "%6s: %7llu %7llu 0 %llu 0 0 0 0 %8llu %7llu 0 %llu 0 0 0 0\n", nd->device.name,
			    (ull)nd->received_bytes, (ull)nd->received_cnt, (ull)nd->received_dropped,
			    (ull)nd->sent_bytes, (ull)nd->sent_cnt, (ull)nd->sent_dropped);
	}
	return 0;
}

const struct attr netdev_proc = { .name = "dev", .mode = 0444, .show = show_devices };

/* ---- control calls ----------------------------------------------------------------------------------------------- */

enum { /* Linux's */
       GET_NAME = 0x8910,
       GET_CONFIG = 0x8912,
       GET_FLAGS = 0x8913,
       SET_FLAGS = 0x8914,
       GET_ADDRESS = 0x8915,
       SET_MASK = 0x891c, /* the last of those about addresses */
       GET_METRIC = 0x891d,
       GET_MTU = 0x8921,
       SET_MTU = 0x8922,
       GET_HARDWARE = 0x8927,
       GET_INDEX = 0x8933,
       GET_QUEUE = 0x8942,
       GET_MAP = 0x8970,
};

struct request { /* struct ifreq */
	char name[TENON_NETDEV_NAME_BYTES];
	union {
		int32_t number;
		uint16_t flags;
		struct {
			uint16_t family;
			uint8_t bytes[14];
		} address;
		uint8_t all[24];
	};
};

struct config { /* struct ifconf */
	uint32_t bytes, pad;
	uint64_t requests;
};

/* Of the interfaces that have an address of the socket's family. Without room only how much there would be. */
static long get_config(struct file *file, uint64_t argument)
{
	uint32_t index = 0, done = 0;
	struct config c;
	struct netdev *nd;
	int err = user_copy_in(&c, argument, sizeof(c));

	for (; !err && (nd = netdev_next(index)) != NULL; device_put(&nd->device)) {
		struct tenon_socket_ioctl call = { .size = sizeof(call),
						   .command = GET_ADDRESS,
						   .len = sizeof(struct request) };

		index = nd->index + 1;
		strscpy((char *)call.data, nd->device.name, TENON_NETDEV_NAME_BYTES);
		if (socket_call(file, SOCKET_IOCTL, (const uint64_t[4]){ (uintptr_t)&call }) < 0)
			continue;
		if (c.requests && c.bytes - done < sizeof(struct request))
			continue;
		if (c.requests)
			err = user_copy_out(c.requests + done, call.data, sizeof(struct request));
		done += sizeof(struct request);
	}
	c.bytes = done;
	return err ? err : user_copy_out(argument, &c, sizeof(c));
}

static int set(struct netdev *nd, unsigned command, const struct request *r)
{
	if (process_credentials()->euid)
		return -TENON_EPERM;
	if (command == SET_MTU)
		return netdev_set_mtu(nd, (uint32_t)r->number);
	return netdev_set_up(nd, r->flags & TENON_INTERFACE_UP);
}

/* Return: 0 with the answer in @r. */
static int answer(struct netdev *nd, unsigned command, struct request *r)
{
	switch (command) {
	case GET_FLAGS:
		r->flags = (uint16_t)netdev_flags(nd);
		return 0;
	case GET_MTU:
		r->number = (int32_t)nd->mtu;
		return 0;
	case GET_INDEX:
		r->number = (int32_t)nd->index;
		return 0;
	case GET_HARDWARE:
		r->address.family = (uint16_t)nd->config.type;
		memcpy(r->address.bytes, nd->config.mac, 6);
		return 0;
	case GET_METRIC:
		r->number = 0;
		return 0;
	case GET_QUEUE:
		r->number = TENON_NETDEV_TRANSMITS;
		return 0;
	case GET_MAP: /* it has no registers that a program could use */
		memset(r->all, 0, sizeof(r->all));
		return 0;
	default:
		return set(nd, command, r);
	}
}

static struct netdev *find(unsigned command, struct request *r)
{
	void (*settle)(void) = __atomic_load_n(&chrdev_settle, __ATOMIC_ACQUIRE);
	struct netdev *nd;

	if (command == GET_NAME) {
		nd = netdev_next((uint32_t)r->number);
		if (nd && nd->index != (uint32_t)r->number) {
			device_put(&nd->device);
			nd = NULL;
		}
		if (nd)
			strscpy(r->name, nd->device.name, sizeof(r->name));
		return nd;
	}
	r->name[sizeof(r->name) - 1] = '\0';
	nd = netdev_find(r->name);
	if (!nd && settle) { /* drivers of what the boot has found are still being loaded */
		settle();
		nd = netdev_find(r->name);
	}
	if (!nd && r->name[0] && !module_request("netdev-%s", r->name))
		nd = netdev_find(r->name);
	return nd;
}

long netdev_ioctl(struct file *file, unsigned command, uint64_t argument)
{
	bool known = true;
	struct netdev *nd;
	struct request r;
	int err;

	switch (command) {
	case GET_CONFIG:
		return get_config(file, argument);
	case GET_NAME:
	case GET_FLAGS:
	case SET_FLAGS:
	case GET_METRIC:
	case GET_MTU:
	case SET_MTU:
	case GET_HARDWARE:
	case GET_INDEX:
	case GET_QUEUE:
	case GET_MAP:
		break;
	default:
		known = false;
	}
	if (!known && (command < GET_ADDRESS || command > SET_MASK))
		return -TENON_ENOTTY;
	err = user_copy_in(&r, argument, sizeof(r));
	if (err)
		return err;
	nd = find(command, &r);
	if (!nd)
		return -TENON_ENODEV;
	if (!known) { /* the family's; but now the interface is there */
		device_put(&nd->device);
		return -TENON_ENOTTY;
	}
	err = command == GET_NAME ? 0 : answer(nd, command, &r);
	device_put(&nd->device);
	return err ? err : user_copy_out(argument, &r, sizeof(r));
}
