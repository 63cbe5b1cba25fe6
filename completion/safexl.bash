# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for safexl(8). Loaded by bash-completion on the first TAB behind "safexl"; needs
# nothing of it. The program finds the candidates and quotes them (cmd/complete_main.c): names
# hold blanks, quotes and '$'. Installed under the name xl:  complete -F _comp_cmd_safexl xl
# shellcheck shell=bash

_comp_cmd_safexl()
{
	local program=$1 answer=() option listed=()

	[[ $program == \~* || ! $(type -P -- "$program") ]] && program=safexl
	COMPREPLY=()
	# The ways of readline to list what there is: what is shown there may say more than the word.
	case ${COMP_TYPE-} in 33 | 63 | 64) listed=("$((${COLUMNS:-80} - 1))") ;; esac
	mapfile -d '' -t answer < <("$program" __complete --bash "$COMP_WORDBREAKS" \
		"${COMP_LINE:0:COMP_POINT}" "${listed[@]}" 2>/dev/null)
	for option in ${answer[0]-}; do
		compopt -o "$option" 2>/dev/null
	done
	COMPREPLY=("${answer[@]:1}")
} && complete -F _comp_cmd_safexl safexl
