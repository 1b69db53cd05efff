/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* devices, cat, echo, ioctl: the devices that modules offer, as /dev/NAME; what is said to and by character devices. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/shell/files.h"
#include "port/process/shell/shell.h"
#include "tenon/kpi/chrdev.h"

#define CAT_BYTES_MAX (16 << 20) /* a device may never end */

static int offer_device(const char *name, const struct tenon_module *m, void *arg)
{
	(void)m;
	closest_offer(arg, name);
	return 0;
}

static int no_device(const struct args *a, const char *name)
{
	struct closest c;

	closest_begin(&c, name);
	tenon_device_each(offer_device, &c);
	if (c.name[0])
		return say(a, "/dev/%s: no module offers it; did you mean /dev/%s?", name, c.name);
	return say(a, "/dev/%s: no module offers it; `devices` lists what there is", name);
}

/* Return: 0, or 1 after saying why not. */
static int open_device(const struct args *a, const char *path, uint32_t mode, struct tenon_file **out)
{
	int err;

	if (strncmp(path, "/dev/", 5))
		return say(a,
			   "%s: only devices of modules, as /dev/NAME, and files of what is mounted can be used here; "
			   "`devices` and `mount` list them",
			   path);
	err = tenon_device_open(path + 5, mode, out);
	if (err == -TENON_ENOENT)
		return no_device(a, path + 5);
	return err ? say(a, "%s: cannot be opened: %s", path, strerror(-err)) : 0;
}

static int list_device(const char *name, const struct tenon_module *m, void *arg)
{
	fprintf(arg, "/dev/%-27s %-20s %s\n", name, tenon_module_name(m), tenon_domain_name(tenon_module_domain(m)));
	return 0;
}

/* To memory first: they are listed under a lock that modules wait for, and a domain may have more than standard output takes at once. */
int cmd_devices(struct shell *s, const struct args *a)
{
	char *text = NULL;
	size_t len = 0;
	FILE *list;

	(void)s;
	if (a->cnt > 1)
		return say_usage(a);
	list = open_memstream(&text, &len);
	if (!list)
		return say(a, "out of memory");
	fputs("Device                           Module               Domain\n", list);
	tenon_device_each(list_device, list);
	process_block_each(list_device, list);
	if (fclose(list))
		return say(a, "out of memory");
	fputs(text, stdout);
	free(text);
	return 0;
}

static int copy_out(const struct args *a, struct tenon_file *f)
{
	static char buf[65536];
	uint64_t offset = 0;
	int64_t got;

	while ((got = tenon_device_read(f, buf, sizeof(buf), offset)) > 0 && offset < CAT_BYTES_MAX) {
		if (!sink_data(buf, (size_t)got))
			return 1;
		offset += (uint64_t)got;
	}
	return got < 0 ? say(a, "%s: cannot be read: %s", a->word[1], strerror((int)-got)) : 0;
}

int cmd_cat(struct shell *s, const struct args *a)
{
	struct tenon_file *f;
	struct place linux_file;
	int status;

	if (a->cnt != 2)
		return say_usage(a);
	if (place_find(s, a->word[1], &linux_file)) {
		status = file_print(a, &linux_file);
		place_put(&linux_file);
		return status;
	}
	status = open_device(a, a->word[1], TENON_CHRDEV_READ, &f);
	if (status)
		return status;
	status = copy_out(a, f);
	tenon_device_close(f);
	return status;
}

/* The words before @end with blanks between them and a line end. To be freed. */
static char *join(const struct args *a, size_t end, size_t *len)
{
	char *text, *to;

	*len = 1;
	for (size_t i = 1; i < end; i++)
		*len += strlen(a->word[i]) + 1;
	text = to = malloc(*len + 1);
	for (size_t i = 1; text && i < end; i++)
		to += sprintf(to, "%s%s", i > 1 ? " " : "", a->word[i]);
	if (text)
		strcpy(to, "\n");
	*len = text ? strlen(text) : 0;
	return text;
}

static int write_device(const struct args *a, const char *path, const char *text, size_t len)
{
	struct tenon_file *f;
	int64_t done;
	int status = open_device(a, path, TENON_CHRDEV_WRITE, &f);

	if (status)
		return status;
	done = tenon_device_write(f, text, len, 0);
	tenon_device_close(f);
	if (done < 0)
		return say(a, "%s: cannot be written: %s", path, strerror((int)-done));
	if ((size_t)done < len)
		return say(a, "%s: accepted only %lld of %zu bytes", path, (long long)done, len);
	return 0;
}

int cmd_echo(struct shell *s, const struct args *a)
{
	bool redirected = a->cnt > 2 && !strcmp(a->word[a->cnt - 2], ">") && !a->quoted[a->cnt - 2];
	struct place linux_file;
	size_t len;
	int status;
	char *text;

	text = join(a, redirected ? a->cnt - 2 : a->cnt, &len);
	if (!text)
		return say(a, "out of memory");
	if (!redirected) {
		fputs(text, stdout);
		free(text);
		return 0;
	}
	if (place_find(s, a->word[a->cnt - 1], &linux_file)) {
		status = file_put(a, &linux_file, text, len);
		place_put(&linux_file);
	} else {
		status = write_device(a, a->word[a->cnt - 1], text, len);
	}
	free(text);
	return status;
}

/* ---- ioctl ---- */

/* The words from the third on: numbers as 32 bits each, text as its bytes. Return: bytes, or -1 if they are wrong. */
static long pack(const struct args *a, uint8_t data[TENON_CHRDEV_IOCTL_BYTES])
{
	size_t len = 0;

	for (size_t i = 3; i < a->cnt; i++) {
		const char *word = a->word[i];
		size_t bytes = a->quoted[i] ? strlen(word) : sizeof(uint32_t);
		char *end;
		uint32_t n = (uint32_t)strtoul(word, &end, 0);

		if (len + bytes > TENON_CHRDEV_IOCTL_BYTES ||
		    (!a->quoted[i] && (*end || !isdigit((unsigned char)*word))))
			return -1;
		memcpy(data + len, a->quoted[i] ? (const void *)word : &n, bytes);
		len += bytes;
	}
	return (long)len;
}

int cmd_ioctl(struct shell *s, const struct args *a)
{
	(void)s;
	uint8_t in[TENON_CHRDEV_IOCTL_BYTES], out[TENON_CHRDEV_IOCTL_BYTES];
	size_t out_len = sizeof(out);
	struct tenon_file *f;
	long in_len;
	int ret;

	if (a->cnt < 3 || !isdigit((unsigned char)*a->word[2]))
		return say_usage(a);
	in_len = pack(a, in);
	if (in_len < 0)
		return say(a, "give numbers of 32 bits and \"text\" in quotes, at most %d bytes in all",
			   TENON_CHRDEV_IOCTL_BYTES);
	if (open_device(a, a->word[1], TENON_CHRDEV_READ | TENON_CHRDEV_WRITE, &f))
		return 1;
	ret = tenon_device_ioctl(f, (uint32_t)strtoul(a->word[2], NULL, 0), in, (size_t)in_len, out, &out_len);
	tenon_device_close(f);
	if (ret < 0)
		return say(a, "%s: command %s failed: %s", a->word[1], a->word[2], strerror(-ret));
	printf("= %d", ret);
	for (size_t i = 0; i < out_len; i++)
		printf("%s%02x", i ? " " : "; ", out[i]);
	putchar('\n');
	return 0;
}
