// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Archives as cpio(1) writes them, and damaged ones. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/vfs/cpio.h"
#include "tenon/errno.h"

#include "tests/tap.h"

/* What cpio -H newc makes of some files. Return: bytes, at most @size. */
static size_t real_archive(char *buf, size_t size)
{
	FILE *f = popen("d=$(mktemp -d) && cd $d && mkdir dir && printf 'hello\\n' >dir/file && ln -s dir/file link && "
			"mkfifo fifo && chmod 640 dir/file && printf 'dir\\ndir/file\\nlink\\nfifo\\n' | cpio -o -H "
			"newc -R 7:8 --quiet; "
			"rm -rf $d",
			"r");
	size_t len = fread(buf, 1, size, f);

	pclose(f);
	return len;
}

static void members(const char *bytes, size_t len)
{
	struct cpio c = { bytes, len, 0 };
	struct cpio_entry e;

	ok(cpio_next(&c, &e) == 1 && !strcmp(e.name, "dir") && (e.mode & 0170000) == 0040000, "a directory");
	ok(cpio_next(&c, &e) == 1 && !strcmp(e.name, "dir/file") && e.mode == 0100640 && e.data_bytes == 6 &&
	       !memcmp(e.data, "hello\n", 6) && e.uid == 7 && e.gid == 8,
	   "a file with contents, permissions and owner");
	ok(cpio_next(&c, &e) == 1 && !strcmp(e.name, "link") && e.data_bytes == 8 && !memcmp(e.data, "dir/file", 8),
	   "a link");
	ok(cpio_next(&c, &e) == 1 && !strcmp(e.name, "fifo") && (e.mode & 0170000) == 0010000, "a FIFO");
	ok(cpio_next(&c, &e) == 0, "the end");
}

static int count(const char *bytes, size_t len, int *cnt)
{
	struct cpio c = { bytes, len, 0 };
	struct cpio_entry e;
	int more;

	for (*cnt = 0; (more = cpio_next(&c, &e)) > 0; ++*cnt)
		;
	return more;
}

/* In a block of exactly its size, so that the sanitizer sees a read beyond it. */
static int count_exact(const char *bytes, size_t len, int *cnt)
{
	char *copy = malloc(len ? len : 1);
	int result;

	memcpy(copy, bytes, len);
	result = count(copy, len, cnt);
	free(copy);
	return result;
}

/* Where the trailer's member ends: what is behind is padding. */
static size_t used(const char *bytes, size_t len)
{
	while (len && !bytes[len - 1])
		len--;
	return len + 1;
}

static void damaged(const char *bytes, size_t len)
{
	size_t end = used(bytes, len), i;
	int cnt, wrong = 0, other = 0;
	char *copy = malloc(len);

	for (i = 0; i < end; i++)
		wrong += count_exact(bytes, i, &cnt) != -TENON_EBADMSG;
	ok(!wrong, "cut off anywhere it is damaged");
	for (i = 0; i < end; i++) {
		memcpy(copy, bytes, len);
		copy[i] = (char)(copy[i] ^ 0x81);
		other += count_exact(copy, len, &cnt) > 0;
	}
	ok(!other, "with any byte changed it is read or refused, within its bounds");
	memcpy(copy, bytes, len);
	memcpy(copy + 94, "ffffffff", 8);
	ok(count_exact(copy, len, &cnt) == -TENON_EBADMSG, "a name longer than the archive");
	memcpy(copy + 94, "00000000", 8);
	ok(count_exact(copy, len, &cnt) == -TENON_EBADMSG, "a name without room for its NUL");
	memcpy(copy, bytes, len);
	memcpy(copy + 54, "fffffffc", 8);
	ok(count_exact(copy, len, &cnt) == -TENON_EBADMSG, "contents longer than the archive");
	free(copy);
}

int main(void)
{
	static char bytes[16384];
	size_t len = real_archive(bytes, sizeof(bytes) / 2);
	int cnt;

	if (!ok(len > 0, "cpio(1) wrote an archive"))
		return tap_done();
	members(bytes, len);
	damaged(bytes, len);
	memcpy(bytes + len, bytes, len);
	ok(count_exact(bytes, 2 * len, &cnt) == 0 && cnt == 8, "two archives, one behind the other");
	memcpy(bytes + len, "rubbish", 7);
	ok(count_exact(bytes, len + 7, &cnt) == -TENON_EBADMSG && cnt == 4, "something else behind it");
	return tap_done();
}
