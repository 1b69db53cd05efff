/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Jump tables, and calls out of their cases. */
extern int step(int n), stop(void), other(int n, const char *why);

int classify(int kind, int n);
const char *kind_name(unsigned int kind);

int classify(int kind, int n)
{
	switch (kind) {
	case 0:
		return step(n);
	case 1:
		return step(n + 1) + stop();
	case 2:
		return other(n, "two");
	case 3:
		return other(n, "three") - step(3);
	case 4:
		return stop();
	case 5:
		return other(-n, "five");
	case 6:
		return step(-n) * 3;
	case 7:
		return step(n << 7);
	case 8:
		return other(n, "eight");
	}
	return -1;
}

const char *kind_name(unsigned int kind)
{
	switch (kind) {
	case 10:
		return "ten";
	case 11:
		return "eleven";
	case 12:
		return "twelve";
	case 13:
		return "thirteen";
	case 14:
		return "fourteen";
	case 15:
		return "fifteen";
	}
	return "many";
}
