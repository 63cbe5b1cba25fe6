# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What a recorded change promises after a power cut is a matter of order: content reaches the disk
# before its name, objects before the branch that refers to them, all of it before safexl ends.
# preload_fault.c tells the calls; fsync counts from where it was called, and is waited for.
. tests/flow/crash_lib.sh

# order LOG: what is wrong with the order of its calls; the last line is "N in place"
order() {
	awk -v etc="$etc" '
	function want(ok, what) { if (!ok) print what }
	function inside(path) { return substr(path, length(etc) + 2) }
	$3 == "fsync" { synced[inside($4)] = NR; next }
	$2 != "r" { next }
	{ path = inside($4); sub(/^\.git\//, "", path) }
	path ~ /^objects\// {
		want((".git/safexl/" path) in synced, path " was not on disk")
		placed[substr(path, 1, 10)] = NR
		count++
	}
	path ~ /\.cfg$/ { config = NR; count++ }
	path == "index" || path ~ /^refs\// {
		name = path == "index" ? "index" : "ref"
		want((".git/safexl/" name) in synced, name " was not on disk")
		for (dir in placed)
			want(synced[".git/" dir] > placed[dir], dir " was not on disk before " name)
		want(config && synced[""] > config, "the configuration was not on disk")
		moved[path == "index" ? ".git" : ".git/refs/heads"] = NR
		count++
	}
	END {
		for (dir in moved)
			want(synced[dir] > moved[dir], dir " is not on disk")
		print count " in place"
	}' "$1"
}

# state_order LOG: the same of what safexl remembers (journal, markers); the last line is "N in place"
state_order() {
	awk '
	function want(ok, what) { if (!ok) print what }
	$3 == "fsync" { synced[$4] = NR; next }
	$2 != "r" || $4 !~ /\/var\/lib\/safexl\/(journal|markers)\/[^\/]*\.json$/ { next }
	{
		dir = name = $4
		sub(/\/[^\/]*$/, "", dir)
		name = substr(name, length(dir) + 2)
		found = 0
		for (path in synced)
			found = found || index(path, dir "/." name ".safexl-") == 1
		for (path in synced)
			if (index(path, dir "/." name ".safexl-") == 1)
				delete synced[path]
		want(found, name " was not on disk")
		placed[dir] = NR
		count++
	}
	END {
		for (dir in placed)
			want(synced[dir] > placed[dir], dir " is not on disk")
		print count + 0 " in place"
	}' "$1"
}

# logged COMMAND...: safexl, each call of which is told in $work/log
logged() {
	rm -f "$work/log"
	LD_PRELOAD=$BUILD/fake/preload_fault.so FAULT_EXE=safexl FAULT_LOG=$work/log \
		"$BUILD/safexl" -q "$@" 2>"$work/err"
	is "$? $(cat "$work/err")" "0 " "safexl $1"
}

world
rm -f "$work/log"
LD_PRELOAD=$BUILD/fake/preload_fault.so FAULT_EXE=safexl FAULT_LOG=$work/log \
	"$BUILD/safexl" -q --config mem-set web1 300 2>"$work/err"
is "$(cat "$work/err")" "" "a change is recorded"
is "$(grep -c ' p fork' "$work/log")" 0 "what git's settings in the home say is read without a child"
is "$(order "$work/log")" "6 in place" "content, names, objects and branch reach the disk in order"
# The check sees what it is for.
grep -v ' fsync .*/ref$' "$work/log" >"$work/broken"
is "$(order "$work/broken" | head -n 1)" "ref was not on disk" "a missing fsync is found"
{ grep ' fsync .*/safexl/' "$work/log"; grep 'renameat .*/objects/' "$work/log"
	grep -v ' fsync .*/safexl/\|renameat .*/objects/' "$work/log" | grep -v 'fsync .*/objects/'; } >"$work/broken"
like "$(order "$work/broken")" "objects/.. was not on disk before" "and a branch before its objects"

printf '[include]\n\tpath = more\n' >>"$HOME/.gitconfig"
logged --config mem-set web1 310
is "$(grep -c ' p fork' "$work/log")" 1 "one child reads those that include others, of the author and of the rules"

logged block-attach web1 phy:/dev/vg0/b,xvdc,w
is "$(state_order "$work/log")" "1 in place" "the journal is on disk before the guest is touched"
grep -v ' fsync .*/journal/\.' "$work/log" >"$work/broken"
like "$(state_order "$work/broken" | head -n 1)" "was not on disk" "a missing fsync of it is found"
logged save web1 "$work/image"
like "$(state_order "$work/log")" "^[1-9] in place$" "markers of a save are"
grep -v ' fsync .*/markers/\.' "$work/log" >"$work/broken"
like "$(state_order "$work/broken" | head -n 1)" "was not on disk" "a missing fsync of one is found"
grep -v ' fsync .*/markers$' "$work/log" >"$work/broken"
like "$(state_order "$work/broken" | head -n 1)" "is not on disk" "and of their directory"
logged restore "$work/image"
like "$(state_order "$work/log")" "^[1-9] in place$" "and those of a restore"
finish
