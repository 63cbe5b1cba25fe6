/* zlib's format, as git has it for objects: private to core/sys. */
#ifndef SAFEXL_ZIP_H
#define SAFEXL_ZIP_H

#include <safexl/err.h>
#include <safexl/str.h>

/*
 * Compress two pieces of bytes, one behind the other, as one zlib stream, quickly rather than
 * tightly; added to `out`. Fails only for want of memory.
 */
int zip_deflate(const char *head, size_t head_len, const char *body, size_t body_len,
		struct sx_str *out, struct sx_err *err) SX_MUST;

#endif
