/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Nodes that the kernel knows. A number is where the entry was when the node was first found, unless what was found there
 * before, and has moved or lost its name, still has it.
 */
#include "fat.h"

static struct fat_node **number_bucket(struct fat *fs, uint64_t number)
{
	return &fs->by_number[number % FAT_BUCKETS];
}

static struct fat_node **at_bucket(struct fat *fs, uint64_t at)
{
	return &fs->by_at[at / FAT_SLOT % FAT_BUCKETS];
}

void fat_root_init(struct fat *fs, uint32_t start)
{
	fs->root.number = FAT_ROOT;
	fs->root.raw.attributes = FAT_DIR;
	fs->root.start = start;
	fs->root.chain_cnt = FAT_UNKNOWN;
	fs->spare = 1ull << 60;
}

void fat_nodes_free(struct fat *fs)
{
	for (unsigned i = 0; i < FAT_BUCKETS; i++)
		while (fs->by_number[i]) {
			struct fat_node *n = fs->by_number[i];

			fs->by_number[i] = n->next_number;
			tenon_free(n->marks);
			tenon_free(n);
		}
	tenon_free(fs->root.marks);
}

struct fat_node *fat_node(struct fat *fs, uint64_t number)
{
	struct fat_node *n = *number_bucket(fs, number);

	while (n && n->number != number)
		n = n->next_number;
	return number == FAT_ROOT ? &fs->root : n;
}

static struct fat_node *node_at(struct fat *fs, uint64_t at)
{
	struct fat_node *n = *at_bucket(fs, at);

	while (n && n->at != at)
		n = n->next_at;
	return n;
}

static uint64_t usual_number(uint64_t at)
{
	return at / FAT_SLOT + FAT_ROOT;
}

uint64_t fat_number_at(struct fat *fs, uint64_t at)
{
	const struct fat_node *n = node_at(fs, at);

	return n ? n->number : usual_number(at);
}

bool fat_is_dir(const struct fat_node *n)
{
	return n->raw.attributes & FAT_DIR;
}

int fat_get_dir(struct fat *fs, uint64_t number, struct fat_node **dir)
{
	*dir = fat_node(fs, number);
	return !*dir ? -TENON_ESTALE : fat_is_dir(*dir) ? 0 : -TENON_ENOTDIR;
}

void fat_move(struct fat *fs, struct fat_node *n, uint64_t at)
{
	struct fat_node **link;

	if (n->at) {
		for (link = at_bucket(fs, n->at); *link != n;)
			link = &(*link)->next_at;
		*link = n->next_at;
	}
	n->at = at;
	if (at) {
		link = at_bucket(fs, at);
		n->next_at = *link;
		*link = n;
	}
}

static uint32_t start_of(const struct fat *fs, const struct fat_raw *raw)
{
	return raw->start | (fs->bits == 32 ? (uint32_t)raw->start_high << 16 : 0);
}

static struct fat_node *make(struct fat *fs, uint64_t at, const struct fat_raw *raw)
{
	struct fat_node *n = tenon_alloc(THIS_MODULE, sizeof(*n)), **bucket;

	if (!n)
		return NULL;
	*n = (struct fat_node){ .number = usual_number(at),
				.raw = *raw,
				.start = start_of(fs, raw),
				.bytes = raw->attributes & FAT_DIR ? 0 : raw->bytes,
				.chain_cnt = FAT_UNKNOWN };
	if (fat_node(fs, n->number))
		n->number = fs->spare++;
	bucket = number_bucket(fs, n->number);
	n->next_number = *bucket;
	*bucket = n;
	fat_move(fs, n, at);
	return n;
}

static void drop(struct fat *fs, struct fat_node *n)
{
	struct fat_node **link = number_bucket(fs, n->number);

	fat_move(fs, n, 0);
	while (*link != n)
		link = &(*link)->next_number;
	*link = n->next_number;
	tenon_free(n->marks);
	tenon_free(n);
}

int fat_answer(struct fat *fs, uint64_t at, const struct fat_raw *raw, struct fat_node **n)
{
	struct fat_raw there;
	bool is_new;
	int err = volume_read(&fs->volume, at, &there, sizeof(there));

	if (!err && memcmp(&there, raw, sizeof(there)))
		err = volume_broken(&fs->volume, "an entry is not where it was found or made, at", at);
	if (err)
		return err;
	*n = node_at(fs, at);
	is_new = !*n;
	if (is_new)
		*n = make(fs, at, raw);
	if (!*n)
		return -TENON_ENOMEM;
	if (is_new && !fat_is_dir(*n) && ((*n)->bytes != raw->bytes || (*n)->start != start_of(fs, raw)))
		return volume_broken(&fs->volume, "a node is not what its entry says, at", at);
	if ((*n)->at != at || memcmp((*n)->raw.name, raw->name, FAT_SHORT))
		return volume_broken(&fs->volume, "an entry is not its node's, at", at);
	(*n)->answers++;
	return 0;
}

void fat_forget(struct fat *fs, uint64_t number, uint64_t answers)
{
	struct fat_node *n = fat_node(fs, number);

	if (!n || n == &fs->root)
		return;
	n->answers -= answers < n->answers ? answers : n->answers;
	if (n->answers)
		return;
	if (!n->at && fs->volume.writable && !fs->volume.broken)
		fat_trim(fs, n, 0);
	drop(fs, n);
}

/* ---- attributes -------------------------------------------------------------------------------------------------- */

/* What is on the volume of it now. */
static int check_entry(struct fat *fs, const struct fat_node *n)
{
	struct fat_raw there;
	int err = volume_read(&fs->volume, n->at, &there, sizeof(there));

	if (!err && (start_of(fs, &there) != n->start || there.bytes != n->bytes))
		err = volume_broken(&fs->volume, "an entry does not say where its file is, at", n->at);
	return err;
}

int fat_put(struct fat *fs, struct fat_node *n)
{
	int err;

	n->raw.start = (uint16_t)n->start;
	if (fs->bits == 32)
		n->raw.start_high = (uint16_t)(n->start >> 16);
	n->raw.bytes = n->bytes;
	if (!n->at)
		return 0;
	err = fat_slot_write(fs, n->at, &n->raw, n->raw.name);
	return err ? err : check_entry(fs, n);
}

static uint32_t mode_of(const struct fat *fs, const struct fat_node *n)
{
	if (fat_is_dir(n))
		return FAT_MODE_DIR | (0777 & ~fs->dir_mask);
	return FAT_MODE_FILE | ((n->raw.attributes & FAT_READ_ONLY ? 0555 : 0777) & ~fs->file_mask);
}

/* Bytes of the contents, which a directory's entry does not say. */
static int size_of(struct fat *fs, struct fat_node *n, uint64_t *bytes)
{
	int err = 0;

	*bytes = n->bytes;
	if (n == &fs->root && fs->bits != 32) {
		*bytes = (uint64_t)fs->root_slots * FAT_SLOT;
	} else if (fat_is_dir(n)) {
		err = fat_count(fs, n);
		*bytes = (uint64_t)n->chain_cnt * fs->cluster_bytes;
	}
	return err;
}

int fat_describe(struct fat *fs, struct fat_node *n, struct tenon_filesystem_node *to)
{
	uint64_t bytes, modified = fat_time_ns(n->raw.modified_date, n->raw.modified_time);
	int err = size_of(fs, n, &bytes);

	if (n == &fs->root)
		modified = 0; /* it has no entry that would say it */
	*to = (struct tenon_filesystem_node){ .size = sizeof(*to),
					      .mode = mode_of(fs, n),
					      .uid = fs->uid,
					      .gid = fs->gid,
					      .link_cnt =
						  n->at || n == &fs->root, /* how many are in a directory is not said */
					      .number = n->number,
					      .bytes = bytes,
					      .accessed_ns = n == &fs->root ? 0 : fat_time_ns(n->raw.accessed_date, 0),
					      .modified_ns = modified,
					      .changed_ns = modified };
	to->sector_cnt = (uint64_t)fat_clusters_for(fs, bytes) * fs->cluster_bytes / 512;
	return err;
}

/* The size is what the chain has room for; what is beyond it is given back. */
static int change_size(struct fat *fs, struct fat_node *n, uint64_t bytes)
{
	uint32_t cnt = fat_clusters_for(fs, bytes);
	bool shorter = bytes < n->bytes;
	int err = bytes > n->bytes ? fat_count(fs, n) : 0;

	if (!err && (bytes > UINT32_MAX || (bytes > n->bytes && cnt > n->chain_cnt)))
		err = -TENON_EINVAL;
	if (err)
		return err;
	n->bytes = (uint32_t)bytes;
	return shorter || n->chain_cnt != FAT_UNKNOWN ? fat_trim(fs, n, cnt) : 0;
}

/* Only that it may not be written can be kept of permissions; the rest is ignored, as Linux does. */
static void change_mode(const struct fat *fs, struct fat_node *n, uint32_t mode)
{
	uint32_t all = 0777 & ~fs->file_mask;

	if (fat_is_dir(n) || (mode & 0555 & all) != (all & 0555))
		return;
	if (!(mode & 0222))
		n->raw.attributes |= FAT_READ_ONLY;
	else if ((mode & 0222) == (all & 0222))
		n->raw.attributes &= (uint8_t)~FAT_READ_ONLY;
}

int fat_change(struct fat *fs, const struct tenon_filesystem_node *to)
{
	struct fat_node *n = fat_node(fs, to->number);
	int err = 0;

	if (!n)
		return -TENON_ESTALE;
	if (to->uid != fs->uid || to->gid != fs->gid || to->mode & 07000)
		return -TENON_EPERM;
	if (!fat_is_dir(n))
		err = change_size(fs, n, to->bytes);
	if (n == &fs->root)
		return err;
	change_mode(fs, n, to->mode);
	if (!fat_is_dir(n))
		n->raw.attributes |= FAT_ARCHIVE;
	fat_set_time(to->accessed_ns, &n->raw.accessed_date, NULL);
	fat_set_time(to->modified_ns, &n->raw.modified_date, &n->raw.modified_time);
	return err ? err : fat_put(fs, n);
}
