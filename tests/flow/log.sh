#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# log and show: what they say against what git says.
. tests/flow/lib.sh
export BUILD

sx log
status 78 "without any history"
like "$err" "has no history yet" "that is said"
git -C "$etc" -c init.defaultBranch=main init -q
sx log
status 78 "a repository without a commit has none either"
rm -rf "$etc/.git"

config web1
config web2
domain 1 web1
domain 2 web2
sx -m 'more room for uploads' block-attach web1 phy:/dev/vg0/a,xvdb,w
sx mem-set web2 200
sx mem-set web1 128
sed -i 's/as in/as by/' "$etc/web2.cfg"
sx mem-set web2 210
git_ mv web2.cfg www.cfg
git_ commit -qm 'rename by hand'
sx --config -m "first line
second	line" mem-set web2 220

sx log
status 0 "log"
is "$(printf '%s\n' "$out" | awk '{ print $1 }')" "$(git_ log --format=%h)" "has the commits of git log, by their ids"
is "$(printf '%s\n' "$out" | awk '{ print $2, $3 }')" "$(git_ log --format=%ad --date=format-local:'%Y-%m-%d %H:%M')" "and their times"
like "$out" '^[0-9a-f]{7} [^ ]+ [^ ]+ Ada Admin +web1 +attach disk xvdb \(/dev/vg0/a\)  \[more room for uploads\]$' "who, domain, what, why"
like "$out" ' web2 +edited by hand$' "an edit made by hand is told by its domain"
like "$out" ' web2 .*\[first line second\\tline\]$' "a reason of two lines is one here, control characters are escaped"
is "$(printf '%s' "$out" | tr -d '\n' | tr -d '[:print:]')" "" "no colours in a pipe"
sx log web1
is "$(printf '%s\n' "$out" | awk '{ print $1 }')" "$(git_ log --format=%h -- web1.cfg)" "of one domain: as git log of its file"
sx log 1
is "$(printf '%s\n' "$out" | awk '{ print $1 }')" "$(git_ log --format=%h -- web1.cfg)" "by its number"
sx log web2
is "$(printf '%s\n' "$out" | awk '{ print $1 }')" "$(git_ log --format=%h --follow -- www.cfg)" "through a rename of the file"
sx log "$etc/www.cfg"
is "$(printf '%s\n' "$out" | awk '{ print $1 }')" "$(git_ log --format=%h --follow -- www.cfg)" "by the file"
(cd "$etc" && "$BUILD/safexl" log ./www.cfg) >"$work/rel"
is "$(awk '{ print $1 }' "$work/rel")" "$(git_ log --format=%h --follow -- www.cfg)" "also a relative one"
sx log -n 2
is "$(printf '%s\n' "$out" | awk '{ print $1 }')" "$(git_ log -2 --format=%h)" "-n"
sx log -n 0
is "$status$out" 0 "-n 0"
sx log -n x
status 2 "-n with no number"
sx log -p -n 1 web1
is "$(printf '%s\n' "$out" | grep '^[+-][^+-]')" "$(git_ show --format= "$(git_ log -1 --format=%h -- web1.cfg)" | grep '^[+-][^+-]')" "-p has the differences of git show"
sx log -p web1
is "$(printf '%s\n' "$out" | grep -c 'diff --git.*web2')" 0 "-p of one domain leaves out the others'"

sx --json log
is "$(printf '%s\n' "$out" | python3 -c 'import json,sys; print("\n".join(c["commit"] for c in json.load(sys.stdin)["commits"]))')" \
	"$(git_ log --format=%H)" "--json is JSON, and has them all"
is "$(printf '%s\n' "$out" | python3 -c 'import json,sys; c=json.load(sys.stdin)["commits"][0]; print(c["domain"], c["subject"], c["reason"], c["command"], c["author"], c["email"], sep="|")')" \
	"web2|web2: set memory to 220 MiB (was 210)|first line
second\\tline|safexl --config mem-set web2 220|Ada Admin|ada@example.org" "with every fact"

# A domain that is no more.
git_ rm -q www.cfg
git_ commit -qm 'web2 is gone'
rm "$SAFEXL_FAKE/2.dom"
sx log web2
is "$(printf '%s\n' "$out" | awk '{ print $1 }')" "$(git_ log --format=%h --follow -- www.cfg)" "a domain whose file was removed"
sx log nobody
status 78 "a domain that never was"
like "$err" "nothing in the history is about 'nobody'" "is told as that"

# show
sx show HEAD~1
status 0 "show"
like "$out" "^commit $(git_ rev-parse HEAD~1)$" "the commit"
like "$out" "^Author: Ada Admin <ada@example.org>$" "the author"
is "$(printf '%s\n' "$out" | grep '^[+-][^+-]')" "$(git_ show --format= HEAD~1 | grep '^[+-][^+-]')" "the differences"
id=$(git_ log -1 --format=%h --grep='attach disk')
sx show "$id"
like "$out" '^    Reason: more room for uploads$' "the message, by a short id"
sx --json show "$id"
is "$(printf '%s\n' "$out" | python3 -c 'import json,sys; j=json.load(sys.stdin); print(j["commit"], j["message"].split("\n")[0], "+\t'"'"'phy:/dev/vg0/a,xvdb,w'"'"'" in j["diff"])')" \
	"$(git_ log -1 --format='%H %s' "$id") True" "--json show"
sx show nothing-like-it
status 1 "a commit that is none"
like "$err" "no commit is called 'nothing-like-it'" "is told"
sx show
status 2 "show without a commit"
sx -m x log
status 2 "options of changes are refused"

# What others write cannot paint the terminal.
git_ commit -q --allow-empty -m 'empty'
printf '# \033[31mred\033[m \xe2\x80\xae\n' >>"$etc/web1.cfg"
git_ -c user.name="$(printf 'Eve\033[2J')" commit -qam "$(printf 'painted \033[2J')"
sx log -n 1 -p
is "$(printf '%s' "$out" | tr -d '\n\t' | tr -d '[:print:]')" "" "escapes in names, subjects, files are shown as text"
like "$out" 'painted \\x1b\[2J' "namely escaped"
is "$(printf '%s\n' "$out" | head -1 | cut -c-7)" "$(git_ log -1 --format=%h)" "a commit that touched nothing is passed over"

# Packed, and merged.
git_ gc -q
git_ pack-refs --all
git_ checkout -q -b side HEAD~3 2>/dev/null
echo '# aside' >>"$etc/web1.cfg"
git_ commit -qam 'aside'
git_ checkout -q main
git_ merge -q -m 'merged' -X ours side 2>/dev/null || { git_ checkout -q --ours web1.cfg; git_ add -A; git_ commit -qm merged; }
sx log
status 0 "packed objects and refs, a merge"
is "$(printf '%s\n' "$out" | awk '{ print $1 }' | sort)" \
	"$(git_ log --format=%h --full-history --no-merges -- . | sort)" "all commits are there, once; a merge brought nothing"

# Through a pager on a terminal only.
export SAFEXL_PAGER="sed 's/^/paged: /'" TERM=xterm
unset NO_COLOR
sx log -n 1
newest=${out%% *}
pty() { "$BUILD/fake/pty" "$@" 2>&1; }
check "on a terminal: paged, and coloured" pty $'expect:paged: \033[33m' eof -- "$BUILD/safexl" log -n 1
NO_COLOR=1 check "NO_COLOR" pty "expect:paged: $newest" eof -- "$BUILD/safexl" log -n 1
SAFEXL_PAGER='head -n 1' check "a pager that is left early is no failure" \
	pty 'expect:status 0.' eof -- sh -c '"$BUILD/safexl" log -p; echo "status $?."'
SAFEXL_PAGER='nosuch -x' NO_COLOR=1 check "a pager that is not there: told, and the text is shown" \
	pty 'expect:nosuch: not found' "expect:$newest" eof -- "$BUILD/safexl" log -n 1
# As less does.
cat >"$work/pager" <<'S'
#!/bin/sh
trap : INT
echo re""ady
while [ -z "$word" ]; do read -r word </dev/tty; done
echo "[$word]"
S
chmod +x "$work/pager"
SAFEXL_PAGER=$work/pager check "Ctrl-C is the pager's" pty expect:ready 'send:\x03' 'expect:^C' 'send:word\r' 'expect:[word]' \
	'expect:status 0.' eof -- sh -c 'trap : INT; "$BUILD/safexl" log; echo "status $?."'
SAFEXL_PAGER='' NO_COLOR=1 check "an empty pager: none" \
	pty "expect:begin"$'\r\n'"$newest" eof -- sh -c 'echo begin; "$BUILD/safexl" log -n 1'
sx log -n 1
is "$(printf '%s\n' "$out" | grep -c paged)" 0 "in a pipe: none"
(
	unset PAGER GIT_PAGER SAFEXL_PAGER
	mkdir "$work/no-less" && ln -s /bin/sh /bin/cat "$work/no-less/"
	PATH=$work/no-less exec "$BUILD/fake/pty" 'expect:usage: safexl' eof -- "$BUILD/safexl" help
) >"$work/no-less.out" 2>&1
is "$?" 0 "less is not there: all is shown as it is"
for words in help --help 'help mem-set' 'mem-set -h'; do
	# shellcheck disable=SC2086
	check "$words: likewise" pty 'expect:paged: usage: safexl' eof -- "$BUILD/safexl" $words
	# shellcheck disable=SC2086
	sx $words
	like "$out" '^usage: safexl' "but not in a pipe"
done

# Many loose objects are told, once git would pack them.
sx log -n 1
is "$err" "" "few loose objects are no matter"
mkdir -p "$etc/.git/objects/17"
for i in $(seq 10 36); do echo x >"$etc/.git/objects/17/000000000000000000000000000000000000$i"; done
sx log -n 1
like "$err" "about [67][0-9]{3} objects .* are not packed.*: git -C $etc gc$" "many are told, with the way out"
sx -q log -n 1
is "$err" "" "-q"

# An enclosing repository: only what concerns the configurations.
rm -rf "$etc/.git"
git -C "$SAFEXL_ROOT/etc" -c init.defaultBranch=main init -q
echo a >"$SAFEXL_ROOT/etc/hosts"
git -C "$SAFEXL_ROOT/etc" add -A
git -C "$SAFEXL_ROOT/etc" commit -qm 'daily autocommit'
echo b >"$SAFEXL_ROOT/etc/hosts"
git -C "$SAFEXL_ROOT/etc" commit -qam 'unrelated'
sx mem-set web1 100
sx log
is "$(printf '%s\n' "$out" | awk '{ print $1 }')" "$(git -C "$SAFEXL_ROOT/etc" log --format=%h -- xen)" "etckeeper's: only ours"
sx log -n 1 -p
is "$(printf '%s\n' "$out" | grep -c '^diff')" 1 "and only our files in the differences"
sx show HEAD~1
status 1 "a commit that touched none"
like "$err" "touched no configuration" "is told as that"
# What is not UTF-8 is read as the commit says it is written, else by replacement.
echo '# latin' >>"$etc/web1.cfg"
git_ -c i18n.commitEncoding=ISO-8859-1 -c user.name=$'J\xf6rg' -c user.email=j@example.org commit -qam $'gr\xfcn'
sx log
like "$(head -n 1 <<<"$out")" 'Jörg +web1 +grün$' "an author and a subject in Latin-1"
sx show HEAD
like "$out" '^Author: Jörg <j@example.org>$' "show has them too"
git_ cat-file commit HEAD | sed '/^encoding/d' >"$work/commit"
git_ reset -q --soft "$(git_ hash-object -t commit -w "$work/commit")"
sx log
like "$(head -n 1 <<<"$out")" 'J�rg +web1 +gr�n$' "when the commit does not say so, each such byte is replaced"

# A commit of several files, asked for by one of them.
config web3
touch "$etc/.cfg" "$etc/nameless.cfg"
git_ add -A
git_ commit -qm 'web3.cfg: three by hand'
for file in web3.cfg:web3 .cfg:.cfg nameless.cfg:nameless; do
	sx log "$etc/${file%:*}"
	like "$out" "Ada Admin +${file#*:} +(web3.cfg: )?three by hand\$" "is told by that file's domain: $file"
	is "$("$BUILD/safexl" --json log "$etc/${file%:*}" | python3 -c 'import json, sys; print(json.load(sys.stdin)["commits"][0]["domain"])')" \
		"${file#*:}" "--json"
done
sx log -n 1
like "$out" ' \(3 files\) web3.cfg: three by hand$' "without a file it is of none"

# A date that no calendar has.
echo '# far' >>"$etc/web3.cfg"
git_ add web3.cfg
printf "tree %s\nparent %s\n$(printf '%s A <a@b> 99999999999999999 +0000\\n' author committer)\nfar\n" \
	"$(git_ write-tree)" "$(git_ rev-parse HEAD)" >"$work/commit"
git_ update-ref HEAD "$(git_ hash-object -t commit -w --literally "$work/commit")"
sx log -n 1
like "$out" "^[0-9a-f]{7} - {16}A  .* far\$" "a date beyond all years is none"
sx show HEAD
like "$out" '^Date:   -$' "nor in show"
finish
