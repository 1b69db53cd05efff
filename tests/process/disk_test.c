/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The disks of the process host under virtio_blk.ko, and under a driver that asks for what cannot be, in both domains: what is
 * read and written is what is in the file, nothing is left, and no request reaches beyond what was mapped.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/process/modules/wild_disk.h"
#include "tests/process/rig.h"

#define DISK_BYTES 300032u /* no multiple of what a request carries */
#define SAY_NS (10000 * MS)  /* between two lines about a disk */

static const char *where;
static struct tenon_domain *domain;
static char path[] = "/tmp/disk.XXXXXX", fixed[] = "/tmp/disk.XXXXXX";
static uint8_t content[DISK_BYTES], got[DISK_BYTES];

/* A file of these bytes. */
static void make_file(char *name, mode_t mode)
{
	int fd = mkstemp(name);

	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * 2654435761u >> 13);
	if (fd < 0 || write(fd, content, sizeof(content)) != (ssize_t)sizeof(content) || fchmod(fd, mode)) {
		printf("Bail out! a file cannot be made\n");
		exit(2);
	}
	close(fd);
}

/* Is the file as it should be? */
static bool file_is(const uint8_t *want)
{
	FILE *f = fopen(path, "re");
	bool same = f && fread(got, 1, sizeof(got), f) == sizeof(got) && !memcmp(got, want, sizeof(got));

	if (f)
		fclose(f);
	return same;
}

/* ---- virtio_blk ---- */

static bool reads_all(struct process_block *b)
{
	memset(got, 0, sizeof(got));
	return !process_block_read(b, got, sizeof(got), 0) && !memcmp(got, content, sizeof(content));
}

/* What cannot be: @len at @offset. */
static bool refuses(struct process_block *b, size_t len, uint64_t offset)
{
	return process_block_read(b, got, len, offset) == -TENON_EINVAL &&
	       process_block_write(b, got, len, offset) == -TENON_EINVAL;
}

static void use(struct process_block *b)
{
	static uint8_t changed[DISK_BYTES];
	struct process_block_info info;

	process_block_info(b, &info);
	ok(info.bytes == DISK_BYTES && info.block_bytes == 512 && !info.read_only, "%s: it is as large as the file",
	   where);
	ok(reads_all(b), "%s: what is read is what is in the file", where);
	ok(refuses(b, 0, 0) && refuses(b, 100, 0) && refuses(b, 512, 100) && refuses(b, 512, DISK_BYTES) &&
	       refuses(b, 1024, DISK_BYTES - 512) && refuses(b, 512, -512ull),
	   "%s: what is not on it is refused", where);
	memcpy(changed, content, sizeof(changed));
	for (size_t i = 512; i < 200 * 512; i++)
		changed[i] ^= 0x5a;
	ok(!process_block_write(b, changed + 512, 199 * 512, 512) && !process_block_flush(b) && file_is(changed),
	   "%s: what is written is in the file", where);
	ok(!process_block_write(b, content, sizeof(content), 0) && file_is(content), "%s: ... and back", where);
	ok(rig_says(rig_unload(domain, "virtio_blk"), -TENON_EBUSY, TENON_R_IN_USE_REFS),
	   "%s: while it is open its driver is not unloaded", where);
}

/* Return: whether what is on a disk was read. */
static bool serves(const char *name)
{
	struct process_block *b = process_block_open(name);
	bool good = b && reads_all(b);

	if (b)
		process_block_close(b);
	return good;
}

/* A domain keeps each thread that it has started: so those of both disks run at a time, as they will later. */
static bool warm_up(void)
{
	bool good = !rig_load(domain, "virtio_blk", NULL) && serves("vda") && serves("vdb");

	return !rig_unload(domain, "virtio_blk") && good;
}

static void drive(void)
{
	struct process_block *b, *second;
	char *before;

	ok(warm_up(), "%s: the disks are served, and are no more", where);
	before = snapshot();
	ok(!rig_load(domain, "virtio_blk", NULL), "%s: virtio_blk is loaded", where);
	b = process_block_open("vda");
	second = process_block_open("vdb");
	if (ok(b && second && !process_block_open("vdc"), "%s: it serves both disks", where)) {
		use(b);
		ok(reads_all(second) && process_block_write(second, content, 512, 0) == -TENON_EROFS,
		   "%s: a file that cannot be written is read", where);
		process_block_close(b);
		process_block_close(second);
	}
	ok(!rig_unload(domain, "virtio_blk") && !process_block_open("vda"), "%s: it is unloaded", where);
	ok(snapshot_same(before, snapshot()), "%s: nothing is left", where);
}

/* ---- a driver that asks for what cannot be ---- */

static int expected(unsigned int deed)
{
	return deed == WILD_NOTHING ? 0 : deed == WILD_OPERATION ? 2 : deed < WILD_NOWHERE ? 1 : WILD_REFUSED;
}

static void run_wild(void)
{
	char *before = snapshot();
	unsigned int bad = 0;
	uint64_t begun = rig_now();
	int64_t result;
	int err;

	process_log_clear(rig_host);
	if (!ok(!rig_load(domain, "wild_disk", NULL), "%s: a wild driver is loaded", where))
		return;
	for (unsigned int deed = 0; deed < WILD_CNT; deed++) {
		err = rig_call(domain, "wild_try", deed, 0, &result);
		if (err || result != expected(deed)) {
			bad++;
			diag("deed %u: error %d, result %lld instead of %d", deed, err, (long long)result,
			     expected(deed));
		}
	}
	ok(!bad, "%s: whatever it asks for, the device keeps to its memory", where);
	ok(file_is(content), "%s: ... and to what is in the file", where);
	ok(rig_logged("needs a reset") <= 1 + (rig_now() - begun) / SAY_NS, "%s: ... and does not fill the log", where);
	ok(!rig_unload(domain, "wild_disk") && snapshot_same(before, snapshot()), "%s: nothing is left", where);
}

/* What it keeps of a device that it has given back is no part of that any more. */
static void leave(void)
{
	struct tenon_domain *box = rig_domain("box");
	int64_t result = -1;
	int err = rig_load(domain, "wild_disk", NULL) ?: rig_call(domain, "wild_leave", 0, 0, &result);

	ok(!err && !result, "a driver gives a disk back, and keeps its registers");
	ok(!rig_load(box, "virtio_blk", NULL) && serves("vda"), "the next one serves it");
	ok(rig_unload_all(box) && !rig_unload(domain, "wild_disk"), "both are unloaded");
	rig_domain_close("box");
}

/* ---- a domain that dies ---- */

static void dies(void)
{
	struct tenon_domain *box = rig_domain("box");
	struct process_block *b;
	int err = rig_load(box, "virtio_blk", NULL);

	b = process_block_open("vda");
	if (!ok(!err && b && reads_all(b), "a domain serves the disk"))
		return;
	kill(process_domain_pid(box), SIGKILL);
	rig_until(rig_box_died, NULL, 60000 * MS);
	process_settle(rig_host);
	ok(process_block_read(b, got, 512, 0) == -TENON_EIO && !process_block_open("vda"), "... and has died: errors");
	process_block_close(b);
	err = rig_load(rig_domain("box"), "virtio_blk", NULL);
	b = process_block_open("vda");
	if (ok(!err && b && reads_all(b), "the next one serves it again"))
		process_block_close(b);
	ok(rig_unload_all(rig_domain("box")), "... and is unloaded");
	rig_domain_close("box");
}

/* As who may not write the second one. */
static void add_disks(void)
{
	bool root = !geteuid(), added = !process_disk_add(path);

	ok(process_disk_add(path) == -TENON_EBUSY && process_disk_add("/dev/null") == -TENON_EINVAL &&
	       process_disk_add("/nowhere/nothing") == -TENON_ENOENT,
	   "what is in use, empty or not there is no disk");
	if (root && seteuid(65534))
		added = false;
	added = added && !process_disk_add(fixed);
	if (root && seteuid(0))
		added = false;
	ok(added, "files are disks");
}

int main(void)
{
	make_file(path, 0600);
	make_file(fixed, 0444);
	rig_open(NULL);
	add_disks();
	for (int i = 0; i < 2; i++) {
		where = i ? "isolated" : "kernel";
		domain = rig_domain(where);
		rig_warm_up(domain);
		drive();
		run_wild();
	}
	leave();
	rig_unload_all(domain);
	rig_domain_close("isolated");
	dies();
	ok(rig_close(), "everything goes");
	unlink(path);
	unlink(fixed);
	return tap_done();
}
