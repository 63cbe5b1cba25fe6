/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The defaults of xl.conf(5): see xlconf.h. */
#include "domain/xlconf.h"
#include "host/file.h"
#include "xlcfg/xlcfg.h"

void xlconf_read(const struct flow_env *env, struct sx_fields *out)
{
	static const struct {
		const char *key, *older, *field;
	} all[] = {
		{ "vif.default.script", "vifscript", "script" },
		{ "vif.default.bridge", "defaultbridge", "bridge" },
		{ "vif.default.gatewaydev", "defaultgatewaydev", "gatewaydev" },
		{ "vif.default.backend", "defaultbackend", "backend" },
	};
	SX_FREE char *path = sx_path_join(env->paths.etc, "xl.conf");
	FILE_IMAGE image = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_ERR ignored = { 0 };

	/* If xl cannot read the file, xl does not run at all. */
	if (file_read(path, &image, &ignored) ||
	    xlcfg_parse(sx_str_text(&image.text), image.text.len, path, &doc, &ignored))
		return;
	for (size_t i = 0; i < SX_COUNT(all); i++) {
		SX_FREE char *value = xlcfg_get_string(doc, all[i].key);

		if (!value)
			value = xlcfg_get_string(doc, all[i].older);
		if (value)
			sx_fields_set(out, all[i].field, sx_streq(value, "0") ? "Domain-0" : value);
	}
	if (xlcfg_key_kind(doc, "vm.cpumask") || xlcfg_key_kind(doc, "vm.hvm.cpumask") ||
	    xlcfg_key_kind(doc, "vm.pv.cpumask"))
		sx_fields_set(out, "cpumask", "1");
}
