/*
 * What stands in for libgit2's network transports when libgit2 is linked into the program (LIBGIT2
 * in GNUmakefile): safexl never speaks to a remote, and with these definitions the linker takes
 * neither the transports nor the TLS, SSH and Kerberos libraries behind them. Loading and starting
 * those was a third of the time of a recorded change, and root runs less code it does not need.
 * With the shared libgit2 nothing here is called.
 */
#include <safexl/cleanup.h>

/* Declared and defined in one: libgit2 keeps its declarations to itself. */
#define NOTHING_TO_START(name) \
	int name(void);        \
	int name(void)         \
	{                      \
		return 0;      \
	}
/* These take two or three pointers, and are called for a remote only. */
#define NO_REMOTE(name)                                                   \
	int name(void *a, void *b, void *c);                              \
	int name(void *a SX_UNUSED, void *b SX_UNUSED, void *c SX_UNUSED) \
	{                                                                 \
		return -1;                                                \
	}

NOTHING_TO_START(git_mbedtls_stream_global_init)
NOTHING_TO_START(git_transport_ssh_global_init)
NO_REMOTE(git_mbedtls__set_cert_location)
NO_REMOTE(git_mbedtls_stream_new)
NO_REMOTE(git_mbedtls_stream_wrap)
NO_REMOTE(git_smart_subtransport_http)
NO_REMOTE(git_smart_subtransport_ssh)
NO_REMOTE(git_transport_ssh_with_paths)
extern const int git_http__expect_continue;
const int git_http__expect_continue = 0;

/*
 * The archive is not compiled for shared objects: of all of libc's data it refers to stdout, in a
 * function that prints to it when told no other stream, which nobody calls. GNUmakefile gives
 * that reference this name.
 */
extern FILE *const sx_git_stdout;
FILE *const sx_git_stdout = NULL;
