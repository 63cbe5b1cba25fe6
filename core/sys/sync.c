/*
 * fsync of several files whose order does not matter: see sync.h. All of them are on their way to
 * the disk before the first is waited for; one after the other, each would wait for its own turn.
 */
#include <safexl/str.h>
#include <safexl/sync.h>
#include <safexl/vec.h>

#include <errno.h>
#include <fcntl.h>

struct open_files {
	SX_VEC_OF(int);
};

static void open_files_dispose(struct open_files *files)
{
	for (size_t i = 0; i < files->len; i++)
		close(files->items[i]);
	sx_vec_free(files);
}

int sync_paths(char *const *paths, struct sx_err *err)
{
	SX_CLEANUP(open_files_dispose) struct open_files files = { 0 };

	for (size_t i = 0; paths[i]; i++) {
		int fd = open(paths[i], O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return sx_err_sys(err, SX_ECANTWRITE, "write %s to disk", paths[i]);
		sx_vec_push(&files, fd);
		/* Only a start: what fails here (a directory, say) is fsync's to tell. */
		sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	}
	for (size_t i = 0; i < files.len; i++)
		if (fsync(files.items[i]))
			return sx_err_sys(err, SX_ECANTWRITE, "write %s to disk", paths[i]);
	return 0;
}
