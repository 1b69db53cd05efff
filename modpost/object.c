/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "modpost/object.h"
#include "modpost/text.h"

/* The open file while it is being read. */
struct reader {
	struct object *o;
	Elf *elf;
	Elf_Data *symbols;
	size_t strings; /* section index of the symbol table's strings */
	size_t names;   /* section index of the section names */
	size_t symbol_cnt;
	struct named *by_name; /* all but the first, sorted; of one name by their number */
};

struct named {
	const char *name;
	size_t i;
};

static const struct {
	unsigned machine;
	const char *cpu;
} cpus[] = {
	{ EM_X86_64, "x86_64" },
	{ EM_AARCH64, "aarch64" },
	{ EM_RISCV, "riscv64" },
	{ EM_ARM, "arm" },
};

static const char *symbol(struct reader *r, size_t i, GElf_Sym *sym)
{
	const char *name;

	if (!gelf_getsym(r->symbols, (int)i, sym))
		die("%s: symbol %zu is malformed", r->o->path, i);
	name = elf_strptr(r->elf, r->strings, sym->st_name);
	if (!name)
		die("%s: symbol %zu has no name in the string table", r->o->path, i);
	return name;
}

/* The bytes at a symbol, and how many are left in its section from there. NULL if it has no contents. */
static const uint8_t *symbol_bytes(struct reader *r, const GElf_Sym *sym, size_t *left)
{
	Elf_Scn *scn = elf_getscn(r->elf, sym->st_shndx);
	Elf_Data *data = scn ? elf_getdata(scn, NULL) : NULL;

	if (!data || !data->d_buf || sym->st_value > data->d_size)
		return NULL;
	*left = data->d_size - sym->st_value;
	return (const uint8_t *)data->d_buf + sym->st_value;
}

static int compare_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->i > y->i) - (x->i < y->i);
}

static void sort_symbols(struct reader *r)
{
	GElf_Sym sym;

	r->by_name = xrealloc(NULL, r->symbol_cnt * sizeof(*r->by_name));
	for (size_t i = 1; i < r->symbol_cnt; i++)
		r->by_name[i - 1] = (struct named){ symbol(r, i, &sym), i };
	if (r->symbol_cnt > 1)
		qsort(r->by_name, r->symbol_cnt - 1, sizeof(*r->by_name), compare_named);
}

/* The first of this name. */
static bool find_symbol(struct reader *r, const char *name, GElf_Sym *sym)
{
	size_t low = 0, end = r->symbol_cnt ? r->symbol_cnt - 1 : 0, high = end;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(r->by_name[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == end || strcmp(r->by_name[low].name, name))
		return false;
	symbol(r, r->by_name[low].i, sym);
	return true;
}

static const char *section_name(struct reader *r, size_t index)
{
	Elf_Scn *scn = elf_getscn(r->elf, index);
	GElf_Shdr sh;
	const char *name = scn && gelf_getshdr(scn, &sh) ? elf_strptr(r->elf, r->names, sh.sh_name) : NULL;

	return name ? name : "";
}

static bool has_function(struct reader *r, const char *name)
{
	GElf_Sym sym;

	return find_symbol(r, name, &sym) && sym.st_shndx != SHN_UNDEF;
}

/* EXPORT_SYMBOL leaves the label __ksymtab_NAME at the entry and __kstrtabns_NAME at its namespace (module.h). */
static void add_export(struct reader *r, const char *name, const GElf_Sym *entry)
{
	struct object *o = r->o;
	struct exported *e;
	struct text label = { 0 };
	GElf_Sym sym;
	size_t left = 0;

	if (!find_symbol(r, name, &sym) || sym.st_shndx == SHN_UNDEF || GELF_ST_BIND(sym.st_info) == STB_LOCAL)
		die("%s: exports %s, which is not a global symbol of the module", o->path, name);
	o->exports = xrealloc(o->exports, (o->export_cnt + 1) * sizeof(*o->exports));
	e = &o->exports[o->export_cnt++];
	*e = (struct exported){ .name = name, .offset = entry->st_value };
	e->gpl = !strcmp(section_name(r, entry->st_shndx), "__ksymtab_gpl");
	text_add(&label, "__kstrtabns_%s", name);
	if (find_symbol(r, label.s, &sym))
		e->space = (const char *)symbol_bytes(r, &sym, &left);
	if (!e->space || strnlen(e->space, left) == left)
		die("%s: export %s has no namespace text", o->path, name);
	free(label.s);
}

/* MODULE_DEVICE_TABLE leaves the label __mod_KIND__NAME_device_table at the table. */
static void add_table(struct reader *r, const char *name, const GElf_Sym *sym)
{
	struct object *o = r->o;
	struct device_table *t;
	const char *kind = name + strlen("__mod_");
	const char *end = strstr(kind, "__");
	size_t left = 0;

	o->tables = xrealloc(o->tables, (o->table_cnt + 1) * sizeof(*o->tables));
	t = &o->tables[o->table_cnt++];
	*t = (struct device_table){ .kind = kind, .kind_len = end ? (size_t)(end - kind) : 0, .size = sym->st_size };
	t->data = symbol_bytes(r, sym, &left);
	if (!t->data || left < t->size)
		die("%s: device table %s has no contents", o->path, name);
}

static void read_symbols(struct reader *r)
{
	struct object *o = r->o;
	GElf_Sym sym;

	for (size_t i = 1; i < r->symbol_cnt; i++) {
		const char *name = symbol(r, i, &sym);
		size_t len = strlen(name);

		if (sym.st_shndx == SHN_UNDEF) {
			if (!strcmp(name, "__this_module") || !*name)
				continue;
			o->imports = xrealloc(o->imports, (o->import_cnt + 1) * sizeof(*o->imports));
			o->imports[o->import_cnt++] = name;
		} else if (!strncmp(name, "__ksymtab_", 10) &&
			   !strncmp(section_name(r, sym.st_shndx), "__ksymtab", 9)) {
			add_export(r, name + 10, &sym);
		} else if (!strncmp(name, "__mod_", 6) && len > 13 && !strcmp(name + len - 13, "_device_table")) {
			add_table(r, name, &sym);
		}
	}
	o->has_init = has_function(r, "init_module");
	o->has_exit = has_function(r, "cleanup_module");
}

static void read_sections(struct reader *r)
{
	struct tenon_diag diag;
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(r->elf, scn))) {
		Elf_Data *data = elf_getdata(scn, NULL);

		if (!gelf_getshdr(scn, &sh) || !data)
			die("%s: section %zu is malformed", r->o->path, elf_ndxscn(scn));
		if (sh.sh_type == SHT_SYMTAB && sh.sh_entsize) {
			r->symbols = data;
			r->strings = sh.sh_link;
			r->symbol_cnt = sh.sh_size / sh.sh_entsize;
		} else if (data->d_buf && !strcmp(section_name(r, elf_ndxscn(scn)), ".modinfo")) {
			r->o->info = (struct modinfo){ data->d_buf, data->d_size };
		}
	}
	if (!r->symbols)
		die("%s: no symbol table", r->o->path);
	if (modinfo_check(&r->o->info, &diag))
		die("%s: .modinfo is malformed", r->o->path);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_exports(const void *a, const void *b)
{
	const struct exported *x = a, *y = b;

	return x->gpl != y->gpl ? x->gpl - y->gpl : (x->offset > y->offset) - (x->offset < y->offset);
}

void object_read(struct object *o, const char *path)
{
	struct reader r = { .o = o };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe is no object, and not waited for */
	GElf_Ehdr eh;

	*o = (struct object){ .path = path };
	elf_version(EV_CURRENT);
	r.elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ, NULL);
	if (!r.elf)
		die("%s: cannot be opened", path);
	if (!gelf_getehdr(r.elf, &eh) || eh.e_type != ET_REL || elf_getshdrstrndx(r.elf, &r.names))
		die("%s: not a relocatable object", path);
	for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
		if (cpus[i].machine == eh.e_machine)
			o->cpu = cpus[i].cpu;
	}
	if (!o->cpu)
		die("%s: machine %u is not supported", path, eh.e_machine);
	o->word = gelf_getclass(r.elf) == ELFCLASS64 ? 8 : 4;
	read_sections(&r);
	sort_symbols(&r);
	read_symbols(&r);
	free(r.by_name);
	if (o->import_cnt)
		qsort(o->imports, o->import_cnt, sizeof(*o->imports), compare_names);
	if (o->export_cnt)
		qsort(o->exports, o->export_cnt, sizeof(*o->exports), compare_exports);
}
