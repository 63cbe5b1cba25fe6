/* The header of a saved-domain image: see image.h. */
#include <safexl/image.h>

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/* struct save_file_header of xl.h: magic, then four words in the byte order of the host. */
static const char magic[32] = "Xen saved domain, xl format\n \0 \r";
static const uint32_t byteorder_here = 0x01020304;
static const uint32_t flag_json = 1, flag_stream_v2 = 2;
/* xl itself allocates whatever the header says; no configuration comes near this. */
static const uint32_t largest_config = 16 << 20;

void image_header_dispose(struct image_header *h)
{
	sx_str_dispose(&h->config);
	*h = (struct image_header){ 0 };
}

/* Exactly len bytes at an offset; false at the end of the file or on an error (errno 0: the end). */
static bool read_at(int fd, off_t at, void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd, (char *)buf + done, len - done, at + (off_t)done);

		if (n <= 0) {
			if (n < 0 && errno == EINTR)
				continue;
			if (n == 0)
				errno = 0;
			return false;
		}
		done += (size_t)n;
	}
	return true;
}

static int cut_short(const char *what, struct sx_err *err)
{
	if (errno)
		return sx_err_sys(err, SX_EFAIL, "read %s", what);
	return sx_err_set(err, SX_EFAIL, "the image is cut short in %s", what);
}

static int read_config(int fd, uint32_t optional_len, struct image_header *out, struct sx_err *err)
{
	uint32_t len;
	SX_FREE char *text = NULL;

	if (optional_len < sizeof(len) || !read_at(fd, 48, &len, sizeof(len)))
		return cut_short("its header", err);
	if (len > optional_len - sizeof(len) || len > largest_config)
		return sx_err_set(
			err, SX_EFAIL,
			"not a saved domain: the length of its configuration makes no sense");
	text = sx_alloc((size_t)len + 1);
	if (!read_at(fd, 48 + (off_t)sizeof(len), text, len))
		return cut_short("its configuration", err);
	sx_str_addn(&out->config, text, strnlen(text, len));
	return 0;
}

int image_header_read(int fd, struct image_header *out, struct sx_err *err)
{
	char head[48];
	uint32_t words[4];
	struct stat st;

	if (fstat(fd, &st))
		return sx_err_sys(err, SX_EFAIL, "look at the image");
	if (!S_ISREG(st.st_mode))
		return sx_err_set(
			err, SX_EFAIL,
			"not a regular file: it cannot be looked at before it is restored");
	if (!read_at(fd, 0, head, sizeof(head)))
		return errno ? cut_short("its header", err)
			     : sx_err_set(err, SX_EFAIL, "not a saved domain: too short");
	if (memcmp(head, magic, sizeof(magic)))
		return sx_err_set(err, SX_EFAIL, "not a saved domain: it does not begin like one");
	memcpy(words, head + sizeof(magic), sizeof(words));
	if (words[0] != byteorder_here)
		return sx_err_set(err, SX_EFAIL, "saved on a machine of another byte order");
	out->mandatory_flags = words[1];
	if (out->mandatory_flags & ~(flag_json | flag_stream_v2))
		return sx_err_set(err, SX_EFAIL, "saved by a newer xl (flags 0x%" PRIx32 ")",
				  out->mandatory_flags);
	out->json = out->mandatory_flags & flag_json;
	out->size = st.st_size;
	out->stream = (off_t)sizeof(head) + words[3];
	return read_config(fd, words[3], out, err);
}

/* ---- the stream: libxl records with one libxc stream inside ---- */

struct walk {
	int fd;
	off_t at, size;
	struct image_stream *found;
};

static const uint32_t optional_record = 0x80000000;

/* Move over some bytes that must be there. */
static int take(struct walk *w, uint64_t len, const char *what, struct sx_err *err)
{
	if (len > (uint64_t)(w->size - w->at))
		return sx_err_set(err, SX_EFAIL,
				  "the image is cut short: %s needs %" PRIu64
				  " bytes at offset %lld, %lld are there",
				  what, len, (long long)w->at, (long long)(w->size - w->at));
	w->at += (off_t)len;
	return 0;
}

static int get(struct walk *w, void *buf, size_t len, const char *what, struct sx_err *err)
{
	off_t at = w->at;

	if (take(w, len, what, err))
		return -1;
	return read_at(w->fd, at, buf, len) ? 0 : cut_short(what, err);
}

static int damaged(const struct walk *w, const char *what, struct sx_err *err)
{
	return sx_err_set(err, SX_EFAIL, "the image is damaged: %s before offset %lld", what,
			  (long long)w->at);
}

/* One record header; the body, padded to 8 bytes, is passed over. */
static int next_record(struct walk *w, uint32_t last_known, const char *what, uint32_t *type,
		       struct sx_err *err)
{
	uint32_t head[2];

	if (get(w, head, sizeof(head), what, err))
		return -1;
	*type = le32toh(head[0]);
	if (*type > last_known && !(*type & optional_record))
		return damaged(w, "a record of an unknown type", err);
	w->found->records++;
	return take(w, ((uint64_t)le32toh(head[1]) + 7) & ~(uint64_t)7, what, err);
}

static int walk_libxc(struct walk *w, struct sx_err *err)
{
	static const uint32_t last_known = 0x12;
	unsigned char head[24], domain[16];
	uint32_t type, version, guest;

	if (get(w, head, sizeof(head), "the header of the memory image", err) ||
	    get(w, domain, sizeof(domain), "the domain header", err))
		return -1;
	memcpy(&version, head + 12, sizeof(version));
	version = be32toh(version);
	if (memcmp(head, "\xff\xff\xff\xff\xff\xff\xff\xffXENF", 12) || version < 2 || version > 3)
		return damaged(w, "no memory image begins", err);
	memcpy(&guest, domain, sizeof(guest));
	guest = le32toh(guest);
	if (guest != 1 && guest != 2)
		return damaged(w, "a domain of an unknown type", err);
	w->found->hvm = guest == 2;
	memcpy(&w->found->xen_major, domain + 8, 4);
	memcpy(&w->found->xen_minor, domain + 12, 4);
	do {
		if (next_record(w, last_known, "a record of the memory image", &type, err))
			return -1;
	} while (type);
	return 0;
}

static int walk_libxl(struct walk *w, struct sx_err *err)
{
	static const uint32_t last_known = 5, libxc_context = 1;
	unsigned char head[16];
	uint32_t type, version, options;
	bool memory = false;

	if (get(w, head, sizeof(head), "the stream's header", err))
		return -1;
	memcpy(&version, head + 8, sizeof(version));
	memcpy(&options, head + 12, sizeof(options));
	if (memcmp(head, "LibxlFmt", 8) || be32toh(version) != 2 || be32toh(options) & ~2u)
		return damaged(w, "no libxl stream begins", err);
	do {
		if (next_record(w, last_known, "a record", &type, err))
			return -1;
		if (type == libxc_context && walk_libxc(w, err))
			return -1;
		memory |= type == libxc_context;
	} while (type);
	return memory ? 0 : damaged(w, "there is no memory image", err);
}

int image_verify(int fd, const struct image_header *header, struct image_stream *out,
		 struct sx_err *err)
{
	struct walk w = { .fd = fd, .at = header->stream, .size = header->size, .found = out };

	if (!(header->mandatory_flags & flag_stream_v2))
		return sx_err_set(err, SX_EFAIL,
				  "saved by a Xen before 4.6: whether it is whole cannot be told");
	if (walk_libxl(&w, err))
		return -1;
	if (w.at != w.size)
		return sx_err_set(err, SX_EFAIL, "%lld bytes follow the image's end",
				  (long long)(w.size - w.at));
	return 0;
}
