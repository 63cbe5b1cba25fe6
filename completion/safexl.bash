# bash completion for safexl(8). Loaded by bash-completion on the first TAB behind "safexl".
# Commands come from the program itself, domains from the running Xen; the options before the
# command are listed here and compared with the program by tests/flow/completion.sh.
# shellcheck shell=bash

_comp_cmd_safexl__options=(--live --config -m --message -N --dry-run --discard-marker --json
	-q --quiet --version -h --help -v -t -T -f)

# Only a control domain can name domains; elsewhere xl would complain and be slow about it.
_comp_cmd_safexl__is_dom0()
{
	local capabilities=

	read -r capabilities 2>/dev/null </proc/xen/capabilities
	[[ $capabilities == *control_d* ]]
}

# Offer those of the words on stdin, one a line, that begin with what was typed.
_comp_cmd_safexl__offer()
{
	local word

	while IFS= read -r word; do
		printf -v word %q "$word"
		[[ $word != "$cur"* ]] || COMPREPLY+=("$word")
	done
}

# The name is what stands before id, memory, processors, state and time: it may hold blanks.
_comp_cmd_safexl__domains()
{
	_comp_cmd_safexl__is_dom0 || return
	_comp_cmd_safexl__offer < <("$program" list 2>/dev/null |
		sed -nE '2,$s/ +[0-9]+ +[0-9]+ +[0-9]+ +[-a-z]{6} +[0-9.]+$//p')
}

_comp_cmd_safexl__disks()
{
	_comp_cmd_safexl__is_dom0 || return
	_comp_cmd_safexl__offer < <("$program" block-list "$1" 2>/dev/null |
		awk 'NR > 1 { print $1 }')
}

_comp_cmd_safexl__files()
{
	if declare -F _comp_compgen_filedir >/dev/null; then
		_comp_compgen_filedir
	else
		_filedir
	fi
}

# A disk specification goes on behind the path, and the path may stand behind "target=".
_comp_cmd_safexl__disk_spec()
{
	cur=${cur##*=}
	_comp_cmd_safexl__files
	compopt -o nospace
}

# The command in full: what was typed, if it is one, else the only one that begins so.
_comp_cmd_safexl__full_name()
{
	local name found=()

	while IFS= read -r name; do
		if [[ $name == "$1" ]]; then
			found=("$name")
			break
		fi
		[[ $name != "$1"* ]] || found+=("$name")
	done < <("$program" help --commands 2>/dev/null)
	[[ ${#found[@]} != 1 ]] || printf '%s\n' "${found[0]}"
}

# What may stand as word number $2 (from 0) behind command $1; $3 is the first one.
_comp_cmd_safexl__argument()
{
	case $1:$2 in
	create:* | restore:* | loadpolicy:0 | cpupool-create:*) _comp_cmd_safexl__files ;;
	help:0) _comp_cmd_safexl__offer < <("$program" help --commands 2>/dev/null) ;;
	sched-*) [[ $prev != -d ]] || _comp_cmd_safexl__domains ;;
	images:* | recover:* | help:* | domname:* | vm-list:* | info:* | top:* | dmesg:* | debug-keys:* | \
		set-parameters:* | claims:* | getenforce:* | setenforce:* | loadpolicy:* | devd:* | \
		migrate-receive:* | dt-overlay:* | psr-hwinfo:* | pci-assignable-*) ;;
	cpupool-migrate:0) _comp_cmd_safexl__domains ;;
	cpupool-*) ;;
	*:0) _comp_cmd_safexl__domains ;;
	block-attach:*) _comp_cmd_safexl__disk_spec ;;
	block-detach:1) _comp_cmd_safexl__disks "$3" ;;
	adopt:1 | save:* | dump-core:1 | config-update:* | cd-insert:2) _comp_cmd_safexl__files ;;
	*-list:* | uptime:*) _comp_cmd_safexl__domains ;;
	esac
}

_comp_cmd_safexl()
{
	local cur prev words cword program=${1:-safexl} command='' first='' i position=0

	if declare -F _comp_initialize >/dev/null; then
		_comp_initialize -n = -- "$@" || return
	else
		_init_completion -n = || return
	fi
	for ((i = 1; i < cword; i++)); do
		if [[ $command ]]; then
			[[ ${words[i]} == -* ]] && continue
			((position++)) || first=${words[i]}
		elif [[ ${words[i]} == -@(m|-message) ]]; then
			((++i < cword)) || return 0
		elif [[ ${words[i]} != -* ]]; then
			command=$(_comp_cmd_safexl__full_name "${words[i]}")
			[[ $command ]] || return 0
		fi
	done
	if [[ $command == images && $cur == -* ]]; then
		_comp_cmd_safexl__offer <<<--prune
	elif [[ $command ]]; then
		[[ $cur == -* ]] || _comp_cmd_safexl__argument "$command" "$position" "$first"
	elif [[ $cur == -* ]]; then
		_comp_cmd_safexl__offer < <(printf '%s\n' "${_comp_cmd_safexl__options[@]}")
	else
		_comp_cmd_safexl__offer < <("$program" help --commands 2>/dev/null)
	fi
} && complete -F _comp_cmd_safexl safexl
