/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Configuration files: see config.h. */
#include "domain/config.h"
#include "domain/resolve.h"
#include "host/file.h"

#include <string.h>

int config_admit(const char *path, const struct sx_str *text, struct sx_err *err)
{
	XLCFG_DOC *doc = NULL;

	if (!memchr(sx_str_text(text), '\0', text->len) ||
	    !xlcfg_parse(sx_str_text(text), text->len, path, &doc, err))
		return 0;
	return sx_err_hint(err, "to remove it: sed -i 's/\\x00//g' %pQ", path);
}

int config_is_known(const struct flow_env *env, const char *path, bool *known, struct sx_err *err)
{
	SX_CLEANUP(index_dispose) struct index_entries all = { 0 };
	SX_WORDS created = { 0 };
	struct stat st;

	*known = false;
	if (stat(path, &st))
		return 0;
	created_files(env, &created);
	for (size_t i = 0; i < created.len && !*known; i++)
		*known = file_same_storage(created.items[i], path);
	if (*known)
		return 0;
	if (index_scan(env, &all, err))
		return -1;
	for (size_t i = 0; i < all.len && !*known; i++)
		*known = all.items[i].id.dev == st.st_dev && all.items[i].id.ino == st.st_ino;
	return 0;
}
