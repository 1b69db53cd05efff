// SPDX-License-Identifier: GPL-2.0-only
/*
 * Network devices of Linux's drivers as interfaces of our kernel. Frames are copied on their way: those to be sent go
 * through the queue of Linux's device (net/interface.c), those that have come are written to the kernel by whichever
 * thread has them.
 */
#include "linux/native/native.h"
#include "linux/native/pci.h"

#define ETHERNET 1

struct interface {
	struct interface *next;
	tenon_handle netdev;
	void *in_linux;
	bool carrier; /* as Linux has it, from any thread */
	bool told;    /* as the kernel knows it */
};

/* ---- what the kernel asks, on a virtual CPU ---------------------------------------------------------------------- */

static long run_open(void *arg)
{
	return linux_interface_open(((struct interface *)arg)->in_linux);
}

static int open(void *ctx)
{
	return (int)lx_on_cpu(run_open, ctx);
}

static long run_stop(void *arg)
{
	linux_interface_stop(((struct interface *)arg)->in_linux);
	return 0;
}

static void stop(void *ctx)
{
	lx_on_cpu(run_stop, ctx);
}

struct sending {
	struct interface *i;
	const struct tenon_netdev_frame *frames;
	size_t cnt;
};

static long run_send(void *arg)
{
	struct sending *s = arg;

	for (; s->cnt; s->cnt--, s->frames++)
		linux_interface_send(s->i->in_linux, s->frames->tag, s->frames->len);
	return 0;
}

/* Each frame's buffer has gone back when this returns. It may be called before it is known as what it is registered. */
static int transmit(void *ctx, const void *frames, size_t len)
{
	struct sending s = { .i = ctx, .frames = frames, .cnt = len / sizeof(*s.frames) };

	return __atomic_load_n(&s.i->netdev, __ATOMIC_ACQUIRE) ? (int)lx_on_cpu(run_send, &s) : -TENON_ENETDOWN;
}

int lx_frame_read(void *host, unsigned int tag, void *frame, unsigned int len)
{
	long done = tenon_netdev_read(((struct interface *)host)->netdev, tag, frame, len);

	return done < 0 ? (int)done : 0;
}

void lx_frame_drop(void *host, unsigned int tag)
{
	struct tenon_netdev_frame f = { .size = sizeof(f), .tag = tag };

	tenon_netdev_sent(((struct interface *)host)->netdev, &f, sizeof(f));
}

/* One that is too long no protocol could take. */
void lx_frame_write(void *host, const void *frame, unsigned int len)
{
	if (len <= TENON_NETDEV_BUFFER_BYTES)
		tenon_netdev_write(((struct interface *)host)->netdev, frame, len);
}

/* ---- coming and going -------------------------------------------------------------------------------------------- */

struct finding {
	struct lx_pci *p;
	unsigned int nth;
	struct interface *i;
	struct lx_interface about;
};

static long run_next(void *arg)
{
	struct finding *f = arg;

	f->i->in_linux = linux_interface_next(f->p, f->nth, f->i, &f->i->carrier, &f->about);
	return 0;
}

static int offer(struct interface *i, const struct lx_interface *about)
{
	static const struct tenon_netdev_ops ops = { .open = open, .stop = stop, .transmit = transmit };
	struct tenon_netdev_config config = {
		.size = sizeof(config), .type = ETHERNET, .mtu = about->mtu, .mtu_max = about->mtu
	};
	tenon_handle h;

	memcpy(config.mac, about->mac, sizeof(about->mac));
	i->told = true;
	h = tenon_netdev_register(THIS_MODULE, 0, "eth%", &config, &ops, i);
	if (tenon_handle_error(h))
		return tenon_handle_error(h);
	__atomic_store_n(&i->netdev, h, __ATOMIC_RELEASE);
	return 0;
}

/* Return: 1: there was another one; 0: there are no more; or a negative errno value. */
static int offer_next(struct lx_pci *p, unsigned int nth, struct interface **list)
{
	struct finding f = { .p = p, .nth = nth, .i = tenon_alloc(THIS_MODULE, sizeof(*f.i)) };
	int err;

	if (!f.i)
		return -TENON_ENOMEM;
	err = (int)lx_on_cpu(run_next, &f);
	if (err || !f.i->in_linux) {
		tenon_free(f.i);
		return err;
	}
	f.i->next = *list;
	*list = f.i;
	err = offer(f.i, &f.about);
	return err ? err : 1;
}

int interfaces_offer(struct lx_pci *p, struct interface **list)
{
	unsigned int nth = 0;
	int more;

	while ((more = offer_next(p, nth, list)) > 0)
		nth++;
	return more;
}

void interfaces_withdraw(struct interface *list)
{
	for (; list; list = list->next)
		if (list->netdev)
			tenon_netdev_unregister(list->netdev);
}

static long run_free(void *arg)
{
	linux_interface_free(arg);
	return 0;
}

void interfaces_free(struct interface *list)
{
	struct interface *next;

	for (; list; list = next) {
		next = list->next;
		lx_on_cpu(run_free, list->in_linux);
		tenon_free(list);
	}
}

void interfaces_look(struct interface *list)
{
	for (; list; list = list->next) {
		bool carrier = __atomic_load_n(&list->carrier, __ATOMIC_ACQUIRE);

		if (carrier == list->told)
			continue;
		list->told = carrier;
		tenon_netdev_carrier(list->netdev, carrier);
	}
}
