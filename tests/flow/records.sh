#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What safexl keeps in its state directory and cannot read back, or had better not believe: markers,
# journal, remembered files. One bad record stops its own domain at most and is named; nothing is
# done by what it says. What is written can be read back: texts with a NUL and sizes.
. tests/flow/lib.sh

save_dir=$work/save
mkdir "$save_dir"
# A guest whose disk is a file here. guest NAME
guest() {
	head -c 65536 /dev/zero >"$work/$1.img"
	printf "name = '%s'\nmemory = 256\ndisk = [ '%s,raw,xvda,w' ]\n" "$1" "$work/$1.img" >"$etc/$1.cfg"
}
marker() { find "$state/markers" -name "*-$1.json" | sort | tail -n 1; }
# hints: the commands that the last hints name, one a line
hints() { sed -n 's/^hint: .*: \(\(safexl\|rm\|sed\|cat\) .*\)$/\1/p' <<<"$err"; }
# paste COMMAND: as a person would
paste() { PATH=$BUILD:$PATH bash -c "$1" >"$work/out" 2>"$work/err" </dev/null; }
calls() { xl_calls | wc -l; }
guest g1
guest g9

# ---- a NUL in a configuration ----

config web1
domain 1 web1
domain 2 web2
config web2
sx mem-set web1 200
printf '# old \0 comment\n' >>"$etc/web1.cfg"
before=$(calls)
sx mem-set web1 210
status 78 "a NUL in a comment: a change is refused"
like "$err" "web1.cfg:11: a NUL byte in the text" "with file and line"
is "$(calls)" "$before" "xl was not run"
sx --config mem-set web1 210
status 78 "so is one of the file alone"
sx check "$etc/web1.cfg"
status 1 "check"
like "$out" 'web1.cfg:11: error: a NUL byte in the text' "finds it"
for words in "adopt web1" "config-update web1"; do
	# shellcheck disable=SC2086
	sx $words "$etc/web1.cfg"
	status 78 "$words"
	like "$(grep -m 1 '^hint: ' <<<"$err")" "sed -i 's/.x00//g' $etc/web1.cfg$" "names the way that works"
	is "$(grep 'safexl edit' <<<"$err")" "" "and not one that is refused"
done
sx edit web1
status 78 "edit refuses it as well, as the text would end there"
sx create "$etc/web1.cfg" "name='web3'"
status 78 "so does create, which xl would do, past the guard"
is "$(calls)" "$before" "xl was not run"
sx mem-set web2 200
status 0 "another domain is not concerned"
sx mem-set web1 210
paste "$(hints)"
sx mem-set web1 210
status 0 "the hint takes it out"
like "$(tail -n 3 "$etc/web1.cfg" | tr '\n' ' ')" '# old  comment' "and leaves the rest"
printf "disk += [ 'a\0b' ]\n" >>"$etc/web1.cfg"
sx mem-set web1 220
status 78 "in a string, too"
sed -i '$d' "$etc/web1.cfg"

# ---- sizes ----

cp "$etc/web1.cfg" "$work/web1.cfg"
tab=$(printf '#%99s' x | tr ' ' '\t')
yes "$tab" | head -n 50000 >>"$etc/web1.cfg"
sx adopt web1 "$etc/web1.cfg"
before=$(calls)
sx mem-set web1 230
status 73 "a change of a configuration that is too large to be kept"
like "$err" "web1: nothing was changed: what is kept of the change, the texts of .*web1.cfg among it, would be 2[0-9]{7} bytes" "says so"
is "$(calls)" "$before" "xl was not run"
is "$(ls -A "$state/journal")$(ls -A "$etc" | grep safexl-)" "" "nothing is left"
sx mem-set web2 201
status 0 "another domain is not concerned"
sx create "$etc/web1.cfg" "name='web3'"
status 0 "it can be started"
sx save web3 "$save_dir/web3"
status 0 "saved"
sx create "$etc/web1.cfg" "name='web3'"
status 77 "and is guarded"
sx restore "$save_dir/web3"
status 0 "and restored"
sx destroy web3
yes "$tab" | head -n 120000 >>"$etc/web1.cfg"
sx create "$etc/web1.cfg" "name='web3'"
status 1 "one that safexl does not read is not started past the guard"
like "$err" 'web1.cfg: File too large' "and it is told why"
cp "$work/web1.cfg" "$etc/web1.cfg"
rm "$save_dir/web3"
rm -rf "$state/markers"

{ domain 3 many; for n in {1..3000}; do echo "disk=d$((n + 20))p0 connected $work/g1.img"; done >>"$SAFEXL_FAKE/3.dom"; }
sx save many "$save_dir/many"
status 73 "save of a guest with more disks than a marker has room for"
like "$err" 'the state of its 3001 disks does not fit into a marker' "says so"
is "$(ls -A "$save_dir")$(ls -A "$state/markers" 2>/dev/null)" "" "nothing is left, and xl was not run"
rm "$SAFEXL_FAKE/3.dom"

sx create "$etc/g1.cfg"
sx save g1 "$save_dir/g1"
# An image that names so many disks, by such long names, that their evidence is more than is read.
python3 - "$save_dir/g1" "$work/disks" <<'EOF'
import sys, struct
image = open(sys.argv[1], 'rb').read()
size, = struct.unpack_from('<I', image, 48)
disk = '{ "pdev_path": "/nowhere/%s/%d", "vdev": "d%dp0", "format": "raw", "readwrite": 1 }'
disks = ', '.join(disk % ('d/' * 1300, i, i + 20) for i in range(1500))
text = ('{ "c_info": { "type": "pv", "name": "g8", "uuid": "572baf85-0000-4000-8000-000000000008" }, '
	'"target": "1024", "max": "1024", "disks": [ %s ] }\0' % disks).encode()
head = bytearray(image[:48])
struct.pack_into('<I', head, 44, len(text) + 4)
open(sys.argv[2], 'wb').write(bytes(head) + struct.pack('<I', len(text)) + text + image[52 + size:])
EOF
mode lie
sx --discard-marker restore "$work/disks"
mode ""
check "the marker of an image with many disks is not larger than what is read" \
	test "$(stat -c %s "$(marker g8)")" -le 16777216
for words in "create $etc/g9.cfg" "destroy g9" images "restore $save_dir/g1"; do
	# shellcheck disable=SC2086
	sx $words
	status 0 "an image that names many disks stops nobody: $words"
done
rm -rf "$state/markers"

# ---- bad markers ----

sx save g1 "$save_dir/g1"
sound=$(marker g1)
cp "$sound" "$work/sound"
sx create "$etc/g9.cfg"
sx save g9 "$save_dir/g9"
cp "$(marker g9)" "$work/g9.sound"
rm "$(marker g9)"
bad=$state/markers/5-g9.json
# spoilt WHAT: the marker of g9 is in place, and not as safexl writes it
spoilt() {
	is "$status" 77 "$1: its own domain is not started"
	like "$err" "^safexl: g9: its marker $bad guards a saved guest and cannot be used: " "$1: the record is named"
	like "$err" "^hint: .*: rm $bad$" "$1: with the way out"
}
others() {
	sx create "$etc/web1.cfg" "name='web3'"
	status 0 "$1: another domain is started"
	like "$err" "$bad guards a saved guest and cannot be used: " "$1: and the record is named"
	sx destroy web3
	sx images
	status 0 "$1: images"
	like "$out" "^saved +g1 +$save_dir/g1 " "$1: lists the others"
	sx where g1
	status 0 "$1: where of another"
	sx where g9
	like "$out" "(now)? +to remove it: rm $bad" "$1: where of its own tells the way out"
	sx recover
	status 75 "$1: recover"
	like "$err" "$bad guards a saved guest" "$1: names it"
}
printf '{ "version": 1, "state": "saved", "na' >"$bad"
sx create "$etc/g9.cfg"
spoilt "cut short"
others "cut short"
sx --discard-marker create "$etc/g9.cfg"
status 77 "cut short: it cannot be gone ahead against, as nobody knows what it says"
sx restore "$save_dir/g9"
status 77 "cut short: its image is not restored"
head -c 20000000 /dev/zero >"$bad"
sx create "$etc/g9.cfg"
spoilt "too large"
rm "$bad"
mkdir "$bad"
sx create "$etc/g9.cfg"
spoilt "a directory"
rmdir "$bad"
mkfifo "$bad"
sx create "$etc/g9.cfg"
spoilt "a FIFO"
rm "$bad"
ln -s 5-g9.json "$bad"
sx create "$etc/g9.cfg"
spoilt "a link to itself"
rm "$bad"
sed 's/"version": *1/"version": 2/' "$work/g9.sound" >"$bad"
sx create "$etc/g9.cfg"
spoilt "another version"
sed 's/"state": *"saved"/"state": "hidden"/' "$work/g9.sound" >"$bad"
sx create "$etc/g9.cfg"
spoilt "an unknown state"
sed 's/"image_id": *"/&\\u0000/' "$work/g9.sound" >"$bad"
sx create "$etc/g9.cfg"
spoilt "a NUL in a text"
cat "$work/g9.sound" "$work/g9.sound" >"$bad"
sx create "$etc/g9.cfg"
spoilt "two in one"
paste "$(hints | grep ^rm)"
sx create "$etc/g9.cfg"
status 0 "the hint lets it through"
sx destroy g9

# Every member left out, and of every other kind; names of files that lie elsewhere. Whatever of it
# is believed, nothing crashes, the others go on, and no file is touched but the image's own.
canary=$work/canary
mkdir "$canary"
echo alive >"$canary/file"
cp "$save_dir/g1" "$canary/image"
python3 - "$work/sound" "$state/markers" "$canary" "$save_dir" <<'EOF'
import copy, json, sys
sound = json.load(open(sys.argv[1]))
out, canary, save_dir = sys.argv[2:]
values = [None, -1, 10 ** 12, True, '', '\u0000', [[]], {'x': {}}]
count = 0
def put(doc, kind):
    global count
    count += 1
    doc = copy.deepcopy(doc)
    if isinstance(doc.get('name'), str) and doc['name'] == 'g1':
        doc['name'] = 'g%d' % (1000 + count)
        doc['uuid'] = ''
    json.dump(doc, open('%s/6.%04d-%s.json' % (out, count, kind), 'w'))
def walk(doc, path):
    here = doc
    for step in path:
        here = here[step]
    keys = list(here) if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else []
    for key in keys:
        for value in ['gone'] + values:
            changed = copy.deepcopy(doc)
            at = changed
            for step in path:
                at = at[step]
            if value == 'gone':
                del at[key]
            else:
                at[key] = value
            put(changed, 'walk')
        walk(doc, path + [key])
walk(sound, [])
for state in ('saving', 'saved', 'restoring', 'discarding', 'migrated'):
    for temp in ('', canary + '/file', canary + '/image', save_dir + '/g1', save_dir + '/../canary/file',
                 save_dir + '/.g1.safexl-1/../../canary/file', '.g1.safexl-1', save_dir + '/.g2.safexl-1', '/'):
        for before in ('', 'x'):
            for image in (save_dir + '/g1', canary + '/file', 'g1'):
                changed = dict(sound, state=state, temp=temp, before=before, image=image, image_id='', owner_pid=0,
                               child_pid=0)
                put(changed, 'path')
print(count)
EOF
count=$(find "$state/markers" -name '6.*' | wc -l)
check "hundreds of them ($count)" test "$count" -gt 500
for words in "where g1" "block-attach web2 /srv/b.img,raw,xvdz,w" "create $etc/g9.cfg" \
	"save g9 $save_dir/g9" "restore $save_dir/g9" "destroy g9" "images --prune"; do
	# shellcheck disable=SC2086
	sx $words
	status 0 "many spoilt markers: $words"
done
sx recover
status 75 "many spoilt markers: recover"
is "$(cat "$canary/file")" alive "no file elsewhere was touched"
check "nor an image elsewhere" cmp "$canary/image" "$save_dir/g1"
rm "$state"/markers/6.*
sx create "$etc/g1.cfg"
status 77 "the sound one guards as before"
sx restore "$save_dir/g1"
status 0 "and its image can be restored"
sx destroy g1
rm -rf "$state/markers"

# ---- the journal ----

# left: an entry of web1 that waits, in $work/entry
left() {
	{ LD_PRELOAD=$BUILD/fake/preload_fault.so FAULT_EXE=safexl FAULT_AT_PATH=/web1.cfg \
		FAULT_ACTION=kill-before "$BUILD/safexl" mem-set web1 "$1" >/dev/null 2>&1 </dev/null; } 2>/dev/null
	entry=$(ls "$state"/journal/*.json)
	cp "$entry" "$work/entry"
}
left 150
like "$entry" 'journal/[0-9.]+-[0-9]+-web1\.json$' "an entry is called after its domain"
printf '{ "version": 1, "fam' >"$entry"
sx mem-set web2 202
status 0 "an entry that is cut short: another domain goes on"
like "$err" "$entry: it is about an interrupted change, and not to be trusted: not a JSON object" "and it is named"
sx mem-set web1 160
status 74 "its own does not"
like "$err" "^hint: then remove it: rm $entry$" "with the way out"
sx create "$etc/g9.cfg"
status 0 "nor is a create held up"
sx destroy g9
sx recover
status 74 "recover names it"
like "$err" "^safexl: $entry: " "as the error that it is"
python3 - "$work/entry" "$state/journal" "$canary" "$etc" <<'EOF'
import copy, json, sys
sound = json.load(open(sys.argv[1]))
out, canary, etc = sys.argv[2:]
count = 0
def put(changed):
    global count
    count += 1
    json.dump(changed, open('%s/7.%04d-1-g%d.json' % (out, count, count), 'w'))
for key in sound:
    for value in ['gone', None, 7, -1, 10 ** 12, 1.5, True, '', '\u0000', [], [7], {}]:
        changed = dict(sound, pid=0, name='g%d' % count)
        if value == 'gone':
            del changed[key]
        else:
            changed[key] = value
        put(changed)
for path, staged in (('file', ''), ('file', canary + '/file'), ('file', canary + '/.file.safexl-1-2'),
                     (etc + '/web1.cfg', canary + '/file'), (etc + '/web1.cfg', etc + '/web2.cfg'),
                     (etc + '/web1.cfg', etc + '/.web2.cfg.safexl-1-2'),
                     (etc + '/web1.cfg', etc + '/.web1.cfg.safexl-1-2/../../../../canary/file'),
                     (canary + '/file', ''), (canary + '/../canary/file', ''), (etc + '/../xen/web1.cfg', '')):
    put(dict(sound, pid=0, path=path, staged=staged, words=['mem-set', 'web1', '111'], name='g1'))
EOF
echo "memory = 77" >"$canary/file"
cp "$etc/web1.cfg" "$work/web1.now"
sx mem-set web2 203
status 0 "a hundred spoilt entries: another domain goes on"
is "$(cat "$canary/file")" "memory = 77" "no file elsewhere was touched"
sx recover
is "$(cat "$canary/file")" "memory = 77" "not by recover either"
check "and the configuration is there" grep -q '^name' "$etc/web1.cfg"
check "and so is that of another" grep -q '^memory  = 203' "$etc/web2.cfg"
rm -f "$state"/journal/*
cp "$work/web1.now" "$etc/web1.cfg"
sx mem-set web1 170
status 0 "without them all is as ever"

# ---- remembered files ----

step=0
sx create "$etc/g9.cfg"
record=$state/domains/g9.json
cp "$record" "$work/record"
for spoil in 's/"path": *"[^"]*"/"path": 7/' 's/"name"/"nome"/' 's/"extras": */&7, "others": /' \
	's/"path": *"/&.\//' '1d' 's/"uuid": *"/&\\u0000/'; do
	sed "$spoil" "$work/record" >"$record"
	sx mem-set g9 200
	status 1 "a remembered file that is spoilt ($spoil): its own domain is refused"
	like "$err" "^hint: .*rm $record$" "with the way out"
	sx mem-set web1 $((171 + ++step))
	status 0 "another goes on"
	sx create "$etc/web1.cfg" "name='web3'"
	status 0 "and so does create"
	sx destroy web3
	sx check
	sx diff
	status 2 "diff: what is not compared is trouble"
	like "$err" "^safexl: g9: " "and named"
done
finish
