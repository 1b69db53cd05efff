/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* insmod - load one module file, as it is */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/log.h"
#include "user/tools/tools.h"

enum { FORCE_VERMAGIC = 256, FORCE_MODVERSION };

static const struct option long_options[] = {
	{ "force", no_argument, NULL, 'f' },
	{ "force-modversion", no_argument, NULL, FORCE_MODVERSION },
	{ "force-vermagic", no_argument, NULL, FORCE_VERMAGIC },
	{ "syslog", no_argument, NULL, 's' },
	{ "verbose", no_argument, NULL, 'v' },
	TOOLS_LONG,
};

static const char help[] = "usage: insmod [OPTION]... FILE [PARAMETER]...\n"
			   "Load one module file. modprobe also loads what it needs.\n\n"
			   "  -f, --force             both of the next\n"
			   "      --force-vermagic    ignore for which kernel the module was built\n"
			   "      --force-modversion  ignore the checksums of symbols\n"
			   "  -s, --syslog            messages go to syslog\n"
			   "  -v, --verbose           say what is done\n"
			   "  -V, --version           show the version\n"
			   "  -h, --help              show this\n";

static const char *error_text(int err)
{
	switch (err) {
	case -ENOEXEC:
		return "Invalid module format";
	case -ENOENT:
		return "Unknown symbol in module";
	case -ESRCH:
		return "Module has wrong symbol version";
	case -EINVAL:
		return "Invalid parameters";
	default:
		return tmod_error_text(err);
	}
}

/* Return: the exit status. */
static int insert(struct log *log, struct tmod_system *system, const char *path, const char *parameters,
		  unsigned int flags)
{
	const struct tmod_config *config = tmod_system_config(system);
	const struct tmod_entry *stop = config ? tmod_config_forbids_file(config, path) : NULL;
	char text[4096];
	int err;

	if (stop) {
		tmod_entry_explain(stop, path, text, sizeof(text));
		log_text(log, TMOD_ERROR, "could not insert module %s: %s", path, strerror(EPERM));
		return log_text(log, TMOD_ERROR, "%s", text);
	}
	log_text(log, TMOD_INFO, "load %s '%s'", path, parameters);
	err = config ? tmod_insert(path, parameters, flags) : -ENOMEM;
	if (!err)
		return EXIT_SUCCESS;
	log_text(log, TMOD_ERROR, "could not insert module %s: %s", path, error_text(err));
	log_why(log, system, TMOD_INSERT, path, parameters, err);
	return EXIT_FAILURE;
}

int insmod_main(int argc, char **argv)
{
	struct log log = { "insmod", TMOD_WARNING, false };
	const struct tmod_messages messages = { log_say, &log };
	struct tmod_system *system;
	unsigned int flags = 0;
	char *parameters;
	int c, err;

	while ((c = getopt_long(argc, argv, "fpsvVh", long_options, NULL)) != -1) {
		switch (c) {
		case 'f':
			flags |= TMOD_FORCE_VERMAGIC | TMOD_FORCE_MODVERSION;
			break;
		case FORCE_VERMAGIC:
			flags |= TMOD_FORCE_VERMAGIC;
			break;
		case FORCE_MODVERSION:
			flags |= TMOD_FORCE_MODVERSION;
			break;
		case 'p': /* of old; kmod takes it, too */
			break;
		case 's':
			log.syslog = true;
			break;
		case 'v':
			log.level = TMOD_INFO;
			break;
		default:
			return tools_option(c, help);
		}
	}
	log_open(&log);
	if (optind == argc)
		return log_text(&log, TMOD_ERROR, "missing filename.");
	if (access(argv[optind], F_OK))
		return log_text(&log, TMOD_ERROR, "could not load module %s: %s", argv[optind], strerror(errno));
	parameters = tools_join((const char *const *)(argv + optind + 1));
	err = parameters ? tmod_system_open(NULL, &messages, &system) : -ENOMEM;
	if (err)
		return log_text(&log, TMOD_ERROR, "%s", tmod_error_text(err));
	err = insert(&log, system, argv[optind], parameters, flags);
	tmod_system_close(system);
	free(parameters);
	return err;
}
