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

# The layer of a header: where its .c files lie; those without a file of that name are listed.
layer_of() {
	local file
	case $1 in
	banned | cleanup | vec) echo base; return ;;
	xlcfg) echo xlcfg; return ;;
	flow | lifecycle) echo flow; return ;;
	command | complete) echo cmd; return ;;
	esac
	for file in core/*/"$1".c core/*/"$1"_*.c; do
		[ -e "$file" ] || continue
		file=${file#core/}
		echo "${file%%/*}"
		return
	done
	echo unknown
}

# Which layers a layer may include: itself and those below; xlcfg, spec and sys not one another.
may_include() {
	case $1 in
	base) echo ' base ' ;;
	xlcfg | spec | sys) echo " base $1 " ;;
	flow) echo ' base xlcfg spec sys flow ' ;;
	cmd) echo ' base xlcfg spec sys flow cmd ' ;;
	esac
}

includes() { grep -Hn '^[[:space:]]*#[[:space:]]*include' "$@" /dev/null; }

wrong_arrows() {
	local file line header layer target
	for file in core/*/*.[ch] cmd/*.[ch] include/safexl/*.h; do
		case $file in
		core/*) layer=${file#core/} layer=${layer%%/*} ;;
		cmd/*) layer=cmd ;;
		*) layer=$(layer_of "$(basename "$file" .h)") ;;
		esac
		while IFS= read -r line; do
			header=${line#*<safexl/} header=${header%%.h>*}
			target=$(layer_of "$header")
			case $(may_include "$layer") in
			*" $target "*) ;;
			*) echo "${line%%:#*} ($layer) includes safexl/$header.h ($target)" ;;
			esac
		done < <(includes "$file" | grep '<safexl/')
	done
}

unknown_headers() {
	local file
	for file in include/safexl/*.h; do
		[ "$(layer_of "$(basename "$file" .h)")" != unknown ] || echo "$file"
	done
}

# "x.h" is private: it lies beside the file that includes it.
private_headers() {
	local file header
	for file in core/*/*.[ch] cmd/*.[ch] include/safexl/*.h; do
		while IFS= read -r header; do
			[ -e "$(dirname "$file")/$header" ] || echo "$file: \"$header\""
			case $file in include/*) echo "$file: \"$header\"" ;; esac
		done < <(sed -n 's/^[[:space:]]*#[[:space:]]*include "\(.*\)".*/\1/p' "$file")
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

# usage: code REGEX FILES...   lines of code that match, comments left out
code() {
	local regex=$1
	shift
	grep -HnE "$regex" "$@" | grep -vE '^[^:]*:[0-9]+:[[:space:]]*(/?\*|//)'
}

none 'each header has its layer' < <(unknown_headers)
none 'includes point downward: cmd, flow, {xlcfg, spec, sys}, base' < <(wrong_arrows)
none 'private headers are used beside where they lie' < <(private_headers)
none 'libgit2 in core/sys/repo*.c alone' < <(only_in 'git2' 'core/sys/repo[a-z_]*\.[ch]')
none 'readline in cmd/shell_line.c alone' < <(only_in 'readline|editline' 'cmd/shell_line\.c')
none 'json-c in core/sys/json.c alone' < <(only_in 'json-c' 'core/sys/json\.c')
none 'libblkid in core/sys/evidence_blkid.c alone' < <(only_in 'blkid' 'core/sys/evidence_blkid\.c')
none 'xxHash in core/sys/digest.c alone' < <(only_in 'xxh' 'core/sys/digest\.c')
none 'libxenlight in core/sys/live* and core/spec alone' < <(only_in 'libxl|xentoollog|xenstore|xenctrl' \
	'core/sys/live[a-z_]*\.[ch]|core/spec/[a-z_]*\.c|core/xlcfg/check\.c')
none 'libxlutil in core/spec and core/xlcfg/check.c alone' < <(only_in 'libxlutil' \
	'core/spec/[a-z_]*\.c|core/xlcfg/check\.c')
none 'at most one outside library in a file' < <(two_libraries)
none 'the core does not print' < <(
	code '(^|[^a-z_])(v?printf|puts|putchar|perror|psignal|warnx?|errx?) ?\(|[^a-z_](stderr|stdout)[^a-z_]' core/*/*.[ch] |
		grep -vE '^core/sys/proc\.c:[0-9]+:[[:space:]]*fflush\(stdout\);')
none 'the core does not end the process' < <(
	code '(^|[^a-z_])(exit|_exit|_Exit|abort|quick_exit) ?\(' core/*/*.[ch] |
		grep -vE '^core/(sys/proc|sys/proc_ask|sys/trial|base/str)\.c:')
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
