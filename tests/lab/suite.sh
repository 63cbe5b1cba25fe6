# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Which Debian the lab's dom0 is, and where it comes from. Sourced by image, builder and host.sh.
# shellcheck shell=bash

cache=${SAFEXL_LAB_CACHE:-/var/cache/safexl-lab}
own_suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
suite=${SUITE:-$own_suite}
case $suite in bookworm | trixie) ;; *) suite=bookworm ;; esac

# The Debian archives this machine's apt uses, as sources.list lines of the suite: of its own they then
# hold the same versions as the libraries that safexl was built with.
apt_sources() {
	local origin uri release component

	apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages' | sort -u |
	while read -r origin uri release component; do
		[ "$origin" = Debian ] || continue
		case $release in "$own_suite" | "$own_suite-updates" | "$own_suite-security") ;; *) continue ;; esac
		case $uri in
		mirror+file:*)	# a list of mirrors, as in Debian's cloud images: take its first
			uri=${uri#mirror+file:}
			uri=$(grep -m1 -o '^[a-z]*://[^[:space:]]*' "/${uri#"${uri%%[!/]*}"}") || continue ;;
		esac
		printf 'deb %s %s %s\n' "$uri" "${release/#$own_suite/$suite}" "$component"
	done
}

# usage: packages_of LIST: those for the suite, with commas; a line is a package, and a suite if it is
# for that one only.
packages_of() { awk -v suite="$suite" '!$2 || $2 == suite { print $1 }' "$1" | paste -sd,; }

# What mmdebstrap mounts goes with it, however it ends: it gets mounts of its own where this machine lets us.
bootstrap() {
	if unshare --mount true 2>/dev/null; then unshare --mount mmdebstrap "$@"; else mmdebstrap "$@"; fi
}

# Remove directories of the cache, whatever a run that was killed left mounted in them.
# usage: remove_trees DIR...
remove_trees() {
	local dir point

	for dir in "$@"; do
		while IFS= read -r point; do
			[ "${point#"$dir"/}" = "$point" ] || umount --lazy "$point"
		done < <(cut -d ' ' -f 2 /proc/self/mounts | tac | while IFS= read -r point; do printf '%b\n' "$point"; done)
		rm -rf --one-file-system "$dir"
	done
}
