// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* String helpers. */
/* log: copied abc, 3 of 3 */
/* log: too long: -7 */
/* log: words: [one] [two] [three] */
/* log: option b is 1 */
/* log: 'trimmed' 'UPPER' */
/* log: bytes 0a ff, as text 0aff */
/* log: size 1.50 MiB */
/* log: escaped a\nb */
#include <linux/ctype.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

static void use_words(void)
{
	char *text = kstrdup("one,two,three", GFP_KERNEL), *rest = text, *word, line[64] = "";

	if (!text)
		return;
	while ((word = strsep(&rest, ",")))
		scnprintf(line + strlen(line), sizeof(line) - strlen(line), " [%s]", word);
	pr_info("words:%s\n", line);
	kfree(text);
}

static void use_case(void)
{
	char spaces[] = "  trimmed \n", upper[] = "upper";

	for (char *c = upper; *c; c++)
		*c = toupper(*c);
	pr_info("'%s' '%s'\n", strim(spaces), upper);
}

static void use_hex(void)
{
	u8 bytes[2];
	char text[5] = "";

	if (!hex2bin(bytes, "0aFF", 2)) {
		*bin2hex(text, bytes, 2) = 0;
		pr_info("bytes %*ph, as text %s\n", 2, bytes, text);
	}
}

static int __init clean_init(void)
{
	static const char *const options[] = { "a", "b", NULL };
	char buf[16];
	ssize_t len = strscpy(buf, "abc", sizeof(buf));

	pr_info("copied %s, %zd of %zu\n", buf, len, strnlen("abc", 10));
	pr_info("too long: %zd\n", strscpy(buf, "sixteen bytes or more", sizeof(buf)));
	use_words();
	pr_info("option b is %d\n", match_string(options, -1, "b"));
	use_case();
	use_hex();
	string_get_size(3, 512 << 10, STRING_UNITS_2, buf, sizeof(buf));
	pr_info("size %s\n", buf);
	memset(buf, 0, sizeof(buf));
	string_escape_str("a\nb", buf, sizeof(buf), ESCAPE_SPACE, NULL);
	pr_info("escaped %s\n", buf);
	return strncasecmp("Abc", "aBd", 2) || !strnstr("haystack", "st", 8) ? -EINVAL : 0;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
