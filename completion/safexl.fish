# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# fish completion for safexl(8). The program finds the candidates (cmd/complete_main.c), fish
# quotes them. Installed under the name xl:  complete -c xl -w safexl

function __fish_safexl_candidates
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    set -l word (string unescape -- $current)
    # A quote may be open.
    or set word (string unescape -- $current"'")
    or set word (string unescape -- $current'"')
    set -l program $typed[1]
    command -q $program
    or set program safexl
    set -l answer (command $program __complete (count $typed) $typed "$word" 2>/dev/null | string split0)
    set -l i 1
    while test $i -lt (count $answer)
        set -l text $answer[$i]
        string match -q '*,*' -- $answer[(math $i + 2)]
        and set text $text,
        printf '%s\t%s\0' $text $answer[(math $i + 1)]
        set i (math $i + 3)
    end
end

complete -c safexl -f -k -a '(__fish_safexl_candidates | string split0)'
