#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# No dead end: from each state of a marker, whatever became of its image and its guest, the hints of
# what is refused lead on, each pasted as it stands, until the guest runs or is saved.
. tests/flow/lib.sh

save_dir=$work/save
image=$save_dir/g1
hidden=$save_dir/.g1.safexl-9
head -c 65536 /dev/zero >"$work/g1.img"

marker() { find "$state/markers" -name '*.json' | sort | tail -n 1; }
patch() { sed -i "s|\"$1\": *[^,]*,|\"$1\": $2,|" "$(marker)"; }
runs() { grep -qs '^name=g1$' "$SAFEXL_FAKE"/*.dom; }
paste() { PATH=$BUILD:$PATH bash -c "$1" >"$work/out" 2>"$work/err" </dev/null; }
# The commands that the last hints name, or that `where` has found, one a line.
hints() {
	cat "$work/err" "$work/out" | sed -n '
		s/^hint: .*: \(\(safexl\|rm\|mv\) .*\)$/\1/p
		s/^\(now\)\{0,1\}  .*: \(safexl .*\)$/\2/p'
}

# build STATE IMAGE GUEST: a world in which a marker of that state is left, as by a kill; kept, to be laid again.
build() {
	rm -rf "$state" "$save_dir" "$SAFEXL_FAKE"/*.dom "$work/kept"
	mkdir -p "$save_dir"
	sx create "$etc/g1.cfg"
	if [ "$3" = runs ]; then sx save -c g1 "$image"; else sx save g1 "$image"; fi
	patch state "\"$1\""
	case $1 in
	discarding) patch before '"saved"' ;;
	restoring) patch before '"saved"' ;;
	migrat*)
		patch to_host '"other"'
		patch image '""' ;;
	esac
	case $2 in
	hidden)
		mv "$image" "$hidden"
		patch temp "\"$hidden\"" ;;
	cut) truncate -s -100 "$image" ;;
	gone) rm "$image" ;;
	esac
	[ "$1" != saving ] || [ "$2" = hidden ] || patch temp "\"$hidden\""
	mkdir "$work/kept"
	cp -a "$state" "$work/kept/state"
	cp -a "$save_dir" "$SAFEXL_FAKE" "$work/kept"
}
lay() {
	rm -rf "$state" "$save_dir" "$SAFEXL_FAKE"
	cp -a "$work/kept/state" "$state"
	cp -a "$work/kept/${save_dir##*/}" "$save_dir"
	cp -a "$work/kept/${SAFEXL_FAKE##*/}" "$SAFEXL_FAKE"
}

# reach GOAL DEPTH FIRST COMMAND...: from the world as it was laid, after these commands, does FIRST, or what its
# hints name, reach the goal? Leaves what was tried in $way.
reach() {
	local goal=$1 depth=$2 first=$3 command next commands=("${@:4}")

	lay
	for command in "${commands[@]}"; do
		paste "$command"
		"$goal" && return
	done
	[[ ${commands[*]: -1} == "safexl where "* ]] || paste "$first"
	"$goal" && return
	way+="${commands[*]-}: $(head -n 1 "$work/err")"$'\n'
	[ "$depth" -lt 3 ] || return 1
	next=$(hints)
	while [ -n "$next" ] && read -r command <&3; do
		reach "$goal" $((depth + 1)) "$first" "${commands[@]}" "$command" && return
	done 3<<<"$next"
	return 1
}

# leads GOAL FIRST
leads() {
	way=
	if reach "$1" 0 "$2"; then
		ok "${world[*]}: ${2##"safexl "} leads to what was wanted"
	else
		not_ok "${world[*]}: ${2##"safexl "} leads to what was wanted"
		sed 's/^/# /' <<<"$way"
	fi
}
is_saved() { ! runs && [ -f "$image" ] && grep -qs '"state": *"saved"' "$state"/markers/*.json; }

printf "name = 'g1'\nkernel = '%s'\nmemory = 256\ndisk = [ '%s,raw,xvda,w' ]\n" "$work/g1.img" "$work/g1.img" \
	>"$etc/g1.cfg"
for name in saving saved checkpoint restoring restored discarding discarded migrating migrated; do
	files='there cut gone'
	case $name in
	saving) files='there hidden gone' ;;
	migrat*) files=gone ;;
	esac
	for file in $files; do
		world=($name $file ended)
		build "${world[@]}"
		leads runs "safexl create $etc/g1.cfg"
		[ $file-$name = gone-migrating ] || [ $file-$name = gone-migrated ] || leads runs "safexl restore $image"
		world=($name $file runs)
		build "${world[@]}"
		leads is_saved "safexl save g1 $image"
	done
done

finish
