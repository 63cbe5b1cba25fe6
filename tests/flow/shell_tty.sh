#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The shell as a person at a terminal has it: keys, signals, jobs, history, completion, prompt.
# Each step waits for what it expects. Commands are xl_echo, which reports or waits.
. tests/flow/proxy_lib.sh
pty=$BUILD/fake/pty
export TERM=dumb PTY_SECONDS=20 SHELL=/bin/sh
XL_ECHO_OUT=$work/said
export XL_ECHO_OUT XL_ECHO=argv
file=$HOME/.local/state/safexl/history
host=$(hostname | cut -d. -f1)
config web1
domain 1 web1

# Whatever the status, the steps went well.
shown() { "$@"; [ $? != 97 ]; }
# at WHAT STEP... [-- WORDS of safexl]: the steps go well
at() {
	local what=$1 steps=()
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do steps+=("$1") && shift; done
	[ $# = 0 ] || shift
	rm -f "$XL_ECHO_OUT"
	check "$what" shown "$pty" "${steps[@]}" -- "$safexl" "$@"
}
leave=('expect:> ' 'send:\x04')
# What xl was given last: its words in brackets.
given() { LC_ALL=C sed -n 's/^[0-9]*:\(.*\)$/[\1]/p' "$XL_ECHO_OUT" | sed 1d | tr -d '\n'; }

# ---- begin and end ----
at "one line of greeting, the prompt names the host" "expect:safexl on $host: 'help'" \
	"expect:safexl $host> " 'send:\x04' eof
at "exit leaves" 'expect:> ' 'send:exit\r' eof
at "quit too" 'expect:> ' 'send:quit\r' eof
at "-q: no greeting" "${leave[@]}" eof 'never:lists the' -- -q
at "-: the same" "${leave[@]}" eof -- -
at "no escapes on a dumb terminal" 'expect:> ' 'send:pwd\r' "${leave[@]}" eof 'never:\e'
SAFEXL_FAKE=$work/nosuch at "without Xen: opens, says why and what works" \
	'expect:no Xen hypervisor is running here; what needs no running domain works' \
	'expect:> ' 'send:where web1\r' expect:memory "${leave[@]}" eof
at "options of the shell show in the prompt" "expect:safexl $host [dry run]> " 'send:mem-set web1 100\r' \
	'expect:would run' "expect:> " 'send:\x04' eof -- -N
"$pty" 'expect:> ' 'send:exit 7\r' eof -- "$safexl"
is $? 7 "exit has a status"
"$pty" 'expect:> ' 'send:where nosuch\r' 'expect:nosuch' "${leave[@]}" eof -- "$safexl"
is $? 78 "Ctrl-D leaves with that of the last command"
check "stderr elsewhere: no shell" "$pty" eof 'never:> ' -- \
	sh -c "'$safexl' 2>'$work/err'; grep -q '^usage: safexl' '$work/err'"

export PAGER="sed 's/^/: /'"
at "help shows it all in the pager, with what the shell adds" 'expect:> ' 'send:help\r' 'expect:: usage: safexl' \
	'expect:: Of this shell:' 'expect:: ' 'expect:leave the shell' "${leave[@]}" eof
PAGER='cat >/dev/null; kill -INT $PPID; echo re""ady; read x </dev/tty; echo [$x]' at "which has the terminal" \
	'expect:> ' 'send:help\r' expect:ready 'send:word\r' 'expect:[word]' "${leave[@]}" eof
at "help of one command" 'expect:> ' 'send:help mem-set\r' 'expect:: usage: safexl mem-set' 'expect:> ' \
	'send:help cd\r' 'expect:usage: cd' "${leave[@]}" eof
unset PAGER

# ---- lines ----
at "a command" 'expect:> ' 'send:list a  "b c"\r' "${leave[@]}" eof
is "$(given)" '[list][a][b c]' "gets its words"
at "an open quote goes on in the next line" 'expect:> ' 'send:list "a\r' 'expect:> ' 'send:b" c\r' \
	"${leave[@]}" eof
is "$(tail -n 3 "$XL_ECHO_OUT")" "3:a
b
1:c" "a name may hold a newline"
at "a backslash too" 'expect:> ' 'send:list a\\\r' 'expect:> ' 'send:b\r' "${leave[@]}" eof
is "$(given)" '[list][ab]' "joined"
at "letters of several bytes are one" 'expect:> ' 'send:list \xc3\xa4\xe2\x82\xac\x7fo\r' "${leave[@]}" eof
is "$(given)" '[list][äo]' "for the backspace key"
long=$(printf '%03000d' 0)
at "a long line" 'expect:> ' "send:list $long\\r" "${leave[@]}" eof
is "$(given)" "[list][$long]" "is whole"
TERM=vt100 at "lines pasted together" 'expect:> ' 'send:\e[200~list a\nlist b\e[201~\r' "${leave[@]}" eof
is "$(given)" "[list][a][$SAFEXL_XL][list][b]" "run one after the other"
at "errors are those of the command line" 'expect:> ' 'send:where nosuch\r' \
	"expect:safexl: nothing is known of 'nosuch'" 'expect:> ' 'send:list a|b\r' \
	"expect:safexl: '|' has no special meaning" 'expect:hint: ' "${leave[@]}" eof 'never:line 1'
# shellcheck disable=SC2016
at "!: the person's own shell" 'expect:> ' 'send:!echo $((6*7)) | tr 2 3\r' expect:43 "${leave[@]}" eof
printf '$if safexl\n"\\C-xp": "list from-inputrc\\n"\n$endif\n' >"$HOME/.inputrc"
at "inputrc is respected" 'expect:> ' 'send:\x18p' "${leave[@]}" eof
is "$(given)" '[list][from-inputrc]' "under the name safexl"
rm "$HOME/.inputrc"

# ---- Ctrl-C ----
at "Ctrl-C drops what came in one burst with it" 'expect:> ' 'send:list x\x03' 'expect:^C' 'expect:> ' 'send:list y\r' \
	"${leave[@]}" eof
is "$(given)" '[list][y]' "nothing of it is run"
at "Ctrl-C drops the line" 'expect:> ' 'send:list x' 'expect:list x' 'send:\x03' 'expect:^C' 'expect:> ' 'send:list y\r' "${leave[@]}" eof
is "$(given)" '[list][y]' "and nothing of it is run"
at "and one that goes on" 'expect:> ' 'send:list "x\r' 'expect:> ' 'send:\x03' 'expect:^C' \
	"expect:$host> " 'send:list y\r' "${leave[@]}" eof
is "$(given)" '[list][y]' "all of it"
for TERM in vt100 xterm; do
	at "where the terminal pastes in brackets ($TERM), behind the line" 'expect:> ' 'send:abc' 'expect:abc' 'send:\x03' \
		'expect:^C' "${leave[@]}" eof 'never:\r^C' 'never:\x07'
	at "and behind its end" 'expect:> ' 'send:abc\x02\x02' $'expect:abc\b\b' 'send:\x03' \
		'expect:^C' "${leave[@]}" eof 'never:\r^C' 'never:\b^C'
done
TERM=dumb
XL_ECHO=hold PTY_FILE=$XL_ECHO_OUT at "Ctrl-C interrupts the command only" 'expect:> ' 'send:list\r' \
	file:ready 'send:\x03' 'expect:> ' 'send:pwd\r' "expect:$PWD" "${leave[@]}" eof
XL_ECHO=hold PTY_FILE=$XL_ECHO_OUT at "Ctrl-\\ too" 'expect:> ' 'send:list\r' \
	file:ready 'send:\x1c' 'expect:ended by signal 3' "${leave[@]}" eof
at "Ctrl-Z and Ctrl-\\ at the prompt: nothing" 'expect:> ' 'send:\x1a\x1clist y\r' "${leave[@]}" eof
is "$(given)" '[list][y]' "the line stays"

# ---- Ctrl-Z ----
export XL_ECHO=hold PTY_FILE=$XL_ECHO_OUT
at "Ctrl-Z stops the command, fg goes on" 'expect:> ' 'send:list "a b"\r' file:ready 'send:\x1a' \
	"expect:safexl: [1] stopped: list 'a b' - 'fg' continues it" 'expect:[1 stopped]> ' \
	'send:jobs\r' "expect:[1] stopped  list 'a b'" 'expect:> ' 'send:fg\r' file:continued 'send:\x03' \
	"expect:$host> " 'send:\x04' eof
at "twice, and two of them" 'expect:> ' 'send:list a\r' file:ready 'send:\x1a' 'expect:[1 stopped]> ' \
	'send:list b\r' 'expect:list b' 'job' 'send:\x1a' 'expect:[2 stopped]> ' 'send:fg 1\r' \
	file:continued 'send:\x1a' 'expect:[2] stopped: list a' 'expect:[2 stopped]> ' 'send:fg %\r' 'expect:list a' job \
	'send:\x03' 'expect:[1 stopped]> ' 'send:fg\r' 'expect:list b' job 'send:\x03' "expect:$host> " 'send:\x04' eof
at "leaving with one: a warning first" 'expect:> ' 'send:list\r' file:ready 'send:\x1a' 'expect:[1 stopped]> ' \
	'send:\x04' 'expect:a command is stopped; leaving now would end it' 'expect:> ' 'send:\x04' eof
pid=$(sed -n 's/^ready //p' "$XL_ECHO_OUT")
check "then it is hung up" timeout 20 sh -c "while kill -0 $pid; do :; done"
at "a warning is given again" 'expect:> ' 'send:list\r' file:ready 'send:\x1a' 'expect:[1 stopped]> ' \
	'send:exit\r' 'expect:leaving now' 'expect:> ' 'send:pwd\r' 'expect:> ' 'send:exit\r' 'expect:leaving now' \
	'expect:> ' 'send:exit\r' eof
at "nothing to go on with" 'expect:> ' 'send:fg\r' 'expect:safexl: fg: no command is stopped' "${leave[@]}" eof
XL_ECHO=copy at "in the background it stops when it reads" 'expect:> ' 'send:list\r' job 'send:\x1a' 'expect:[1 stopped]> ' \
	'send:bg\r' 'expect:[1] goes on: list' 'expect:[1] stopped: list' 'expect:> ' \
	'send:fg\r' job 'send:words\r' 'expect:words' 'expect:words' 'send:\x04' "expect:$host> " 'send:\x04' eof
config new1
at "a command that is recorded, too" 'expect:> ' 'send:mem-set web1 128\r' file:ready 'send:\x1a' 'expect:[1 stopped]> ' \
	'send:fg\r' file:continued 'send:\x03' "expect:$host> " 'send:\x04' eof
XL_ECHO=ids at "commands lead their own group, in the foreground" 'expect:> ' 'send:list\r' "${leave[@]}" eof
like "$(cat "$XL_ECHO_OUT")" 'foreground' "so is the command"

# ---- a terminal that is another session's: no jobs, but all the rest ----
# usage: apart WHAT STEP...: the shell in a session of its own
apart() {
	local what=$1
	shift
	rm -f "$XL_ECHO_OUT"
	check "$what" "$pty" "$@" -- setsid --wait "$safexl"
}
# SIGINT when the command is gone that sends it.
late='(while kill -0 $$ 2>/dev/null; do :; done; kill -INT $PPID) &'
XL_ECHO=argv apart "an interrupt drops the line, after a command as before it" 'expect:> ' "send:!$late\r" \
	'expect:^C' 'expect:> ' 'send:list x\r' 'expect:> ' "send:!$late\r" 'expect:^C' "${leave[@]}" eof
is "$(given)" '[list][x]' "and ends no session"
apart "a command that is interrupted does not either" 'expect:> ' 'send:!kill -INT $$\r' 'expect:> ' \
	'send:pwd\r' "expect:$PWD" "${leave[@]}" eof
apart "a command reads the terminal" 'expect:> ' 'send:!echo re""ady; read x; echo [$x]\r' \
	expect:ready 'send:word\r' 'expect:[word]' "${leave[@]}" eof

# ---- the terminal ----
at "its mode is put right when a command died" 'expect:> ' 'send:!stty raw -echo; kill -9 $$\r' \
	'expect:ended by signal 9' 'expect:> ' 'send:!stty -a\r' 'expect: icanon' 'expect: echo ' "${leave[@]}" eof
at "but the person's own stty stays" 'expect:> ' 'send:!stty -ixon\r' 'expect:> ' 'send:!stty -a\r' 'expect:-ixon' "${leave[@]}" eof
at "a new size reaches commands" 'expect:> ' size:30x100 'send:!stty size\r' 'expect:30 100' "${leave[@]}" eof
long='abcdefghijklmnopqrstuvwxyz0123456789'
at "and the line editor, at the prompt" 'expect:> ' size:24x30 "send:$long" 'expect:<' 'send:\x03' 'expect:^C' "${leave[@]}" eof
at "or while a command runs" 'expect:> ' 'send:list\r' file:ready size:24x30 'send:\x03' 'expect:> ' "send:$long" \
	'expect:<' 'send:\x03' 'expect:^C' "${leave[@]}" eof
at "not otherwise" 'expect:> ' "send:$long" 'expect:789' 'send:\x03' 'expect:^C' "${leave[@]}" eof 'never:<'
check "a line that is cut ends it" "$pty" 'expect:> ' hangup -- "$safexl"
rm -f "$XL_ECHO_OUT"
check "also while a command runs" "$pty" 'expect:> ' 'send:list\r' file:ready hangup -- "$safexl"
pid=$(sed -n 's/^ready //p' "$XL_ECHO_OUT")
check "and the command" timeout 20 sh -c "while kill -0 $pid; do :; done"
"$pty" 'expect:> ' "send:!kill -TERM \$PPID\\r" eof -- "$safexl"
is $? 143 "SIGTERM ends it"
export XL_ECHO=argv

# ---- history ----
rm -rf "$HOME/.local"
at "what was typed" 'expect:> ' 'send:list 1\r' 'expect:> ' 'send:list 2\r' 'expect:> ' 'send:list 1\r' 'expect:> ' \
	'send: list secret\r' 'expect:> ' 'send:history\r' 'expect:1  list 2' 'expect:2  list 1' 'expect:3  history' \
	"${leave[@]}" eof 'never:3  list'
is "$(cat "$file")" "list 2
list 1
history" "is in the file, once, and not behind a blank"
is "$(stat -c %a "$file" "$(dirname "$file")" | tr '\n' ' ')" "600 700 " "readable by its owner only"
PTY_FILE=$XL_ECHO_OUT at "arrows and Ctrl-R go through it" 'expect:> ' 'send:\x10\x10\r' 'expect:> ' 'send:\x12st 2\r' file:1:2 'send:exit\r' eof
is "$(given)" "[list][1][$SAFEXL_XL][list][2]" "that of the day before"
chmod 644 "$file"
at "a file open to others is closed" 'expect:> ' "send:!stat -c =%a= $file\\r" 'expect:=600=' "${leave[@]}" eof
rm "$file"
at "two shells side by side" 'expect:> ' 'send:pwd\r' 'expect:> ' "send:!printf 'list other\\\\n' >>$file\\r" 'expect:> ' \
	'send:list mine\r' "${leave[@]}" eof
is "$(grep -c -e other -e mine -e pwd "$file")" 4 "lose no line"
seq -f 'list %g' 1500 >"$file"
at "a file that has grown" 'expect:> ' 'send:list new\r' "${leave[@]}" eof
is "$(wc -l <"$file"):$(head -n 1 "$file"):$(tail -n 1 "$file")" '1000:list 502:list new' "keeps the newest 1000"
XDG_STATE_HOME=$work/state2 at "XDG_STATE_HOME" 'expect:> ' 'send:pwd\r' "${leave[@]}" eof
is "$(cat "$work/state2/safexl/history")" pwd "is where it lies"
at "history -c" 'expect:> ' 'send:history -c\r' "${leave[@]}" eof
is "$(wc -c <"$file")" 0 "forgets"
# Its holder waits until somebody waits for the file, then looks. Behind a blank the line is not added first.
echo 'list kept' >"$file"
cat >"$work/holder" <<EOF
touch "$work/held"
until grep -q -e "-> FLOCK.*:$(stat -c %i "$file") " /proc/locks; do :; done
wc -c <"$file" >"$work/meanwhile"
EOF
at "and waits for a shell that trims the file" 'expect:> ' "send:!flock $file sh $work/holder & until test -e $work/held; do :; done\\r" \
	'expect:> ' 'send: history -c\r' "${leave[@]}" eof
like "$(cat "$work/meanwhile")" '^[1-9]' "so that it does not bring the lines back"
is "$(wc -c <"$file")" 0 "nothing is there in the end"
printf 'list torn' >"$file"
at "a line whose end is missing" 'expect:> ' 'send:pwd\r' "${leave[@]}" eof
is "$(cat "$file")" "list torn
pwd" "is not continued"
printf '%01023d\n' 0 >"$file"
truncate -s 1020 "$file" && echo >>"$file"
check "no room for a whole line" "$pty" 'expect:> ' 'send:pwd\r' "expect:$PWD" "${leave[@]}" eof -- \
	bash -c "trap '' XFSZ; ulimit -f 1; exec '$safexl'"
is "$(tail -c 3 "$file")" "00" "nothing of it is left"
rm -rf "$HOME/.local" && ln -s /dev/null "$HOME/.local"
at "no place for it: said, and everything else works" 'expect:safexl: no history is kept' 'expect:> ' 'send:pwd\r' \
	"expect:$PWD" "${leave[@]}" eof
rm "$HOME/.local"

# ---- what needs attention ----
mkdir -p "$state/journal"
echo '{' >"$state/journal/1.json"
at "a change half done is told, and stays in the prompt" 'expect:safexl: 1 change is half done: ' \
	"expect:safexl $host [1 half done]> " 'send:pwd\r' "expect:[1 half done]> " "send:!rm $state/journal/1.json\\r" \
	"expect:$host> " 'send:\x04' eof
rm -rf "$state/journal"

# ---- completion ----
printf '%s\n' "name = \"we b's\"" 'memory = 128' >"$etc/other.cfg"
domain 2 "we b's"
domain 3 "zz \$x"
printf '%s\n' 'name = "split\nname"' 'memory = 128' >"$etc/newline.cfg"
at "commands" 'expect:> ' 'send:hist\t\r' "expect:history" 'expect:> ' 'send:pw\t\r' "expect:$PWD" "${leave[@]}" eof
at "a domain" 'expect:> ' 'send:pause web\t\r' "${leave[@]}" eof
is "$(given)" '[pause][web1]' "by its first letters"
at "names with blanks and quotes" 'expect:> ' 'send:pause we\\ \t\r' 'expect:> ' 'send:pause zz\t\r' 'expect:> ' \
	"send:pause 'we \\t\\r" 'expect:> ' 'send:pause "zz\t\r' "${leave[@]}" eof
is "$(given | sed "s,\[$SAFEXL_XL\],,g")" "[pause][we b's][pause][zz \$x][pause][we b's][pause][zz \$x]" \
	"arrive as they are"
at "and newlines" 'expect:> ' 'send:where spl\t\r' 'expect:split\nname' "${leave[@]}" eof
at "several are shown" 'expect:> ' 'send:pause we\t\t' 'expect:we\ b' 'expect:web1' 'send:\x03' 'expect:^C' "${leave[@]}" eof
at "that domain's disks" 'expect:> ' 'send:block-detach web1 \t' 'expect:xvda' 'send:\x03' 'expect:^C' "${leave[@]}" eof
at "behind the program's name" 'expect:> ' 'send:safexl pause web\t\r' "${leave[@]}" eof
is "$(given)" '[pause][web1]' "as well"
for before in "\$'it\\\\'s'" "\$'x\\\\'\\\\'' 'y'" "\$'\\\\'' \\\\'"; do
	at "behind $before" 'expect:> ' "send:vcpu-list $before we\\\\ \\t\\r" "${leave[@]}" eof
	like "$(given)" "\\[we b's\\]\$" "a word of its own"
done
at "within \$'...', behind an escape" 'expect:> ' "send:pause \$'we b\\\\'\\t\\r" "${leave[@]}" eof
is "$(given)" "[pause][we b's]" "as well"
mkdir "$work/a dir"
at "directories for cd" 'expect:> ' "send:cd $work/a\\t\\r" 'expect:> ' 'send:pwd\r' "expect:$work/a dir" "${leave[@]}" eof
mkdir -p "$work/dirs/srt" "$work/dirs/srv"
at "Ctrl-C while Tab is at work" 'expect:> ' 'send:pause we\t\t\t\x03' 'expect:^C' "${leave[@]}" eof
at "and for an answer" 'expect:> ' size:24x80 'send:\t\t' 'expect:Display all' 'send:\x03' 'expect:^C' "${leave[@]}" eof
at "directories are listed as such, once" 'expect:> ' "send:cd $work/dirs\\r" 'expect:> ' 'send:check s\t\t' \
	'expect:srt/ ' 'expect:srv/' 'expect:> check s' 'send:\x03' 'expect:^C' "${leave[@]}" eof 'never:srv//'
sx --config mem-set "we b's" 64
sx --config mem-set "we b's" 65
config $'bold\033[1m'
sx --config mem-set $'bold\033[1m' 64
log=$("$BUILD/safexl" log -n 3 | awk '{ print "expect:" $1 }')
mapfile -t newest <<<"$log"
at "commits with their subjects, newest first" 'expect:> ' 'send:undo \t\t' "${newest[0]}" 'expect:bold\x1b[1m: set memory' \
	"${newest[1]}" "${newest[2]}" "expect:we b's: set memory to 64" 'send:\x03' 'expect:^C' "${leave[@]}" eof
at "that have no more room than there is" 'expect:> ' size:24x30 'send:show \t\t' 'expect:: set me' \
	'send:\x03' 'expect:^C' "${leave[@]}" eof 'never:MiB'
at "few words with what they are" 'expect:> ' 'send:mem-\t\t' 'expect:mem-max  set the memory' 'send:\x03' 'expect:^C' "${leave[@]}" eof
at "many in columns" 'expect:> ' size:24x80 'send:\t\t' 'expect:Display all' 'send:n' 'expect:> ' 'send:\x03' 'expect:^C' "${leave[@]}" eof
at "Tab in an empty world" 'expect:> ' 'send:nosuch \t\x01#\r' "${leave[@]}" eof

# ---- hours of use ----
# Counted, and without pages of files: see shell.sh.
look='!awk "/^Anonymous/ { print \\$2 }" /proc/$PPID/smaps_rollup >>size; ls /proc/$PPID/fd | wc -l >>size\r'
steps=('expect:> ' "send:cd $work\\r" 'expect:> ')
for i in {1..600}; do
	case $i in 100 | 600) steps+=("send:$look" 'expect:> ') ;; esac
	steps+=('send:pause web\t\r' 'expect:> ')
done
at "600 commands, each completed" "${steps[@]}" 'send:\x04' eof
mapfile -t size <"$work/size"
is "${size[1]}" "${size[3]}" "as many descriptors after them"
case $BUILD in
*asan*) skip "and no more memory" "the sanitizer keeps what was freed" ;;
*) check "and no more memory (${size[0]} KiB before, ${size[2]} after)" test $((size[2] - size[0])) -lt 32 ;;
esac
finish
