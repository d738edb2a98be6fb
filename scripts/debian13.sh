#!/usr/bin/env bash
# Runs the checks on Debian 13, whose PostgreSQL, compilers and libraries are newer, in the chroot
# build/debian13, which is created if it does not exist.
#   scripts/debian13.sh [command, run at the top of a copy of the tree: scripts/check.sh]
# Needs root, and takes Debian from this machine's mirror. Only the chroot is left: its processes
# and mounts are in namespaces that end with the command.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
root=$top/build/debian13
tree=/srv/esn_pulse
[ $# -gt 0 ] || set -- scripts/check.sh
[ "$(id -u)" -eq 0 ] || exec sudo "$0" "$@"

mirror() {
	local found
	found=$(apt-get indextargets --format '$(ORIGIN) $(SITE)' 'Created-By: Packages' |
		awk '$1 == "Debian" && !/security/ { print $2; exit }')
	[ -n "$found" ] || die "apt knows no mirror of Debian: run apt-get update first"
	printf '%s' "$found"
}

mkdir -p build
exec 9>build/debian13.lock
flock -n 9 || die "it is in use: another scripts/debian13.sh runs"

# A half-made one is made anew: it is moved into place when it is whole.
if [ ! -d "$root" ]; then
	step "Debian 13"
	if ! command -v debootstrap >/dev/null; then
		apt-get update -q >/dev/null
		DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
			debootstrap >/dev/null
	fi
	rm -rf "$root.part"
	debootstrap --variant=minbase trixie "$root.part" "$(mirror)" >build/debian13.log ||
		die "debootstrap failed: $(tail -n 5 build/debian13.log)"
	mv "$root.part" "$root"
fi

cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
rm -rf "${root:?}$tree"
mkdir -p "$root$tree"
tar -c --exclude=./build --exclude=./.git . | tar -x -C "$root$tree" --no-same-owner

# The first process of the namespace waits for the rest, and everything in it ends with it. It does
# not exec the command, because it must reap orphans. unshare itself obeys no signal but SIGKILL.
unshare --mount --pid --fork --kill-child bash -euc '
	root=$1 tree=$2
	shift 2
	mount -t proc proc "$root/proc"
	mkdir -p "$root/dev/shm"
	mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
	chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
		${http_proxy:+"http_proxy=$http_proxy"} bash -c "cd $tree && exec \"\$@\"" sh "$@"
	exit $?
' sh "$root" "$tree" "$@" <&0 &
child=$!
trap 'kill -KILL "$child"' HUP INT TERM
wait "$child"
