#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# From a domain to its one file: records of create, uuid, name, links, overrides, and what is refused.
. tests/flow/lib.sh

config a1
domain 1 a1
# Things in /etc/xen that are no configurations, each with the very name.
for file in xl.conf xlexample.pvlinux a1.cfg~ .a1.cfg.swp a1.cfg.bak a1.cfg.dpkg-old oxenstored.conf \
	a1.cfg.old a1.cfg.save a1.cfg.rpmsave a1.cfg.1 '#a1.cfg#' a1.cfg.ucf-dist a1.old a1.disabled a1.sample a1.cfg.dist a1.example; do
	cp "$etc/a1.cfg" "$etc/$file"
done
mkdir -p "$etc/scripts" "$etc/auto"
cp "$etc/a1.cfg" "$etc/scripts/block-x"
ln -s ../a1.cfg "$etc/auto/a1"
sx mem-set a1 200
status 0 "the one file with that name, found beside its backups, its link in auto/ and examples"
check "the link in auto/ is still a link" test -L "$etc/auto/a1"
like "$(cat "$etc/a1.cfg")" '^memory  = 200$' "the file behind the link has the change"
is "$(git_ log -1 --name-only --format=)" a1.cfg "only that path was committed"

sx check
like "$err" "^safexl: 1 file, " "check looks at no backup"
sx where a1
is "$(printf '%s\n' "$out$err" | grep -c 'a1\.cfg[^ :]*old')" 0 "where names none"
{ printf 'name = "big"\nmemory = 64\nbootloader = "/bin/true"\n'; yes '# padding' | head -c 1100000; } >"$etc/big.cfg"
head -c 2000000 /dev/zero >"$etc/disk.img"
sx check
like "$out" "^$etc/big.cfg: warning: more than 1 MiB: it is not taken for a configuration" "a text over 1 MiB is told"
is "$(printf '%s\n' "$out" | grep -c disk.img)" 0 "a disk image is not"
sx check "$etc/big.cfg"
status 0 "by its name it is looked at"
sx --config mem-set big 128
status 78 "its domain has no configuration"
like "$err" "not looked at, as it is larger than 1 MiB: $etc/big.cfg" "the reason is told"
sx adopt big "$etc/big.cfg"
sx --config mem-set big 128
status 0 "once named it is one"
rm "$etc/big.cfg" "$etc/disk.img"

config b1
cp "$etc/b1.cfg" "$etc/b1-old.cfg"
domain 2 b1
sx mem-set b1 100
status 78 "two files with one name"
like "$err" "2 configurations have this domain's name: .*b1(-old)?.cfg, .*b1(-old)?.cfg" "both are named"
like "$err" '^hint: .*safexl adopt b1 ' "adopt is offered"
is "$(xl_calls | grep -c b1)" 0 "the guest was not touched"
sx adopt b1 "$etc/b1.cfg"
status 0 "adopt"
sx mem-set b1 100
status 0 "then the change goes to the adopted file"
check "and not to the other" grep -q '^memory  = 256$' "$etc/b1-old.cfg"
sx adopt b1 "$etc/a1.cfg"
status 78 "a file of another name cannot be adopted"
like "$err" "a1.cfg:2: its name is 'a1', not 'b1'" "with the line"
sx adopt b1
status 1 "adopt of one word takes it for an image"
sx adopt b1 "$etc/none.cfg"
status 78 "adopt of a file that is not there"

config c1
sed -i 's/^vcpus.*/uuid = "572BAF85-0000-4000-8000-000000000003"/' "$etc/c1.cfg"
config c1-copy
sed -i 's/"c1-copy"/"c1"/' "$etc/c1-copy.cfg"
domain 3 c1
sx mem-set c1 100
status 0 "the uuid decides before the name"
like "$(cat "$etc/c1.cfg")" '^memory  = 100$' "and its file has the change"
domain 4 c1
rm "$SAFEXL_FAKE/3.dom" "$etc/c1-copy.cfg"
sx mem-set c1 90
status 78 "a file with the name but another uuid is not the domain's"
like "$err" 'has this domain.s name but another uuid' "it says why"

domain 5 lost
sx mem-set lost 100
status 78 "no file at all"
like "$err" '^hint: .*safexl adopt lost FILE' "adopt is offered"
printf 'name = "broken\nmemory = 5\n' >"$etc/broken.cfg"
domain 6 broken
sx mem-set broken 100
status 78 "a file that xl cannot read"
like "$err" 'broken.cfg:1: ' "with file and line"
is "$(xl_calls | grep -c broken)" 0 "and the guest is not touched"
printf 'name = "bad"\nmemory = 5\ndisk = [ "a,b,c,d,e,f" ]\n' >"$etc/bad.cfg"
domain 7 bad
sx block-attach bad /srv/x.img,raw,xvdb,w
status 0 "a disk in the file that xl would not read keeps nobody from another"
like "$err" 'bad.cfg:3: ' "and is told with file and line"

# create remembers
config d1
config d1x
sed -i 's/"d1x"/"d1"/' "$etc/d1x.cfg"
sx create "$etc/d1.cfg"
status 0 "create"
is "$(xl_calls | tail -1)" "create $etc/d1.cfg" "with the words as typed"
sx mem-set d1 128
status 0 "the file it was created from is known, though another has the name"
like "$(cat "$etc/d1.cfg")" '^memory  = 128$' "and has the change"
sx create "$etc/d1x.cfg"
status 1 "create of a running name is xl's to refuse"
sx mem-set d1 127
like "$(cat "$etc/d1.cfg")" '^memory  = 127$' "and leaves the record alone"
sx destroy d1
sx --config mem-set d1 126
status 0 "--config on a domain that was created once"
like "$(cat "$etc/d1.cfg")" '^memory  = 126$' "takes the recorded file"
mode fail
sx create "$etc/d1x.cfg"
status 1 "a create that fails"
mode ""
sx --config mem-set d1 125
like "$(cat "$etc/d1.cfg")" '^memory  = 125$' "is forgotten again"
(cd "$etc" && "$BUILD/safexl" create d1x.cfg -q) >/dev/null 2>&1
sx mem-set d1 124
like "$(cat "$etc/d1x.cfg")" '^memory  = 124$' "a relative path, options behind it"

config base
sx create "$etc/base.cfg" 'name="o1"' memory=64
status 0 "create with overrides"
sx mem-set o1 32
status 78 "a change of an overridden key is refused"
like "$err" '^hint: .*safexl --live' "with --live as the way out"
sx block-attach o1 /srv/x.img,raw,xvdb,w
status 78 "any change of a file whose name was overridden is refused"
sx destroy o1
sx create -f "$etc/base.cfg" memory=64
sx block-attach base /srv/x.img,raw,xvdb,w
status 0 "another key of a file with an overridden one"
sx mem-set base 50
status 78 "but not the overridden one"
like "$err" 'created from .*base.cfg with memory given on the command line' "which is named"

mkdir "$work/elsewhere"
sed 's/"a1"/"e1"/' "$etc/a1.cfg" >"$work/elsewhere/e1.cfg"
sx create "$work/elsewhere/e1.cfg"
sx mem-set e1 100
status 78 "a file outside the configuration directories and outside git"
like "$err" '^hint: add ".*/elsewhere" to config_dirs' "names both ways out"
git -C "$work/elsewhere" init -q -b main
sx mem-set e1 100
status 0 "within a work tree it is committed there"
is "$(git -C "$work/elsewhere" log --format=%s | head -1)" "e1: set memory to 100 MiB (was 200)" "and only there"

printf 'config_dirs = [ "/etc/xen", "/srv/xen" ]\n' >"$etc/safexl.conf"
mkdir -p "$SAFEXL_ROOT/srv/xen"
sed 's/"a1"/"f1"/' "$etc/a1.cfg" >"$SAFEXL_ROOT/srv/xen/f1.cfg"
domain 9 f1
sx mem-set f1 100
status 0 "a second configuration directory"
check "has a repository of its own" test -d "$SAFEXL_ROOT/srv/xen/.git"
printf 'config_dirs = "x"\n' >"$etc/safexl.conf"
sx mem-set f1 101
status 78 "a setting of the wrong kind"
like "$err" 'safexl.conf:1: config_dirs is not a list' "is named with its line"
rm "$etc/safexl.conf"

printf 'name=Domain-0\nuuid=00000000-0000-0000-0000-000000000000\ntarget=1048576\nmax=1048576\n' >"$SAFEXL_FAKE/0.dom"
sx mem-set 0 512
status 0 "Domain-0 is passed through"
like "$err" 'Domain-0 has no configuration file' "with a notice"
is "$(xl_calls | tail -1)" "mem-set 0 512" "to xl"
sx mem-set 1 128
status 0 "a domain by its id"
like "$(cat "$etc/a1.cfg")" '^memory  = 128$' "is resolved to its file"
weird=$'we b\'s\e[31m'
printf 'name = "we b\047s\x1b[31m"\nmemory = 256\n' >"$etc/weird.cfg"
domain 11 "$weird"
sx mem-set "$weird" 100
status 0 "a name with blanks, quotes and an escape sequence"
check "no control character reaches the terminal" sh -c "! grep -q $'\e' '$work/err'"
check "nor the history" sh -c "! git -c safe.directory='*' -C '$etc' log -1 --format=%B | grep -q $'\e'"
unset SAFEXL_FAKE
sx mem-set a1 100
status 1 "without Xen a live change is refused"
like "$err" 'no Xen hypervisor is running here' "with the reason"
like "$err" '^hint: .*safexl --config mem-set a1 100$' "and the command that goes"
sx --config mem-set a1 100
status 0 "--config needs no Xen"
sx --version
status 0 "--version needs no Xen"
sx help block-attach
status 0 "help needs no Xen"
finish
