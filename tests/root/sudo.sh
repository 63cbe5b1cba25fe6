#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Rights that are lent: the installed program as sudo and a set-user-id bit call it, with the real
# paths, in a mount namespace of its own. What the person chooses runs as the person. TAP.
cd "$(dirname "$0")/../.." || exit 2
export BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
coredir=$(sed -n 's/^#define SX_COREDIR "\(.*\)"/\1/p' "$BUILD/version.h")

. tests/root/needs
case $coredir in
/usr/local/*) ;;
*) skip_all "is built for $coredir" ;;
esac
need_mounts "$0"

# ---- a machine of its own: everything below is gone with this process ----
mount --make-rprivate / || exit 2
copy=$(mktemp -d) && mount -t tmpfs none "$copy" && cp -a /etc "$copy" && mount --bind "$copy/etc" /etc || exit 2
for dir in /usr/local /run /var/lib /var/tmp /tmp; do mount -t tmpfs -o mode=1777 none $dir || exit 2; done
chmod 755 /usr/local /run /var/lib
. tests/flow/lib.sh
unset SAFEXL_ROOT SAFEXL_CORE SAFEXL_XL
etc=/etc/xen state=/var/lib/safexl
rm -rf "$etc"
mkdir -p "$etc" "$coredir"
cp "$BUILD/test/core.so" "$coredir/core.so"
cp "$BUILD/safexl" /usr/local/safexl
cp "$BUILD/fake/preload_core.so" /usr/local/evil.so
chmod 711 "$work"
safexl=/usr/local/safexl
pty=$BUILD/fake/pty
config g1 256
config g2 256
"$safexl" --config mem-set g1 100 2>/dev/null
# A directory where anybody may leave word.
said=$work/said
mkdir -m 1777 "$said"
login=daemon uid=$(id -u daemon)
lent() { env SUDO_UID="$uid" SUDO_GID="$(id -g $login)" SUDO_USER=$login "$@"; }
program() {
	printf '#!/bin/sh\n%s\n' "$2" >"$work/$1"
	chmod 755 "$work/$1"
}
who='id -u >"$SAID/who.$$" 2>&1; mv "$SAID/who.$$" "$SAID/who"'
export SAID=$said TERM=dumb
program pager "$who; id -G >$said/groups; echo \$HOME >$said/home; cat >$said/text"
program editor "$who; echo \"\$1\" >$said/path; sed -i 's/100/110/' \"\$1\""
# who ran last
ran() { cat "$said/who" 2>/dev/null; rm -f "$said/who"; }

# ---- the pager ----
PAGER=$work/pager "$pty" eof -- "$safexl" log >/dev/null
is "$(ran)" 0 "root's own pager is root's"
rm "$said"/*
for words in 'log' 'show HEAD' 'blame g1'; do
	# shellcheck disable=SC2086
	PAGER=$work/pager lent "$pty" eof -- "$safexl" $words >/dev/null
	is "$(ran)" "$uid" "sudo safexl $words: the pager is the person's"
	check "and shows it" test -s "$said/text"
done
is "$(cat "$said/groups")" "$(id -G $login)" "with the person's groups"
is "$(cat "$said/home")" "$(getent passwd $login | cut -d: -f6)" "and home"
for bad in 3999999999 rubbish; do
	PAGER=$work/pager SUDO_UID=$bad check "SUDO_UID=$bad: shown without a pager" \
		"$pty" 'expect:set memory to 100' eof -- "$safexl" log
	is "$(ran)" '' "none runs"
done

# ---- the editor ----
EDITOR=$work/editor GIT_AUTHOR_NAME=Eve GIT_AUTHOR_EMAIL=eve@example.org lent "$safexl" -q -m why edit g1 >/dev/null 2>"$work/err"
is "$?" 0 "sudo safexl edit"
is "$(ran)" "$uid" "the editor is the person's"
like "$(cat "$etc/g1.cfg")" '^memory  = 110' "what was typed is recorded"
is "$(stat -c '%U %a' "$etc/g1.cfg")" 'root 644' "the file is root's"
is "$(git_ log -1 --format=%an)" $login "by the person"
is "$(git_ log -1 --format=%ae)" "$login@$(uname -n)" "whatever the environment says"
check "the copy is gone" test ! -e "$(cat "$said/path")"
is "$(ls -A /var/tmp; ls -A "$state/edit")" '' "nothing is left"
# hostile WHAT SCRIPT: what the person hands back is no file of his own
hostile() {
	program hostile "$2"
	EDITOR=$work/hostile lent timeout 20 "$safexl" edit g1 >"$work/out" 2>"$work/err"
	is "$?" 1 "$1"
	like "$(cat "$work/err")" 'not that user.s file|what the editor left: .*(symbolic links|No such file)' "is refused"
	is "$(grep -c 'root:' "$work/out" "$work/err" | cut -d: -f2 | paste -sd+ | bc)" 0 "and not shown"
	is "$(git_ log --format=%h | wc -l)" 3 "nor recorded"
	rm -rf "$state"/edit/*
}
hostile "a link to a file of root's" 'rm "$1"; ln -s /etc/shadow "$1"'
hostile "a FIFO" 'rm "$1"; mkfifo "$1"'
hostile "a directory" 'rm "$1"; mkdir "$1"'
hostile "nothing" 'rm "$1"'
hostile "a file with two names" 'ln "$1" "$1.second"'
program fails 'sed -i s/110/120/ "$1"; exit 3'
EDITOR=$work/fails lent "$safexl" edit g1 >/dev/null 2>"$work/err"
is "$?" 1 "an editor that fails"
is "$(grep -l '= 120' "$state"/edit/*/g1.cfg | wc -l)" 1 "what was typed is kept"
rm -rf "$state"/edit/*
for bad in 3999999999 rubbish; do
	EDITOR=$work/editor SUDO_UID=$bad "$safexl" edit g1 >/dev/null 2>"$work/err"
	is "$?" 1 "SUDO_UID=$bad: no editor"
	is "$(ran)" '' "none runs"
	rm -rf "$state"/edit/*
done

# ---- the shell ----
export SHELL=/bin/sh
is "$("$safexl" - <<<'!id -u')" 0 "'!' of root's own shell"
is "$(lent "$safexl" - <<<'!id -u')" "$uid" "'!' through sudo is the person's"
is "$(SUDO_UID=rubbish "$safexl" - <<<'!id -u' 2>/dev/null)" '' "of nobody that is known: nothing runs"
mkdir -m 755 "$work/person" && chown $login "$work/person"
HOME=$work/person XDG_STATE_HOME=$work/person lent "$pty" 'expect:> ' 'send:pwd\r' 'expect:> ' 'send:\x04' eof -- "$safexl" >/dev/null
is "$(ls -A "$work/person")" '' "no history is written where the person could lead it elsewhere"

# ---- the environment, with a core that is there ----
mkdir -p "$work/root/etc/xen"
cp "$etc/g2.cfg" "$work/root/etc/xen/evil.cfg"
SAFEXL_ROOT=$work/root SAFEXL_CORE=/usr/local/evil.so CORE_OUT=$said/core lent "$safexl" log g1 >"$work/out" 2>"$work/err"
like "$(cat "$work/out")" 'set memory to 100' "through sudo the real root and core count"
check "another core is not loaded" test ! -e "$said/core"

# ---- a set-user-id bit, which nobody should set ----
cp "$safexl" /usr/local/suid
chmod 4755 /usr/local/suid
as() { setpriv --reuid "$uid" --regid "$(id -g $login)" --init-groups env "$@"; }
cd / || exit 2
as SAFEXL_CORE=/usr/local/evil.so CORE_OUT="$said/core" /usr/local/suid log g1 >"$work/out" 2>"$work/err"
like "$(cat "$work/err")" 'SAFEXL_CORE is ignored' "set-user-id: another core is not loaded"
check "nor run" test ! -e "$said/core"
is "$(as SUDO_UID=0 /usr/local/suid - <<<'!id -u' 2>/dev/null)" "$uid" "a forged SUDO_UID is worth nothing"

# ---- another user's own call ----
rm -rf /run/safexl
for words in 'mem-set g1 100' '--config mem-set g1 101' '-N mem-set g1 101' "create $etc/g2.cfg" 'save g1' \
	'--live save g1' 'undo' 'diff g1' 'where g1' 'recover' 'log g1' 'show HEAD' 'blame g1' 'diff' 'images' 'list --all' \
	'start g1' 'stop g1' 'restore g1' 'migrate g1 there' 'edit g1' 'record g1' 'adopt g1 g2' 'define x' 'undefine g1' \
	'autostart g1' 'snapshot g1' 'snapshots' 'revert g1 a' 'backup g1' 'block-attach g1 phy:/x,xvdb,w'; do
	# shellcheck disable=SC2086
	as "$safexl" $words >"$work/out" 2>"$work/err"
	is "$(cat "$work/out" "$work/err")" "safexl: $(tr ' ' '\n' <<<"$words" | grep -m 1 '^[a-z]'): this needs root
hint: sudo safexl $words" "as another user: $words"
done
as "$safexl" check --no-host "$etc/g2.cfg" >/dev/null 2>"$work/err"
like "$(cat "$work/err")" '^safexl: 1 file, ' "what anybody may read can be checked"
chmod 600 "$etc/g2.cfg"
as "$safexl" check --no-host "$etc/g2.cfg" >/dev/null 2>"$work/err"
is "$?:$(tail -n 2 "$work/err")" "2:safexl: check: this needs root
hint: sudo safexl check --no-host $etc/g2.cfg" "what only root may read is no mistake in it"
chmod 644 "$etc/g2.cfg"
as "$safexl" show >/dev/null 2>"$work/err"
like "$(cat "$work/err")" 'one commit is needed' "a wrong word is one for everybody"
# World whose hypervisor device is root's: xl could only print what libxl makes of that.
world=$work/world
mkdir -p "$world/dev/xen"
printf '#!/bin/sh\necho "xl $*"\n' >"$work/xl"
chmod 755 "$work/xl" "$work"/world{,/dev,/dev/xen}
for words in list '-q list' '-v list -v' 'nosuch' '-- list'; do
	: >"$world/dev/xen/privcmd"
	chmod 600 "$world/dev/xen/privcmd"
	# shellcheck disable=SC2086
	as SAFEXL_ROOT="$world" SAFEXL_XL="$work/xl" "$safexl" $words >"$work/out" 2>"$work/err"
	is "$(cat "$work/out" "$work/err")" "safexl: $(grep -oE 'list|nosuch' <<<"$words" | head -n 1): this needs root
hint: sudo safexl $words" "as another user: $words"
	chmod 666 "$world/dev/xen/privcmd"
	# shellcheck disable=SC2086
	is "$(as SAFEXL_ROOT="$world" SAFEXL_XL="$work/xl" "$safexl" $words)" "xl ${words#-q }" "who may open the device may use xl"
	rm "$world/dev/xen/privcmd"
	# shellcheck disable=SC2086
	is "$(as SAFEXL_ROOT="$world" SAFEXL_XL="$work/xl" "$safexl" $words)" "xl ${words#-q }" "without a device xl speaks for itself"
done
check "no lock directory is made" test ! -e /run/safexl
finish
