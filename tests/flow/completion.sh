#!/usr/bin/env bash
# completion/safexl.bash in a real bash with readline, a person pressing TAB.
. tests/flow/lib.sh

bash_completion=/usr/share/bash-completion/bash_completion
for needed in "$bash_completion" "$BUILD/fake/pty"; do
	[ -e "$needed" ] && continue
	skip "completion" "$needed is not there"
	finish
done

# An xl that names domains as xl prints them, and notes each call.
cat >"$work/xl" <<END
#!/bin/sh
echo "\$*" >>"$work/xl.log"
case \$1 in
list) cat <<LIST
Name                                        ID   Mem VCPUs	State	Time(s)
Domain-0                                     0  1024     2     r-----      73.4
web1                                        14   256     1     -b----     105.0
web2                                        15   256     1     -b----       2.1
my guest                                    16   256     1     --p---       0.0
LIST
;;
block-list) cat <<LIST
Vdev  BE  handle state evt-ch ring-ref BE-path
51712 0   14     4     7      8        /local/domain/0/backend/vbd/14/51712
51728 0   14     4     9      10       /local/domain/0/backend/vbd/14/51728
LIST
;;
esac
END
chmod +x "$work/xl"
export SAFEXL_XL=$work/xl PATH=$BUILD:$PATH INPUTRC=/dev/null HISTFILE=/dev/null TERM=dumb
export BASH_COMPLETION_USER_DIR=$work/share
mkdir -p "$work/share/completions" "$work/files"
cp completion/safexl.bash "$work/share/completions/"
touch "$work/files/data.img" "$work/files/data.cfg"

# What was offered is written down, each line behind the command line it was offered for.
cat >"$work/rc" <<END
PS1='> '
. $bash_completion
. completion/safexl.bash
_comp_cmd_safexl__is_dom0() { [ -e "$work/dom0" ]; }
spy() {
	_comp_cmd_safexl "\$@"
	printf '%s => %s\n' "\$COMP_LINE" \
		"\$(printf '%s\n' "\${COMPREPLY[@]}" | sort | paste -sd ' ')" >>"$work/spy"
}
complete -F spy safexl
END
bash_for_a_person=(bash --noprofile --rcfile "$work/rc" -i)
# press LINE...: type each, press TAB, erase it
press() {
	local line steps=()
	rm -f "$work/spy"
	for line in "$@"; do steps+=("send:$line\\t\\x15"); done
	"$BUILD/fake/pty" 'expect:> ' "${steps[@]}" 'send:exit\r' eof -- "${bash_for_a_person[@]}" \
		>"$work/pty.out" || sed 's/^/# /' "$work/pty.out"
}
# offers LINE WANT DESCRIPTION: at the last press
offers() {
	is "$(sed -n "s|^$1 => ||p" "$work/spy" 2>/dev/null)" "$2" "$3"
}

touch "$work/dom0"
press 'safexl block-' 'safexl --d' 'safexl mem-set we' "safexl -m 'some reason' --config mem-max w" \
	"safexl block-at web1 $work/files/dat" "safexl block-attach web1 target=$work/files/data.i" \
	'safexl block-detach web1 5' "safexl create $work/files/dat" 'safexl help cre' \
	'safexl mem-set my' "safexl adopt web1 $work/files/data.c" 'safexl info w' 'safexl nosuch w' \
	'safexl sched-credit -d w' 'safexl -m w' 'safexl m w' 'safexl uptime web1 w' 'safexl rec' \
	'safexl --message=why mem-max w' 'safexl where we' 'safexl images -' 'safexl images w' \
	"safexl save web1 $work/files/data.i" "safexl restore $work/files/data.i"
is "$(grep -c . "$work/spy")" 24 "bash asks for every line"
offers 'safexl block-' 'block-attach block-detach block-list' "commands"
offers 'safexl --d' '--discard-marker --dry-run' "options before the command"
offers 'safexl mem-set we' 'web1 web2' "domains"
offers "safexl -m 'some reason' --config mem-max w" 'web1 web2' "domains behind options and a message"
offers 'safexl --message=why mem-max w' 'web1 web2' "and behind a message joined to its option"
offers "safexl block-at web1 $work/files/dat" "$work/files/data.cfg $work/files/data.img" \
	"files behind an abbreviated command"
offers "safexl block-attach web1 target=$work/files/data.i" "$work/files/data.img" "files behind target="
offers 'safexl block-detach web1 5' '51712 51728' "the disks of that domain"
like "$(cat "$work/xl.log")" '^block-list web1$' "xl is asked for that domain"
offers "safexl create $work/files/dat" "$work/files/data.cfg $work/files/data.img" "files for create"
offers 'safexl help cre' 'create' "commands behind help"
offers 'safexl mem-set my' 'my\ guest' "a name with a blank is quoted"
offers "safexl adopt web1 $work/files/data.c" "$work/files/data.cfg" "a file for adopt"
offers 'safexl info w' '' "nothing where no domain is wanted"
offers 'safexl nosuch w' '' "nothing behind a word that is no command"
offers 'safexl sched-credit -d w' 'web1 web2' "a domain behind -d of the schedulers"
offers 'safexl -m w' '' "nothing for the message"
offers 'safexl m w' '' "nothing behind a word that several commands begin with"
offers 'safexl uptime web1 w' 'web1 web2' "a second domain where several are taken"
offers 'safexl where we' 'web1 web2' "domains for where"
offers 'safexl images -' '--prune' "the option of images"
offers 'safexl images w' '' "which takes nothing else"
offers "safexl save web1 $work/files/data.i" "$work/files/data.img" "a file for save"
offers "safexl restore $work/files/data.i" "$work/files/data.img" "a file for restore"
offers 'safexl rec' 'recover' "commands of safexl's own"

rm -f "$work/dom0" "$work/xl.log"
press 'safexl mem-set we' 'safexl block-detach web1 5'
is "$(cat "$work/spy")" 'safexl mem-set we => 
safexl block-detach web1 5 => ' "no domains where none can be asked for"
check "xl is not run there" test ! -e "$work/xl.log"

printf "PS1='> '\n. %s\n" "$bash_completion" >"$work/rc"
check "it is loaded by its name at the first TAB" "$BUILD/fake/pty" 'expect:> ' \
	'send:safexl recov\t' 'expect:recover ' 'send:\x15exit\r' eof -- "${bash_for_a_person[@]}"

sx --help
# shellcheck disable=SC2016 # the inner bash expands it
is "$(bash -c '. completion/safexl.bash; printf "%s\n" "${_comp_cmd_safexl__options[@]}"' | sort)" \
	"$(printf '%s\n' "$out" | sed -n '/^Options/,/^$/s/^  \(-.*\)$/\1/p' | cut -c1-21 |
		grep -oE -- '--?[a-zA-Z-]+' | sort)" "the options are those of the program"
finish
