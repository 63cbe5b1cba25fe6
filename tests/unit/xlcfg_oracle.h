/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libxlutil as the oracle for core/xlcfg, for the corpus test and the fuzz targets: does it accept
 * a text, and is every key worth the same, to the last nested element?
 */
#pragma once

#include "xlcfg/doc.h"

#include <libxlutil.h>

struct oracle {
	XLU_Config *cfg; /* NULL: refused */
	FILE *report;
	char *words; /* what libxlutil said */
	size_t words_len;
};

/* Read the text with libxlutil. Never to be called with a NUL in a string: libxlutil aborts. */
static inline bool oracle_read(struct oracle *o, const char *text, size_t len)
{
	*o = (struct oracle){ 0 };
	o->report = open_memstream(&o->words, &o->words_len);
	o->cfg = xlu_cfg_init(o->report, "oracle");
	if (xlu_cfg_readdata(o->cfg, text, (int)len)) {
		xlu_cfg_destroy(o->cfg);
		o->cfg = NULL;
		fflush(o->report);
	}
	return o->cfg;
}

/* The line that a message of the form "NAME:LINE: ..." tells; 0: none. */
static inline unsigned long oracle_line(const char *words)
{
	const char *colon = words ? strchr(words, ':') : NULL;

	return colon ? strtoul(colon + 1, NULL, 10) : 0;
}

static inline void oracle_dispose(struct oracle *o)
{
	xlu_cfg_destroy(o->cfg);
	fclose(o->report);
	free(o->words);
}

static inline bool oracle_same_node(const struct xlcfg *doc, const struct xlcfg_node *node,
				    const XLU_Config *cfg, XLU_ConfigValue *value)
{
	SX_STR text = { 0 };
	XLU_ConfigList *list;
	char *theirs;

	if (xlu_cfg_value_get_list(cfg, value, &list, 1)) {
		if (xlcfg_is_list(doc, node) || xlu_cfg_value_get_string(cfg, value, &theirs, 1))
			return false;
		xlcfg_add_scalar(doc, node->first, &text);
		return strcmp(sx_str_text(&text), theirs) == 0;
	}
	if (!xlcfg_is_list(doc, node) || xlu_cfg_get_listitem2(list, (int)node->count))
		return false;
	for (uint32_t i = 0; i < node->count; i++) {
		XLU_ConfigValue *item = xlu_cfg_get_listitem2(list, (int)i);
		uint32_t ours = doc->elems.items[node->elems + i];

		if (!item || !oracle_same_node(doc, &doc->nodes.items[ours], cfg, item))
			return false;
	}
	return true;
}

static inline bool oracle_same_list(const struct xlcfg *doc, const char *key, XLU_Config *cfg,
				    XLU_ConfigList *list, size_t count)
{
	if (xlcfg_list_len(doc, key) != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		SX_FREE char *text = xlcfg_list_get(doc, key, i);
		uint32_t own;
		const struct xlcfg_stmt *stmt = xlcfg_holder(doc, key, i, &own);
		const struct xlcfg_node *node = &doc->nodes.items[stmt->node];

		node = &doc->nodes.items[doc->elems.items[node->elems + own]];
		if (!sx_streq(text, xlu_cfg_get_listitem(list, (int)i)) ||
		    !oracle_same_node(doc, node, cfg, xlu_cfg_get_listitem2(list, (int)i)))
			return false;
	}
	return true;
}

/* Is one key worth the same to both? */
static inline bool oracle_same_key(const struct xlcfg *doc, XLU_Config *cfg, const char *key)
{
	SX_FREE char *text = xlcfg_get_string(doc, key);
	const char *theirs = NULL;
	XLU_ConfigList *list;
	long number = 0, their_number = 0;
	int count;

	if (xlcfg_get_long(doc, key, &number) != !xlu_cfg_get_long(cfg, key, &their_number, 1) ||
	    number != their_number)
		return false;
	if (!xlu_cfg_get_list(cfg, key, &list, &count, 1))
		return xlcfg_key_kind(doc, key) == XLCFG_LIST && !text &&
		       oracle_same_list(doc, key, cfg, list, (size_t)count);
	return !xlu_cfg_get_string(cfg, key, &theirs, 1) && sx_streq(text, theirs) &&
	       xlcfg_key_kind(doc, key) == XLCFG_SCALAR;
}

/* The first key that is not worth the same, NULL when all are. */
static inline const char *oracle_differing_key(const struct xlcfg *doc, XLU_Config *cfg)
{
	const char *key;

	for (size_t i = 0; (key = xlcfg_key_at(doc, i)); i++)
		if (!oracle_same_key(doc, cfg, key))
			return key;
	return NULL;
}
