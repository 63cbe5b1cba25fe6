#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The architecture, as far as a search can hold it: which file includes what, what only some
# files may use, what the two stages are linked with. TAP.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
BUILD=${BUILD:-build}

n=0 failed=0
# usage: none WHAT <LINES: the offenders, none is good
none() {
	local found
	found=$(cat)
	n=$((n + 1))
	if [ -z "$found" ]; then
		echo "ok $n - $1"
	else
		failed=1
		echo "not ok $n - $1"
		head -n 20 <<<"$found" | sed 's/^/# /'
	fi
}

# The rooms of the core from the lowest storey up; rooms of one storey do not know one another.
storeys=('base' 'spec xlcfg host' 'xen git evidence' 'device' 'domain' 'check guard history' 'view' 'change' 'undo' 'family' 'snapshot' 'managed'
	'backup' 'offer' 'cmd')

# Which rooms a file of that room may include: its own, and all below.
may_include() {
	local storey below=' '
	for storey in "${storeys[@]}"; do
		case " $storey " in *" $1 "*) echo "$below$1 "; return ;; esac
		below+="$storey "
	done
	echo ' '
}

includes() { grep -Hn '^[[:space:]]*#[[:space:]]*include' "$@" /dev/null; }

room_of() {
	local room=${1#core/}
	echo "${room%%/*}"
}

wrong_arrows() {
	local file room allowed line header
	for file in core/*/*.[ch] cmd/*.[ch]; do
		room=$(room_of "$file")
		allowed=$(may_include "$room")
		while IFS= read -r line; do
			header=${line#*\"} header=${header%%\"*}
			case $header in
			*/*) [ -e "core/$header" ] || echo "${line%%:#*} includes $header, which is not there" ;;
			*) header=cmd/$header ;;
			esac
			case $allowed in
			*" ${header%%/*} "*) ;;
			*) echo "${line%%:#*} includes $header" ;;
			esac
		done < <(includes "$file" | grep '"')
	done
}

# What a room keeps to itself.
private_headers() {
	local file room
	for file in core/*/*.[ch] cmd/*.[ch]; do
		room=$(room_of "$file")
		includes "$file" | grep -E '"[a-z]+/([a-z_]*_)?private\.h"' | grep -v "\"$room/"
	done
}

# A header beside its file, or one that all of its room share; what both stages know is in include/.
stray_headers() {
	local file
	for file in include/safexl/*.h; do
		case $(basename "$file") in banned.h | command.h) ;; *) echo "$file" ;; esac
	done
	find core -mindepth 3 -o -maxdepth 1 -name '*.[ch]'
}

rooms_without_storey() {
	local dir
	for dir in core/*/; do
		[ "$(may_include "$(basename "$dir")")" != ' ' ] || echo "$dir"
	done
}

full_rooms() {
	local dir
	for dir in core/*/; do
		[ "$(find "$dir" -name '*.c' | wc -l)" -le 32 ] || echo "$dir"
	done
}

# usage: only_in REGEX-OF-HEADER REGEX-OF-FILES
only_in() { includes core/*/*.[ch] cmd/*.[ch] include/safexl/*.h | grep -E "<($1)" | grep -vE "^($2):"; }

two_libraries() {
	local file count
	for file in core/*/*.[ch] cmd/*.[ch]; do
		count=$(includes "$file" | grep -oE '<(git2|json-c|libxl|xentoollog|blkid|xxhash|readline|uuid)' |
			sed 's/xentoollog/libxl/' | sort -u | wc -l)
		[ "$count" -le 1 ] || echo "$file"
	done
}

# Files that need each other, directly or around a corner. Three tables are walked by what their rows are made of,
# and are left out: every kind of change, everything that is compared, and every class of devices.
circles() {
	local object source
	[ -e "$BUILD/core/base/str.o" ] || echo "$BUILD/core is not built"
	for object in "$BUILD"/core/*/*.o "$BUILD"/cmd/*.o; do
		source=${object#"$BUILD"/} source=${source%.o}.c
		[ -e "$source" ] || continue
		nm "$object" | sed "s|^|$source |"
	done | awk '
		$NF ~ /^(change_families|view_classes|device_classes)$/ { next }
		$(NF - 1) ~ /^[TDRBVWC]$/ { where[$NF] = $1 }
		$(NF - 1) == "U" { from[++n] = $1; what[n] = $NF }
		END {
			for (i = 1; i <= n; i++)
				if (what[i] in where && where[what[i]] != from[i])
					print from[i], where[what[i]]
		}' | tsort 2>&1 >/dev/null
}

# usage: code REGEX FILES...   lines of code that match, comments left out
code() {
	local regex=$1
	shift
	grep -HnE "$regex" "$@" | grep -vE '^[^:]*:[0-9]+:[[:space:]]*(/?\*|//)'
}

none 'each room of the core has its storey' < <(rooms_without_storey)
none 'each room of the core is described in core/README.md' < <(
	for dir in core/*/; do grep -q "^| \`$(basename "$dir")\` |" core/README.md || echo "$dir"; done)
none 'no room holds more than 32 C files' < <(full_rooms)
none 'no arrow between rooms runs up or sideways' < <(wrong_arrows)
none 'no two files need each other' < <(circles)
none 'a private header is used in its room alone' < <(private_headers)
none 'headers lie beside their files; what both stages know in include/' < <(stray_headers)
none 'libgit2 in core/git alone' < <(only_in 'git2' 'core/git/[a-z_]*\.[ch]')
none 'readline in cmd/shell_line.c alone' < <(only_in 'readline|editline' 'cmd/shell_line\.c')
none 'json-c in core/host/json.c alone' < <(only_in 'json-c' 'core/host/json\.c')
none 'libblkid in core/evidence/blkid.c alone' < <(only_in 'blkid' 'core/evidence/blkid\.c')
none 'xxHash in core/host/digest.c alone' < <(only_in 'xxh' 'core/host/digest\.c')
none 'libxenlight in core/xen/live*, core/spec and core/device alone' < <(only_in 'libxl|xentoollog|xenstore|xenctrl' \
	'core/xen/live[a-z_]*\.[ch]|core/(spec|device)/[a-z_]*\.c|core/xlcfg/check\.c')
none 'libxlutil in core/spec, core/device and core/xlcfg/check.c alone' < <(only_in 'libxlutil' \
	'core/(spec|device)/[a-z_]*\.c|core/xlcfg/check\.c')
none 'at most one outside library in a file' < <(two_libraries)
none 'the core does not print' < <(
	code '(^|[^a-z_])(v?printf|puts|putchar|perror|psignal|warnx?|errx?) ?\(|[^a-z_](stderr|stdout)[^a-z_]' core/*/*.[ch] |
		grep -vE '^core/host/proc\.c:[0-9]+:[[:space:]]*fflush\(stdout\);')
none 'the core does not end the process' < <(
	code '(^|[^a-z_])(exit|_exit|_Exit|abort|quick_exit) ?\(' core/*/*.[ch] |
		grep -vE '^core/(host/proc|host/proc_ask|host/proc_aside|host/trial|base/str)\.c:')
# Readline calls back without a word of who asked.
none 'no variable outlives a function, constants apart' < <(
	code '^(static )?(struct |enum |unsigned |signed |volatile |_Atomic )*[a-z_]+[ *]+[a-z_]+(\[[^]]*\])*( = .*|;)$' \
		core/*/*.c cmd/*.c |
		grep -vE '^cmd/shell_line\.c:' | grep -vE ':(static )?(extern )?const |:(typedef|return|goto|struct [a-z_]+;)|\* ?const [a-z_]+(\[| )')
none 'no static variable inside a function, constants apart' < <(
	code '^[[:space:]]+static [^(]*( = |;)' core/*/*.c cmd/*.c |
		grep -vE 'static const |\* ?const [a-z_]+(\[| )')
# The last name of an enum may stand for how many there are; one with values of its own is a list of numbers.
ordered_enums() {
	local names
	names=$(cat core/*/*.[ch] cmd/*.[ch] include/safexl/*.h |
		sed -n '/^enum [a-z_]* {/,/^}/p' | grep -v '^enum' | sed 's|/\*.*||; s|.*\*/||' |
		awk '/^}/ { if (!valued) printf "%s", kept; kept = last = ""; valued = 0 }
			/=/ { valued = 1 }
			/^[[:space:]]*[A-Z]/ { gsub(/[[:space:],]/, ""); kept = kept last; last = $0 "\n" }' |
		paste -sd'|')
	code "[-+<>]=? *($names)\\>|\\<($names) *[-+<>]" core/*/*.[ch] cmd/*.[ch] include/safexl/*.h
}
none 'in which order the names of an enum stand says nothing' < <(ordered_enums)
none 'a wait status is made by W_EXITCODE' < <(
	code '(^|[^0-9])1 << 8|(status = |proc_exit_like\()(SIG|sig|signal|last|number)' core/*/*.c cmd/*.c |
		grep -v '^core/spec/disk')
none 'every file opens with its purpose, behind its licence' < <(
	for file in core/*/*.[ch] cmd/*.[ch] include/safexl/*.h; do
		[[ $(sed -n 3p "$file") == '/*'* ]] || echo "$file"
	done)
none 'every source names its licence and who holds its copyright' < <(
	git ls-files -- '*.[ch]' '*.sh' '*.pl' '*.[1578]' completion GNUmakefile 2>/dev/null |
		xargs -r grep -L '^[^ ]* SPDX-License-Identifier: GPL-3.0-or-later' --
	git ls-files -- '*.[ch]' '*.sh' '*.pl' '*.[1578]' completion GNUmakefile 2>/dev/null |
		xargs -r grep -L '^[^ ]* SPDX-FileCopyrightText: ' --)
none 'no file is longer than 460 lines' < <(
	wc -l core/*/*.[ch] cmd/*.[ch] include/safexl/*.h | awk '$2 != "total" && $1 > 460 { print $2, $1 }')
# The program of a test that runs beside it would be gone for a moment.
none 'a flow test runs make by make_ of its lib.sh, which builds nothing' < <(
	grep -nE '(^|[;&|(])[[:space:]]*make -' tests/flow/*.sh tests/root/*.sh | grep -v '^tests/flow/lib\.sh:')
none 'the first stage is linked with libc alone' < <(
	if [ -x "$BUILD/safexl" ]; then
		readelf -d "$BUILD/safexl" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
			grep -vE '^(libc\.so\.6|lib[at]san\.so.*|libubsan\.so.*|libm\.so\.6)$'
	else
		echo "$BUILD/safexl is not built"
	fi)
none 'the core shows one name only' < <(
	for file in "$BUILD/core.so" "$BUILD/test/core.so"; do
		[ ! -e "$file" ] || nm -D --defined-only "$file" | awk '{ print $NF }' |
			grep -vE '^(sx_core_main|__(asan|ubsan|odr|sanitizer).*|_init|_fini)$'
	done)
echo "1..$n"
exit $failed
