#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What works without the core (its libraries missing, of another version, broken), which xl is
# run, and what needs neither: help and version.
. tests/flow/proxy_lib.sh
config web1 256
config new1 256
domain 1 web1 262144

# ---- no core ----
printf 'no library\n' >"$work/text.so"
cp "$BUILD/fake/preload_sysroot.so" "$work/other.so"
for core in "$work/none.so" "$work/text.so" "$work/other.so"; do
	export SAFEXL_CORE=$core
	name=${core##*/}
	same "$name: a command is passed through" list -l
	gives "$name: --live runs xl" --live mem-set web1 128 == mem-set web1 128
	for words in 'mem-set web1 128' 'block-attach web1 /x,,xvdb' 'block-detach web1 xvda' \
		"create $etc/new1.cfg" "save web1 $work/image" "restore $work/image"; do
		# shellcheck disable=SC2086
		sx $words
		status 1 "$name: ${words%% *} is refused"
		is "$out" '' "$name: xl does not run"
		like "$err" "^safexl: ${words%% *}: .* cannot start: .*$name.*" "$name: with the reason"
		like "$err" "^hint: .*safexl --live $words" "$name: and the way round it"
	done
	sx --config mem-set web1 128
	status 1 "$name: --config is refused"
	is "$(grep -c '^hint: ' <<<"$err")" 0 "$name: nothing goes round that"
	sx adopt web1 "$etc/web1.cfg"
	status 1 "$name: adopt is refused"
	for words in diff 'diff web1' check; do
		# shellcheck disable=SC2086
		sx $words
		status 2 "$name: $words: that is no answer"
	done
	sx help mem-set
	status 0 "$name: help works"
	sx --version
	status 0 "$name: --version works"
done
sx -N mem-set web1 128
status 1 "a dry run needs the core too"
export SAFEXL_CORE=$BUILD/test/core.so

# ---- what the core is told ----
# usage: told DESCRIPTION WANT WORDS...: all lines but the descriptor's
told() {
	local what=$1 want=$2
	shift 2
	SAFEXL_CORE=$BUILD/fake/preload_core.so CORE_OUT=$work/told sx "$@"
	is "$(sed 1d "$work/told")" "$want" "$what"
}
rest="xl $SAFEXL_XL
root $SAFEXL_ROOT"
told "a recorded command" "command mem-set
$rest
options
word mem-set
word web1
word 128
end" mem-set web1 128
told "an abbreviation, options of both" "command block-attach
$rest
options dry-run quiet message=the reason
xl's -v
xl's -tT
word block-at
word --live
word web1
end" \
	-v -qm "the reason" -tNT block-at --live web1
told "create with everything" "command create
$rest
options config json discard-marker
word create
word 
end" \
	--config --json --discard-marker -- create ""
told "a command of our own" "command recover
$rest
options live
word recov
end" --live recov
CORE_STATUS=74 told "its status" "command recover
$rest
options
word recover
end" recover
status 74 "is safexl's"
for open in "" "0 1" 2 "1 2"; do
	# shellcheck disable=SC2086
	SAFEXL_CORE=$BUILD/fake/preload_core.so CORE_OUT=$work/told \
		"$BUILD/fake/descriptors" $open -- "$safexl" mem-set web1 1 >/dev/null 2>&1
	is "$? $(head -n 1 "$work/told")" "0 fd above 2" "only ${open:-none} of the standard descriptors open: files get others"
	is "$(grep -c "said by" "$work/told")" 0 "and no message lands in them"
done

# ---- which xl ----
# A machine with these versions of Xen's tools, and this hypervisor ('' for none).
# usage: machine RUNNING INSTALLED...
machine() {
	local version
	rm -rf "$work/machine"
	mkdir -p "$work/machine/sys" "$work/machine/usr/sbin"
	if [ -n "$1" ]; then
		mkdir -p "$work/machine/sys/hypervisor/version"
		echo "${1%.*}" >"$work/machine/sys/hypervisor/version/major"
		echo "${1#*.}" >"$work/machine/sys/hypervisor/version/minor"
	fi
	shift
	cp "$BUILD/fake/xl_echo" "$work/machine/usr/sbin/xl"
	for version; do
		mkdir -p "$work/machine/usr/lib/xen-$version/bin"
		cp "$BUILD/fake/xl_echo" "$work/machine/usr/lib/xen-$version/bin/xl"
	done
}
# usage: runs PATH DESCRIPTION [WORDS...]: argv[0] of the xl that runs
runs() {
	local want=$1 what=$2
	shift 2
	[ $# -gt 0 ] || set -- list
	is "$(env -u SAFEXL_XL FAKE_SYSROOT="$work/machine" \
		LD_PRELOAD="$BUILD/fake/preload_sysroot.so" "$safexl" "$@" 2>&1 | head -n 1)" \
		"${#want}:$want" "$what"
}
on_machine() {
	env -u SAFEXL_XL FAKE_SYSROOT="$work/machine" LD_PRELOAD="$BUILD/fake/preload_sysroot.so" \
		"$safexl" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	out=$(cat "$work/out")
	err=$(cat "$work/err")
}

machine 4.17 4.17 4.20
runs /usr/lib/xen-4.17/bin/xl "xl of the running hypervisor"
machine 4.20 4.17 4.20
runs /usr/lib/xen-4.20/bin/xl "of another one"
machine 4.21 4.17 4.20
runs /usr/sbin/xl "its tools are not installed: Debian's wrapper says so"
machine '' 4.17
runs /usr/sbin/xl "no hypervisor: the same"
machine 4.17 4.17
chmod -x "$work/machine/usr/lib/xen-4.17/bin/xl"
runs /usr/sbin/xl "it cannot be executed: the same"
machine 4.17
echo junk >"$work/machine/sys/hypervisor/version/minor"
runs /usr/sbin/xl "a version that cannot be read"
rm "$work/machine/sys/hypervisor/version/minor"
runs /usr/sbin/xl "or is not there"
machine 4.17
rm "$work/machine/usr/sbin/xl"
on_machine list
status 1 "no xl at all"
is "$err" "safexl: cannot run xl: /usr/sbin/xl: No such file or directory
hint: Debian's package xen-utils-VERSION has it; SAFEXL_XL names another" "says what is missing"
on_machine --version
status 0 "--version without xl"
is "$(sed -n 2p <<<"$out")" "xl: none: /usr/sbin/xl: No such file or directory" "says so"
on_machine --config mem-set web1 192
status 0 "--config without xl"
is "$(subjects | head -n 1)" "web1: set memory to 192 MiB (was 256)" "is recorded"
machine 4.17 4.17
on_machine --version
is "$(sed -n 2p <<<"$out")" "xl: /usr/lib/xen-4.17/bin/xl (Xen 4.17)" "--version names xl and its version"
library=$(sed -n 's/^#define SX_XEN_VERSION "\(.*\)"/\1/p' "$BUILD/version.h")
machine "$library" "$library"
on_machine --version
is "$(sed -n 3p <<<"$out")" "libxenlight: built for Xen $library, which is running" "--version tells what it is built for"
machine 4.99 4.99
on_machine --version
is "$(sed -n 3p <<<"$out")" "libxenlight: built for Xen $library; Xen 4.99 is running: recorded and guarded commands are refused" "that it does not fit"
machine '' 4.17
on_machine --version
is "$(sed -n 3p <<<"$out")" "libxenlight: built for Xen $library; no Xen is running here" "or has nothing to fit"

# Installed under the name xl, safexl must not run itself.
machine 4.17 4.17
cp "$safexl" "$work/machine/usr/lib/xen-4.17/bin/safexl"
ln -f "$work/machine/usr/lib/xen-4.17/bin/safexl" "$work/machine/usr/lib/xen-4.17/bin/xl"
env -u SAFEXL_XL FAKE_SYSROOT="$work/machine" LD_PRELOAD="$BUILD/fake/preload_sysroot.so" \
	"$work/machine/usr/lib/xen-4.17/bin/xl" list >"$work/out" 2>"$work/err"
is "$?" 1 "safexl in the place of xl"
like "$(cat "$work/err")" 'is safexl itself, not xl' "does not call itself"
mkdir "$work/bin"
cp "$safexl" "$work/bin/xl"
SAFEXL_XL=$work/bin/xl "$work/bin/xl" list >"$work/out" 2>&1
is "$?" 1 "SAFEXL_XL names safexl"
is "$("$work/bin/xl" list | sed -n 2p)" 4:list "under the name xl it is as good as under its own"
SAFEXL_XL=bin/xl sx list
status 1 "SAFEXL_XL is a relative path"
like "$err" "SAFEXL_XL: 'bin/xl' is not an absolute path" "refused"
SAFEXL_XL=$work/nothing sx list
status 1 "SAFEXL_XL names nothing"
like "$err" "cannot run xl: $work/nothing: No such file" "says so"
SAFEXL_XL=$work sx list
status 1 "or a directory"
SAFEXL_XL=$work/nothing sx mem-set web1 100
[ "$status" != 0 ]
is "$?" 0 "a recorded command without xl fails"
like "$err" "cannot run $work/nothing: No such file" "says so"
is "$(subjects | head -n 1)" "web1: set memory to 192 MiB (was 256)" "and records nothing"

# An abbreviation means what it means to that xl.
for case in '4.17 restore' '4.20 res'; do
	machine "${case% *}" "${case% *}"
	on_machine help res
	is "$(head -n 1 <<<"$out" | cut -d' ' -f1-3)" \
		"$([ "${case#* }" = restore ] && echo 'usage: safexl restore')" "'res' with Xen ${case% *}"
done

# ---- help ----
for word in help -h --help; do
	sx $word
	status 0 "$word"
	is "$err" '' "$word: nothing on standard error"
	like "$out" '^usage: safexl ' "$word: on standard output"
done
for word in list create mem-set block-attach adopt recover help; do
	sx help $word
	status 0 "help $word"
	like "$out" "^usage: safexl $word" "its usage"
	sx -h $word
	like "$out" "^usage: safexl $word" "-h $word is the same"
done
sx help list
like "$out" "Passed to xl unchanged" "a command of xl's is said to be one"
# The stand-in prints its words: what xl would say.
xl_says() { sed -n '/^Options of safexl/q; /^xl says:/,$s/^ *//p' <<<"$out" | tail -n +2 | grep -v / | xargs; }
is "$(xl_says)" '4:help 4:list' "and xl's own help of it follows"
sx mem-set --help
is "$(xl_says)" '4:help 7:mem-set' "also behind the command"
XL_ECHO='exit 1' sx help mem-set
status 0 "an xl that cannot say anything"
is "$(grep -c 'xl says' <<<"$out")" 0 "is no matter"
XL_ECHO='exit 1' sx help vcpu-pin
is "$(sed -n '/^Options of safexl/q; /^Options:/,$s/^  -\(.\), .*/\1/p' <<<"$out")" $'f\ni' "then its options are those we know of"
sx help vcpu-pin
is "$(grep -c '^Options:' <<<"$out")" 0 "which are not told twice"
sx help recover
is "$(grep -c 'xl says' <<<"$out")" 0 "xl is not asked about what is ours"
sx help -h
like "$out" '^usage: safexl help' "help of help"
export XL_ECHO='exit 1'
is "$(for name in '' $("$safexl" help --commands); do "$safexl" help $name; done | awk 'length > 80')" '' \
	"no line is longer than 80 columns"
unset XL_ECHO
sx help
is "$(grep -c $'\033' <<<"$out")" 0 "no colour where there is no terminal"
on_terminal() { env PAGER=cat "$@" script -qec "$safexl help" /dev/null </dev/null; }
is "$(on_terminal TERM=xterm | grep -c $'\033\\[1m')" 6 "the titles are bold on one"
for setting in 'TERM=xterm NO_COLOR=1' TERM=dumb; do
	# shellcheck disable=SC2086
	is "$(on_terminal $setting | grep -c $'\033')" 0 "but not with $setting"
done
sx help mem-s
like "$out" "Writes 'memory'" "a recorded one says what is recorded; abbreviated too"
sx help frobnicate
status 1 "help of what is no command"
like "$err" "unknown command 'frobnicate'" "says so"
sx --version
like "$out" "^safexl [0-9]" "--version"
is "$(sed -n 2p <<<"$out")" "xl: $SAFEXL_XL" "and the xl it would run"
for words in -x --frob '-v --livx list' '-m' '--live=1 list' '--live --config mem-set web1 1'; do
	# shellcheck disable=SC2086
	sx $words
	status 2 "$words is a usage error"
	is "$out" '' "xl does not run"
done
finish
