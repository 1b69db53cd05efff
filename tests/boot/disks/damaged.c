// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * damaged TYPE FIRST CNT - damages the file system on /dev/vdb, ext2 or vfat, in CNT ways, which the numbers from FIRST on
 * determine, and each time mounts the copy of it on /dev/vda, walks it, changes it, and unmounts it. Everything may fail;
 * nothing may hang, or stay mounted. Says how many could be mounted.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
	IMAGE_MAX = 4 << 20,
	DEPTH_MAX = 8,
	NODES_MAX = 500,
	READ_MAX = 200000,
	SUPER = 1024,
	SUPER_USED = 104,
	INODE_BYTES = 128,
	SECTOR = 512,
	FAT_FIRST = 24000 /* bytes after the tables: the root directory, and the clusters of /d */
};

static uint8_t clean[IMAGE_MAX], image[IMAGE_MAX];
static size_t image_bytes;
static char buf[READ_MAX];
static unsigned node_cnt;
static uint64_t state;

static uint32_t below(uint32_t end)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % end;
}

static uint32_t word_at(size_t offset)
{
	uint32_t word;

	memcpy(&word, clean + offset, sizeof(word));
	return word;
}

/* ---- damage ------------------------------------------------------------------------------------------------------ */

/* Where: the superblock, the table of groups, the table of inodes, what comes after it, or anywhere. */
static size_t ext2_place(void)
{
	size_t block_bytes = 1024u << word_at(SUPER + 24), groups = block_bytes == 1024 ? 2048 : block_bytes;
	size_t inodes = word_at(groups + 8) * block_bytes;
	uint32_t where = below(100);

	if (where < 15)
		return SUPER + below(SUPER_USED);
	if (where < 30)
		return groups + below(32);
	if (where < 65)
		return inodes + below(32 * INODE_BYTES * 2);
	if (where < 85)
		return inodes + below((uint32_t)(image_bytes - inodes));
	return below((uint32_t)image_bytes);
}

/* Where: what the boot sector says, it and the sector after it, the tables' beginnings, directories, or anywhere. */
static size_t fat_place(void)
{
	uint32_t reserved = word_at(14) & 0xffff, table = word_at(22) & 0xffff, tables = SECTOR * (word_at(16) & 0xff);
	size_t fat = reserved * SECTOR, data = fat + (size_t)tables * (table ? table : word_at(36));
	uint32_t where = below(100);

	if (where < 5)
		return 11 + below(53);
	if (where < 10)
		return below(2 * SECTOR);
	if (where < 50)
		return fat + below(SECTOR * 2);
	if (where < 85)
		return data + below(FAT_FIRST);
	return below((uint32_t)image_bytes);
}

static void damage(size_t (*place)(void), uint64_t number)
{
	state = number * 0x9e3779b97f4a7c15u + 1;
	memcpy(image, clean, image_bytes);
	for (unsigned i = 1 + below(12); i--;) {
		size_t at = place() % (image_bytes - 4);
		uint32_t kind = below(6), word = kind == 0 ? 0 : kind == 1 ? UINT32_MAX : below(kind == 2 ? 64 : 400);

		if (kind < 4)
			memcpy(image + (at & ~(size_t)3), &word, sizeof(word));
		else if (kind == 4)
			image[at] ^= (uint8_t)(1u << below(8));
		else
			image[at] = (uint8_t)below(256);
	}
}

/* ---- use --------------------------------------------------------------------------------------------------------- */

static void look_at(const char *name)
{
	int fd = open(name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
	char *m;

	if (fd < 0) {
		readlink(name, buf, sizeof(buf));
		return;
	}
	read(fd, buf, sizeof(buf));
	m = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (m != MAP_FAILED)
		munmap(m, 4096);
	close(fd);
}

static void walk(unsigned depth)
{
	DIR *d = opendir(".");
	struct dirent *e;
	struct stat st;

	while (d && ++node_cnt < NODES_MAX && (e = readdir(d)) != NULL) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (lstat(e->d_name, &st) == 0 && S_ISREG(st.st_mode))
			look_at(e->d_name);
		else if (S_ISLNK(st.st_mode))
			readlink(e->d_name, buf, sizeof(buf));
		else if (depth < DEPTH_MAX && S_ISDIR(st.st_mode) && chdir(e->d_name) == 0) {
			walk(depth + 1);
			if (chdir("..")) {
				perror("..");
				exit(1);
			}
		}
	}
	if (d)
		closedir(d);
}

static void append(const char *name, size_t bytes, off_t offset)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0644);

	if (fd < 0)
		return;
	pwrite(fd, buf, bytes, offset);
	close(fd);
}

static void change(void)
{
	struct statvfs s;

	statvfs(".", &s);
	mkdir("new", 0755);
	append("new/y", 100000, 0);
	append("big", 3000, 59000);
	append("big", 10, 2000000);
	truncate("big", 100);
	rename("d", "new/d");
	rename("new/d/f1", "new/d/f2");
	link("new/d/f3", "hard");
	symlink("to", "new/sym");
	for (char name[] = "new/d/f1"; name[7] <= '8'; name[7]++)
		unlink(name);
	rmdir("new/d");
	unlink("big");
	unlink("l");
	unlink("new/y");
	chmod("new", 0700);
	sync();
}

static bool use(const char *type)
{
	if (mount("/dev/vda", "/mnt", type, 0, NULL))
		return false;
	if (chdir("/mnt") == 0) {
		node_cnt = 0;
		walk(0);
		change();
	}
	if (chdir("/") || umount("/mnt")) {
		perror("unmounting");
		exit(1);
	}
	return true;
}

int main(int argc, char **argv)
{
	const char *type = argc == 4 ? argv[1] : "";
	size_t (*place)(void) = strcmp(type, "ext2") ? fat_place : ext2_place;
	uint64_t first = argc == 4 ? strtoull(argv[2], NULL, 10) : 0, cnt = argc == 4 ? strtoull(argv[3], NULL, 10) : 0;
	int from = open("/dev/vdb", O_RDONLY), to = open("/dev/vda", O_WRONLY);
	ssize_t got = from < 0 || to < 0 ? -1 : read(from, clean, sizeof(clean));
	unsigned mounted = 0;

	if (got <= 0 || !cnt) {
		perror("damaged");
		return 1;
	}
	image_bytes = (size_t)got;
	for (uint64_t n = first; n < first + cnt; n++) {
		damage(place, n);
		if (pwrite(to, image, image_bytes, 0) != got) {
			perror("image");
			return 1;
		}
		mounted += use(type);
	}
	printf("%u of %llu could be mounted\n", mounted, (unsigned long long)cnt);
	return mounted && mounted < cnt ? 0 : 1;
}
