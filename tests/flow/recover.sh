# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What a killed safexl leaves, and what the next one makes of it: said, finished or withdrawn.
. tests/flow/lib.sh

# killed PATH WORDS...: safexl is killed before the first call on a path that ends in PATH
killed() {
	local at=$1
	shift
	# The braces hide what the shell has to say about it.
	{
		LD_PRELOAD=$BUILD/fake/preload_fault.so FAULT_EXE=safexl FAULT_AT_PATH=$at \
			FAULT_ACTION=kill-before "$BUILD/safexl" "$@" >"$work/out" 2>"$work/err" </dev/null
		status=$?
	} 2>/dev/null
	out=$(cat "$work/out") err=$(cat "$work/err")
}
pending() { ls "$state/journal" | grep -c 'json$'; }

config web1
config web2
domain 1 web1
domain 2 web2
sx mem-set web1 200
status 0 "a first change"

killed /web1.cfg block-attach web1 phy:/dev/vg0/b,xvdc,w
status 137 "killed after xl and before the file"
is "$(grep -c xvdc "$etc/web1.cfg")$(grep -c "^disk=xvdc" "$SAFEXL_FAKE/1.dom")" 01 "the domain has the disk, the file not"
sx recover
status 0 "recover"
like "$err" "web1: finished an interrupted change \(safexl block-attach web1 phy:/dev/vg0/b,xvdc,w\): recorded in .*web1.cfg \([0-9a-f]{7,}\)" "says what it did"
is "$(subjects | head -n 1)" "web1: attach disk xvdc (/dev/vg0/b)" "the commit is the one it would have been"
check_clean "finished"
sx recover
like "$err" "nothing to recover" "nothing is left to do"

killed .json block-attach web1 phy:/dev/vg0/x,xvdx,w
sx recover
like "$err" "nothing to recover" "killed before the journal: nothing had begun"
is "$(grep -c xvdx "$SAFEXL_FAKE/1.dom")" 0 "xl was not run"
check_clean "not begun"

killed .json.child block-attach web1 phy:/dev/vg0/x,xvdx,w
sx mem-set web1 201
status 0 "killed before xl: the next change"
like "$err" "withdrew an interrupted change .*xl had not run yet" "withdraws it, and says so"
check_clean "withdrawn"

# Two wait; one cannot be settled.
killed /web1.cfg block-attach web1 phy:/dev/vg0/d,xvdd,w
mv "$etc/web1.cfg" "$work/away"
killed /web2.cfg block-attach web2 phy:/dev/vg0/d,xvdd,w
is "$(pending)" 2 "two changes wait"
sx recover
status 74 "one of them cannot be settled"
like "$err" "web1: the interrupted .* cannot be settled: .*web1.cfg" "it is named"
is "$(grep -c xvdd "$etc/web2.cfg")" 1 "the other is, all the same"
is "$(pending)" 1 "one waits"
sx mem-set web2 200
status 0 "another domain is not kept from its changes"
mv "$work/away" "$etc/web1.cfg"
sx recover
status 0 "the cause is mended: recover"
is "$(grep -c xvdd "$etc/web1.cfg")" 1 "it is finished"
check_clean "both"

# An undo whose words are about two domains is none that safexl wrote.
killed /web1.cfg undo HEAD
left=$(ls "$state"/journal/*.json)
cp "$left" "$work/left"
sed -zi 's/\("block-detach",[[:space:]]*\)"web1"/\1"web2"/' "$left"
check "the record of an undo names another domain" grep -q '"web2"' "$left"
sx recover
status 74 "it is not settled"
like "$err" "undo: .block-detach. reverses no change of web1" "and said why"
is "$(xl_calls | grep -c 'detach web2')" 0 "nothing is done to the other domain"
sed 's/"family" *: *"undo"/"family": "attach"/' "$work/left" >"$left"
sx recover
status 74 "a record of a kind that no command is"
like "$err" "it is not a change that this safexl knows" "is told"
cp "$work/left" "$left"
sx recover
status 0 "as it was it is"
check_clean "undone"

# Without Xen nobody can say what is live.
killed /web1.cfg block-attach web1 phy:/dev/vg0/e,xvde,w
mv "$SAFEXL_FAKE" "$SAFEXL_FAKE.off"
sx recover
status 75 "no Xen: recover leaves it for later"
like "$err" "left for later: no Xen" "and says why"
is "$(pending)" 1 "it waits"
sx --config mem-set web1 202
status 74 "a change of that configuration has to wait for it"
mv "$SAFEXL_FAKE.off" "$SAFEXL_FAKE"
sx recover
status 0 "Xen is back: recover"
check_clean "later"

# An edit on top of what had been put in place already.
killed /refs/heads/main.lock block-attach web1 phy:/dev/vg0/f,xvdf,w
echo '# a word by hand' >>"$etc/web1.cfg"
sx mem-set web1 203
status 0 "killed before the commit, edited by hand, then another change"
is "$(subjects | head -n 3)" "web1: set memory to 203 MiB (was 201)
web1.cfg: edited by hand
web1: attach disk xvdf (/dev/vg0/f)" "three commits, each with its own"
check_clean "edited"

# xl outlives safexl: what it does counts. Each waits for a word of the other.
mkfifo "$work/begun" "$work/go"
exec 3<>"$work/begun" 4<>"$work/go"
printf '#!/bin/sh\necho begun >"%s/begun"\nread word <"%s/go"\n' "$work" "$work" >"$SAFEXL_FAKE/hook"
chmod 755 "$SAFEXL_FAKE/hook"
"$BUILD/safexl" block-attach web1 phy:/dev/vg0/g,xvdg,w >/dev/null 2>&1 </dev/null 3<&- 4<&- &
pid=$!
read -r -t 60 _ <&3
kill -KILL "$pid"
wait "$pid" 2>/dev/null
rm "$SAFEXL_FAKE/hook"
# A minute is what recover gives xl: nobody else's command waits for that.
begun=$SECONDS
for words in "mem-set web2 211" "--config mem-set web2 212" "block-attach web2 phy:/dev/vg0/h,xvdh,w"; do
	# shellcheck disable=SC2086
	sx $words
	status 0 "xl of another guest hangs: $words"
done
check "none of them waited for that one" [ $((SECONDS - begun)) -lt 30 ]
is "$(pending)" 1 "which is left for later"
exec 5< <("$BUILD/safexl" recover 2>&1 </dev/null 3<&- 4<&-; echo "$?")
read -r -t 60 err <&5
echo go >&4
while read -r -t 60 line <&5; do status=$line; done
exec 3<&- 4<&- 5<&-
status 0 "killed while xl ran: recover waits for xl"
like "$err" "waiting for the interrupted .*pid [0-9]+.* still runs" "says so"
is "$(grep -c xvdg "$etc/web1.cfg")" 1 "and records what it did"
check_clean "at the end"
finish
