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

world
rm -f "$work/log"
LD_PRELOAD=$BUILD/fake/preload_fault.so FAULT_EXE=safexl FAULT_LOG=$work/log \
	"$BUILD/safexl" -q --config mem-set web1 300 2>"$work/err"
is "$(cat "$work/err")" "" "a change is recorded"
is "$(grep -c ' p fork' "$work/log")" 1 "one child reads what git's settings in the home say, of the author and of the rules"
is "$(order "$work/log")" "6 in place" "content, names, objects and branch reach the disk in order"
# The check sees what it is for.
grep -v ' fsync .*/ref$' "$work/log" >"$work/broken"
is "$(order "$work/broken" | head -n 1)" "ref was not on disk" "a missing fsync is found"
{ grep ' fsync .*/safexl/' "$work/log"; grep 'renameat .*/objects/' "$work/log"
	grep -v ' fsync .*/safexl/\|renameat .*/objects/' "$work/log" | grep -v 'fsync .*/objects/'; } >"$work/broken"
like "$(order "$work/broken")" "objects/.. was not on disk before" "and a branch before its objects"
finish
