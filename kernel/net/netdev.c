// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Which interfaces there are, how they go on and off, and the thread that each has for what it receives. */
#include "kernel/net/netdev.h"

#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define END_NS (30 * NS_PER_SECOND) /* for a driver's or protocol's function to return: domains that take longer are ended */
#define MTU_MIN 68

static struct class net_class = { .name = "net" };
static struct mutex list_lock = MUTEX_INIT(LOCK_MODEL);
static struct netdev *netdevs; /* by index */
static uint32_t last_index;
static char orphans[4][TENON_NETDEV_NAME_BYTES]; /* interfaces that were on when their driver died; list's lock */

static struct netdev *of(struct device *dev)
{
	return (struct netdev *)dev;
}

void __init netdevs_init(void)
{
	if (class_register(&net_class))
		panic("no memory for /sys/class/net");
}

/* ---- the driver's functions -------------------------------------------------------------------------------------- */

static bool enter(struct netdev *nd)
{
	bool may;

	spin_lock(&nd->lock);
	may = !nd->gone;
	nd->user_cnt += may;
	spin_unlock(&nd->lock);
	return may;
}

static void leave(struct netdev *nd)
{
	spin_lock(&nd->lock);
	nd->user_cnt--;
	spin_unlock(&nd->lock);
	if (nd->gone)
		wait_wake_all(&nd->changed);
}

static int call(struct netdev *nd, enum netdev_op op, const void *frames, size_t len)
{
	int err = -TENON_ENODEV;

	if (enter(nd)) {
		err = nd->call(nd->owner, op, frames, len);
		leave(nd);
	}
	return err;
}

/* ---- receiving --------------------------------------------------------------------------------------------------- */

static void set_free(struct netdev *nd, uint32_t tag) /* nd->lock */
{
	nd->state_cnt[nd->state[tag]]--;
	nd->state[tag] = BUFFER_FREE;
	nd->free[nd->state_cnt[BUFFER_FREE]++] = (uint16_t)tag;
}

/* The next that waits, in *tag. @done: give *tag back first. */
static bool pop(struct netdev *nd, bool done, uint16_t *tag, uint16_t *len)
{
	bool is;

	spin_lock(&nd->lock);
	if (done)
		set_free(nd, *tag);
	is = nd->waiting_cnt && !nd->stopping;
	if (is) {
		*tag = nd->waiting[nd->first].tag;
		*len = nd->waiting[nd->first].len;
		nd->first = (nd->first + 1) % NETDEV_WAITING;
		nd->waiting_cnt--;
	}
	spin_unlock(&nd->lock);
	return is;
}

static void deliver(void *arg)
{
	struct netdev *nd = arg;
	uint16_t tag, len;

	while (!__atomic_load_n(&nd->stopping, __ATOMIC_ACQUIRE)) {
		bool got = false;

		wait_event(&nd->changed,
			   (got = pop(nd, false, &tag, &len)) || __atomic_load_n(&nd->stopping, __ATOMIC_ACQUIRE),
			   DEADLINE_NONE, WAIT_DEADLINE);
		while (got) {
			kpi_protocols_receive(nd->index, netdev_buffer(nd, tag), len);
			got = pop(nd, true, &tag, &len);
		}
	}
	__atomic_store_n(&nd->delivers, false, __ATOMIC_RELEASE);
	wait_wake_all(&nd->changed);
	device_put(&nd->device);
}

static int begin_delivering(struct netdev *nd)
{
	struct thread *t;
	int err = __atomic_load_n(&nd->delivers, __ATOMIC_ACQUIRE) ? -TENON_EBUSY : 0;

	if (!err)
		err = thread_make(nd->device.name, deliver, nd, &t);
	if (err)
		return err;
	nd->stopping = false;
	nd->delivers = true;
	device_get(&nd->device);
	thread_start(t);
	return 0;
}

/* What still waits is dropped. A thread that stays in a protocol ends when it returns; until then it is not turned on again. */
static void end_delivering(struct netdev *nd)
{
	__atomic_store_n(&nd->stopping, true, __ATOMIC_RELEASE);
	wait_wake_all(&nd->changed);
	if (wait_event(&nd->changed, !__atomic_load_n(&nd->delivers, __ATOMIC_ACQUIRE), clock_ns() + END_NS,
		       WAIT_DEADLINE))
		log_warn("%s: a thread does not return from a protocol", nd->device.name);
	spin_lock(&nd->lock);
	for (; nd->waiting_cnt; nd->waiting_cnt--) {
		set_free(nd, nd->waiting[nd->first].tag);
		nd->first = (nd->first + 1) % NETDEV_WAITING;
		nd->received_dropped++;
	}
	spin_unlock(&nd->lock);
}

/* ---- on and off -------------------------------------------------------------------------------------------------- */

static int turn_on(struct netdev *nd)
{
	int err = begin_delivering(nd);

	if (err)
		return err;
	err = call(nd, NETDEV_OPEN, NULL, 0);
	if (err)
		end_delivering(nd);
	return err;
}

static void set_up(struct netdev *nd, bool up)
{
	spin_lock(&nd->lock);
	nd->up = up;
	spin_unlock(&nd->lock);
}

int netdev_set_up(struct netdev *nd, bool up)
{
	int err = 0;
	bool changes;

	mutex_lock(&nd->changing);
	changes = nd->up != up;
	if (changes && up) {
		err = turn_on(nd);
		if (!err)
			set_up(nd, true);
	} else if (changes) {
		set_up(nd, false);
		call(nd, NETDEV_STOP, NULL, 0);
		end_delivering(nd);
	}
	mutex_unlock(&nd->changing);
	if (changes && !err)
		kpi_protocols_changed(nd->index);
	return err;
}

int netdev_set_mtu(struct netdev *nd, uint32_t mtu)
{
	if (mtu < MTU_MIN || mtu > nd->config.mtu_max)
		return -TENON_EINVAL;
	__atomic_store_n(&nd->mtu, mtu, __ATOMIC_RELAXED);
	kpi_protocols_changed(nd->index);
	return 0;
}

uint32_t netdev_flags(struct netdev *nd)
{
	uint32_t flags =
	    nd->config.type == 1 ? TENON_INTERFACE_BROADCAST | TENON_INTERFACE_MULTICAST : TENON_INTERFACE_LOOPBACK;

	spin_lock(&nd->lock);
	if (nd->up)
		flags |= TENON_INTERFACE_UP | (nd->carrier ? TENON_INTERFACE_RUNNING : 0);
	spin_unlock(&nd->lock);
	return flags;
}

void netdev_set_carrier(struct netdev *nd, bool on)
{
	spin_lock(&nd->lock);
	nd->carrier = on;
	spin_unlock(&nd->lock);
	kpi_protocols_changed(nd->index);
}

/* ---- coming and going -------------------------------------------------------------------------------------------- */

static void free_netdev(struct device *dev)
{
	struct netdev *nd = of(dev);

	for (unsigned i = 0; i < NETDEV_PAGES; i++)
		if (nd->page[i])
			page_put(nd->page[i]);
	heap_free(nd);
}

static int make_pages(struct netdev *nd)
{
	for (unsigned i = 0; i < NETDEV_PAGES; i++) {
		nd->page[i] = page_alloc(0);
		if (!nd->page[i])
			return -TENON_ENOMEM;
		memset(page_address(nd->page[i]), 0, PAGE_BYTES);
	}
	return 0;
}

static void unmap_pages(struct netdev *nd, unsigned cnt)
{
	for (unsigned i = 0; i < cnt; i++)
		device_dma_unmap(nd->device.parent, &(uint64_t){ page_phys(nd->page[i]) }, 1);
}

static int map_pages(struct netdev *nd)
{
	unsigned i = 0;
	int err = device_dma_begin(nd->device.parent);

	if (err)
		return err;
	while (i < NETDEV_PAGES && !err) {
		err = device_dma_map(nd->device.parent, page_phys(nd->page[i]), true);
		i += !err;
	}
	nd->dma = !err;
	if (err) {
		unmap_pages(nd, i);
		device_dma_end(nd->device.parent);
	}
	return err;
}

/* "eth%" is the first of eth0, eth1 ... that is free. list_lock. */
static bool choose_name(struct netdev *nd, const char *name)
{
	size_t len = strlen(name) - 1;
	bool taken = true;

	for (unsigned nr = 0; taken && nr < 1000; nr++) {
		if (name[len] == '%')
			tenon_snprintf(nd->device.name, TENON_NETDEV_NAME_BYTES, "%.*s%u", (int)len, name, nr);
		else
			strscpy(nd->device.name, name, TENON_NETDEV_NAME_BYTES);
		taken = false;
		for (const struct netdev *other = netdevs; other && !taken; other = other->next)
			taken = !strcmp(other->device.name, nd->device.name);
		if (name[len] != '%')
			break;
	}
	return !taken;
}

static int list(struct netdev *nd, const char *name)
{
	struct netdev **at = &netdevs;
	int err = 0;

	mutex_lock(&list_lock);
	if (choose_name(nd, name)) {
		nd->index = ++last_index;
		while (*at)
			at = &(*at)->next;
		*at = nd;
	} else {
		err = -TENON_EEXIST;
	}
	mutex_unlock(&list_lock);
	return err;
}

static void unlist(struct netdev *nd)
{
	struct netdev **at = &netdevs;

	mutex_lock(&list_lock);
	while (*at != nd)
		at = &(*at)->next;
	*at = nd->next;
	mutex_unlock(&list_lock);
}

static int show(struct netdev *nd, const char *name)
{
	int err = make_pages(nd);

	if (!err && nd->device.parent)
		err = map_pages(nd);
	if (err)
		return err;
	err = list(nd, name);
	if (!err) {
		err = device_add(&nd->device);
		if (err)
			unlist(nd);
	}
	if (err && nd->dma) {
		unmap_pages(nd, NETDEV_PAGES);
		device_dma_end(nd->device.parent);
	}
	return err;
}

static bool is_left(struct netdev *nd)
{
	bool is;

	spin_lock(&nd->lock);
	is = !nd->user_cnt;
	spin_unlock(&nd->lock);
	return is;
}

/* From now on nobody calls its driver. */
static void keep_out(struct netdev *nd)
{
	spin_lock(&nd->lock);
	nd->gone = true;
	spin_unlock(&nd->lock);
	netdev_set_up(nd, false); /* the driver is not asked */
	if (wait_event(&nd->changed, is_left(nd), clock_ns() + END_NS, WAIT_DEADLINE))
		log_warn("%s: a thread does not return from its driver", nd->device.name);
}

static bool config_valid(const struct tenon_netdev_config *c)
{
	return c->mtu >= MTU_MIN && c->mtu <= c->mtu_max &&
	       c->mtu_max <= TENON_NETDEV_BUFFER_BYTES - NETDEV_HEADER_BYTES && (c->type == 1 || c->type == 772);
}

int netdev_register(struct device *parent, const char *name, const struct tenon_netdev_config *config,
		    netdev_call_fn *call_driver, void *owner, struct netdev **out)
{
	struct netdev *nd;
	int err;

	if (!config_valid(config))
		return -TENON_EINVAL;
	nd = heap_alloc_zeroed(sizeof(*nd));
	if (!nd)
		return -TENON_ENOMEM;
	nd->device.class = &net_class;
	nd->device.parent = parent;
	nd->device.attrs = netdev_attrs;
	nd->device.release = free_netdev;
	device_init(&nd->device);
	nd->config = *config;
	nd->mtu = config->mtu;
	nd->carrier = true;
	nd->call = call_driver;
	nd->owner = owner;
	mutex_init(&nd->changing, LOCK_FILE);
	spin_init(&nd->lock, LOCK_BLOCK);
	wait_queue_init(&nd->changed);
	for (uint16_t tag = 0; tag < NETDEV_BUFFERS; tag++)
		nd->free[nd->state_cnt[BUFFER_FREE]++] = tag;
	*out = nd; /* before anybody can turn it on */
	err = show(nd, name);
	if (err) {
		keep_out(nd);
		nd->device.parent = NULL; /* of which it has no reference */
		device_put(&nd->device);
		return err;
	}
	kpi_protocols_changed(nd->index);
	return 0;
}

/* Whose driver has died while it was on. With more of them than there is room for, the later ones stay off. */
static void remember(const struct netdev *nd)
{
	mutex_lock(&list_lock);
	for (size_t i = 0; i < sizeof(orphans) / sizeof(orphans[0]); i++)
		if (!orphans[i][0]) {
			strscpy(orphans[i], nd->device.name, sizeof(orphans[i]));
			break;
		}
	mutex_unlock(&list_lock);
}

bool netdev_was_on(struct netdev *nd)
{
	bool was = false;

	mutex_lock(&list_lock);
	for (size_t i = 0; i < sizeof(orphans) / sizeof(orphans[0]) && !was; i++) {
		was = !strcmp(orphans[i], nd->device.name);
		if (was)
			orphans[i][0] = '\0';
	}
	mutex_unlock(&list_lock);
	return was;
}

void netdev_unregister(struct netdev *nd, bool died)
{
	uint32_t index = nd->index;

	if (died && nd->up)
		remember(nd);
	keep_out(nd);
	unlist(nd);
	if (nd->dma) {
		unmap_pages(nd, NETDEV_PAGES);
		device_dma_end(nd->device.parent);
	}
	device_remove(&nd->device);
	kpi_protocols_changed(index);
}

struct netdev *netdev_next(uint32_t index)
{
	struct netdev *nd;

	mutex_lock(&list_lock);
	for (nd = netdevs; nd && nd->index < index; nd = nd->next)
		;
	if (nd)
		device_get(&nd->device);
	mutex_unlock(&list_lock);
	return nd;
}

struct netdev *netdev_find(const char *name)
{
	struct netdev *nd;

	mutex_lock(&list_lock);
	for (nd = netdevs; nd && strcmp(nd->device.name, name); nd = nd->next)
		;
	if (nd)
		device_get(&nd->device);
	mutex_unlock(&list_lock);
	return nd;
}

/* ---- buffers ----------------------------------------------------------------------------------------------------- */

uint8_t *netdev_buffer(const struct netdev *nd, uint32_t tag)
{
	return (uint8_t *)page_address(nd->page[tag / NETDEV_PAGE_BUFFERS]) +
	       tag % NETDEV_PAGE_BUFFERS * TENON_NETDEV_BUFFER_BYTES;
}

static struct tenon_netdev_frame frame_of(const struct netdev *nd, uint32_t tag, size_t len)
{
	uint64_t phys =
	    page_phys(nd->page[tag / NETDEV_PAGE_BUFFERS]) + tag % NETDEV_PAGE_BUFFERS * TENON_NETDEV_BUFFER_BYTES;

	return (struct tenon_netdev_frame){ .size = sizeof(struct tenon_netdev_frame),
					    .tag = tag,
					    .len = (uint32_t)len,
					    .address = nd->device.parent ? phys : 0 };
}

/* A free one gets another state, of which there are less than @limit. nd->lock. */
static bool take(struct netdev *nd, enum buffer_state state, unsigned limit, uint16_t *tag)
{
	if (nd->state_cnt[state] >= limit || !nd->state_cnt[BUFFER_FREE])
		return false;
	*tag = nd->free[--nd->state_cnt[BUFFER_FREE]];
	nd->state[*tag] = (uint8_t)state;
	nd->state_cnt[state]++;
	return true;
}

size_t netdev_take(struct netdev *nd, struct tenon_netdev_frame *frames, size_t cnt)
{
	size_t done = 0;
	uint16_t tag;

	spin_lock(&nd->lock);
	for (; done < cnt && take(nd, BUFFER_RECEIVES, TENON_NETDEV_RECEIVES, &tag); done++)
		frames[done] = frame_of(nd, tag, TENON_NETDEV_BUFFER_BYTES);
	spin_unlock(&nd->lock);
	return done;
}

/* nd->lock. The state of a buffer that the driver has, else BUFFER_FREE. */
static enum buffer_state state_of(const struct netdev *nd, uint32_t tag)
{
	enum buffer_state state = tag < NETDEV_BUFFERS ? nd->state[tag] : BUFFER_FREE;

	return state == BUFFER_WAITS ? BUFFER_FREE : state;
}

int netdev_received(struct netdev *nd, const struct tenon_netdev_frame *frame)
{
	enum buffer_state state;
	bool first = false; /* the others are seen by the thread that it wakes */

	spin_lock(&nd->lock);
	state = state_of(nd, frame->tag);
	if (state != BUFFER_FREE &&
	    (!nd->up || frame->len < NETDEV_HEADER_BYTES || frame->len > TENON_NETDEV_BUFFER_BYTES ||
	     nd->state_cnt[BUFFER_WAITS] == NETDEV_WAITING)) {
		set_free(nd, frame->tag);
		nd->received_dropped += frame->len != 0;
	} else if (state != BUFFER_FREE) {
		unsigned last = (nd->first + nd->waiting_cnt++) % NETDEV_WAITING;

		first = nd->waiting_cnt == 1;
		nd->state_cnt[state]--;
		nd->state[frame->tag] = BUFFER_WAITS;
		nd->state_cnt[BUFFER_WAITS]++;
		nd->waiting[last].tag = (uint16_t)frame->tag;
		nd->waiting[last].len = (uint16_t)frame->len;
		nd->received_cnt++;
		nd->received_bytes += frame->len;
	}
	spin_unlock(&nd->lock);
	if (first)
		wait_wake_all(&nd->changed);
	return state == BUFFER_FREE ? -TENON_EINVAL : 0;
}

int netdev_sent(struct netdev *nd, const struct tenon_netdev_frame *frame)
{
	int err = 0;

	spin_lock(&nd->lock);
	if (state_of(nd, frame->tag) == BUFFER_TRANSMITS)
		set_free(nd, frame->tag);
	else
		err = -TENON_EINVAL;
	spin_unlock(&nd->lock);
	return err;
}

int netdev_read(struct netdev *nd, uint32_t tag, void *frame, size_t len)
{
	int err = 0;

	spin_lock(&nd->lock);
	if (state_of(nd, tag) == BUFFER_TRANSMITS) {
		memcpy(frame, netdev_buffer(nd, tag), len);
		set_free(nd, tag);
	} else {
		err = -TENON_EINVAL;
	}
	spin_unlock(&nd->lock);
	return err;
}

int netdev_write(struct netdev *nd, const void *frame, size_t len)
{
	struct tenon_netdev_frame f;

	if (!netdev_take(nd, &f, 1))
		return -TENON_ENOBUFS;
	f.len = (uint32_t)len;
	memcpy(netdev_buffer(nd, f.tag), frame, len);
	return netdev_received(nd, &f);
}

int netdev_send(struct netdev *nd, const void *frame, size_t len)
{
	struct tenon_netdev_frame f;
	uint16_t tag;
	int err = 0;

	if (len < NETDEV_HEADER_BYTES)
		return -TENON_EINVAL;
	if (len > nd->mtu + NETDEV_HEADER_BYTES)
		return -TENON_EMSGSIZE;
	spin_lock(&nd->lock);
	if (!nd->up || nd->gone)
		err = -TENON_ENETDOWN;
	else if (!take(nd, BUFFER_TRANSMITS, TENON_NETDEV_TRANSMITS, &tag))
		err = -TENON_ENOBUFS;
	nd->sent_dropped += err != 0;
	nd->sent_cnt += !err;
	nd->sent_bytes += err ? 0 : len;
	spin_unlock(&nd->lock);
	if (err)
		return err;
	memcpy(netdev_buffer(nd, tag), frame, len);
	f = frame_of(nd, tag, len);
	err = call(nd, NETDEV_TRANSMIT, &f, sizeof(f));
	if (err)
		netdev_sent(nd, &f);
	return err;
}
