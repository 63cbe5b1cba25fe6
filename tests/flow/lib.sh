# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the flow tests: a world of its own (SAFEXL_ROOT, fake Xen), the real program with the
# fake live layer, and checks that print TAP. Run from the top of the source tree.
set -u
top=$PWD
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
umask 022
work=$(mktemp -d "${TMPDIR:-/tmp}/safexl-flow.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

# Nothing of the machine or of the person who runs the tests may matter.
for name in $(env | sed -n 's/^\(GIT_[A-Z_]*\|SUDO_[A-Z]*\|XDG_[A-Z_]*\|POSIXLY_CORRECT\|COLUMNS\)=.*/\1/p'); do
	unset "$name"
done
export LC_ALL=C.UTF-8 TZ=UTC0 HOME=$work/home GIT_CONFIG_NOSYSTEM=1
export SAFEXL_ROOT=$work/root SAFEXL_FAKE=$work/xen SAFEXL_CORE=$BUILD/test/core.so SAFEXL_XL=$BUILD/fake/xl
# With a sanitizer: what is preloaded comes before its runtime.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}:verify_asan_link_order=0
etc=$SAFEXL_ROOT/etc/xen
state=$SAFEXL_ROOT/var/lib/safexl
mkdir -p "$HOME" "$etc" "$SAFEXL_ROOT/run" "$SAFEXL_ROOT/var/lib" "$SAFEXL_FAKE"
printf '[user]\n\tname = Ada Admin\n\temail = ada@example.org\n' >"$HOME/.gitconfig"

tap_run=0
tap_failed=0
ok() { tap_run=$((tap_run + 1)); echo "ok $tap_run - $1"; }
not_ok() {
	tap_run=$((tap_run + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_run - $1"
}
# check DESCRIPTION COMMAND...: the command succeeds
check() {
	local what=$1
	shift
	if "$@" >"$work/check.out" 2>&1; then ok "$what"; else
		not_ok "$what"
		sed 's/^/# /' "$work/check.out"
	fi
}
# is GOT WANT DESCRIPTION
is() {
	if [ "$1" = "$2" ]; then ok "$3"; else
		not_ok "$3"
		printf '%s\n' "$1" | sed 's/^/#  got: /'
		printf '%s\n' "$2" | sed 's/^/# want: /'
	fi
}
# like TEXT EXTENDED-REGEX DESCRIPTION
like() {
	if printf '%s\n' "$1" | grep -Eq -- "$2"; then ok "$3"; else
		not_ok "$3"
		printf '%s\n' "$1" | sed 's/^/#  got: /'
		printf '# want: %s\n' "$2"
	fi
}
# unlike TEXT EXTENDED-REGEX DESCRIPTION
unlike() {
	if ! printf '%s\n' "$1" | grep -Eq -- "$2"; then ok "$3"; else
		not_ok "$3"
		printf '%s\n' "$1" | sed 's/^/#  got: /'
		printf '# must not match: %s\n' "$2"
	fi
}
# A check of a name that is none would never fail. Bash runs this in a process of its own: finish tells of it.
command_not_found_handle() {
	echo "$1" >>"$work/not-found"
	echo "$1: command not found" >&2
	return 127
}
skip() { tap_run=$((tap_run + 1)); echo "ok $tap_run - $1 # SKIP $2"; }
finish() {
	[ ! -e "$work/not-found" ] || not_ok "there is no command $(sort -u "$work/not-found" | paste -sd' ')"
	echo "1..$tap_run"
	[ "$tap_failed" -eq 0 ]
	exit
}

# sx WORDS...: run the program; $status, $out, $err. What it prints for --json is in the schema.
sx() {
	"$BUILD/safexl" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	out=$(cat "$work/out")
	err=$(cat "$work/err")
	case " $* " in
	*' -- '*) ;;
	*' --json '*) json_is_known "$*" ;;
	esac
}
# json_is_known WORDS: else the test fails
json_is_known() {
	local said
	[ -s "$work/out" ] || return # of a command of xl's own it is xl's word
	said=$(python3 "$top/tests/json/validate.py" "$top/share/json-schema.json" any "$work/out" 2>&1) && return
	not_ok "in the schema: safexl $1"
	sed 's/^/# /' <<<"$said"
}
# make_ TARGET [VARIABLE=VALUE]...: install or uninstall under $work/installed what is built. It builds
# nothing: other tests run those programs at this moment.
make_() { make -s -o all "$@" DESTDIR="$work/installed" PREFIX=/usr BUILD="$BUILD" 2>&1; }
# status N DESCRIPTION: of the last sx
status() {
	if [ "$status" = "$1" ]; then ok "$2"; else
		not_ok "$2"
		printf '# status %s, wanted %s\n' "$status" "$1"
		printf '%s\n' "$err" | sed 's/^/# stderr: /'
	fi
}

# A configuration in a human's style. config NAME [MEMORY]
config() {
	cat >"$etc/$1.cfg" <<EOF
# $1: kept by hand for years
name    = "$1"		# as in the monitoring
memory  = ${2:-256}
vcpus   = 2

disk = [
	'phy:/dev/vg0/$1-root,xvda,w',	# root
	# data disks go below
]
EOF
}
# The configuration of a guest whose one disk is a file here. guest NAME
guest() {
	head -c 65536 /dev/zero >"$work/$1.img"
	cat >"$etc/$1.cfg" <<EOF
name = "$1"
memory = 256
disk = [ '$work/$1.img,raw,xvda,w' ]
EOF
}
# What the guest wrote, at the front of that disk: five characters. write NAME TEXT
write() { printf '%-5s' "$2" | dd of="$work/$1.img" conv=notrunc status=none; }
# How many markers there are.
markers() { find "$state/markers" -name '*.json' 2>/dev/null | wc -l; }
# A running fake domain. domain ID NAME [KIB [DISKLINE...]]
domain() {
	local id=$1 name=$2 kib=${3:-262144}
	shift 2
	[ $# -gt 0 ] && shift
	rm -f "$SAFEXL_FAKE/$id.stored"
	{
		printf 'name=%s\nuuid=572baf85-0000-4000-8000-%012d\ntarget=%s\nmax=%s\n' "$name" "$id" "$kib" "$kib"
		printf 'disk=%s\n' "xvda connected /dev/vg0/$name-root" "$@"
	} >"$SAFEXL_FAKE/$id.dom"
}
# Mode of the fake xl: mode fail|half|lie|kill|""
mode() { printf '%s\n' "$1" >"$SAFEXL_FAKE/mode"; }
xl_calls() { cat "$SAFEXL_FAKE/log" 2>/dev/null; }
git_() { git -c safe.directory='*' -C "$etc" "$@"; }
subjects() { git_ log --format=%s; }
# The repository is sound, its HEAD is what the files are, nothing is left over.
check_clean() {
	is "$(git_ fsck --strict 2>&1 | grep -v '^dangling\|^Checking\|^notice')" "" "$1: git fsck is clean"
	is "$(git_ status --porcelain --untracked-files=no)" "" "$1: work tree and index are HEAD"
	is "$(ls -A "$etc" | grep -E 'safexl-|\.tmp' ; ls -A "$state/journal" 2>/dev/null)" "" "$1: nothing left over"
}
