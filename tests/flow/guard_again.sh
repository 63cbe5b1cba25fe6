# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# A guest that somebody starts again before its save is recorded: it is not called saved.
. tests/flow/lib.sh

save_dir=$work/save
image=$save_dir/g1
mkdir "$save_dir"
head -c 65536 /dev/zero >"$work/g1.img"
printf "name = 'g1'\nmemory = 256\ndisk = [ '%s,raw,xvda,w' ]\n" "$work/g1.img" >"$etc/g1.cfg"
marker() { find "$state/markers" -name "*-g1.json" | sort | tail -n 1; }
patch() { sed -i "s|\"$1\": *[^,]*,|\"$1\": $2,|" "$(marker)"; }
given_up() { # WHAT
	sx images
	like "$out" "^discarded +g1 +$image" "$1: the image is given up"
	sx where g1
	like "$out" '^memory +running' "$1: the guest is known to run"
	sx restore "$image"
	status 77 "$1: the image is not restored"
}

# safexl died when the image was proven; the guest runs with the uuid that was saved, or anew
for as in saved anew; do
	sx create "$etc/g1.cfg"
	uuid=$(sed -n 's/^uuid=//p' "$SAFEXL_FAKE"/*.dom)
	sx save g1 "$image"
	mv "$image" "$save_dir/.g1.safexl-1"
	patch state '"saving"'
	patch temp '"'"$save_dir/.g1.safexl-1"'"'
	patch owner_pid 0
	patch child_pid 1999999999
	"$SAFEXL_XL" create "$etc/g1.cfg"
	[ $as = anew ] || sed -i "s/^uuid=.*/uuid=$uuid/" "$SAFEXL_FAKE"/*.dom
	sx recover
	status 0 "recover, the guest runs again, $as"
	like "$err" "g1: discarded the image of an interrupted save, $image: the guest was started again" "it is said"
	given_up "recover, $as"
	sx destroy g1
	rm -f "$image"
done

# while the image is proven, which takes minutes where it has gigabytes
sx create "$etc/g1.cfg"
mkfifo "$work/held" "$work/go"
cat >"$SAFEXL_FAKE/hook" <<EOF
#!/bin/sh
rm "$SAFEXL_FAKE/hook"
python3 -c 'import fcntl
lock = open("$SAFEXL_ROOT/run/safexl/guard-markers.lock", "a")
fcntl.lockf(lock, fcntl.LOCK_EX)
open("$work/held", "w").write("\n")
open("$work/go").read()' &
read -r line <"$work/held"
EOF
chmod 755 "$SAFEXL_FAKE/hook"
"$BUILD/safexl" save g1 "$image" >"$work/slow" 2>&1 </dev/null &
saving=$!
until grep -q waiting "$work/slow" || ! kill -0 $saving 2>/dev/null; do :; done
"$SAFEXL_XL" create "$etc/g1.cfg"
echo >"$work/go"
wait $saving
is "$?" 1 "save, the guest is started again before it is recorded"
like "$(cat "$work/slow")" "g1: the guest was started again before the save was recorded" "it is said"
like "$(cat "$work/slow")" "^hint: for its state: safexl where g1\$" "with what tells more"
check "the image stays" test -f "$image"
given_up "save"
finish
