/* Compression through zlib: see zip.h. */
#include "zip.h"

#include <limits.h>

#define ZLIB_CONST
#include <zlib.h>

/* The fastest: a tree is mostly ids, which no level makes smaller. */
#define LEVEL 1

/* A window no larger than the input: filling the usual tables takes longer than a small object. */
static int start(z_stream *z, size_t len)
{
	int bits = 9;

	while (bits < MAX_WBITS && ((size_t)1 << bits) < len)
		bits++;
	return deflateInit2(z, LEVEL, Z_DEFLATED, bits, bits - 7, Z_DEFAULT_STRATEGY);
}

/* Feed one piece and keep what comes out; zlib counts in unsigned int. */
static int feed(z_stream *z, const char *bytes, size_t len, bool last, struct sx_str *out)
{
	char part[16384];
	int r;

	do {
		size_t now = len < UINT_MAX ? len : UINT_MAX;

		z->next_in = (const Bytef *)bytes;
		z->avail_in = (uInt)now;
		do {
			z->next_out = (Bytef *)part;
			z->avail_out = sizeof(part);
			r = deflate(z, last && now == len ? Z_FINISH : Z_NO_FLUSH);
			sx_str_addn(out, part, sizeof(part) - z->avail_out);
		} while (r == Z_OK && z->avail_out == 0);
		bytes += now;
		len -= now;
	} while (len);
	/* Nothing left to do is no failure of a piece that is not the last. */
	return r == Z_BUF_ERROR && !last ? Z_OK : r;
}

int zip_deflate(const char *head, size_t head_len, const char *body, size_t body_len,
		struct sx_str *out, struct sx_err *err)
{
	z_stream z = { 0 };
	int r = start(&z, head_len + body_len);

	if (r == Z_OK)
		r = feed(&z, head, head_len, false, out);
	if (r == Z_OK)
		r = feed(&z, body, body_len, true, out);
	deflateEnd(&z);
	return r == Z_STREAM_END ? 0 : sx_err_set(err, SX_EFAIL, "zlib: %s", zError(r));
}
