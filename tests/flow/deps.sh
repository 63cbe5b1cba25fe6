#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What `make deps` and `make deps-test` install: apt is one that only notes it, on a machine that has
# nothing yet but what $work/there names.
. tests/flow/lib.sh
mkdir "$work/bin"
touch "$work/there"
cat >"$work/bin/dpkg-query" <<'END'
#!/bin/sh
for name; do :; done
grep -qxF -- "$name" "$DEPS_WORLD/there" && printf installed
END
cat >"$work/bin/apt-cache" <<'END'
#!/bin/sh
[ "$2" = pkgconf ] && exit # as in an older Debian
printf '%s:\n  Candidate: 1.0\n' "$2"
END
cat >"$work/bin/apt-get" <<'END'
#!/bin/sh
while [ "$1" != install ]; do shift; done
shift
echo "$@" >>"$DEPS_WORLD/installed"
END
printf '#!/bin/sh\necho "${DEPS_UID:-0}"\n' >"$work/bin/id"
chmod +x "$work/bin/"*
# deps TARGET: what it installs, by name
deps() {
	rm -f "$work/installed"
	env -u MAKEFLAGS -u MAKELEVEL DEPS_WORLD="$work" PATH="$work/bin:$PATH" make --no-print-directory "$1" \
		>"$work/out" 2>"$work/err" || echo "status $?"
	[ ! -e "$work/installed" ] || tr ' ' '\n' <"$work/installed" | sort -u
}
list() { cat "$@" | sed 's/.*|//' | sort; }

is "$(deps deps)" "gcc
libblkid-dev
libc6-dev
libgit2-dev
libjson-c-dev
libreadline-dev
libxen-dev
libxxhash-dev
make
pkg-config" "make deps: the compiler, make and the libraries' headers, nothing else"
is "$(sed -n '/^Build-Depends:/,/^$/p' debian/control | tr -d ' ,' | sed 's/.*://; s/.*|//; /^$/d; /debhelper/d' | grep -v '(' | sort)" \
	"$(deps deps | grep -vx -e gcc -e libc6-dev -e make)" "as the Debian package has it"
is "$(deps deps-test)" "$(list tests/packages.build tests/packages.host tests/lab/packages.host | sort -u | sed 's/^libclang-rt-dev$/libclang-rt-14-dev/')" \
	"make deps-test: also what the tests need"
for name in clang fish qemu-system-x86; do
	like "$(deps deps-test)" "^$name\$" "such as $name"
done
is "$(cat tests/packages.build tests/packages.host | sort | uniq -d)" "" "no package stands in both lists"

deps deps >"$work/there"
is "$(deps deps)" "" "what is there is left alone"
is "$(deps deps-test | grep -cxF -f "$work/there")" 0 "by the other too"
: >"$work/there"
export DEPS_UID=1000
is "$(deps deps)" "status 2" "who is not root is told"
like "$(cat "$work/err")" '^hint: sudo make deps$' "what to type"
deps deps-test >/dev/null
like "$(cat "$work/err")" '^hint: sudo make deps-test$' "for both"

# What runs tests gets all of it by itself.
for target in check check-deep lab lab-test demo; do
	like "$(sed -n "/^$target: /,/^\$/p" GNUmakefile)" ' deps-test$' "make $target installs what is missing"
done
finish
