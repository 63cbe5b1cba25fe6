/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of processors, as parse_cpurange in xl_parse.c reads them. The host: 0-3 in node 0, 4-7 in 1. */
#include "tap.h"

#include "spec/cpulist.h"

static const int nodes[] = { 0, 0, 0, 0, 1, 1, 1, -1 };

static void test_read(struct tap *t)
{
	static const struct {
		const char *text, *want;
	} all[] = {
		{ "0", "10000000" },	       { "0-3", "11110000" },
		{ "1,3,5", "01010100" },       { "0-7,^2", "11011111" },
		{ "^2,0-3", "11110000" },      { "all", "11111111" },
		{ "all,^0-5", "00000011" },    { "node:1", "00001110" },
		{ "nodes:0-1", "11111110" },   { "node:0,^1", "10110000" },
		{ "0-7,^node:0", "00001111" }, { "nodes:all", "11111111" },
		{ "3-3", "00010000" },	       { "6-100", "00000011" },
		{ "9", "00000000" },	       { ",1,,2,", "01100000" },
		{ "^1", "00000000" },	       { "010", "00000000" },
	};

	for (size_t i = 0; i < SX_COUNT(all); i++) {
		bool in[8];
		char got[9] = "";
		SX_ERR err = { 0 };

		if (cpulist_read(all[i].text, nodes, 8, in, &err) == 0)
			for (size_t k = 0; k < 8; k++)
				got[k] = in[k] ? '1' : '0';
		tap_is(t, got, all[i].want, all[i].text);
	}
}

static void test_refused(struct tap *t)
{
	static const char *const all[] = { "",
					   ",",
					   "^all",
					   "3-1",
					   "1-",
					   "-1",
					   "a",
					   "1 ",
					   " 1",
					   "0x1",
					   "node:",
					   "node",
					   "1-2-3",
					   "^^1",
					   "all-1",
					   "1;2",
					   "99999999999999999999" };

	for (size_t i = 0; i < SX_COUNT(all); i++) {
		SX_ERR err = { 0 };

		tap_is_num(t, cpulist_check(all[i], &err) ? (long)err.code : 0, SX_EUSAGE, all[i]);
	}
}

static void test_compare(struct tap *t)
{
	static const struct {
		const char *first, *second;
		enum cpulist_relation want;
	} all[] = {
		{ "0-3", "node:0", CPULIST_SAME },  { "0-1", "0-3", CPULIST_WITHIN },
		{ "0-4", "0-3", CPULIST_OTHER },    { "all", "0-7", CPULIST_SAME },
		{ "20", "0-3", CPULIST_OTHER },	    { "20", "30", CPULIST_SAME },
		{ "0,1,2,3", "0-3", CPULIST_SAME },
	};

	for (size_t i = 0; i < SX_COUNT(all); i++) {
		enum cpulist_relation got = CPULIST_OTHER;
		SX_ERR err = { 0 };

		if (cpulist_compare(all[i].first, all[i].second, nodes, 8, &got, &err))
			got = CPULIST_OTHER;
		tap_is_num(t, (long)got, (long)all[i].want, all[i].first);
	}
}

int main(void)
{
	struct tap t = { 0 };

	test_read(&t);
	test_refused(&t);
	test_compare(&t);
	return tap_end(&t);
}
