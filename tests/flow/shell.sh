#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The shell fed from a pipe or a file: words, errors with their line, statuses, what is kept of
# nothing. At a terminal: shell_tty.sh.
. tests/flow/lib.sh
safexl=$BUILD/safexl
cd "$work" || exit 1

# script TEXT [OPTION...]: feed it on a pipe; $status, $out, $err
script() {
	local text=$1
	shift
	printf '%s' "$text" | "$safexl" "$@" >"$work/out" 2>"$work/err"
	status=$?
	out=$(cat "$work/out")
	err=$(cat "$work/err")
}
# What xl is given for a line: its words, one a line in brackets.
words() {
	SAFEXL_XL=$BUILD/fake/xl_echo script "$1"
	printf '%s\n' "$out" | LC_ALL=C sed -n '2,$s/^[0-9]*:\(.*\)$/[\1]/p'
}

config web1
domain 1 web1
script $'# a comment\n\nblock-attach web1 phy:/dev/vg0/b,xvdb,w # and why\nmem-set \'web1\' 128\n'
status 0 "a script of changes"
is "$(subjects)" "web1: set memory to 128 MiB (was 256)
web1: attach disk xvdb (/dev/vg0/b)
Start the history of the configurations" "each is recorded as from the command line"
is "$out$(printf '%s\n' "$err" | grep -v '^safexl: web1: \|started the history')" "" "no prompt, no banner"

# ---- words, as a shell reads them ----
is "$(words $'list a  b\tc\n')" "[list]
[a]
[b]
[c]" "blanks"
is "$(words "list 'a b' \"c d\" e'f'\"g\" '' \"\"")" "[list]
[a b]
[c d]
[efg]
[]
[]" "quotes"
is "$(words 'list a\ b \\ \'"'"' "\$x \a \""')" "[list]
[a b]
[\\]
[']
[\$x \\a \"]" "backslashes"
is "$(words $'list $\'a\\tb\\x41\' $\'it\\\'s\'\n')" $'[list]\n[a\tbA]\n[it\'s]' "escapes of \$'...'"
is "$(words $'list $\'a\\0b\'c $\'\\xg\\q\' $\'\\400z\'\n')" $'[list]\n[ac]\n[\\xg\\q]\n[]' "a NUL and what is no escape, as in bash"
is "$(words 'list * ? [a] $HOME `x` ~ ~/x {a,b} !x a#b #c d')" '[list]
[*]
[?]
[[a]]
[$HOME]
[`x`]
[~]
[~/x]
[{a,b}]
[!x]
[a#b]' "nothing is expanded, comments end the line"
is "$(words $'list a\\\nb \\\n c\n')" "[list]
[ab]
[c]" "a backslash at the end goes on"
is "$(words $'list "a\\\nb"\n')" "[list]
[ab]" "also within double quotes"
is "$(words $'list ä\xff\n' | tail -n 1 | od -An -c | tr -d ' ')" '[303244377]\n' \
	"bytes stay as they are"
is "$(words 'list x')" "[list]
[x]" "a last line without its end"
long=$(printf '%0100000d' 0)
is "$(words "list $long" | tail -n 1 | wc -c)" 100003 "a long line"
is "$(words $'safexl list a\nxl list b\n' | grep -v '[/t]')" "[a]
[b]" "the program's name in front is dropped, and xl's"
for c in '|' '&' ';' '<' '>' '(' ')'; do
	script "list a${c}b"$'\npwd\n'
	is "$status:$out" "2:$work" "'$c' is refused, the rest goes on"
	like "$err" "line 1: '[$c]' has no special meaning" "and said where"
done

# ---- errors and statuses ----
script $'pwd\nmem-set nosuch 1\n\nwhere nosuch\npwd\n'
status 78 "the status is that of the last failure"
like "$err" '^safexl: line 2: mem-set: status 1$' "a failure is told with its line"
like "$err" '^safexl: line 4: where: status 78$' "and the next"
like "$err" "^safexl: no running domain is called 'nosuch'\$" "with the command's own words before"
is "$out" "$work
$work" "what follows is run"
script $'where nosuch\nlist a|b\npwd\n'
status 2 "of the last one, not the first"
script $'where nosuch\n' -q
is "$(printf '%s\n' "$err" | grep -c line)" 0 "-q: no notice of it"
script $'set -e\nmem-set nosuch 1\npwd\n'
is "$status:$out" 1: "set -e: the first failure ends the script"
like "$err" 'line 2: mem-set: status 1, the rest is not run' "and says so"
script $'set -e\nset +e\nwhere nosuch\npwd\n'
is "$out" "$work" "set +e: on again"
script $'where "no such\npwd\n'
is "$status:$out" "2:$work" "an open quote costs its own line only"
like "$err" '^safexl: line 1: a quote is not closed$' "and is told with it"
script $'pwd\nlist \\'
like "$status:$err" "^2:safexl: line 2: .*nothing follows" "a backslash at the end of all"
printf 'pwd\na\0b\npwd\n' | "$safexl" >"$work/out" 2>"$work/err"
status=$? out=$(cat "$work/out") err=$(cat "$work/err")
is "$status:$out" "2:$work" "NUL bytes: no text, it ends there"
like "$err" '^safexl: line 2: a NUL' "and is told"
script $'exit 7\npwd\n'
is "$status:$out" 7: "exit ends it with a status"
script $'where nosuch\nexit\n'
status 78 "without one: that of the last failure"
script $'list a\\\nb | c\nwhere x\n'
like "$err" "^safexl: line 3: where" "lines that go on are counted"

# ---- the rest of the script is not the command's input ----
script $'!cat\npwd\n'
is "$status:$out" "0:$work" "a command does not read the script"
script $'!echo "$((6*7))" | cat; exit 3\npwd\n'
is "$status:$out" "3:42
$work" "! runs the shell's own command line"
script $'cd /\n!pwd\ncd -\npwd\ncd ~\npwd\ncd nosuch\n'
is "$out" "/
$work
$HOME" "cd holds for what follows"
like "$err" 'line 7: cd: nosuch: No such file' "a directory that is not there"

# ---- help ----
script $'help\n'
like "$out" '^  block-attach ' "help shows the commands"
like "$out" '^  cd  ' "and the shell's own"
script $'help block-attach\n'
is "$out" "$("$safexl" help block-attach)" "help of a command"
echo help | "$safexl" >/dev/full 2>"$work/err"
like "$?:$(cat "$work/err")" '^1:safexl: cannot write to standard output: No space' "on a full disk it is an error"
script $'help fg\n'
like "$out" '^usage: fg' "of the shell's own"
script $'block-attach --help\n'
is "$out" "$("$safexl" help block-attach)" "COMMAND --help"

# ---- options for every command ----
domain 1 web1
script $'mem-set web1 100\n' -N
like "$status:$out" '^0:' "an option of the shell is every command's"
like "$out" '^ +\+memory  = 100' "as if typed before each"
is "$(subjects | head -n 1)" "web1: set memory to 128 MiB (was 256)" "nothing was recorded"
script $'mem-set web1 100\n' -m 'too much' -
is "$(git_ log -1 --format=%B | grep -c 'too much')" 1 "a reason for all of them"
sx --discard-marker -
like "$status:$err" '^2:.*single command' "not to discard markers"
sx - list
like "$status:$err" '^2:.*takes no arguments' "words behind -"

# ---- what is no script ----
sx
is "$status:$out" 1: "nothing on standard input: as ever"
like "$err" '^usage: safexl' "the usage"
"$safexl" <&- >"$work/out" 2>"$work/err"
like "$?:$(cat "$work/err")" '^1:usage: safexl' "standard input closed"
script ''
like "$status:$err" '^1:usage: safexl' "a pipe without a word"
script '' -
is "$status:$out$err" 0: "- without a word is an empty script"
echo pwd >"$work/file"
is "$("$safexl" <"$work/file")" "$work" "a script from a file"
ln -s "$safexl" "$work/xl"
echo pwd | "$work/xl" >"$work/out" 2>&1
like "$?:$(cat "$work/out")" '^1:usage: safexl' "under the name of xl there is no shell"
SAFEXL_CORE=$work/nosuch.so script $'pwd\n'
like "$status:$err" '^1:safexl: shell: .*cannot start' "without the core"
like "$err" '^hint: ' "what works all the same"

# ---- signals ----
XL_ECHO=hold XL_ECHO_OUT=$work/ready SAFEXL_XL=$BUILD/fake/xl_echo setsid "$safexl" - <<<'list
pwd' >"$work/out" 2>/dev/null &
pid=$!
until grep -q ready "$work/ready" 2>/dev/null; do :; done
kill -TERM $pid
wait $pid
is "$?:$(cat "$work/out")" 143: "SIGTERM ends the command, then the script"
check "the command is gone" bash -c "! kill -0 $(cut -d' ' -f2 "$work/ready") 2>/dev/null"
XL_ECHO='kill 2' SAFEXL_XL=$BUILD/fake/xl_echo script $'list\npwd\n'
is "$status:$out" 130: "a command interrupted by the person ends the script"

# ---- hours of use ----
# What status says is kept per processor, and off by up to some 250 KiB; this is counted. Pages of
# the program and its libraries do not count: when the kernel maps them is its own affair.
look='!awk "/^Anonymous/ { print \$2 }" /proc/$PPID/smaps_rollup; ls /proc/$PPID/fd | wc -l'
{
	printf 'list "a b"\ncd /\npwd\nwhere nosuch\n%.0s' {1..10}
	printf '%s\n' "$look"
	printf 'list "a b"\ncd /\npwd\nwhere nosuch\n%.0s' {1..500}
	printf '%s\n' "$look"
} | XL_ECHO='exit 0' SAFEXL_XL=$BUILD/fake/xl_echo "$safexl" 2>/dev/null | grep -v / >"$work/out"
mapfile -t size <"$work/out"
is "${size[1]}" "${size[3]}" "2,000 commands later: as many descriptors"
case $BUILD in
*asan*) skip "and no more memory" "the sanitizer keeps what was freed" ;;
*) check "and no more memory (${size[0]} KiB before, ${size[2]} after)" test $((size[2] - size[0])) -lt 32 ;;
esac
finish
