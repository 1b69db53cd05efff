/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* modpost: turns a module's object into what a .ko also needs, lists its exports, and signs it. */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modpost/check.h"
#include "modpost/emit.h"
#include "modpost/sign.h"
#include "modpost/text.h"
#include "modpost/types.h"
#include "tenon/fmt/modtables.h"

static const char usage[] =
    "usage: modpost -n NAME [-i SYMVERS]... [-e SYMVERS] [-o ASM] [--crc-from SYMVERS] [--faulty] OBJECT\n"
    "       modpost --sign KEY.pem --cert CERT.pem FILE.ko\n"
    "       modpost --strip-signature FILE.ko\n"
    "\n"
    "  -n NAME    name of the module\n"
    "  -i FILE    what others export; may be given more than once\n"
    "  -e FILE    write what this module exports\n"
    "  -o FILE    check the module and write the rest of it as assembler text\n"
    "  --crc-from FILE  the Module.symvers of a Linux kernel: checksums of the exports for its modules\n"
    "  --faulty   do not check the module: for tests of loaders, which must refuse it\n";

struct options {
	const char *name, *exports, *out, *key, *cert, *file;
	struct symvers symvers;
	struct symvers kernel; /* what a Linux kernel exports */
	bool faulty, strip;
};

static void parse(struct options *opt, int argc, char **argv)
{
	enum { SIGN = 256, CERT, STRIP, FAULTY, CRC_FROM };
	static const struct option longs[] = {
		{ "sign", required_argument, NULL, SIGN },
		{ "cert", required_argument, NULL, CERT },
		{ "strip-signature", no_argument, NULL, STRIP },
		{ "faulty", no_argument, NULL, FAULTY },
		{ "crc-from", required_argument, NULL, CRC_FROM },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "n:i:e:o:h", longs, NULL)) != -1) {
		if (c == 'n')
			opt->name = optarg;
		else if (c == 'i')
			symvers_read(&opt->symvers, optarg);
		else if (c == 'e')
			opt->exports = optarg;
		else if (c == 'o')
			opt->out = optarg;
		else if (c == SIGN)
			opt->key = optarg;
		else if (c == CERT)
			opt->cert = optarg;
		else if (c == STRIP)
			opt->strip = true;
		else if (c == FAULTY)
			opt->faulty = true;
		else if (c == CRC_FROM)
			symvers_read(&opt->kernel, optarg);
		else if (c == 'h')
			exit(fputs(usage, stdout) < 0);
		else
			die("see modpost --help");
	}
	if (optind + 1 != argc)
		die("exactly one file must be named; see modpost --help");
	opt->file = argv[optind];
}

static void check_name(const char *name)
{
	if (!name)
		die("-n: the module needs a name");
	if (strlen(name) >= TENON_MODULE_NAME_BYTES)
		die("module name %s is longer than %d bytes", name, TENON_MODULE_NAME_BYTES - 1);
	for (const char *s = name; *s; s++) {
		if (!isalnum((unsigned char)*s) && *s != '_')
			die("module name '%s' may contain letters, digits and _ only", name);
	}
}

int main(int argc, char **argv)
{
	struct options opt = { 0 };
	struct object object;

	parse(&opt, argc, argv);
	if (!opt.key != !opt.cert)
		die("--sign and --cert need each other");
	if (opt.strip) {
		sign_strip(opt.file);
		return 0;
	}
	if (opt.key) {
		sign_file(opt.file, opt.key, opt.cert);
		return 0;
	}
	check_name(opt.name);
	object_read(&object, opt.file);
	symvers_sort(&opt.kernel);
	symvers_apply(&opt.kernel, &object);
	types_read(&object);
	if (opt.exports)
		symvers_write(&object, opt.name, opt.exports);
	if (!opt.out)
		return 0;
	symvers_sort(&opt.symvers);
	if (!opt.faulty && check_module(&object, opt.name, &opt.symvers))
		return 1;
	emit_module(&object, opt.name, &opt.symvers, opt.out);
	return 0;
}
