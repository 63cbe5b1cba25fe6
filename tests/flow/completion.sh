#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# completion/* in real shells, a person pressing TAB: what the shell makes of it is what counts.
. tests/flow/lib.sh

config g1
config web1
domain 3 g1 262144 'xvdb connected /srv/x.img' 'hdc connected /srv/cd.iso'
domain 4 "we b's" 65536
domain 5 'a$b' 65536
domain 6 'qu"x' 65536
touch "$work/data.img" "$HOME/mine.img"
export PATH=$BUILD:$PATH TERM=dumb INPUTRC=/dev/null HISTFILE=/dev/null PTY_SECONDS=20
tree=$PWD

# safexl in the shell notes the words it would get; only __complete reaches the program.
mkdir -p "$work/zsh" "$HOME/.config/fish"
cat >"$work/bashrc" <<END
PS1='> '
. completion/safexl.bash
safexl() { if [[ \$1 = __complete ]]; then command safexl "\$@"; else printf '<%s>' "\$@" >>"$work/words"; echo >>"$work/words"; fi; }
END
cat >"$work/zsh/.zshrc" <<END
PS1='> '
unsetopt prompt_sp
fpath=("$tree/completion" \$fpath)
autoload -Uz compinit
compinit -u -D
safexl() { if [[ \$1 = __complete ]]; then command safexl "\$@"; else printf '<%s>' "\$@" >>"$work/words"; echo >>"$work/words"; fi; }
END
cat >"$work/fishrc" <<END
function fish_prompt; echo '> '; end
set fish_greeting
source "$tree/completion/safexl.fish"
function safexl; printf '<%s>' \$argv >>"$work/words"; echo >>"$work/words"; end
END

# enters WANT LINE: the line, TAB, Return; the words that the command then gets
lines=() wants=()
enters() {
	wants+=("$1")
	lines+=("$2")
}
run_lines() {
	local i steps=() got
	rm -f "$work/words"
	for i in "${!lines[@]}"; do
		# The words are awaited before the next line is typed.
		steps+=("send:${lines[i]}\\t\\r" "file:${wants[i]}")
	done
	ZDOTDIR=$work/zsh PTY_FILE=$work/words "$BUILD/fake/pty" 'expect:> ' "${steps[@]}" 'send:exit\r' eof -- \
		"${shell[@]}" >"$work/pty.out" 2>&1 || sed 's/^/# /' "$work/pty.out"
	for i in "${!lines[@]}"; do
		got=$(sed -n "$((i + 1))p" "$work/words" 2>/dev/null)
		is "$got" "${wants[i]}" "$name: ${lines[i]}"
	done
}

enters '<block-detach><g1><xvdb>' 'safexl block-detach g1 xvdb'
enters '<block-attach><g1>' 'safexl block-at\tg\t'
enters "<where><we b's>" 'safexl where we\\ '
enters "<where><we b's>" "safexl where 'we "
enters "<where><we b's>" 'safexl where "we '
enters '<where><a$b>' 'safexl where a'
enters '<where><qu"x>' 'safexl where q'
enters "<create><$etc/web1.cfg>" 'safexl create we'
enters "<block-attach><g1><$work/data.img,raw,xvdd,w>" "safexl block-attach g1 $work/da\\t\\t\\tw"
enters '<block-attach><g1><phy:/dev/x,xvdd,w>' 'safexl block-attach g1 phy:/dev/x,\tw'
enters '<network-attach><g1><type=vif>' 'safexl network-attach g1 type=v'
enters '<network-attach><g1><bridge=x>' 'safexl network-attach g1 bri\tx'
enters '<dump-core><g1>'"<$HOME/mine.img>" 'safexl dump-core g1 ~/mi'
enters '<--message>' 'safexl --mes'
for name in bash zsh fish; do
	if ! command -v "$name" >/dev/null; then
		skip "$name" "$name is not installed"
		continue
	fi
	case $name in
	bash) shell=(bash --noprofile --rcfile "$work/bashrc" -i) ;;
	zsh) shell=(zsh -i) ;;
	fish) shell=(fish -i -C "source $work/fishrc") ;;
	esac
	run_lines
done

# ---- bash: what is offered, to the letter, and how it is loaded ----
# press LINE: what bash-completion's function offers for it
press() {
	rm -f "$work/spy"
	"$BUILD/fake/pty" 'expect:> ' "send:$1\\t" "file:=>" 'send:\x15exit\r' eof -- bash --noprofile \
		--rcfile "$work/spyrc" -i >"$work/pty.out" 2>&1 || sed 's/^/# /' "$work/pty.out"
	cat "$work/spy" 2>/dev/null
}
cat >"$work/spyrc" <<END
PS1='> '
. completion/safexl.bash
spy() {
	_comp_cmd_safexl "\$@"
	printf '%s|' "\${COMPREPLY[@]}" >"$work/spy"
	echo '=>' >>"$work/spy"
}
complete -F spy safexl
END
export PTY_FILE=$work/spy
is "$(press 'safexl block-detach g1 ')" 'hdc|xvda|xvdb|=>' "exactly the domain's disks"
is "$(press 'safexl where ')" "a\\\$b|g1|qu\\\"x|we\\ b\\'s|web1|=>" 'names are quoted'

# ---- bash: a list of commits, by its second TAB, has their subjects, the newest first ----
sx --config -m 'why \1' mem-set web1 128
sx --config mem-set web1 192
mapfile -t ids < <(git_ log --format=%h -2)
unset PTY_FILE
for line in 'undo ' 'show '; do
	check "commits with their subjects: $line" "$BUILD/fake/pty" 'expect:> ' "send:safexl $line\\t\\t" \
		"expect:${ids[0]}  web1: set memory to 192 MiB" "expect:${ids[1]}  web1: set memory to 128 MiB" "expect:> safexl $line" \
		'send:\x15exit\r' eof -- bash --noprofile --rcfile "$work/bashrc" -i
done
export PTY_FILE=$work/words
rm -f "$work/words"
check 'one of them alone is put there without' "$BUILD/fake/pty" 'expect:> ' "send:safexl undo ${ids[1]:0:6}\\t\\t\\r" \
	"file:<undo><${ids[1]}>" 'send:exit\r' eof -- bash --noprofile --rcfile "$work/bashrc" -i
rm -f "$work/words"
printf 'set show-all-if-ambiguous on\n' >"$work/inputrc"
INPUTRC=$work/inputrc check 'listed by the first TAB, what they have in common is put there' "$BUILD/fake/pty" 'expect:> ' \
	"send:safexl undo \\t" "expect:${ids[1]}  web1" "send:${ids[1]}\\r" "file:<undo><${ids[1]}>" 'send:exit\r' eof -- \
	bash --noprofile --rcfile "$work/bashrc" -i
is "$("$BUILD/safexl" __complete --bash ' ' 'safexl show ' 20 | tr '\0' '\n' | sed 1d | awk '{ print length }' | sort -u)" 20 \
	'cut to the width'
is "$("$BUILD/safexl" __complete --bash ' ' 'safexl undo ' | tr '\0' '|')" "  nosort|a\\\$b|g1|qu\\\"x|we\\ b\\'s|web1|$(git_ log --format=%h | tr '\n' '|')" \
	'not when they are to be put there'

bash_completion=/usr/share/bash-completion/bash_completion
if [ -e "$bash_completion" ]; then
	mkdir -p "$work/share/completions"
	cp completion/safexl.bash "$work/share/completions/"
	export BASH_COMPLETION_USER_DIR=$work/share
	printf "PS1='> '\n. %s\n" "$bash_completion" >"$work/rc"
	check 'loaded by its name at the first TAB' "$BUILD/fake/pty" 'expect:> ' \
		'send:safexl recov\t' 'expect:recover ' 'send:\x15exit\r' eof -- bash --noprofile --rcfile "$work/rc" -i
	check 'behind sudo' "$BUILD/fake/pty" 'expect:> ' \
		'send:sudo safexl recov\t' 'expect:recover ' 'send:\x15exit\r' eof -- bash --noprofile --rcfile "$work/rc" -i
	printf "PS1='> '\n. %s\n_completion_loader safexl\ncomplete -F _comp_cmd_safexl xl\n" "$bash_completion" >"$work/rc"
	mkdir "$work/bin"
	ln -s "$BUILD/safexl" "$work/bin/xl"
	PATH=$work/bin:$PATH check 'under the name xl' "$BUILD/fake/pty" 'expect:> ' \
		'send:xl recov\t' 'expect:recover ' 'send:\x15exit\r' eof -- bash --noprofile --rcfile "$work/rc" -i
else
	skip 'loaded by its name' "$bash_completion is not there"
fi
finish
