#!/usr/bin/env bash
# Runs the checks on Debian 13, whose PostgreSQL, compilers and libraries are newer, in the chroot
# build/debian13, which is created if it does not exist.
#   scripts/debian13.sh [command, run at the top of a copy of the tree: scripts/check.sh]
# Needs root, and takes Debian from this machine's mirror. Only the chroot is left: its processes
# and mounts are in namespaces that end with the command.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
. scripts/chroot.sh
root=$top/build/debian13
tree=/srv/esn_pulse
[ $# -gt 0 ] || set -- scripts/check.sh
[ "$(id -u)" -eq 0 ] || exec sudo "$0" "$@"

mkdir -p build
exec 9>build/debian13.lock
flock -n 9 || die "it is in use: another scripts/debian13.sh runs"
[ -d "$root" ] || step "Debian 13"
chroot_make trixie "$root"

rm -rf "${root:?}$tree"
mkdir -p "$root$tree"
tar -c --exclude=./build --exclude=./.git . | tar -x -C "$root$tree" --no-same-owner
chroot_run "$root" bash -c "cd $tree && exec \"\$@\"" sh "$@"
