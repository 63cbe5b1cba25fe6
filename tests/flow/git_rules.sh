#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What git would not commit by itself, or not as it stands: files that it ignores, files that fewer
# people may read than the history, and files that it would convert or filter.
. "$(dirname "$0")/lib.sh"

memory() { sed -n 's/^memory  *= *//p' "$etc/g1.cfg"; }
head_text() { git_ show HEAD:g1.cfg; }
# A repository that a person made, with a file of theirs that is not in it. start [MODE-OF-THE-FILE]
start() {
	rm -rf "$etc" "$state"
	mkdir -p "$etc"
	rm -f "$SAFEXL_FAKE/log"
	config g1
	config other
	chmod "${1:-644}" "$etc/g1.cfg"
	domain 1 g1
	git_ init -q -b main
	chmod 755 "$etc/.git"
	git_ add other.cfg
	git_ commit -qm start
}
# The last sx was refused: nothing ran, nothing is written. refused REASON HINT WHAT
refused() {
	status 78 "$3: refused"
	like "$err" "nothing was changed: .*$1" "$3: with the reason"
	like "$err" "$2" "$3: with a way out"
	like "$err" "safexl --live mem-set g1 200" "$3: and the other"
	is "$(xl_calls)$(memory)$(subjects)" "256start" "$3: nothing was done"
}
recorded() {
	status 0 "$1: recorded"
	is "$(head_text)" "$(cat "$etc/g1.cfg")" "$1: the history has the file"
	check_clean "$1"
}

# ---- ignored, and not tracked
for rule in .gitignore .git/info/exclude repository person default; do
	start
	case $rule in
	repository) git_ config core.excludesFile "$work/rules"; echo 'g1.*' >"$work/rules" ;;
	person) git config --global core.excludesFile '~/"rules"'; echo '*.cfg' >"$HOME/\"rules\"" ;;
	default) mkdir -p "$HOME/.config/git"; echo 'g[0-9].cfg' >"$HOME/.config/git/ignore" ;;
	*) echo /g1.cfg >>"$etc/$rule" ;;
	esac
	sx mem-set g1 200
	refused "g1.cfg is untracked, and git is told to ignore it" "git -C $etc add -f $etc/g1.cfg" "ignored by $rule"
	git config --global --unset core.excludesFile
done
rm "$HOME/.config/git/ignore"

# ---- whatever commits
printf '#!/bin/sh\necho "# more" >>"$1"\n' >"$work/editor"
chmod +x "$work/editor"
export EDITOR=$work/editor
start
echo /g1.cfg >"$etc/.gitignore"
before=$(cat "$etc/g1.cfg")
for words in "mem-set g1 200" "--config mem-set g1 200" "-N mem-set g1 200" "block-attach g1 /srv/x.img,raw,xvdx,w" \
	"edit g1" "--config edit $etc/g1.cfg" "rename g1 g2" "--config rename g1 g2" "adopt g1 $etc/g1.cfg"; do
	sx $words
	status 78 "$words: refused"
	like "$err" "g1.cfg is untracked, and git is told to ignore it" "$words: with the reason"
done
sx --live mem-set g1 200
status 0 "--live is a way out"
sx record g1
status 78 "record: refused"
echo "mem-set g1 190" | "$BUILD/safexl" >/dev/null 2>&1
is "$?" 78 "the shell: refused"
is "$(xl_calls)$(subjects)" "mem-set g1 200start" "xl ran for --live only, nothing is committed"
is "$(cat "$etc/g1.cfg")" "$before" "and the file is as it was"
git_ add -f "$etc/g1.cfg"
sx mem-set g1 200
recorded "given to git by a person"
git_ rm -q --cached g1.cfg
git_ commit -qm 'no longer'
sx --config mem-set g1 201
status 78 "taken out of git again: refused again"

start
printf '*.cfg\n!g1.cfg\n' >"$etc/.gitignore"
sx mem-set g1 200
recorded "an exception of the rules"

# ---- readable for fewer than the history is
start 600
sx mem-set g1 200
refused "g1.cfg may not be read by everybody, but the history in $etc/.git may" "chmod go= $etc/.git" "a private file"
git_ add g1.cfg
sx mem-set g1 200
recorded "a private file that a person gave to git"
echo '# secret' >>"$etc/g1.cfg"
sx mem-set g1 201
status 78 "an edit of it is theirs again"
is "$(git_ log --all -p | grep -c secret)" 0 "and published nowhere"
chmod go= "$etc/.git"
sx mem-set g1 201
recorded "with a history that is as private"
chmod go=rx "$etc/.git"
cat >"$SAFEXL_FAKE/hook" <<EOF
#!/bin/sh
echo '# password' >>$etc/g1.cfg
rm "\$0"
EOF
chmod +x "$SAFEXL_FAKE/hook"
sx mem-set g1 202
status 74 "an edit of it while xl runs: the record waits"
like "$err" "may not be read by everybody.*|chmod go=" "with the reason"
is "$(git_ log --all -p | grep -c password)" 0 "and it is published nowhere"
sx recover
is "$(git_ log --all -p | grep -c password)" 0 "by recover neither"
chmod go= "$etc/.git"
sx recover
status 0 "with a history that is as private, it is completed"
recorded "afterwards"

start 600
chmod 700 "$etc"
sx mem-set g1 200
recorded "both in a directory that is as private"
chmod 755 "$etc"

start 640
sx mem-set g1 200
refused "by everybody" "chmod go=" "a file for a group"
chmod 750 "$etc/.git"
sx mem-set g1 200
recorded "a history for the same group"

start
chmod 750 "$etc/.git"
chmod 600 "$etc/g1.cfg"
sx mem-set g1 200
refused "by the group" "chmod go=" "a history for a group, and a file for none"

start
mkdir -m 700 "$etc/vms"
mv "$etc/g1.cfg" "$etc/vms/"
ln -s vms/g1.cfg "$etc/g1.cfg"
sx mem-set g1 200
status 78 "in a private directory: refused"
like "$err" "vms/g1.cfg may not be read by everybody" "with the reason"

start
sx mem-set g1 200
recorded "a file for everybody"

# ---- git would keep another text
for how in 'g1.cfg filter=crypt' '*.cfg filter=crypt' 'g1.cfg working-tree-encoding=UTF-16LE'; do
	start
	echo "$how" >"$etc/.gitattributes"
	git_ config filter.crypt.clean 'tr a-z n-za-m'
	git_ config filter.crypt.smudge 'tr a-z n-za-m'
	git_ add .
	git_ commit -qm start --amend
	sx mem-set g1 200
	refused "git would not keep g1.cfg as it is \((filter crypt|working-tree-encoding UTF-16LE)\)" "echo '/g1.cfg -(filter|working-tree-encoding)' >>$etc/.git/info/attributes" "$how"
	sx diff
	is "$(grep -c 'not committed' <<<"$out$err")" 0 "$how: diff does not take the file for edited"
	is "$(grep -c 'not in the history' <<<"$err")" 0 "$how: nor as missing in the history"
	sx where g1
	is "$(grep -c 'edited\|not committed' <<<"$out$err")" 0 "$how: nor does where"
done
mkdir -p "$etc/.git/info"
echo '/g1.cfg -working-tree-encoding' >>"$etc/.git/info/attributes"
sx mem-set g1 200
status 0 "and goes on when it is told to keep it as it is"

for how in sub info person default macro; do
	start
	case $how in
	sub)
		mkdir "$etc/vms"
		git_ mv g1.cfg vms 2>/dev/null || mv "$etc/g1.cfg" "$etc/vms"
		ln -s vms/g1.cfg "$etc/g1.cfg"
		echo '*.cfg filter=lfs' >"$etc/vms/.gitattributes" ;;
	info) mkdir -p "$etc/.git/info"; echo 'g1.cfg filter=lfs' >"$etc/.git/info/attributes" ;;
	person) git config --global core.attributesFile '~/attributes'; echo '*.cfg filter=lfs' >"$HOME/attributes" ;;
	default) echo 'g* filter=lfs' >"$HOME/.config/git/attributes" ;;
	macro) printf '[attr]secret filter=lfs\n*.cfg secret\n' >"$etc/.gitattributes" ;;
	esac
	sx mem-set g1 200
	refused "git would not keep (vms/)?g1.cfg as it is \(filter lfs\)" "-filter' >>$etc/.git/info/attributes" "a filter by $how"
	git config --global --unset core.attributesFile
done
rm "$HOME/.config/git/attributes"

for how in '* text' '* text=auto' 'g1.cfg eol=crlf' 'g1.cfg ident' core.autocrlf person; do
	start
	case $how in
	core.*) git_ config core.autocrlf input ;;
	person) git config --global core.autocrlf input ;;
	*) echo "$how" >"$etc/.gitattributes" ;;
	esac
	sed -i 's/^# .*/&\r/; s/kept by/$Id: 1$ &/' "$etc/g1.cfg" # elsewhere xl takes no carriage return
	git_ add . 2>/dev/null
	git_ commit -qm start --amend
	sx mem-set g1 200
	refused "git would not keep g1.cfg as it is" "echo '/g1.cfg -text -ident' >>$etc/.git/info/attributes" "$how"
	sx diff
	is "$(grep -c 'not committed' <<<"$out$err")" 0 "$how: diff does not take the file for edited"
	mkdir -p "$etc/.git/info"
	echo '/g1.cfg -text -ident' >>"$etc/.git/info/attributes"
	sx mem-set g1 200
	status 0 "$how: told to keep it as it is, git has it"
	git config --global --unset core.autocrlf
done

for how in '* text=auto' '* text eol=lf' '*.bin filter=crypt' 'g1.cfg -filter' 'g1.cfg working-tree-encoding=UTF-8' '*.cfg diff=xl'; do
	start
	echo "$how" >"$etc/.gitattributes"
	sx mem-set g1 200
	recorded "$how, which changes nothing"
done

# ---- what is read is read for a while only
for file in .gitignore .gitattributes; do
	start
	mkfifo "$etc/$file"
	sx mem-set g1 200
	status 73 "$file is a fifo: refused"
	like "$err" 'take too long to read' "$file is a fifo: with the reason"
	rm "$etc/$file"
done

# ---- a history that safexl starts leaves out what git would not take
start
rm -rf "$etc/.git"
printf '/other.cfg\n' >"$etc/.gitignore"
printf 'f.cfg filter=crypt\n' >"$etc/.gitattributes"
config f
sx mem-set g1 200
status 0 "the first change"
is "$(git_ ls-files)" "g1.cfg" "the files that git would take are the first commit"
sx --config mem-set other 200
status 78 "a change of an ignored one is refused"
sx --config mem-set f 200
status 78 "a change of a filtered one as well"

finish
